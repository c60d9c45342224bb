# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""A journal in a PostgreSQL database, for many machines (extra ``postgres``)."""

from __future__ import annotations

import math
import os
import re
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...core.errors import ArgumentError, JournalError
from ...core.fork import IN_A_CALL, UNANNOUNCED, closed_before_fork, held_here, let_go
from ...core.hidden import Arguments, Hidden
from ..migrations import FACTS, LATEST, as_of, migrate, version_of
from ..store import Done, NoJournalError, Row, Session, TakenError, Values
from .background import Background, Task

if TYPE_CHECKING:
    import psycopg

    class Connection(psycopg.Connection[Any]):
        """What `_connections` makes."""

        ends: float


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
_LEAST = 1.0
"""Seconds that a transaction may take even if nobody wants to wait."""
_GRACE = 1.0
"""Seconds after which a server that should have given up is taken for dead."""
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

_open: weakref.WeakSet[Any] = weakref.WeakSet()
"""This process's connections."""
_opening: dict[object, int] = {}
"""The sockets of those that are not connections yet."""
_abandoned: list[Any] = []
"""A parent's connections, in its child: to close them here would end them there."""


class _LostError(Exception):
    """The connection is gone, or the server is not ready; another one may do."""

    def __init__(self, said: str, *, reused: bool) -> None:
        super().__init__(said)
        self.reused = reused


class _DamagedError(JournalError):
    """The database does not read as it was written."""


class _Session:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.inserted: Values | None = None

    def run(self, statement: str, values: Values) -> int:
        if values.get("claim") is None and values.get("key") is None:
            return self._connection.execute(_translate(statement), values).rowcount
        import psycopg

        self.say("SAVEPOINT untaken")
        try:
            return self._connection.execute(_translate(statement), values).rowcount
        except psycopg.errors.UniqueViolation:
            self.say("ROLLBACK TO SAVEPOINT untaken")
            raise TakenError from None

    def insert(self, statement: str, values: Values) -> int:
        """One that is taken needs no savepoint: it conflicts, and nothing is done.

        An entry always outlives a crash of the server, which its caller outlives too: else its number and its key
        could be given to another call, and both would go on.
        """
        statement += " ON CONFLICT DO NOTHING RETURNING number, set_config('synchronous_commit', 'on', true)"
        found = self.rows(statement, values)
        if not found:
            raise TakenError
        self.inserted = {"number": found[0][0], "owner": values.get("owner")}
        return int(found[0][0])

    def rows(self, statement: str, values: Values) -> list[Row]:
        return list(self._connection.execute(_translate(statement), values).fetchall())

    def say(self, statement: str) -> str | None:
        """What the server makes of a statement without values, or of several."""
        return self._connection.execute(statement, prepare=False).statusmessage


class Claim(Hidden):
    """A row that this process works on, its arguments sealed."""

    number: int
    arguments: bytes
    state: str | None = None
    """What became of it; to be set, unless others are to try."""


class _Write(Generic[T]):
    """Work, and what became of it so far."""

    def __init__(self, work: Callable[[_Session], T], *, durable: bool) -> None:
        self._work = work
        self._synchronous = "on" if durable else "off"
        self._result: T
        self._inserted: Values | None = None
        """An entry that may be kept already: its COMMIT was not answered."""

    def attempt(self, connection: Connection, seconds: float) -> T:
        least = max(seconds, _LEAST)
        connection.ends = time.monotonic() + least + _GRACE
        session = _Session(connection)
        session.say(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
            f" SET LOCAL synchronous_commit TO {self._synchronous};"
            f" SET LOCAL statement_timeout TO {int(least * 1000)};"
            f" SET LOCAL lock_timeout TO {max(int(seconds * 1000), 1)}"
        )
        try:
            if not self._is_kept(session):
                self._result = self._work(session)
                self._inserted = session.inserted
        except (TakenError, JournalError):
            session.say("ROLLBACK")
            raise
        if session.say("COMMIT") != "COMMIT":
            raise JournalError("the journal's database rolled back what was to be kept")
        return self._result

    def _is_kept(self, session: _Session) -> bool:
        if self._inserted is None:
            return False
        return bool(session.rows("SELECT 1 FROM entries WHERE number = :number AND owner = :owner", self._inserted))


class PostgresStore:
    """The tables, in the schema that the connection finds first.

    What has to outlive a power cut is committed with ``synchronous_commit`` on, the rest without waiting for the disk.
    """

    def __init__(self, url: str, *, sdk: str = "") -> None:
        self._sdk = sdk
        self._version = 0
        """What was last read in it; it is read again while it is not the latest."""
        try:
            self._given = _parameters(url)
        except ImportError:
            raise ArgumentError("a journal in PostgreSQL needs psycopg: install the extra 'postgres'") from None
        self._shown = _shown(self._given)
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
        _abandon_all()
        self._renew()

    def _check_process(self) -> None:
        """Notice a fork that Python was not told of."""
        if self._process != os.getpid():
            raise self._unusable(UNANNOUNCED)

    # Opening.

    def prepare(self) -> None:
        self._transaction(self._make_tables, durable=True, seconds=_PREPARING)

    def _make_tables(self, session: _Session) -> None:
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

    def _version_of(self, session: _Session) -> int:
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
        connection = _connection_class().connect(autocommit=True, **given)
        connection.ends = max(ends, time.monotonic() + _LEAST)
        connection.execute(f"SET lock_timeout TO '{_LOCKED}s'", prepare=False)
        return connection

    def _put(self, connection: Connection, *, usable: bool) -> None:
        with self._lock:
            if connection not in _open:  # this process is a child of the one that opened it
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

    def _transaction(self, work: Callable[[_Session], T], *, durable: bool, seconds: float) -> T:
        """Do the work; again on another connection, when one is lost, for as long as there is time."""
        ends, process = time.monotonic() + seconds, os.getpid()
        write = _Write(work, durable=durable)
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
                session = _Session(connection)
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
        def work(session: _Session) -> list[Row]:
            if self._version < LATEST:
                self._version = self._version_of(session)
            return session.rows(as_of(statement, self._version), values)

        return self._read(work, max(seconds, _LEAST))

    def _read(self, work: Callable[[_Session], T], seconds: float) -> T:
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

    def _read_once(self, work: Callable[[_Session], T], ends: float) -> T:
        with self._connection(min(ends, time.monotonic() + _READING)) as connection:
            connection.ends = ends
            return work(_Session(connection))

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


def _abandon_all() -> None:
    """Let go of a parent's connections without a word to the server, and of their sockets: while one is open anywhere,
    the server does not see that the parent died, and keeps what it had locked.
    """
    for connection in list(_open):
        _abandoned.append(connection)
        if not connection.closed:
            let_go(connection.fileno())
    for descriptor in _opening.values():
        let_go(descriptor)
    _open.clear()
    _opening.clear()


def _parameters(url: str) -> Arguments:
    """What an address holds; one that libpq reads in another way than was meant would show a password."""
    from psycopg import Error, conninfo

    try:
        given = Arguments(conninfo.conninfo_to_dict(url))
    except Error:
        given = Arguments(host="@")
    if any("@" in str(given.get(name, "")) for name in ("host", "port", "dbname")):
        raise ArgumentError(
            "the journal's address is not one that PostgreSQL understands: it is postgresql://user:password@host/name,"
            " where all but letters and digits in user and password is percent-encoded"
        )
    return given


def _shown(given: Arguments) -> str:
    port = f":{given['port']}" if "port" in given else ""
    return f"postgresql://{given.get('host', '')}{port}/{given.get('dbname', '')}"


def _problems(session: _Session) -> list[str]:
    for statement in _ALL_OF_IT:
        session.rows(statement, {})
    if session.rows("SELECT has_function_privilege(to_regprocedure('bt_index_check(regclass)'), 'EXECUTE')", {})[0][0]:
        session.rows(_INDEXES, {})  # the extension amcheck is there
    unsafe = session.rows("SHOW fsync", {}) == [("off",)]
    return ["the server's setting fsync is off: what it keeps does not outlive a power cut"] if unsafe else []


def _vacuum(session: _Session) -> bool:
    """Whether the entries were written anew: where that is forbidden, the server warns and goes on."""
    file = "SELECT pg_relation_filenode('entries')"
    before = session.rows(file, {})
    session.say("VACUUM FULL entries")
    return session.rows(file, {}) != before


@lru_cache(maxsize=1)
def _connection_class() -> type[Connection]:
    """The class of connections that can wait until a time only; made late, because psycopg is an extra."""
    import psycopg

    class Limited(psycopg.Connection[Any]):
        ends = math.inf

        @classmethod
        def _connect_gen(cls, *arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
            return _track(super()._connect_gen(*arguments, **options))

        def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
            return super().wait(_limit(gen, self), *arguments, **options)

    return Limited  # type: ignore[return-value]


def _track(steps: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
    """The steps that open a connection, whose socket is known to a fork from the first one on."""
    from psycopg import OperationalError

    process, mark, ready = os.getpid(), object(), None
    try:
        while True:
            try:
                wanted = steps.send(ready)
            except StopIteration as end:
                connection: T = end.value
                _open.add(connection)
                return connection
            _opening[mark] = wanted[0]
            ready = yield wanted
            if process != os.getpid():
                raise OperationalError(IN_A_CALL)
    finally:
        _opening.pop(mark, None)


def _limit(steps: Generator[Any, Any, T], connection: Any) -> Generator[Any, Any, T]:
    """The same steps; psycopg wakes up now and then, and takes the next without anything being ready."""
    from psycopg import OperationalError

    ready = None
    while True:
        try:
            wanted = steps.send(ready)
        except StopIteration as end:
            done: T = end.value
            return done
        ready = yield wanted
        if not ready and time.monotonic() > connection.ends:
            raise OperationalError("the server does not answer")


@lru_cache(maxsize=256)
def _translate(statement: str) -> str:
    """``:name`` as psycopg writes it."""
    return re.sub(r"(?<![:\w]):([a-z]\w*)", r"%(\1)s", statement.replace("%", "%%"))


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
