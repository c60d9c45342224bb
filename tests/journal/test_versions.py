"""A journal outlives the SDK that made it: one of 0.1.0 is taken over, and both go on side by side."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import binance_gift_card
from binance_gift_card import errors
from binance_gift_card._runtime.journal import migrations
from tests.journal.first_version import NEW, OLD, STATES


def facts(journal) -> dict[str, str]:
    return dict(journal.store.rows("SELECT name, value FROM facts", {}))


def test_a_journal_of_the_first_version_is_read_as_it_is(made, journal) -> None:
    assert [(entry.idempotency_key, entry.state) for entry in journal.history()] == STATES
    assert {entry.account for entry in journal.history()} == {None}
    card = journal.result(1)
    assert ["done", card.reference_no, card.code] == made.card
    assert list(journal.events()) == []
    assert journal.check() == []
    assert "version" not in facts(journal), "reading changed it"


def test_a_journal_of_the_first_version_is_taken_over_whole(made, client_of, sandbox, journal, later) -> None:
    before = journal.store.rows(f"SELECT {', '.join(sorted(OLD_COLUMNS))} FROM entries ORDER BY number", {})
    journal.prepare()
    after = journal.store.rows(f"SELECT {', '.join(sorted(OLD_COLUMNS))} FROM entries ORDER BY number", {})
    assert [list(row) for row in after] == [list(row) for row in before]
    assert facts(journal) | {"key": "", "writer": ""} == {"schema": "1", "version": "2", "key": "", "writer": ""}
    later(7200)
    client = client_of(sandbox)
    assert [(entry.idempotency_key, entry.state) for entry in client.history()] == [
        *STATES[:4],
        ("on its way", "unknown"),
        ("waiting", "not sent"),
    ]
    spent = sandbox.balance("USDT")
    again = client.create_gift_card(token="USDT", amount="25", idempotency_key="a card")
    assert ["done", again.reference_no, again.code] == made.card
    reference = client.redeem_gift_card(code=made.redeemed[2], idempotency_key="the redemption").reference_no
    assert reference == made.redeemed[1]
    assert sandbox.balance("USDT") == spent
    client.create_gift_card(token="USDT", amount="4", idempotency_key="waiting")
    assert sandbox.balance("USDT") == spent - 4
    assert journal.check() == []


OLD_COLUMNS = (
    "number at changed operation state ends arguments secrets attempts doubt settled status answer code reason"
    " reference token amount expires live checked note key claim open owner server sdk spec"
).split()


def test_the_first_version_goes_on_with_what_was_taken_over(made, process_of, client_of, sandbox) -> None:
    client = client_of(sandbox)
    mine = client.create_gift_card(token="USDT", amount="5", idempotency_key="mine")
    old = process_of(OLD)  # as after going back
    assert old.ask("create", "mine", "5") == ["done", mine.reference_no, mine.code]
    assert old.ask("create", "a card", "25") == made.card
    theirs = old.ask("create", "theirs", "6")
    card = client.create_gift_card(token="USDT", amount="6", idempotency_key="theirs")
    assert ["done", card.reference_no, card.code] == theirs
    assert sandbox.balance("USDT") == 1000 - 25 - 5 - 6
    old.close()


@pytest.mark.parametrize("orders", [3, pytest.param(12, marks=pytest.mark.proof)])
def test_both_versions_work_on_one_journal_while_one_takes_the_others_place(process_of, sandbox, orders) -> None:
    """A rolling deploy: each process is ended and begun again, the new one among those of the old."""
    keys = [f"order {number}" for number in range(orders)]
    processes = [process_of(OLD), process_of(OLD)]
    replaced: list[Path] = [NEW, OLD, NEW, NEW]
    told: dict[str, set[tuple[str, ...]]] = {key: set() for key in keys}
    with ThreadPoolExecutor(2) as threads:
        for number, key in enumerate(keys):
            if number % 3 == 2:
                index = number % 2
                processes[index].close()
                processes[index] = process_of(replaced[number // 3])
            for answer in threads.map(lambda one, key=key: one.ask("create", key, "1"), processes):
                told[key].add(tuple(answer))
    for key in keys:  # what one of them made is every other's
        told[key] |= {tuple(one.ask("create", key, "1")) for one in (processes[0], process_of(OLD), process_of(NEW))}
    assert all(len(cards) == 1 for cards in told.values()), told
    assert len({card for cards in told.values() for card in cards}) == len(keys)
    assert sandbox.balance("USDT") == 1000 - len(keys)
    assert [state for _, state, _ in process_of(NEW).ask("history")] == ["done"] * len(keys)


def test_the_new_version_moves_in_while_the_old_one_writes(process_of, sandbox) -> None:
    old = process_of(OLD)
    old.ask("create", "first", "1")
    over = threading.Event()
    made = []

    def write() -> None:
        while not over.is_set():
            made.append(old.ask("create", f"old {len(made)}", "1"))

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        news = [process_of(NEW) for _ in range(3)]
        for new in news:
            new.begin("prepare")
        assert [new.answer() for new in news] == [binance_gift_card.__version__] * 3
        before = len(made)
        while len(made) < before + 3 and not writing.done():
            time.sleep(0.01)
        over.set()
        writing.result()
    assert {state for state, *_ in made} == {"done"}
    assert sandbox.balance("USDT") == 999 - len(made)


@pytest.mark.only("sqlite")
def test_an_older_journal_is_copied_before_it_is_changed(made, address, journal, journal_of, caplog, key) -> None:
    journal.prepare()
    [copy] = Path(address).parent.glob("*.bak*")
    assert copy.name == "cards.db.schema-1.bak"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert str(copy) in caplog.text
    assert key not in caplog.text
    shutil.copy(copy, copy.with_name("back.db"))
    copy.with_name("back.db").chmod(0o600)
    with closing(binance_gift_card.Journal(copy.with_name("back.db"), key=key)) as back:
        assert [(entry.idempotency_key, entry.state) for entry in back.history()] == STATES
        assert back.result(1).code == made.card[2]
        assert back.check() == []
        assert "version" not in facts(back)
    journal_of().prepare()
    assert list(Path(address).parent.glob("*.bak*")) == [copy]


@pytest.mark.only("sqlite")
def test_a_copy_that_is_there_already_stays(made, address, journal) -> None:
    earlier = Path(f"{address}.schema-1.bak")
    earlier.write_text("mine")
    left_over = Path(f"{address}.bak-part")
    left_over.write_text("of a process that was killed")
    journal.prepare()
    assert earlier.read_text() == "mine"
    with closing(sqlite3.connect(f"{address}.schema-1.2.bak")) as copy:
        assert copy.execute("SELECT count(*) FROM entries").fetchone() == (6,)
    assert not left_over.exists()


@pytest.mark.only("sqlite")
@pytest.mark.skipif(os.name != "posix", reason="limits files as POSIX does")
def test_a_journal_that_there_is_no_room_to_copy_is_not_changed(made, address, journal, journal_of) -> None:
    """A file of the scratch's name that cannot be removed is one way in which a copy fails."""
    blocked = Path(f"{address}.bak-part")
    (blocked / "x").mkdir(parents=True)
    with pytest.raises(errors.JournalError, match=r"no copy of it could be made.*the journal was not changed"):
        journal.prepare()
    assert "version" not in facts(journal)
    assert [(entry.idempotency_key, entry.state) for entry in journal.history()] == STATES
    (blocked / "x").rmdir()
    blocked.rmdir()
    journal_of().prepare()
    assert facts(journal)["version"] == str(migrations.LATEST)


@pytest.mark.only("postgres")
def test_only_the_owner_of_the_tables_can_bring_them_up_to_date(made, postgres, address, journal, key) -> None:
    postgres.run(address, "GRANT SELECT, INSERT, UPDATE ON entries, facts, events, run_rows TO guarded")
    theirs = address.replace("tests@", "guarded:the-right-password@")
    with closing(binance_gift_card.Journal(theirs, key=key)) as other:
        with pytest.raises(errors.JournalError, match=r"must be owner of table entries \(let the owner"):
            other.prepare()
        assert [(entry.idempotency_key, entry.state) for entry in other.history()] == STATES
        journal.prepare()
        other.prepare()
        assert [(entry.idempotency_key, entry.state) for entry in other.history()] == STATES
    postgres.run(address, "REVOKE ALL ON facts, events, entries, run_rows FROM guarded")
