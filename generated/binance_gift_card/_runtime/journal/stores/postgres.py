# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A journal in a PostgreSQL database, for many machines (extra ``postgres``)."""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ...core.errors import ArgumentError, JournalError
from ...core.fork import IN_A_CALL, UNANNOUNCED, closed_before_fork, held_here
from ...core.opaque import Opaque
from ..migrations import FACTS, LATEST, as_of, migrate, version_of
from ..store import Done, NoJournalError, Row, Session, TakenError, Values
from .background import Background, Task
from .postgres_connection import abandon_all, address, connection_class, open_connections, parameters
from .postgres_session import LEAST, PostgresSession, Write

if TYPE_CHECKING:
    from .postgres_connection import Connection

T = TypeVar("T")

_MAKING = 7_310_894_552_117_001
"""The advisory lock under which tables are made."""
_PAUSE = 0.1
_KEPT = 16
_THREADS = 4
"""For what event loops submit."""
_PREPARING = 5.0
_READING = 30.0
_LOCKED = 10
_DEAD_PEERS = {"tcp_user_timeout": 10_000, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
_FINAL = ("authentication", "pg_hba.conf", "does not exist", "no password", "not permitted", "permission denied")
"""Words of a server that will not be of another mind in a second."""
_CLAIM = (
    "SELECT number, arguments FROM run_rows WHERE run = :run AND state = 'waiting' AND number <> ALL(:apart)"
    " ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_SETTLE = (
    "UPDATE run_rows SET state = :state,"
    " arguments = CASE WHEN :state = 'done' THEN CAST('' AS bytea) ELSE arguments END"
    " WHERE run = :run AND number = :number"
)
_MISSING = (
    "SELECT need || ' on ' || name FROM (VALUES ('entries', 'SELECT'), ('entries', 'INSERT'), ('entries', 'UPDATE'),"
    " ('events', 'SELECT'), ('events', 'INSERT'), ('facts', 'SELECT'), ('facts', 'INSERT'), ('facts', 'UPDATE'),"
    " ('run_rows', 'SELECT'), ('run_rows', 'INSERT'), ('run_rows', 'UPDATE'))"
    " AS needs (name, need) WHERE NOT has_table_privilege(name, need)"
)
_ALL_OF_IT = (
    "SELECT count(encode(answer, 'hex')), count(encode(secrets, 'hex')), sum(length(arguments)), sum(length(reason))"
    " FROM entries",
    "SELECT sum(length(reason)) FROM events",
)
_INDEXES = (
    "SELECT bt_index_check(indexrelid) FROM pg_index"
    " WHERE indrelid IN (to_regclass('entries'), to_regclass('facts')) AND indisvalid"
)


class _LostError(Exception):
    """The connection is gone, or the server is not ready; another one may do."""

    def __init__(self, said: str, *, reused: bool) -> None:
        super().__init__(said)
        self.reused = reused


class _DamagedError(JournalError):
    """The database does not read as it was written."""


class Claim(Opaque):
    """A row that this process works on, its arguments sealed."""

    number: int
    arguments: bytes
    state: str | None = None
    """What became of it; to be set, unless others are to try."""


class PostgresStore:
    """The tables, in the schema that the connection finds first.

    What has to outlive a power cut is committed with ``synchronous_commit`` on, the rest without waiting for the disk.
    """

    def __init__(self, url: str, *, sdk: str = "") -> None:
        self._sdk = sdk
        self._version = 0
        """What was last read in it; it is read again while it is not the latest."""
        try:
            self._given = parameters(url)
        except ImportError:
            raise ArgumentError("a journal in PostgreSQL needs psycopg: install the extra 'postgres'") from None
        self._shown = address(self._given)
        self._renew()
        closed_before_fork(self)

    def _renew(self) -> None:
        self._process = os.getpid()
        self._idle: deque[Connection] = deque()
        self._lock = threading.RLock()
        self._owning = threading.Condition(self._lock)
        self._background = Background(lambda tasks: tasks[0].do_alone(), threads=_THREADS)

    # Forking.

    def used_here(self) -> bool:
        return held_here(self._owning)

    def before_fork(self) -> None:
        self._lock.acquire()
        self._close_idle()

    def after_fork_in_parent(self) -> None:
        if held_here(self._owning):
            self._lock.release()

    def after_fork(self) -> None:
        abandon_all()
        self._renew()

    def _check_process(self) -> None:
        """Notice a fork that Python was not told of."""
        if self._process != os.getpid():
            raise self._unusable(UNANNOUNCED)

    # Opening.

    def prepare(self) -> None:
        self._transaction(self._make_tables, durable=True, seconds=_PREPARING)

    def _make_tables(self, session: PostgresSession) -> None:
        session.rows("SELECT pg_advisory_xact_lock(:lock)", {"lock": _MAKING})
        there = session.rows("SELECT to_regclass('facts')", {})[0][0] is not None
        version = self._version_of(session) if there else 0
        if version < LATEST:
            migrate(session.run, "postgres", version=version, sdk=self._sdk)
        missing = session.rows(_MISSING, {})
        if missing:
            raise JournalError(
                f"the journal {self._shown} cannot be used without {', '.join(row[0] for row in missing)}"
            )

    def _version_of(self, session: PostgresSession) -> int:
        return version_of(session.rows(FACTS, {}), shown=self._shown, sdk=self._sdk)

    @contextmanager
    def _connection(self, ends: float) -> Iterator[Connection]:
        """A connection; one that something went wrong on is not used again."""
        import psycopg

        self._check_process()
        connection: Connection | None = None
        usable = reused = False
        try:
            connection = self._take_idle()
            reused = connection is not None
            if connection is None:
                connection = self._connect(ends)
            yield connection
            usable = True
        except (TakenError, JournalError):
            usable = True
            raise
        except (psycopg.Error, UnicodeError) as error:
            if reused:
                self._close_connections()  # the others are as old
            raise self._error_of(error, connection, reused=reused) from None
        finally:
            if connection is not None:
                self._put(connection, usable=usable)

    def _take_idle(self) -> Connection | None:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        return None

    def _connect(self, ends: float) -> Connection:
        seconds = max(math.ceil(ends - time.monotonic()), 2)  # libpq's least
        given = {**_DEAD_PEERS, **self._given, "client_encoding": "utf8", "connect_timeout": min(seconds, _LOCKED)}
        connection = connection_class().connect(autocommit=True, **given)
        connection.ends = max(ends, time.monotonic() + LEAST)
        connection.execute(f"SET lock_timeout TO '{_LOCKED}s'".encode(), prepare=False)
        return connection

    def _put(self, connection: Connection, *, usable: bool) -> None:
        with self._lock:
            if connection not in open_connections:  # this process is a child of the one that opened it
                return
            if usable and not connection.closed and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    # Writing.

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        return self._transaction(work, durable=durable, seconds=seconds)

    def submit(self, work: Callable[[Session], T], *, durable: bool, seconds: float, done: Done) -> Task[T]:
        ends = time.monotonic() + seconds
        return self._submit(lambda: self.write(work, durable=durable, seconds=ends - time.monotonic()), done)

    def submit_rows(self, statement: str, values: Values, *, seconds: float, done: Done) -> Task[list[Row]]:
        ends = time.monotonic() + seconds
        return self._submit(lambda: self.rows(statement, values, seconds=ends - time.monotonic()), done)

    def _submit(self, work: Callable[[], T], done: Done) -> Task[T]:
        self._check_process()
        task = Task(work, done)
        self._background.begin(task)
        return task

    def _transaction(self, work: Callable[[PostgresSession], T], *, durable: bool, seconds: float) -> T:
        """Do the work; again on another connection, when one is lost, for as long as there is time."""
        ends, process = time.monotonic() + seconds, os.getpid()
        write = Write(work, durable=durable)
        while True:
            try:
                with self._connection(ends) as connection:
                    if process != os.getpid():
                        raise self._unusable(IN_A_CALL)
                    return write.attempt(connection, ends - time.monotonic())
            except _LostError as lost:
                if process != os.getpid():  # its parent goes on with it
                    raise self._unusable(IN_A_CALL) from None
                if not lost.reused:
                    if time.monotonic() + _PAUSE >= ends:
                        raise self._unusable(str(lost)) from None
                    time.sleep(_PAUSE)

    @contextmanager
    def claim_row(self, run: str, apart: Collection[int]) -> Iterator[Claim | None]:
        """A row of a shared run that nobody works on; `None` if there is none.

        It is locked until the end, and free again for others when this process ends before that.

        Args:
            run: The name of the run.
            apart: The numbers of rows that are not wanted now.
        """
        try:
            with self._connection(time.monotonic() + _PREPARING) as connection:
                connection.ends = math.inf
                session = PostgresSession(connection)
                session.say("BEGIN")
                try:
                    found = session.rows(_CLAIM, {"run": run, "apart": list(apart)})
                    claim = Claim(*found[0]) if found else None
                    yield claim
                    if claim is not None and claim.state is not None:
                        values = {"run": run, "number": claim.number, "state": claim.state}
                        session.run(_SETTLE, values)
                    session.say("COMMIT")
                except BaseException:
                    connection.close()  # which gives the row back
                    raise
        except _LostError as lost:
            raise self._unusable(str(lost)) from None

    # Reading.

    def rows(self, statement: str, values: Values, *, seconds: float = _READING) -> list[Row]:
        def work(session: PostgresSession) -> list[Row]:
            if self._version < LATEST:
                self._version = self._version_of(session)
            return session.rows(as_of(statement, self._version), values)

        return self._read(work, max(seconds, LEAST))

    def _read(self, work: Callable[[PostgresSession], T], seconds: float) -> T:
        """Outside of any transaction; once more, if the connection is lost."""
        ends = time.monotonic() + seconds
        try:
            return self._read_once(work, ends)
        except _LostError as lost:
            if not lost.reused:
                time.sleep(_PAUSE)
        try:
            return self._read_once(work, ends)
        except _LostError as lost:
            raise self._unusable(str(lost)) from None

    def _read_once(self, work: Callable[[PostgresSession], T], ends: float) -> T:
        with self._connection(min(ends, time.monotonic() + _READING)) as connection:
            connection.ends = ends
            return work(PostgresSession(connection))

    def problems(self) -> list[str]:
        try:
            return self._read(_problems, math.inf)
        except _DamagedError as error:
            return [str(error)]

    def scrub(self) -> None:
        if not self._read(_vacuum, math.inf):
            raise JournalError(f"the journal {self._shown} was not rewritten: only the owner of its tables may do that")

    def close(self) -> None:
        if self._process == os.getpid():
            self._background.close()
            self._close_connections()

    def _close_connections(self) -> None:
        with self._lock:
            self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        if getattr(self, "_process", None) == os.getpid():
            self._close_idle()

    # Telling.

    def _error_of(self, error: Exception, connection: Connection | None, *, reused: bool) -> Exception:
        """What psycopg and the server say, in words; and whether another connection may help."""
        from psycopg import errors

        said = self._said(error)
        if isinstance(error, (errors.QueryCanceled, errors.LockNotAvailable)):
            return self._unusable(said)
        if isinstance(error, (errors.OperationalError, errors.InterfaceError)):
            final = connection is None and any(words in said for words in _FINAL)
            return self._unusable(said) if final else _LostError(said, reused=reused)
        if isinstance(error, errors.InternalError) and not isinstance(error, errors.ReadOnlySqlTransaction):
            return _DamagedError(f"the journal {self._shown} is damaged: {said}")
        if isinstance(error, errors.UndefinedTable):
            return NoJournalError(f"there is no journal {self._shown}")
        return self._unusable(said)

    def _said(self, error: Exception) -> str:
        """On one line, and without what the address hides; the lines that follow the first may hold values."""
        if isinstance(error, UnicodeError):
            return "a text cannot be kept in it"
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        password = self._given.get("password")
        return said.replace(password, "…") if password else said

    def _unusable(self, said: str) -> JournalError:
        return JournalError(f"the journal {self._shown} cannot be used: {said}{_hint(said)}")


def _problems(session: PostgresSession) -> list[str]:
    for statement in _ALL_OF_IT:
        session.rows(statement, {})
    if session.rows("SELECT has_function_privilege(to_regprocedure('bt_index_check(regclass)'), 'EXECUTE')", {})[0][0]:
        session.rows(_INDEXES, {})  # the extension amcheck is there
    unsafe = session.rows("SHOW fsync", {}) == [("off",)]
    return ["the server's setting fsync is off: what it keeps does not outlive a power cut"] if unsafe else []


def _vacuum(session: PostgresSession) -> bool:
    """Whether the entries were written anew: where that is forbidden, the server warns and goes on."""
    file = "SELECT pg_relation_filenode('entries')"
    before = session.rows(file, {})
    session.say("VACUUM FULL entries")
    return session.rows(file, {}) != before


_HINTS = {
    "permission denied for schema": "let its user CREATE in the schema, or make a schema for it",
    "permission denied for table": "grant SELECT, INSERT and UPDATE on entries, events, facts and run_rows",
    "already exists": "it holds tables of something else; give the journal a schema or a database of its own",
    "column": "it holds tables of something else; give the journal a schema or a database of its own",
    "must be owner": "let the owner of its tables open it once with this version of the package, by `journal upgrade`",
    "read-write mode during recovery": "it is a standby; name the primary",
    "too many": "raise max_connections, or lower the concurrency",
}


def _hint(said: str) -> str:
    return next((f" ({hint})" for words, hint in _HINTS.items() if words in said), "")
