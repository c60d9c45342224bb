"""A journal's store: a disk that loses what was not flushed, and the doors of processes to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_gift_card import Journal
from binance_gift_card._runtime.core.errors import JournalError
from binance_gift_card._runtime.journal.ledger import Ledger
from binance_gift_card._runtime.journal.seal import UNSEALED, Seal

from .statements import Tables, Undo
from .virtual import MACHINE

PATIENCE = 10.0
"""Seconds for which SQLite waits for another process at most."""
SEAL = Seal(UNSEALED)


class Disk:
    """Transactions in their order: a power cut keeps a first part of them, with all that was flushed."""

    def __init__(self) -> None:
        self.data = Tables()
        self.unflushed: list[Undo] = []

    def commit(self, work: Callable[[Session], Any], *, durable: bool) -> Any:
        """Do the work in one transaction: all of it or nothing."""
        undo: Undo = []
        try:
            done = work(Session(self.data, undo))
        except BaseException:
            _take_back(undo)
            raise
        self.unflushed.append(undo)
        if durable:
            self.unflushed.clear()
        return done

    def lose(self, kept: int) -> None:
        """Cut the power: only so many of the transactions that nobody flushed are there afterwards."""
        for undo in reversed(self.unflushed[kept:]):
            _take_back(undo)
        self.unflushed.clear()

    def outline(self) -> str:
        """How far each call came, as the journal has it."""
        rows = self.data.tables["entries"].values()
        return " ".join([row["state"] if row["answer"] is None else f"{row['state']}, answered" for row in rows])

    def entries(self) -> list[dict[str, Any]]:
        return list(self.data.tables["entries"].values())


def _take_back(undo: Undo) -> None:
    for table, number, before in reversed(undo):
        if before is None:
            del table[number]
        else:
            table[number] = before
    undo.clear()


class Session:
    """One transaction."""

    def __init__(self, data: Tables, undo: Undo) -> None:
        self._data = data
        self._undo = undo

    def _do(self, statement: str, values: Mapping[str, Any]) -> Any:
        return self._data.do(statement, values, self._undo)

    run = insert = rows = _do


class Door:
    """The store of one process.

    Args:
        disk: What is behind it.
        process: Whose it is.
        fate: Tells of each access what it raises before or after it is done, once the time has passed that it takes.
    """

    def __init__(self, disk: Disk, process: int, fate: Callable[[str, float], Fate]) -> None:
        self.disk = disk
        self._process = process
        self._fate = fate

    def write(self, work: Callable[[Session], Any], *, durable: bool, seconds: float) -> Any:
        return self._pass("write", lambda: self.commit(work, durable=durable), seconds)

    def rows(self, statement: str, values: Mapping[str, Any], *, seconds: float = PATIENCE) -> Any:
        return self._pass("read", lambda: self.read(statement, values), seconds)

    def commit(self, work: Callable[[Session], Any], *, durable: bool) -> Any:
        self._check_process()
        return self.disk.commit(work, durable=durable)

    def read(self, statement: str, values: Mapping[str, Any]) -> Any:
        self._check_process()
        return self.disk.data.do(statement, values, [])

    def _pass(self, what: str, access: Callable[[], Any], seconds: float) -> Any:
        """For those who do not ask a driver."""
        before, after = self._fate(what, seconds)
        if before is not None:
            raise before
        done = access()
        if after is not None:
            raise after
        return done

    def _check_process(self) -> None:
        if self._process != MACHINE.process:
            raise JournalError("it is the parent's")

    def prepare(self) -> None:
        self._check_process()

    def problems(self) -> list[str]:
        return []

    def close(self) -> None:
        """Nothing is open."""


Fate = tuple["BaseException | None", "BaseException | None"]
"""What an access raises before it is done, and what afterwards."""


def journal_over(door: Door) -> Journal:
    """A journal over it."""
    journal: Journal = object.__new__(Journal)
    Ledger.__init__(journal, door, SEAL, "in memory")
    journal.only_read = False
    return journal
