"""A journal's store in memory, for tests of what is decided: no file, no lock, no flush, no other process."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import TypeVar
from weakref import finalize

from binance_gift_card import Journal
from binance_gift_card._runtime.journal.ledger import Ledger
from binance_gift_card._runtime.journal.migrations import migrate
from binance_gift_card._runtime.journal.seal import UNSEALED, Seal
from binance_gift_card._runtime.journal.store import Done, Row, Session, TakenError, Values
from binance_gift_card._runtime.journal.stores.background import Task

T = TypeVar("T")


class MemoryStore:
    """One connection to a database that nobody else has.

    Attributes:
        durable: Of each transaction, whether it had to outlive a power cut.
    """

    def __init__(self) -> None:
        self.durable: list[bool] = []
        self._lock = RLock()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        finalize(self, self._connection.close)  # from Python 3.13 on sqlite3 warns of one that nobody closed
        migrate(self.run, "sqlite", version=0, sdk="")

    def prepare(self) -> None:
        """It is there."""

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        with self._lock:
            self.run("BEGIN", {})
            try:
                done = work(self)
            except BaseException:
                self.run("ROLLBACK", {})
                raise
            self.run("COMMIT", {})
            self.durable.append(durable)
            return done

    def submit(self, work: Callable[[Session], T], *, durable: bool, seconds: float, done: Done) -> Task[T]:
        return self._submit(partial(self.write, work, durable=durable, seconds=seconds), done)

    def submit_rows(self, statement: str, values: Values, *, seconds: float, done: Done) -> Task[list[Row]]:
        return self._submit(partial(self.rows, statement, values), done)

    def _submit(self, work: Callable[[], T], done: Done) -> Task[T]:
        """Here and now: nothing of it waits."""
        task = Task(work, done)
        task.do_alone()
        done([task])
        return task

    def run(self, statement: str, values: Values) -> int:
        return self._execute(statement, values).rowcount

    def insert(self, statement: str, values: Values) -> int:
        return self._execute(statement, values).lastrowid or 0

    def rows(self, statement: str, values: Values, *, seconds: float = 0.0) -> list[Row]:
        with self._lock:
            return self._execute(statement, values).fetchall()

    def _execute(self, statement: str, values: Values) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.IntegrityError as error:
            if "UNIQUE" not in str(error):
                raise
            raise TakenError from None

    def problems(self) -> list[str]:
        return []

    def scrub(self) -> None:
        """Nothing outlives it."""

    def close(self) -> None:
        """It ends with the test."""


class MemoryJournal(Journal):
    """A journal over it."""

    store: MemoryStore

    def __init__(self, key: str = UNSEALED) -> None:
        Ledger.__init__(self, MemoryStore(), Seal(key), "in memory")
        self.only_read = False
