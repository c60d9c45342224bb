"""What the document calls deprecated warns whoever uses it, in the place where it is used."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

CALL = "create_payout is deprecated since 2.1: use create_transfer instead. From 2027-01-31 on it may be gone."
TEXT = "The argument text of create_transfer is deprecated as of version 2.3 of the API: use memo instead."
PIN = "The argument pin of create_transfer is deprecated as of version 2.3 of the API."
NOWHERE = "http://127.0.0.1:0"  # no connection can be made to port 0
OWN = {"key": "k", "base_url": NOWHERE, "journal": False, "attempts": 1}


@pytest.fixture
def client(package: ModuleType) -> Iterator[Any]:
    with package.OldPayoutsClient(**OWN) as client:
        tried(lambda: client.create_transfer(amount="1", desk="d"))  # loads what a first call needs
        yield client


def tried(call: Callable[[], Any]) -> None:
    """Make a call, which reaches nobody."""
    with pytest.raises(importlib.import_module("old_payouts").errors.NotSentError):
        call()


@contextmanager
def recorded() -> Iterator[list[tuple[str, str]]]:
    """What Python shows by its own rule, once at each place: file and message."""
    told: list[tuple[str, str]] = []
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default", DeprecationWarning)
        yield told
    told += [(one.filename, str(one.message)) for one in shown if one.category is DeprecationWarning]


def test_a_call_warns_once_at_each_place(client: Any) -> None:
    with recorded() as told:
        for _ in range(3):
            tried(lambda: client.create_payout(amount="1"))
        tried(lambda: client.raw.create_payout(amount="1"))
        client.bulk.create_payout([{"amount": "1"}, {"amount": "2"}], run="a", dry_run=True)
    assert told == [(__file__, CALL)] * 3


def test_an_argument_warns_where_it_is_given(client: Any) -> None:
    with recorded() as told:
        tried(lambda: client.create_transfer(amount="1", memo="m", text=None, desk="d"))
        tried(lambda: client.create_transfer(amount="1", text="t", pin="1234", desk="d"))
        tried(lambda: client.raw.create_transfer(amount="1", text="t", desk="d"))
    assert told == [(__file__, TEXT), (__file__, PIN), (__file__, TEXT)]


def test_a_bulk_run_warns_once_of_all_its_rows(client: Any) -> None:
    rows = [{"amount": "1", "text": "t", "desk": "d"} for _ in range(4)]
    with recorded() as told:
        client.bulk.create_transfer(rows, run="b", dry_run=True)
        client.bulk.create_transfer([{"amount": "1", "desk": "d"}], run="c", dry_run=True)
    assert told == [(__file__, TEXT)]


def test_an_async_call_warns_where_it_is_called(package: ModuleType) -> None:
    async def use() -> None:
        async with package.AsyncOldPayoutsClient(**OWN) as client:
            assert asyncio.iscoroutinefunction(client.create_payout)
            assert inspect.iscoroutinefunction(inspect.unwrap(client.create_payout))
            for later in (client.create_payout(amount="1"), client.create_transfer(amount="1", text="t", desk="d")):
                with pytest.raises(package.errors.NotSentError):
                    await asyncio.create_task(later)

    with recorded() as told:
        asyncio.run(use())
    assert told == [(__file__, CALL), (__file__, TEXT)]


def test_a_warning_that_raises_shows_no_secret_and_sends_nothing(client: Any) -> None:
    for call in (client.create_payout, client.create_transfer):
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            with pytest.raises(DeprecationWarning) as raised:
                call(amount="1", pin="s3cr3t", **({"desk": "d"} if call == client.create_transfer else {}))
        shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
        inner = [frame for frame in shown.stack if frame.filename != __file__]
        assert inner
        assert "s3cr3t" not in str([frame.locals for frame in inner])


def test_a_terminal_is_told(package: ModuleType, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    commands = importlib.import_module("old_payouts._commands")
    monkeypatch.setenv("OLD_PAYOUTS_KEY", "k")
    monkeypatch.setenv("OLD_PAYOUTS_BASE_URL", NOWHERE)
    monkeypatch.setenv("COLUMNS", "300")
    rows = tmp_path / "rows.csv"
    rows.write_text("amount,text,desk\n1,t,d\n2,t,d\n")

    def run(*arguments: str) -> str:
        return " ".join(CliRunner().invoke(commands.app, list(arguments)).output.split())

    sent = ("--amount", "1", "--no-journal", "--yes")
    assert f"Deprecated: {CALL}" in run("create-payout", *sent)
    assert f"Deprecated: {TEXT}" in run("create-transfer", *sent, "--desk", "d", "--text", "t")
    assert TEXT not in run("create-transfer", *sent, "--desk", "d")
    assert run("bulk", "create-transfer", str(rows), "--dry-run").count(f"Deprecated: {TEXT}") == 1
    assert CALL in run("create-payout", "--help")
