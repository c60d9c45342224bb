# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One transaction in PostgreSQL, and the work that is done in it once, however often its connection is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from ...core.errors import JournalError
from ..store import Row, TakenError, Values

if TYPE_CHECKING:
    from .postgres_connection import Connection

T = TypeVar("T")

LEAST = 1.0
"""Seconds that a transaction may take even if nobody wants to wait."""
_GRACE = 1.0
"""Seconds after which a server that should have given up is taken for dead."""


class PostgresSession:
    """See `store.Session`."""

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
        return self._connection.execute(statement.encode(), prepare=False).statusmessage


class Write(Generic[T]):
    """Work, and what became of it so far."""

    def __init__(self, work: Callable[[PostgresSession], T], *, durable: bool) -> None:
        self._work = work
        self._synchronous = "on" if durable else "off"
        self._result: T
        self._inserted: Values | None = None
        """An entry that may be kept already: its COMMIT was not answered."""

    def attempt(self, connection: Connection, seconds: float) -> T:
        """Do it in one transaction, unless it is kept already."""
        least = max(seconds, LEAST)
        connection.ends = time.monotonic() + least + _GRACE
        session = PostgresSession(connection)
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

    def _is_kept(self, session: PostgresSession) -> bool:
        if self._inserted is None:
            return False
        return bool(session.rows("SELECT 1 FROM entries WHERE number = :number AND owner = :owner", self._inserted))


@lru_cache(maxsize=256)
def _translate(statement: str) -> bytes:
    """``:name`` as psycopg writes it."""
    return re.sub(r"(?<![:\w]):([a-z]\w*)", r"%(\1)s", statement.replace("%", "%%")).encode()
