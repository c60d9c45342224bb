"""Fixtures for pytest, there as soon as the package is installed: a sandbox for each test, and a client of it.

    def test_buys_a_card(gift_card_client):
        card = gift_card_client.create_gift_card(token="USDT", amount="25")

Marks say what is special about a test:

    @pytest.mark.gift_card_sandbox(balances={"USDT": "5"}, seed="1")        # settings of `Sandbox`
    @pytest.mark.gift_card_fault("drop-after", operation="create_gift_card")  # settings of `Fault`; repeatable
    @pytest.mark.gift_card_clock("2026-01-31T12:00:00Z", freeze=True)       # of the server, and of the clients
    @pytest.mark.gift_card_journal(key="unsealed")                          # settings of `Journal`; all clients keep it
"""

from __future__ import annotations  # pytest before 7 has no names for the types below

import inspect
import re
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from binance_gift_card import AsyncGiftCardClient, GiftCardClient, Journal
    from binance_gift_card_sandbox import Sandbox

MARKS = {
    "gift_card_sandbox": "(**settings): settings of the sandbox in the fixture gift_card_sandbox",
    "gift_card_fault": "(kind, operation='*', times=1, **settings): a fault that waits in the sandbox; repeatable",
    "gift_card_clock": "(time, freeze=False): where sandbox's and clients' clock starts, and whether it stands still",
    "gift_card_journal": "(key=…, address=…): settings of the journal; every client of the test keeps it",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}{meaning}")


@pytest.fixture
def gift_card_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A running sandbox of this test's own, on a free port."""
    with _one_line_if(ModuleNotFoundError):
        from binance_gift_card_sandbox import Fault, Sandbox
    with _sandbox(request, Sandbox) as sandbox:
        for mark in reversed(list(request.node.iter_markers("gift_card_fault"))):  # as they stand, from the top down
            with _said_by(mark):
                sandbox.fault(Fault(**_named(mark, Fault, "kind")))
        for mark in request.node.iter_markers("gift_card_clock"):
            with _said_by(mark):
                _move(sandbox, **_named(mark, _move, "time"))
            break
        yield sandbox


@pytest.fixture
def gift_card_client(request: pytest.FixtureRequest, gift_card_sandbox: Sandbox) -> Iterator[GiftCardClient]:
    """A client of `gift_card_sandbox`; it keeps a journal where the test has the mark `gift_card_journal`."""
    from binance_gift_card import GiftCardClient

    with GiftCardClient(**_settings(request, gift_card_sandbox)) as client:
        yield client


@pytest.fixture
def async_gift_card_client(request: pytest.FixtureRequest, gift_card_sandbox: Sandbox) -> AsyncGiftCardClient:
    """The same for asyncio: use it by ``async with``, which closes it in the loop of the test."""
    from binance_gift_card import AsyncGiftCardClient

    return AsyncGiftCardClient(**_settings(request, gift_card_sandbox))


@pytest.fixture
def gift_card_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of this test's own, sealed under a key of its own. Clients of one test may share it."""
    from binance_gift_card import Journal
    from binance_gift_card.errors import ArgumentError
    from binance_gift_card.journal import new_key

    mark = request.node.get_closest_marker("gift_card_journal")
    given = {} if mark is None else _named(mark, Journal)
    with _one_line_if(ArgumentError):  # as it is without cryptography
        if "key" not in given:
            given["key"] = new_key()
        journal = Journal(given.pop("address", tmp_path / "gift-cards.db"), **given)
    with journal:
        yield journal


@pytest.fixture
def gift_card_journal_client(
    request: pytest.FixtureRequest, gift_card_sandbox: Sandbox, gift_card_journal: Journal
) -> Iterator[GiftCardClient]:
    """A client of `gift_card_sandbox` that keeps `gift_card_journal`."""
    from binance_gift_card import GiftCardClient

    with GiftCardClient(**{**_settings(request, gift_card_sandbox), "journal": gift_card_journal}) as client:
        yield client


def _sandbox(request: pytest.FixtureRequest, kind: type[Sandbox]) -> Sandbox:
    mark = request.node.get_closest_marker("gift_card_sandbox")
    if mark is None:
        return kind()
    with _said_by(mark):
        return kind(**_named(mark, kind))


def _settings(request: pytest.FixtureRequest, sandbox: Sandbox) -> dict[str, Any]:
    """What a client of the test is made with."""
    from binance_gift_card import HmacSigner

    is_kept = request.node.get_closest_marker("gift_card_journal") is not None
    is_moved = request.node.get_closest_marker("gift_card_clock") is not None
    return {
        "api_key": sandbox.api_key,
        "signer": HmacSigner(sandbox.api_secret),
        "base_url": sandbox.url,
        "journal": request.getfixturevalue("gift_card_journal") if is_kept else False,
        "clock": sandbox.clock if is_moved else None,
    }


def _move(sandbox: Sandbox, time: datetime | str, freeze: bool = False) -> None:
    if isinstance(time, str):
        time = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", time))  # which Python 3.10 does not read
    if freeze:  # first, or a millisecond may pass in between
        sandbox.clock.freeze()
    sandbox.clock.set(time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc))


def _named(mark: pytest.Mark, taken: Callable[..., object], *positional: str) -> dict[str, Any]:
    """What a mark says, by name; one clear line where `taken` has no such argument, or one has no name."""
    known = [name for name in inspect.signature(taken).parameters if name not in ("self", "sandbox")]
    wrong = next((name for name in mark.kwargs if name not in known), None)
    if wrong is not None:
        raise _refused(mark, f"has no setting {wrong!r}; it knows {', '.join(known)}")
    if len(mark.args) > len(positional):
        raise _refused(mark, f"takes its settings by name: {', '.join(known)}")
    given = {**dict(zip(positional, mark.args, strict=False)), **mark.kwargs}
    missing = next((name for name in positional if name not in given), None)
    if missing is not None:
        raise _refused(mark, f"needs {missing}")
    return given


def _refused(mark: pytest.Mark, what: str) -> BaseException:
    return pytest.fail.Exception(f"the mark {mark.name} {what}", pytrace=False)


@contextmanager
def _said_by(mark: pytest.Mark) -> Iterator[None]:
    """What is wrong with a value is told of the mark, in one line."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise _refused(mark, f"cannot be used: {error}") from None


@contextmanager
def _one_line_if(kind: type[Exception]) -> Iterator[None]:
    """What is not installed is told without a traceback."""
    try:
        yield
    except kind as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
