# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""A journal in a PostgreSQL database, for many machines (extra ``postgres``)."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ArgumentError, JournalError
from ..fork import renewed_after_fork
from .store import SCHEMA, TABLES, Row, Session, TakenError, Values

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

T = TypeVar("T")

_TYPES = {"number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"}
_MAKING = 7_310_894_552_117_001
"""The advisory lock under which tables are made."""
_PAUSE = 0.1
_KEPT = 16
_SECONDS = 10.0

_abandoned: list[Any] = []
"""A parent's connections, in its child: to close them here would end them there."""


class _LostError(Exception):
    """The connection is gone, or the server is not ready."""


class _Session:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, statement: str, values: Values) -> int:
        return self._execute(statement, values).rowcount

    def insert(self, statement: str, values: Values) -> int:
        row = self._execute(f"{statement} RETURNING number", values).fetchone()
        assert row is not None
        return int(row[0])

    def rows(self, statement: str, values: Values) -> list[Row]:
        return list(self._connection.execute(_translated(statement), values).fetchall())

    def _execute(self, statement: str, values: Values) -> psycopg.Cursor[tuple[Any, ...]]:
        import psycopg

        may_be_taken = values.get("claim") is not None or values.get("key") is not None
        if not may_be_taken:
            return self._connection.execute(_translated(statement), values)
        try:
            with self._connection.transaction():  # a savepoint: the rest goes on without it
                return self._connection.execute(_translated(statement), values)
        except psycopg.errors.UniqueViolation:
            raise TakenError from None


class PostgresStore:
    """The tables, in the schema that the connection finds first.

    What has to outlive a power cut is committed with ``synchronous_commit`` on, the rest without waiting for the disk.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise ArgumentError("a journal in PostgreSQL needs psycopg: install the extra 'postgres'") from error
        try:
            psycopg.conninfo.conninfo_to_dict(url)
        except psycopg.Error:
            raise ArgumentError("the journal's address is not one that PostgreSQL understands") from None
        self._url = url
        self._idle: deque[Connection] = deque()
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        _abandoned.extend(self._idle)
        self._idle = deque()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        self._transaction(self._make_tables, durable=True, seconds=_SECONDS)

    def _make_tables(self, session: _Session) -> None:
        session.rows("SELECT pg_advisory_xact_lock(:lock)", {"lock": _MAKING})
        if session.rows("SELECT to_regclass('facts')", {})[0][0] is None:
            for statement in TABLES:
                session.run(statement.format_map(_TYPES), {})
            session.run("INSERT INTO facts (name, value) VALUES ('schema', :schema)", {"schema": SCHEMA})
        found = session.rows("SELECT value FROM facts WHERE name = 'schema'", {})
        if found != [(SCHEMA,)]:
            raise JournalError("the journal in this database was made by another version of this package")

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        return self._transaction(work, durable=durable, seconds=seconds)

    def _transaction(self, work: Callable[[_Session], T], *, durable: bool, seconds: float) -> T:
        """Do the work; again on another connection, when one is lost, for as long as there is time."""
        ends = time.monotonic() + max(seconds, 0.0)
        while True:
            try:
                with self._connection(ends) as connection:
                    return self._tried(connection, work, durable=durable, seconds=ends - time.monotonic())
            except _LostError as lost:
                if time.monotonic() + _PAUSE >= ends:
                    raise JournalError(f"the journal's database cannot be used: {lost}") from None
                time.sleep(_PAUSE)

    def _tried(self, connection: Connection, work: Callable[[_Session], T], *, durable: bool, seconds: float) -> T:
        synchronous = "on" if durable else "off"
        patience = max(int(seconds * 1000), 1)
        connection.execute(
            f"BEGIN; SET LOCAL synchronous_commit = {synchronous}; SET LOCAL statement_timeout = {patience}",
            prepare=False,
        )
        try:
            result = work(_Session(connection))
        except (TakenError, JournalError):
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    @contextmanager
    def _connection(self, ends: float) -> Iterator[Connection]:
        """A connection; one that something went wrong on is not used again."""
        import psycopg

        connection = None
        usable = False
        try:
            connection = self._opened(ends)
            yield connection
            usable = True
        except (TakenError, JournalError):
            usable = True
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _LostError(_said(error)) from None
        except psycopg.Error as error:
            raise JournalError(f"the journal's database refused: {_said(error)}") from None
        finally:
            if connection is not None:
                self._put(connection, usable=usable)

    def _opened(self, ends: float) -> Connection:
        import psycopg

        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        seconds = max(int(ends - time.monotonic()), 2)  # libpq's least
        return psycopg.connect(self._url, autocommit=True, connect_timeout=seconds)

    def _put(self, connection: Connection, *, usable: bool) -> None:
        with self._lock:
            if usable and not connection.closed and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def rows(self, statement: str, values: Values) -> list[Row]:
        for last in (False, True):
            try:
                with self._connection(time.monotonic() + _SECONDS) as connection:
                    return list(connection.execute(_translated(statement), values).fetchall())
            except _LostError as lost:
                if last:
                    raise JournalError(f"the journal's database cannot be used: {lost}") from None
                time.sleep(_PAUSE)
        raise AssertionError

    def problems(self) -> list[str]:
        self.rows("SELECT count(*), sum(length(answer)), sum(length(arguments)) FROM entries", {})
        return []

    def scrub(self) -> None:
        with self._connection(time.monotonic() + _SECONDS) as connection:
            connection.execute("VACUUM FULL entries")

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, deque()
        for connection in idle:
            connection.close()

    def __del__(self) -> None:
        for connection in getattr(self, "_idle", ()):
            connection.close()


@lru_cache(maxsize=256)
def _translated(statement: str) -> str:
    """``:name`` as psycopg writes it."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement)


def _said(error: Exception) -> str:
    """What the database said, on one line, without what the address holds."""
    lines = str(error).strip().splitlines()
    return re.sub(r"://[^@\s]*@", "://…@", lines[0]) if lines else type(error).__name__
