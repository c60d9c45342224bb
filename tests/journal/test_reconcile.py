"""The journal held against the server, and what people take out of it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from binance_gift_card import errors
from binance_gift_card.journal import new_key
from tests.faults.server import closing


def create(client, amount="25", token="USDT", **options):
    return client.create_gift_card(token=token, amount=amount, **options)


def test_what_was_redeemed_elsewhere_is_found(client, client_of, sandbox) -> None:
    cards = [create(client) for _ in range(6)]
    client_of(sandbox, journal=None).redeem_gift_card(code=cards[2].code)
    found = client.reconcile()
    assert [entry.reference for entry in found.redeemed] == [cards[2].reference_no]
    assert (found.checked, found.unchecked, found.stopped) == (6, 0, "")
    again = client.reconcile()
    assert (list(again.redeemed), again.checked) == ([], 5)
    assert [entry.live for entry in client.history()] == [True, True, False, True, True, True]
    assert all(entry.checked is not None for entry in client.history())


def test_what_was_redeemed_here_needs_no_check(client) -> None:
    card = create(client)
    client.redeem_gift_card(code=card.code)
    found = client.reconcile()
    assert (found.checked, list(found.redeemed)) == (0, [])
    assert next(client.history()).live is False


def test_nothing_is_sent_unless_asked(client, sandbox) -> None:
    create(client)
    sandbox.stop()
    found = client.reconcile(check=False)
    assert (found.checked, found.unchecked, found.stopped) == (0, 1, "")


def test_a_reference_that_nobody_can_ask_about_holds_up_no_other(client) -> None:
    for _ in range(2):
        create(client)
    statement = "UPDATE entries SET reference = 'C-1' WHERE number = 1"
    client.journal.store.write(lambda session: session.run(statement, {}), durable=True, seconds=5)
    found = client.reconcile()
    assert (found.checked, found.unchecked) == (1, 1)
    assert "entry 1 cannot be asked about: verify_gift_card: reference_no is not as the API takes it" in found.stopped


def test_a_server_that_is_away_stops_the_checks_and_says_so(client_of, sandbox) -> None:
    client = client_of(sandbox, attempts=1)
    create(client)
    sandbox.stop()
    found = client.reconcile()
    assert (found.checked, found.unchecked) == (0, 1)
    assert "verify_gift_card" in found.stopped


def test_checks_stop_before_they_lock_the_account(client, sandbox) -> None:
    for _ in range(9):
        create(client)
    statement = "UPDATE entries SET reference = '999999999999999' || number"
    client.journal.store.write(lambda session: session.run(statement, {}), durable=True, seconds=5)
    found = client.reconcile()
    assert "lock" in found.stopped or "refused" in found.stopped
    with pytest.raises(errors.LockoutError):
        client.verify_gift_card(reference_no="0033002144060553")


def test_sums_are_exact_by_day_month_and_token(client, sandbox, midday) -> None:
    for amount in ("0.00000001", "0.1", "0.2"):
        create(client, amount)
    create(client, "1", "BNB")
    with pytest.raises(errors.ApiError):
        create(client, "0")
    found = client.reconcile()
    today = midday.strftime("%Y-%m-%d")
    assert [(t.period, t.token, t.count, t.amount) for t in found.days] == [
        (today, "BNB", 1, Decimal(1)),
        (today, "USDT", 3, Decimal("0.30000001")),
    ]
    assert [(t.period, t.token, t.count) for t in found.months] == [(today[:7], "BNB", 1), (today[:7], "USDT", 3)]
    assert found.states["done"] == 4
    assert found.states["refused"] == 1


def test_the_month_counts_what_may_have_been_done(client, client_of, serve, sandbox, midday) -> None:
    create(client, "10")
    server = serve(closing)
    with pytest.raises(errors.OutcomeUnknownError):
        create(client_of(server, api_key=sandbox.api_key), "5")
    client.journal.adopt(server.url, sandbox.url, kind="server", reason="for the test, they are one")
    allowance = client.reconcile(check=False).allowance
    assert (allowance.count, allowance.count_limit, allowance.count_left) == (2, 6000, 5998)
    assert (allowance.amount, allowance.amount_limit, allowance.token) == (Decimal(0), Decimal(4_200_000), "USDC")
    assert allowance.uncounted == {"USDT": Decimal(15)}
    priced = client.reconcile(check=False, prices={"USDT": Decimal("0.999")}, count_limit=10, amount_limit=Decimal(20))
    assert (priced.allowance.amount, priced.allowance.amount_left) == (Decimal("14.985"), Decimal("5.015"))
    assert priced.allowance.count_left == 8
    assert [entry.amount for entry in priced.unknown] == [Decimal(5)]


def test_what_expires_soon_is_told(client) -> None:
    create(client)
    assert not client.reconcile(check=False).expiring
    [entry] = client.reconcile(check=False, expiring_within=timedelta(days=366)).expiring
    assert entry.number == 1


def test_progress_is_told(client) -> None:
    for _ in range(3):
        create(client)
    told = []
    client.reconcile(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# Export.


def test_the_journal_is_exported_as_csv(client, tmp_path) -> None:
    card = create(client, "0.00000001", note='a "note", with\nall')
    file = tmp_path / "out.csv"
    assert client.journal.export(file) == 1
    with file.open(newline="", encoding="utf-8") as lines:
        [row] = csv.DictReader(lines)
    assert (row["reference"], row["amount"]) == (card.reference_no, "0.00000001")
    assert row["note"] == 'a "note", with\nall'
    assert card.code not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_the_journal_is_exported_as_json_lines(client) -> None:
    card = create(client, "0.00000001")
    with pytest.raises(errors.ApiError):
        create(client, "0")
    target = io.StringIO()
    assert client.journal.export(target, format="jsonl", secrets=True) == 2
    first, second = map(json.loads, target.getvalue().splitlines())
    assert (first["amount"], first["result"]["code"]) == ("0.00000001", card.code)
    assert (second["state"], second["result"]) == ("refused", None)
    assert datetime.fromisoformat(first["time"]).tzinfo is not None


def test_an_export_that_fails_leaves_the_old_file(client, tmp_path, address) -> None:
    create(client)
    file = tmp_path / "out.csv"
    file.touch(0o600)
    file.write_text("old")
    other = type(client.journal)(address)
    with pytest.raises(errors.JournalError):
        other.export(file, secrets=True)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    other.close()
    with pytest.raises(errors.ArgumentError, match="format"):
        client.journal.export(tmp_path / "out.pdf")
    with pytest.raises(errors.ArgumentError, match="written"):
        client.journal.export(tmp_path / "none" / "out.csv")


# Keys.


def test_keys_are_changed_in_place(client, journal_of, key, address) -> None:
    card = create(client)
    client.redeem_gift_card(code=card.code)
    client.close()
    new = new_key()
    assert journal_of(key=f"{new} {key}").rotate_key() == 2
    journal = journal_of(key=new)
    journal.prepare()
    assert journal.result(1) == card
    assert journal.check() == []
    with pytest.raises(errors.ArgumentError, match="sealed under"):
        journal_of(key=key).prepare()
    with pytest.raises(errors.JournalError, match="sealed under"):
        journal_of(key=key).result(1)


def test_a_change_of_keys_that_is_stopped_goes_on(client, journal_of, key, later) -> None:
    cards = [create(client) for _ in range(5)]
    new = new_key()
    journal = journal_of(key=f"{new},{key}")

    def stop(count: int) -> None:
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journal.rotate_key(stop)
    both = journal_of(key=f"{new},{key}")
    assert [both.result(n).code for n in range(1, 6)] == [card.code for card in cards]
    assert both.rotate_key() == 2
    assert [journal_of(key=new).result(n).code for n in range(1, 6)] == [card.code for card in cards]


@pytest.mark.only("sqlite")
def test_what_was_in_the_clear_is_gone_when_it_is_sealed(client_of, sandbox, journal_of, address, key) -> None:
    client = client_of(sandbox, journal=journal_of(key="unsealed"))
    cards = [create(client, "1") for _ in range(50)]
    client.close()
    journal = journal_of(key=f"{key} unsealed")
    assert journal.rotate_key() == 50
    journal.close()
    content = b"".join(Path(address + end).read_bytes() for end in ("", "-wal") if Path(address + end).exists())
    assert not [card for card in cards if card.code.encode() in content]


@pytest.mark.only("sqlite")
def test_a_sealed_text_cannot_be_moved_to_another_entry(client, journal_of, address) -> None:
    create(client)
    create(client)
    client.close()
    with sqlite3.connect(address) as connection:
        connection.execute("UPDATE entries SET answer = (SELECT answer FROM entries WHERE number = 1) WHERE number = 2")
    connection.close()
    journal = journal_of()
    [problem] = journal.check()
    assert "entry 2" in problem
    with pytest.raises(errors.JournalError, match="not what was sealed"):
        journal.result(2)


def test_no_key_stands_in_a_repr(journal, key) -> None:
    assert key not in repr(journal) + repr(journal.seal) + repr(journal.seal.__dict__)


# A long journal.


def _count(session) -> int:
    return session.rows("SELECT count(*) FROM entries", {})[0][0]


@pytest.fixture
def long(client):
    """100,000 entries."""
    create(client)
    names = (
        "at, changed, operation, state, ends, arguments, secrets, attempts, doubt, settled, status, answer, code,"
        " reason, reference, token, amount, expires, live, checked, note, owner, server, sdk, spec"
    )
    copy = f"INSERT INTO entries ({names}) SELECT {names} FROM entries LIMIT :most"
    for _ in range(17):
        client.journal.store.write(
            lambda session: session.run(
                copy, {"most": 100_000 - session.rows("SELECT count(*) FROM entries", {})[0][0]}
            ),
            durable=False,
            seconds=30,
        )
    return client


_READ = """
import resource, sys
from binance_gift_card import GiftCardClient
client = GiftCardClient(journal=sys.argv[1], base_url=sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(1 for entry in client.history()))
found = client.reconcile(check=False)
print(found.states["done"], found.days[0].amount)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
client.close()
"""


def test_a_long_journal_is_read_without_holding_it(long, address, monkeypatch, key, sandbox) -> None:
    monkeypatch.setenv("BINANCE_JOURNAL_KEY", key)
    done = subprocess.run(
        [sys.executable, "-c", _READ, address, sandbox.url], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    count, sums, kilobytes = done.stdout.splitlines()
    assert (count, sums) == ("100000", "100000 2500000")
    assert int(kilobytes) < 20_000
