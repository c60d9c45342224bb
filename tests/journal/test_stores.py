"""What every store must do, whatever it is made of."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from binance_gift_card import errors
from binance_gift_card._runtime.journal import migrations
from binance_gift_card._runtime.journal.migrations import LATEST, Migration
from binance_gift_card._runtime.journal.record import _INSERT
from binance_gift_card._runtime.journal.store import ALL, TakenError, by_name

ENTRY = {
    **dict.fromkeys(("secrets", "settled", "reference", "token", "amount", "expires", "note", "key", "account")),
    **{"at": 1, "operation": "o", "state": "sent", "ends": 2, "arguments": "{}", "attempts": 1, "doubt": 0},
    **{"owner": "me", "server": "s", "sdk": "s", "spec": "s"},
}
COUNT = "SELECT count(*) FROM entries"


@pytest.fixture
def store_of(journal_of):
    return lambda: journal_of().store


@pytest.fixture
def store(store_of):
    made = store_of()
    made.prepare()
    return made


def insert(store, *, durable: bool = True, **columns: object) -> int:
    return store.write(lambda session: session.insert(_INSERT, {**ENTRY, **columns}), durable=durable, seconds=10)


def say(store, statement: str, **values: object) -> int:
    return store.write(lambda session: session.run(statement, values), durable=True, seconds=10)


# Making and opening.


def test_what_is_not_there_is_not_read(store_of) -> None:
    with pytest.raises(errors.JournalError, match="there is no journal"):
        store_of().rows(COUNT, {})


def test_it_is_made_once_however_many_make_it(store_of) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: store_of().prepare(), range(6)))
    store = store_of()
    store.prepare()
    assert store.rows("SELECT name, value FROM facts WHERE name IN ('schema', 'version') ORDER BY name", {}) == [
        ("schema", "1"),
        ("version", str(LATEST)),
    ]
    assert store.problems() == []


def test_it_opens_again_after_it_was_closed(store, store_of) -> None:
    number = insert(store, note="kept")
    store.close()
    store.close()
    assert store.rows("SELECT number, note FROM entries", {}) == [(number, "kept")]
    insert(store)
    assert store_of().rows(COUNT, {}) == [(2,)]


# Writing.


@pytest.mark.parametrize("durable", [True, False])
def test_what_was_written_is_read_by_everybody(store, store_of, durable) -> None:
    number = insert(store, durable=durable, note="é ☂", answer=None, secrets=b"\x00\xff", account="shop")
    [row] = store_of().rows(f"{ALL} WHERE number = :number", {"number": number})
    found = by_name(row)
    assert (found["note"], bytes(found["secrets"]), found["account"]) == ("é ☂", b"\x00\xff", "shop")
    assert (found["state"], found["open"], found["settled"]) == ("sent", 1, None)


def test_work_that_fails_leaves_nothing(store) -> None:
    def work(session) -> None:
        session.insert(_INSERT, ENTRY)
        raise errors.JournalError("on purpose")

    with pytest.raises(errors.JournalError, match="on purpose"):
        store.write(work, durable=True, seconds=5)
    assert store.rows(COUNT, {}) == [(0,)]
    insert(store)
    assert store.rows(COUNT, {}) == [(1,)]


def test_a_key_is_claimed_by_one_entry(store) -> None:
    first = insert(store, key="a")
    with pytest.raises(TakenError):
        insert(store, key="a")
    second = insert(store, key="b")
    update = "UPDATE entries SET claim = :claim WHERE number = :number"
    with pytest.raises(TakenError):
        say(store, update, claim="a", number=second)
    assert say(store, update, claim=None, number=first) == 1
    assert say(store, update, claim="a", number=second) == 1
    assert store.rows("SELECT number, claim FROM entries ORDER BY number", {}) == [(first, None), (second, "a")]


def test_the_transaction_goes_on_after_a_key_was_taken(store) -> None:
    update = "UPDATE entries SET claim = :claim WHERE number = :number"

    def work(session) -> list[int]:
        first = session.insert(_INSERT, {**ENTRY, "key": "a"})
        with pytest.raises(TakenError):
            session.insert(_INSERT, {**ENTRY, "key": "a"})
        second = session.insert(_INSERT, {**ENTRY, "key": "b"})
        with pytest.raises(TakenError):
            session.run(update, {"claim": "a", "number": second})
        assert session.run(update, {"claim": "c", "number": second}) == 1
        return [first, second]

    made = store.write(work, durable=True, seconds=5)
    found = store.rows("SELECT number, claim FROM entries ORDER BY number", {})
    assert found == [(made[0], "a"), (made[1], "c")]
    with pytest.raises(TakenError):
        store.write(lambda session: session.insert(_INSERT, {**ENTRY, "key": "c"}), durable=True, seconds=5)


def test_a_session_sees_what_it_wrote_and_tells_how_much(store) -> None:
    def work(session):
        numbers = [session.insert(_INSERT, ENTRY) for _ in range(3)]
        changed = session.run("UPDATE entries SET note = 'n' WHERE number > :first", {"first": numbers[0]})
        return numbers, changed, session.rows("SELECT number FROM entries WHERE note = 'n' ORDER BY number", {})

    numbers, changed, found = store.write(work, durable=True, seconds=5)
    assert changed == 2
    assert [number for (number,) in found] == numbers[1:] == sorted(numbers)[1:]


def test_many_write_at_once_and_nothing_is_lost(store, store_of) -> None:
    stores = [store, store_of(), store_of()]
    ready = threading.Barrier(6)

    def work(index: int) -> list[int]:
        ready.wait(20)
        return [insert(stores[index % 3], note=f"{index}") for _ in range(15)]

    with ThreadPoolExecutor(6) as threads:
        numbers = [number for made in threads.map(work, range(6)) for number in made]
    assert len(set(numbers)) == 90
    assert store.rows("SELECT note, count(*) FROM entries GROUP BY note ORDER BY note", {}) == [
        (str(index), 15) for index in range(6)
    ]


def test_one_key_at_once_is_one_entry(store, store_of) -> None:
    stores = [store, store_of()]

    def work(index: int) -> int | None:
        try:
            return insert(stores[index % 2], key="the only one")
        except TakenError:
            return None

    with ThreadPoolExecutor(8) as threads:
        made = [number for number in threads.map(work, range(8)) if number is not None]
    assert len(made) == 1
    assert store.rows("SELECT number FROM entries", {}) == [(made[0],)]


def test_what_it_scrubs_is_all_there_afterwards(store) -> None:
    insert(store, note="kept")
    store.scrub()
    assert store.problems() == []
    assert store.rows("SELECT note FROM entries", {}) == [("kept",)]


# Journals of other versions.


@pytest.fixture
def first_version(monkeypatch, store_of):
    """Makes a journal as the first version did, and tells of its store what the rest is to begin with."""
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        store = store_of()
        store.prepare()
        columns = [name for name in ENTRY if name != "account"]
        say(
            store,
            f"INSERT INTO entries (changed, checked, reason, claim, open, {', '.join(columns)})"
            f" VALUES (1, 0, '', 'k', 1, {', '.join(f':{name}' for name in columns)})",
            **{**ENTRY, "key": "k"},
        )
        say(store, "DELETE FROM facts WHERE name IN ('version', 'writer')")
    store.close()
    return store_of


def test_an_older_journal_is_read_before_anybody_brings_it_up_to_date(first_version) -> None:
    store, other = first_version(), first_version()
    [row] = store.rows(f"{ALL} WHERE account IS NULL", {})
    assert (by_name(row)["claim"], by_name(row)["account"]) == ("k", None)
    assert store.rows("SELECT count(*), account FROM entries GROUP BY account", {}) == [(1, None)]
    assert store.rows("SELECT who FROM events", {}) == []
    other.prepare()
    say(other, "UPDATE entries SET account = 'shop'")
    assert by_name(store.rows(ALL, {})[0])["account"] == "shop", "a reader goes on by what it saw at first"


def test_an_older_journal_is_brought_up_to_date_once(first_version) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: first_version().prepare(), range(4)))
    store = first_version()
    store.prepare()
    [row] = store.rows(ALL, {})
    assert (by_name(row)["state"], by_name(row)["claim"], by_name(row)["open"]) == ("sent", "k", 1)
    insert(store, account="shop")
    assert store.problems() == []


def test_a_step_that_fails_leaves_the_older_journal(first_version, monkeypatch) -> None:
    wrong = Migration(LATEST + 1, 1, ("CREATE TABLE more (number BIGINT)", "UPDATE nowhere SET a = 1"))
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, wrong))
        with pytest.raises(errors.JournalError):
            first_version().prepare()
    store = first_version()
    assert store.rows("SELECT name, value FROM facts", {}) == [("schema", "1")]
    assert len(store.rows(ALL, {})) == 1
    store.prepare()
    say(store, "CREATE TABLE more (number BIGINT)")  # the step before left nothing of it


def test_a_journal_with_more_than_is_known_is_used_as_it_is(store, store_of) -> None:
    say(store, "ALTER TABLE entries ADD COLUMN later TEXT")
    say(store, "UPDATE facts SET value = '9' WHERE name = 'version'")
    other = store_of()
    other.prepare()
    insert(other)
    assert other.rows(COUNT, {}) == [(1,)]
    assert other.rows("SELECT value FROM facts WHERE name = 'version'", {}) == [("9",)]


def test_a_newer_journal_is_refused_and_says_who_wrote_it(store, store_of, journal_of) -> None:
    insert(store)
    say(store, "UPDATE facts SET value = '7' WHERE name = 'schema'")
    say(store, "UPDATE facts SET value = '3.4.5' WHERE name = 'writer'")
    journal = journal_of()
    for refused in (store_of().prepare, lambda: store_of().rows(COUNT, {}), journal.prepare, journal.check):
        with pytest.raises(errors.JournalError, match=r"newer.*schema 7, which version 3\.4\.5 wrote.*install 3"):
            refused()


@pytest.mark.only("sqlite")
@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="looks for descriptors in /proc")
def test_a_file_that_is_refused_is_not_kept_open(store, store_of, address) -> None:
    say(store, "UPDATE facts SET value = '7' WHERE name = 'schema'")
    store.close()
    with pytest.raises(errors.JournalError, match="newer") as refused:
        store_of().rows(COUNT, {})
    opened = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    assert [file for file in opened if file.startswith(os.path.realpath(address))] == []
    assert refused.tb is not None, "whoever looks at the error has the frames that opened the file"


@pytest.mark.parametrize("schema", ["0", "", "x", "-1"])
def test_what_says_no_schema_is_refused(store, store_of, schema) -> None:
    say(store, "UPDATE facts SET value = :schema WHERE name = 'schema'", schema=schema)
    with pytest.raises(errors.JournalError, match="another version"):
        store_of().prepare()
