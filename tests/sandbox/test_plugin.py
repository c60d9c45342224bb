"""The fixtures for pytest, used as a stranger uses them: in a project of its own, in a process of its own."""

import os
import subprocess
import sys

import pytest

from tests import plugin

TESTS = """
import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from binance_gift_card.errors import OutcomeUnknownError


def test_a_card(gift_card_client, gift_card_sandbox):
    card = gift_card_client.create_gift_card(token="USDT", amount="25")
    assert gift_card_client.verify_gift_card(reference_no=card.reference_no).valid
    assert [made.reference_no for made in gift_card_sandbox.cards()] == [card.reference_no]


def test_an_async_card(async_gift_card_client, gift_card_sandbox):
    async def story():
        async with async_gift_card_client as client:
            return await client.create_gift_card(token="USDT", amount="25")

    card = asyncio.run(story())
    assert [made.reference_no for made in gift_card_sandbox.cards()] == [card.reference_no]


def test_a_sandbox_for_each_test(gift_card_sandbox):
    assert gift_card_sandbox.cards() == []


@pytest.mark.gift_card_sandbox(balances={"USDT": "5"}, seed="1")
def test_settings(gift_card_client, gift_card_sandbox):
    assert gift_card_sandbox.balance("USDT") == 5
    assert gift_card_client.sync_clock() is None
    gift_card_sandbox.clock.advance(86_400_000)
    assert gift_card_client.create_gift_card(token="USDT", amount="5")


def test_a_journal_keeps_the_card(gift_card_journal_client, gift_card_journal, gift_card_sandbox):
    card = gift_card_journal_client.create_gift_card(token="USDT", amount="25", idempotency_key="order 7")
    assert gift_card_journal_client.create_gift_card(token="USDT", amount="25", idempotency_key="order 7") == card
    assert [entry.reference for entry in gift_card_journal.history()] == [card.reference_no]
    assert len(gift_card_sandbox.cards()) == 1


def test_a_journal_for_each_test(gift_card_journal_client):
    assert list(gift_card_journal_client.history()) == []


@pytest.mark.gift_card_journal(key="unsealed")
@pytest.mark.gift_card_fault("error-before", operation="create_gift_card")
@pytest.mark.gift_card_fault("drop-after", operation="createGiftCard", times=1)
def test_faults_in_their_order_and_a_journal(gift_card_client, gift_card_sandbox):
    with pytest.raises(OutcomeUnknownError):
        gift_card_client.create_gift_card(token="USDT", amount="1", idempotency_key="one")
    assert gift_card_sandbox.cards() == []
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError):
            gift_card_client.create_gift_card(token="USDT", amount="1", idempotency_key="two")
    assert len(gift_card_sandbox.cards()) == 1
    assert [entry.state for entry in gift_card_client.history()] == ["unknown", "unknown"]


@pytest.mark.gift_card_clock("2026-01-31T12:00:00Z", freeze=True)
def test_a_clock(gift_card_client, async_gift_card_client, gift_card_sandbox):
    card = gift_card_client.create_gift_card(token="USDT", amount="1")
    (request,) = gift_card_sandbox.requests()  # signed by that clock at once
    assert datetime.fromtimestamp(request.time / 1000, timezone.utc) == datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    gift_card_sandbox.clock.advance(timedelta(days=366))
    assert not gift_card_client.verify_gift_card(reference_no=card.reference_no).valid
"""

WRONG = """
import pytest


@pytest.mark.gift_card_fault("drop-afterwards")
def test_kind(gift_card_client): ...


@pytest.mark.gift_card_fault("cut", operation="create_card")
def test_operation(gift_card_client): ...


@pytest.mark.gift_card_fault(times=2)
def test_no_kind(gift_card_client): ...


@pytest.mark.gift_card_clock("yesterday")
def test_time(gift_card_client): ...


@pytest.mark.gift_card_journal(path="cards.db")
def test_journal(gift_card_client): ...


@pytest.mark.gift_card_sandbox({"USDT": "5"})
def test_settings(gift_card_client): ...
"""

FROZEN = """
import pytest
from freezegun import freeze_time


@freeze_time("2026-01-31")
def test_frozen_within_the_test(gift_card_client, gift_card_journal_client):
    for client in (gift_card_client, gift_card_journal_client):
        card = client.create_gift_card(token="USDT", amount="25")
        assert client.verify_gift_card(reference_no=card.reference_no).valid


@pytest.fixture
def january():
    with freeze_time("2026-01-31") as time:
        yield time


def test_frozen_around_the_fixtures(january, gift_card_client, gift_card_journal_client, gift_card_sandbox):
    before = gift_card_sandbox.clock.now_ms
    january.tick(60)
    assert gift_card_sandbox.clock.now_ms == before + 60_000
    for client in (gift_card_client, gift_card_journal_client):
        assert client.create_gift_card(token="USDT", amount="25")


def test_frozen_within_the_fixtures(gift_card_client, gift_card_journal_client, january):
    for client in (gift_card_client, gift_card_journal_client):
        assert client.create_gift_card(token="USDT", amount="25")


@freeze_time("1990-01-01", tick=True)
def test_long_ago(gift_card_client, gift_card_journal_client):
    for client in (gift_card_client, gift_card_journal_client):
        assert client.create_gift_card(token="USDT", amount="25")
"""


def run(tmp_path, *arguments, code=TESTS):
    (tmp_path / "test_theirs.py").write_text(code)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--strict-markers",
            "-p",
            "no:cacheprovider",
            *plugin.options(),
            *arguments,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("side_by_side", [[], ["-n", "2"]], ids=["one by one", "side by side"])
def test_the_fixtures(tmp_path, side_by_side):
    done = run(tmp_path, "-W", "error", *side_by_side)
    assert "8 passed" in done.stdout, done.stdout + done.stderr


def test_they_are_listed_with_what_they_are(tmp_path):
    told = run(tmp_path, "--fixtures").stdout + run(tmp_path, "--markers").stdout
    assert "A running sandbox of this test's own" in told
    for name in ("gift_card_sandbox(", "gift_card_fault(", "gift_card_clock(", "gift_card_journal("):
        assert f"@pytest.mark.{name}" in told


def test_a_project_that_tests_other_things_loads_no_server(tmp_path):
    code = "import sys\n\n\ndef test():\n    assert not {'uvicorn', 'starlette', 'jsonschema_rs'} & set(sys.modules)\n"
    done = run(tmp_path, code=code)
    assert "1 passed" in done.stdout, done.stdout


def test_a_clock_that_a_test_stops_stops_neither_server_nor_teardown(tmp_path):
    done = run(tmp_path, "-W", "error", code=FROZEN)
    assert "4 passed" in done.stdout, done.stdout + done.stderr


def test_a_mark_that_says_what_cannot_be_is_told_in_one_line(tmp_path):
    done = run(tmp_path, code=WRONG)
    assert "6 errors" in done.stdout, done.stdout
    for told in (
        "the mark gift_card_fault cannot be used: kind must be one of: ",
        "the mark gift_card_fault cannot be used: there is no operation 'create_card'; there are: ",
        "the mark gift_card_fault needs kind",
        "the mark gift_card_clock cannot be used: Invalid isoformat string: 'yesterday'",
        "the mark gift_card_journal has no setting 'path'; it knows address, key",
        "the mark gift_card_sandbox takes its settings by name: ",
    ):
        assert told in done.stdout, (told, done.stdout)
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout


WITHOUT_EXTRA = """
import sys

import pytest

sys.modules.update(uvicorn=None, cryptography=None)  # as if they were not installed


@pytest.mark.parametrize("fixture", ["gift_card_sandbox", "gift_card_client", "gift_card_journal_client"])
def test_uses_it(request, fixture):
    request.getfixturevalue(fixture)


def test_needs_a_key(gift_card_journal):
    raise AssertionError("not reached")


def test_does_not():
    pass
"""


def test_without_the_extra_one_line_says_what_to_install(tmp_path):
    done = run(tmp_path, code=WITHOUT_EXTRA)
    assert "3 failed, 1 passed, 1 error" in done.stdout, done.stdout
    report = done.stdout.partition("short test summary")[0]
    assert report.count("the sandbox needs uvicorn: pip install 'binance-gift-card[sandbox]'") == 3
    assert report.count("a sealed journal needs cryptography: install the extra 'keys'") == 1
    for noise in ("exception", "Traceback", "No module named", "sandbox.py", "seal.py"):
        assert noise not in report


OLD = """
import pytest

del pytest.Config, pytest.FixtureRequest  # pytest 6 has no such names
import binance_gift_card_sandbox.pytest_plugin
"""


def test_an_older_pytest_can_import_it():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", OLD], env=environment, timeout=60, check=True)
