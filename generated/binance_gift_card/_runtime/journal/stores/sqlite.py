# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A journal in one SQLite file, for many threads and processes of one machine."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ...core.errors import ArgumentError, JournalError
from ...core.fork import IN_A_CALL, UNANNOUNCED, closed_before_fork, held_here
from ...core.interrupts import interrupt, pass_on
from ..migrations import FACTS, LATEST, as_of, migrate, version_of
from ..store import Done, NoJournalError, Row, Session, TakenError, Values
from .background import Background, Task
from .backup import back_up
from .group_commit import GroupCommit, Job, LockedError

T = TypeVar("T")

_APPLICATION = 0x53444B4A
_PATIENCE = 10.0
_LOOK_S = 0.01
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

_Identity = tuple[int, int]
_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()
_spoilt: dict[_Identity, str] = {}
"""Files that this process must not use any more, and why: SQLite keeps what it knows of a file once for a process, and
of these it knows what is not so."""
_UNLINKED = (
    "its write-ahead log, or the index of that (-wal, -shm), was removed while it was in use; start the program again,"
    " and check the journal"
)
_BATCH = 1000
"""Submissions to take at once, at most."""
_FORKING = 15.0
"""Seconds for which a fork waits for a transaction: longer than one waits for another process."""


class _Connection(sqlite3.Connection):
    """One that a fork knows of from before it is open: a signal handler runs as soon as SQLite has opened it."""

    def __init__(self, opening: dict[int, _Connection], address: str, seconds: float) -> None:
        opening[threading.get_ident()] = self
        super().__init__(address, timeout=seconds, isolation_level=None, check_same_thread=False, uri=True)


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

    def __init__(self, path: Path, *, sdk: str = "") -> None:
        self.path = path
        self._identity: _Identity | None = None
        self._sdk = sdk
        self._version = 0
        """What was last read in it; it is read again while it is not the latest."""
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._may_write = True
        self._opening: dict[int, _Connection] = {}
        """Those that are not ready yet, by thread."""
        self._renew()
        _stores.add(self)
        closed_before_fork(self)

    def _renew(self) -> None:
        self._process = os.getpid()
        self._is_ready_to_fork = False
        self._paths: tuple[str, ...] = ()
        self._logs: list[_Identity | None] = []
        self._synchronous = ""
        self._patience = -1
        self._group = GroupCommit(self._commit)
        self._turn = self._group.turn
        self._background = Background(self._do_submitted, most=_BATCH)
        self._reading = threading.RLock()
        self._owning_reader = threading.Condition(self._reading)

    # Forking.

    def used_here(self) -> bool:
        return held_here(self._group.owning) or held_here(self._owning_reader)

    def before_fork(self) -> None:
        if self._turn.acquire(timeout=_FORKING) and self._reading.acquire(timeout=_FORKING):
            self._disconnect()
            self._is_ready_to_fork = True

    def after_fork_in_parent(self) -> None:
        self._is_ready_to_fork = False
        if held_here(self._owning_reader):
            self._reading.release()
        if held_here(self._group.owning):
            self._turn.release()
            self._group.wake_next()

    def after_fork(self) -> None:
        if not self._is_ready_to_fork and (self._is_open() or self._is_in_use()):
            self._forbid()
            self._spoil(UNANNOUNCED)
        self._renew()

    def _is_in_use(self) -> bool:
        """Whether a thread was about to open it; asked in the child, which needs the locks no more."""
        return self.used_here() or not (self._turn.acquire(blocking=False) and self._reading.acquire(blocking=False))

    def _check_process(self) -> None:
        """Notice a fork that Python was not told of."""
        if self._process != os.getpid():
            raise self._unusable(UNANNOUNCED)

    def _spoil(self, why: str) -> None:
        """Use the file no more, and close nothing: that would write to the file, by what is not so."""
        if self._identity is not None:
            _spoilt[self._identity] = why
        for connection in (self._reader, self._writer, *self._opening.values()):
            if connection is not None:
                _keep_for_ever(connection)
        self._reader = self._writer = None
        self._opening = {}

    def _forbid(self) -> None:
        """Keep this thread from going on with what it was doing when it forked: its parent does, in the same log."""
        writer = self._writer if held_here(self._group.owning) else None  # those of others may be locked for ever
        reader = self._reader if held_here(self._owning_reader) else None
        for connection in (writer, reader, self._opening.get(threading.get_ident())):
            if connection is not None:
                with contextlib.suppress(sqlite3.ProgrammingError):  # it was closed just now, or is not open yet
                    connection.set_authorizer(_forbidden)

    # Opening.

    def prepare(self) -> None:
        self._check_process()
        with self._errors_in_words():
            if not self.path.exists():
                self._create()
            self._check_mode()
            with self._turn:
                self._open_writer(_PATIENCE)
            self._group.wake_next()

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

    def _open_writer(self, seconds: float) -> sqlite3.Connection:
        """The connection that writes; to be asked for by whoever's turn it is."""
        if self._writer is not None:
            return self._writer
        connection = self._connect(seconds)
        try:
            if _logged_ahead(connection, seconds) != "wal":
                raise JournalError(f"the journal {self.path} is in a place where SQLite has no write-ahead log")
            self._make_tables(connection)
        except BaseException:
            if self._opening.pop(threading.get_ident(), None) is not None:  # in a child it is its parent's
                connection.close()
            raise
        logs = self._identities_of_logs()
        self._writer, self._logs, self._synchronous, self._patience = connection, logs, "", -1
        self._opening.pop(threading.get_ident(), None)
        return connection

    def _identities_of_logs(self) -> list[_Identity | None]:
        return [_identity(path) for path in self._paths[1:]]

    def _connect(self, seconds: float, how: str = "mode=rw") -> _Connection:
        process = os.getpid()
        found = _identity(self.path)
        if found is None:
            raise NoJournalError(f"there is no journal {self.path}")
        self._check_identity(found)
        if self._is_open():
            self._check_files()
        why = _spoilt.get(found) or next((UNANNOUNCED for store in _stores if store._was_inherited(found)), None)
        if why is not None:
            raise self._unusable(why)
        self._identity = found
        real = os.path.realpath(self.path)
        self._paths = (str(self.path), f"{real}-wal", f"{real}-shm")
        made = _Connection(self._opening, f"{self.path.absolute().as_uri()}?{how}", seconds)
        if process != os.getpid():
            raise self._unusable(IN_A_CALL)
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
                version = 0
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            else:
                version = self._version_of(connection)
            if 0 < version < LATEST:
                back_up(self.path, version)
            if version < LATEST:
                migrate(connection.execute, "sqlite", version=version, sdk=self._sdk)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _version_of(self, connection: sqlite3.Connection) -> int:
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise JournalError(
                    f"the journal {self.path} is empty: it was copied without its -wal, or its making was cut short"
                )
            raise JournalError(f"{self.path} is a database of something else")
        return version_of(connection.execute(FACTS).fetchall(), shown=str(self.path), sdk=self._sdk)

    # Writing.

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        if self._process != os.getpid():
            raise self._unusable(UNANNOUNCED)
        return self._group.do(work, durable=durable, seconds=seconds)

    def submit(self, work: Callable[[Session], T], *, durable: bool, seconds: float, done: Done) -> Task[T]:
        self._check_process()
        job = Job(work, durable=durable, seconds=seconds, tell=done)
        self._background.begin(job)
        return job

    def submit_rows(self, statement: str, values: Values, *, seconds: float, done: Done) -> Task[list[Row]]:
        self._check_process()
        task = Task(partial(self.rows, statement, values, seconds=seconds), done)
        self._background.begin(task)
        return task

    def _do_submitted(self, tasks: list[Task[Any]]) -> None:
        """Those that read are done one after another, those that write in as few transactions as there can be."""
        self._group.do_all([task for task in tasks if isinstance(task, Job)])
        for task in tasks:
            if not isinstance(task, Job):
                task.do_alone()

    def _commit(self, jobs: list[Job]) -> None:
        """Do some jobs in one transaction."""
        durable, seconds, now = False, _PATIENCE, time.monotonic()
        for job in jobs:
            durable, seconds = durable or job.durable, min(seconds, job.ends - now)
        synchronous = _FULL if durable else _NORMAL
        patience = max(int(seconds * 1000), 0)
        try:
            connection = self._writer or self._open_writer(patience / 1000)
            if patience != self._patience:
                connection.execute(f"PRAGMA busy_timeout = {patience}")
                self._patience = patience
            if synchronous != self._synchronous:
                connection.execute(f"PRAGMA synchronous = {synchronous}")
                self._synchronous = synchronous
            self._transact(connection, jobs, durable=durable)
        except (sqlite3.Error, OSError) as error:
            pass_on(error)
            raise self._error_of(error) from None

    def _transact(self, connection: sqlite3.Connection, jobs: list[Job], *, durable: bool) -> None:
        """Do jobs in one transaction. One that cannot be done fails by itself, and the others begin anew."""
        ended: list[None] = []
        committing = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            while not self._do(_Session(connection), jobs, ended, durable=durable):
                connection.execute("ROLLBACK")
                if all(job.ended for job in jobs):
                    return
                connection.execute("BEGIN IMMEDIATE")
            if durable:
                self._check_files()  # now: until here nothing was written to them
            committing = True
            connection.execute("COMMIT")
            ended += [None]
        except BaseException as error:  # an interrupt, maybe: before the end of the transaction, or just after it
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            elif committing and interrupt(error) is not None:
                ended += [None]
            raise

    def _do(self, session: _Session, jobs: list[Job], ended: list[None], *, durable: bool) -> bool:
        """Do the jobs, and those that come meanwhile; whether all of them could be done."""
        for job in jobs:  # which grows
            if job.ended:  # it failed, in a transaction that was given up
                continue
            job.ended = ended
            try:
                job.result, job.error = job.work(session), None
            except TakenError as taken:
                job.error = taken
            except _UNKEEPABLE as error:
                pass_on(error)
                job.fail(JournalError(f"the journal {self.path} cannot keep this: {type(error).__name__}"))
                return False
            if job is jobs[-1]:
                self._group.gather(jobs, durable=durable)
        return True

    def _check_files(self) -> None:
        """See that what is written is still what the paths name: to a file that was deleted anybody can write."""
        try:
            if [(found.st_dev, found.st_ino) for found in map(os.stat, self._paths)] == [self._identity, *self._logs]:
                return
        except FileNotFoundError:
            pass
        self._check_identity(_identity(self.path))
        if self._logs != self._identities_of_logs():
            self._spoil(_UNLINKED)
            raise self._unusable(_UNLINKED)

    def _check_identity(self, found: _Identity | None) -> None:
        if self._identity is not None and found != self._identity:
            raise JournalError(f"the journal {self.path} was moved, deleted or replaced while it was in use")

    def _was_inherited(self, identity: _Identity) -> bool:
        """Whether it is open on that file, by a process of which this one is a child."""
        return self._identity == identity and self._is_open() and self._process != os.getpid()

    # Reading.

    def rows(self, statement: str, values: Values, *, seconds: float = _PATIENCE) -> list[Row]:
        self._check_process()
        if held_here(self._owning_reader):
            raise self._unusable("this very thread is reading it; a signal handler cannot")
        try:
            try:
                if not self._reading.acquire(timeout=max(seconds, 0.0)):
                    raise self._unusable("another thread reads all of it; try again")
                with self._errors_in_words():
                    return self._read(statement, values, min(max(seconds, 0.0), _PATIENCE))
            finally:
                self._leave_reading()
        finally:  # again, for an interrupt that came just then
            self._leave_reading()

    def _leave_reading(self) -> None:
        if held_here(self._owning_reader):
            self._reading.release()

    def _read(self, statement: str, values: Values, seconds: float) -> list[Row]:
        if self._reader is None:
            try:
                reader = self._connect(seconds, self._how_to_read())
                try:
                    self._version = self._version_of(reader)
                    reader.execute("PRAGMA query_only = ON")
                except BaseException:
                    if threading.get_ident() in self._opening:  # in a child it is its parent's
                        reader.close()
                    raise
                self._logs = self._identities_of_logs()
                self._reader = reader
            finally:
                self._opening.pop(threading.get_ident(), None)
        elif self._version < LATEST:
            self._version = self._version_of(self._reader)
        self._reader.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            return self._reader.execute(as_of(statement, self._version), values).fetchall()
        finally:
            if not self._may_write:  # another user may begin to write to it
                self._reader.close()
                self._reader = None

    def _how_to_read(self) -> str:
        """How the file is opened; one that this user may not write to needs no log, or the whole of it."""
        real = os.path.realpath(self.path)
        self._may_write = _may_write(real) and _may_write(os.path.dirname(real))
        if self._may_write:
            return "mode=rw"
        if not _size(f"{real}-wal"):
            return "mode=ro&immutable=1"
        if not _size(f"{real}-shm"):
            raise JournalError(
                f"the journal {self.path} cannot be read here: what was written last is in {real}-wal, and without"
                f" {real}-shm only who may write to its folder can read that; copy {self.path} and its -wal"
                " into a folder of yours, or close the program that writes to it"
            )
        return "mode=ro"

    def scrub(self) -> None:
        self._check_process()
        with self._errors_in_words(), self._turn:
            connection = self._open_writer(_PATIENCE)
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._group.wake_next()

    def problems(self) -> list[str]:
        return [str(text) for (text,) in self.rows("PRAGMA integrity_check", {}) if text != "ok"]

    def close(self) -> None:
        if self._process != os.getpid():
            self._spoil(UNANNOUNCED)
            return
        self._background.close()
        with self._turn, self._reading:
            self._disconnect()
            self._identity = None
        self._group.wake_next()

    def _disconnect(self) -> None:
        """Close what is open; not over a log that was removed, which SQLite would copy over what is there now."""
        if self._is_open() and self._identities_of_logs() != self._logs:
            self._spoil(_UNLINKED)
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    def _is_open(self) -> bool:
        return self._writer is not None or self._reader is not None

    def __del__(self) -> None:
        if self._process != os.getpid():
            self._spoil(UNANNOUNCED)
        self._disconnect()

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        """Put what SQLite and the system say into words."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
            pass_on(error)
            raise self._error_of(error) from None

    def _error_of(self, error: Exception) -> JournalError:
        if isinstance(error, (UnicodeError, OverflowError)):
            return JournalError(f"the journal {self.path} cannot hold such a value: {type(error).__name__}")
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return self._unusable(said, locked=isinstance(error, sqlite3.OperationalError) and "locked" in said)

    def _unusable(self, said: str, *, locked: bool = False) -> JournalError:
        kind = LockedError if locked else JournalError
        return kind(f"the journal {self.path} cannot be used: {said}{_hint(said)}")


def _logged_ahead(connection: sqlite3.Connection, seconds: float) -> object:
    """Give the file a write-ahead log; its mode then. SQLite itself waits here for nobody who does the same."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            pass_on(error)
            if "locked" not in str(error) or time.monotonic() >= ends:
                raise
        time.sleep(_LOOK_S)


def _identity(name: str | Path) -> _Identity | None:
    try:
        found = os.stat(name)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _may_write(name: str) -> bool:
    return os.access(name, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _size(name: str) -> int:
    try:
        return os.stat(name).st_size
    except FileNotFoundError:
        return 0


def _forbidden(*_: object) -> int:
    return sqlite3.SQLITE_DENY


def _keep_for_ever(connection: sqlite3.Connection) -> None:
    """Not even the end of the interpreter closes it."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


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
