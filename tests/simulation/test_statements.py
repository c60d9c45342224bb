"""The tables of the simulation hold and find what SQLite does, and lose what a power cut may take."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from typing import Any

import pytest

from binance_gift_card._runtime.journal import by_hand, journal, record, scope
from binance_gift_card._runtime.journal.migrations import migrate
from binance_gift_card._runtime.journal.store import ALL, TakenError
from tests.simulation.statements import TABLES, UnknownStatementError
from tests.simulation.store import Disk

END = "UPDATE entries SET state = :state, changed = :now, open = :open, claim = :claim WHERE number = :number"
WRITES = (
    record._INSERT,
    record._INSERT,
    record._SEND,
    record._ANSWER,
    f"{record._ANSWER} AND state = 'sent'",
    record._REOPEN,
    record._TAKE,
    f"{record._SEND} AND owner = :owner",
    f"{record._ANSWER} AND state = 'sent' AND owner = :owner",
    record._REDEEM,
    END,
    f"{END} AND state = :was AND changed = :then",
    by_hand._EVENT,
    "INSERT INTO facts (name, value) VALUES ('key', :value) ON CONFLICT (name) DO UPDATE SET value = :value",
)
READS = (
    record._LIVE,
    record._CLAIM,
    record._MINE,
    journal._DEAD,
    scope.ADOPTED,
    f"{ALL} WHERE number = :number",
    "SELECT value FROM facts WHERE name = 'key'",
    "SELECT entry, at, before, state, reason, who FROM events ORDER BY at, entry",
)
STATES = ("intended", "sent", "unknown", "done", "refused")


def _values(chance: random.Random) -> dict[str, Any]:
    """Something for every name that a statement asks for."""
    few = ("changed", "at", "now", "then", "ends", "settled", "expires", "entry", "last", "number")
    few += ("status", "attempts", "doubt")
    texts = ("operation", "arguments", "reason", "token", "amount", "note", "server", "account", "sdk", "spec", "who")
    return {
        **{name: chance.randrange(4) for name in few},
        **{name: chance.choice("ab") for name in (*texts, "before", "value", "owner")},
        **{name: chance.choice((None, "a", "b")) for name in ("reference", "key", "claim")},
        **{name: chance.choice(STATES) for name in ("state", "was")},
        "open": chance.choice((None, 1)),
        "secrets": None,
        "answer": chance.choice((None, b"x")),
    }


def _database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection.execute, "sqlite", version=0, sdk="")
    connection.execute("DELETE FROM facts")
    return connection


def _all(connection: sqlite3.Connection, table: str) -> list[Any]:
    return connection.execute(f"SELECT {', '.join(TABLES[table])} FROM {table} ORDER BY rowid").fetchall()


@pytest.mark.parametrize("number", range(30))
def test_the_tables_do_what_sqlite_does(number, seed) -> None:
    chance, disk = random.Random(seed * 1000 + number), Disk()
    with contextlib.closing(_database()) as sqlite:
        for _ in range(60):
            statement, values = chance.choice(WRITES), _values(chance)
            with contextlib.suppress(TakenError):
                changed = disk.commit(lambda session, s=statement, v=values: session.run(s, v), durable=True)
                done = sqlite.execute(statement, values)
                assert changed == (done.rowcount if statement.startswith("UPDATE") else changed)
                continue
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                sqlite.execute(statement, values)
        for statement in READS:
            values = _values(chance)
            assert disk.data.do(statement, values, []) == sqlite.execute(statement, values).fetchall(), statement
        for table, names in TABLES.items():
            rows = [tuple(row[name] for name in names) for row in disk.data.tables[table].values()]
            assert rows == _all(sqlite, table)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries",
        "SELECT count(*) FROM entries",
        "SELECT number FROM others",
        "SELECT number FROM entries WHERE NOT live = 1",
        "UPDATE entries SET live = live + 1 WHERE number = :number",
    ],
)
def test_a_statement_that_nobody_taught_the_tables_stops_the_story(statement) -> None:
    with pytest.raises(UnknownStatementError):
        Disk().data.do(statement, {"number": 1}, [])


def test_a_power_cut_keeps_what_was_flushed_and_a_first_part_of_the_rest() -> None:
    chance, disk = random.Random(0), Disk()
    free = {**_values(chance), "key": None, "state": "sent"}

    def insert(*, durable: bool) -> None:
        disk.commit(lambda session: session.insert(record._INSERT, free), durable=durable)

    insert(durable=False)
    insert(durable=True)
    insert(durable=False)
    update = {**free, "number": 1, "status": 7}
    disk.commit(lambda session: session.run(record._ANSWER, update), durable=False)
    disk.lose(1)
    assert [(row["number"], row["status"]) for row in disk.entries()] == [(1, None), (2, None), (3, None)]
    disk.lose(0)
    assert len(disk.entries()) == 3, "what came back from the disk is on it"


def test_a_transaction_that_fails_leaves_nothing() -> None:
    disk, free = Disk(), {**_values(random.Random(0)), "key": None}

    def work(session: Any) -> None:
        session.insert(record._INSERT, free)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is its own
        disk.commit(work, durable=True)
    assert disk.entries() == []
