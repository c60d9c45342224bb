# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""A journal in one SQLite file, for many threads and processes of one machine."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ..errors import ArgumentError, JournalError
from ..fork import renewed_after_fork
from .group import Group, Job
from .store import SCHEMA, TABLES, Row, Session, TakenError, Values

T = TypeVar("T")

_APPLICATION = 0x53444B4A
_PATIENCE = 10.0
_TYPES = {"number": "INTEGER PRIMARY KEY", "bytes": "BLOB"}
_FULL, _NORMAL = "FULL", "NORMAL"  # flushed to the disk when the transaction ends, or with the next one that is

_UNKEEPABLE = (
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    UnicodeError,
    OverflowError,
)
"""What SQLite raises of a value, and not of the file: too large, of no type that it has, no text."""

_abandoned: list[sqlite3.Connection] = []
"""A parent's connections, in its child: to close them here would do it harm."""


class _Session:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, values: Values) -> int:
        return self._execute(statement, values).rowcount

    def insert(self, statement: str, values: Values) -> int:
        return self._execute(statement, values).lastrowid or 0

    def rows(self, statement: str, values: Values) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def _execute(self, statement: str, values: Values) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.IntegrityError as error:
            if "UNIQUE" not in str(error):
                raise
            raise TakenError from None


class SqliteStore:
    """The file, in WAL mode with ``synchronous=FULL`` for all that has to outlive a power cut.

    What threads write at the same time is one transaction.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        _abandoned.extend(connection for connection in (self._writer, self._reader) if connection is not None)
        self._writer = self._reader = None
        self._files: list[tuple[str, tuple[int, int]]] = []
        self._synchronous = ""
        self._patience = -1
        self._group = Group(self._commit)
        self._turn = threading.Lock()
        self._reading = threading.Lock()

    # Opening.

    def prepare(self) -> None:
        with self._told():
            if not self.path.exists():
                self._create()
            self._check_mode()
            with self._turn:
                self._connected()

    def _create(self) -> None:
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if os.name == "posix":  # SQLite flushes the file, and not the folder that names it
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _check_mode(self) -> None:
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise ArgumentError(f"the journal {self.path} is open to other users (mode {mode:04o}); chmod it to 0600")

    def _connected(self) -> sqlite3.Connection:
        """The connection that writes; to be asked for by whoever's turn it is."""
        if self._writer is not None:
            return self._writer
        if not self.path.exists():
            raise JournalError(f"there is no journal {self.path}")
        connection = self._connection()
        try:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise JournalError(f"the journal {self.path} is in a place where SQLite has no write-ahead log")
            self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        self._writer = connection
        self._synchronous, self._patience = "", -1
        self._files = [(name, _identity(name)) for name in (str(self.path), f"{self.path}-wal")]
        return connection

    def _connection(self) -> sqlite3.Connection:
        made = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        if sys.platform == "darwin":
            made.execute("PRAGMA fullfsync = ON")
            made.execute("PRAGMA checkpoint_fullfsync = ON")
        return made

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] == 0:
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise JournalError(f"{self.path} is a database of something else")
                for statement in TABLES:
                    connection.execute(statement.format_map(_TYPES))
                connection.execute("INSERT INTO facts VALUES ('schema', ?)", (SCHEMA,))
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._check_schema(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _check_schema(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise JournalError(f"{self.path} is a database of something else")
        found = connection.execute("SELECT value FROM facts WHERE name = 'schema'").fetchone()
        if found != (SCHEMA,):
            raise JournalError(f"the journal {self.path} was made by another version of this package")

    # Writing.

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        return self._group.do(work, durable=durable, seconds=seconds)

    def _commit(self, jobs: list[Job], seconds: float) -> None:
        """Do some jobs in one transaction."""
        durable = any(job.durable for job in jobs)
        synchronous = _FULL if durable else _NORMAL
        patience = int(min(max(seconds, 0.0), _PATIENCE) * 1000)
        try:
            with self._turn:
                connection = self._writer or self._connected()
                if durable:
                    self._check_files()
                if patience != self._patience:
                    connection.execute(f"PRAGMA busy_timeout = {patience}")
                    self._patience = patience
                if synchronous != self._synchronous:
                    connection.execute(f"PRAGMA synchronous = {synchronous}")
                    self._synchronous = synchronous
                self._transact(connection, jobs)
        except (sqlite3.Error, OSError) as error:
            raise self._told_of(error) from None

    def _transact(self, connection: sqlite3.Connection, jobs: list[Job]) -> None:
        """Do the jobs; one that cannot be kept fails alone, and the others are done again without it."""
        while jobs:
            bad = self._transaction(connection, jobs)
            if bad is None:
                return
            jobs = [job for job in jobs if job is not bad]

    def _transaction(self, connection: sqlite3.Connection, jobs: list[Job]) -> Job | None:
        """One transaction; nothing of it is kept if one of the jobs holds what cannot be, and that job is returned."""
        begun = kept = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            begun = True
            session = _Session(connection)
            for job in jobs:
                try:
                    job.begin(session)
                except _UNKEEPABLE as error:
                    connection.execute("ROLLBACK")
                    begun = False
                    job.fail(JournalError(f"the journal {self.path} cannot keep this: {type(error).__name__}"))
                    return job
            connection.execute("COMMIT")
            kept = True
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        except BaseException:  # an interrupt: before the end of the transaction, or just after it
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            else:
                kept = begun
            raise
        finally:
            for job in jobs:
                job.done = job.done or kept
        return None

    def _check_files(self) -> None:
        """See that what is written is still what the path names: to a file that was deleted anybody can write."""
        for name, identity in self._files:
            try:
                same = _identity(name) == identity
            except FileNotFoundError:
                same = False
            if not same:
                raise JournalError(f"the journal {self.path} was moved, deleted or replaced while it was in use")

    # Reading.

    def rows(self, statement: str, values: Values) -> list[Row]:
        with self._told(), self._reading:
            if self._reader is None:
                if not self.path.exists():
                    raise JournalError(f"there is no journal {self.path}")
                self._reader = self._connection()
                self._reader.execute("PRAGMA query_only = ON")
                self._check_schema(self._reader)
            return self._reader.execute(statement, values).fetchall()

    def scrub(self) -> None:
        with self._told(), self._turn:
            connection = self._connected()
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def problems(self) -> list[str]:
        return [str(text) for (text,) in self.rows("PRAGMA integrity_check", {}) if text != "ok"]

    def close(self) -> None:
        with self._turn, self._reading:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    def __del__(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Put what SQLite and the system say into words."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
            raise self._told_of(error) from None

    def _told_of(self, error: Exception) -> JournalError:
        if isinstance(error, (UnicodeError, OverflowError)):
            return JournalError(f"the journal {self.path} cannot hold such a value: {type(error).__name__}")
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return JournalError(f"the journal {self.path} cannot be used: {said}{_hint(said)}")


def _identity(name: str) -> tuple[int, int]:
    found = os.stat(name)
    return found.st_dev, found.st_ino


_HINTS = {
    "disk is full": "make room",
    "locked": "another process holds it; try again, or end that process",
    "readonly": "it must be writable, and so must its folder",
    "malformed": "it is damaged; keep the file, and put back a copy of it",
    "not a database": "it is damaged or something else; keep the file, and put back a copy of it",
    "unable to open": "look at its folder and its permissions",
}


def _hint(said: str) -> str:
    return next((f" ({hint})" for words, hint in _HINTS.items() if words in said), "")
