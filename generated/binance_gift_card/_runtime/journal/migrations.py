# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a journal is made of, step by step: a new one takes all the steps, an older one those that it lacks.

A journal says two numbers of itself. Its *version* is the last step that it took. Its *schema* is the least version
that a package must know to read and write it: a step that only adds what older packages can do without leaves it as it
is, so that they go on beside newer ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

from ..core.errors import JournalError
from .store import Row, Values


class Migration(msgspec.Struct, frozen=True):
    """One step.

    Attributes:
        version: That of a journal that has taken it; the steps are numbered from 1.
        schema: The least version that a package must know from now on.
        statements: What both backends understand, ``{number}`` and ``{bytes}`` being types of their own.
        postgres: What only PostgreSQL is told.
    """

    version: int
    schema: int
    statements: tuple[str, ...]
    postgres: tuple[str, ...] = ()


_FIRST = Migration(
    1,
    1,
    (
        """CREATE TABLE entries (
        number {number}, at BIGINT NOT NULL, changed BIGINT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL,
        ends BIGINT NOT NULL, arguments TEXT NOT NULL, secrets {bytes}, attempts INTEGER NOT NULL,
        doubt INTEGER NOT NULL, settled BIGINT, status INTEGER, answer {bytes}, code TEXT, reason TEXT NOT NULL,
        reference TEXT, token TEXT, amount TEXT, expires BIGINT, live INTEGER, checked BIGINT NOT NULL, note TEXT,
        key TEXT, claim TEXT, open INTEGER, owner TEXT NOT NULL, server TEXT NOT NULL, sdk TEXT NOT NULL,
        spec TEXT NOT NULL)""",
        "CREATE UNIQUE INDEX entries_claim ON entries (claim) WHERE claim IS NOT NULL",
        "CREATE INDEX entries_key ON entries (key) WHERE key IS NOT NULL",
        "CREATE INDEX entries_reference ON entries (reference) WHERE reference IS NOT NULL",
        "CREATE INDEX entries_open ON entries (number) WHERE open = 1",
        "CREATE INDEX entries_live ON entries (checked, number) WHERE live = 1",
        "CREATE INDEX entries_at ON entries (at, number)",
        "CREATE TABLE events (entry BIGINT NOT NULL, at BIGINT NOT NULL, before TEXT NOT NULL, state TEXT NOT NULL,"
        " reason TEXT NOT NULL)",
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ),
    postgres=(
        "CREATE TABLE run_rows (run TEXT NOT NULL, number BIGINT NOT NULL, arguments {bytes} NOT NULL,"
        " state TEXT NOT NULL, PRIMARY KEY (run, number))",
    ),
)
"""An entry is open until it is certain what became of its call; it claims its idempotency key unless the call provably
did nothing. Both are columns of their own, so that few pages change with a state. The rows of bulk runs that several
processes work on are kept in PostgreSQL only."""

_ACCOUNTS = Migration(2, 1, ("ALTER TABLE entries ADD COLUMN account TEXT", "ALTER TABLE events ADD COLUMN who TEXT"))
"""For whom a call was made, and who settled an entry by hand."""

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _ACCOUNTS)
LATEST = MIGRATIONS[-1].version

_TYPES = {
    "sqlite": {"number": "INTEGER PRIMARY KEY", "bytes": "BLOB"},
    "postgres": {"number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"},
}
Backend = Literal["sqlite", "postgres"]

_LATER: Mapping[str, int] = {"account": 2, "who": 2}
"""Columns that the first journals lack → the version that brought them; no statement uses the words otherwise."""

FACTS = "SELECT name, value FROM facts WHERE name IN ('schema', 'version', 'writer')"
_SAY = "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value"


def version_of(facts: list[Row], *, shown: str, sdk: str) -> int:
    """The version that a journal says it has, in what `FACTS` found.

    Raises:
        JournalError: A newer package is needed to read it.
    """
    said = {str(name): str(value) for name, value in facts}
    schema = said.get("schema", "")
    if not schema.isdecimal() or int(schema) < 1:
        raise JournalError(f"the journal {shown} was made by another version of this package: it says no schema")
    if int(schema) > LATEST:
        writer = said.get("writer")
        raise JournalError(
            f"the journal {shown} is newer than this version of the package: it has schema {schema}, which version"
            f" {writer or '(unnamed)'} wrote, and this one ({sdk}) reads up to schema {LATEST}; install"
            f" {writer or 'the version that wrote it'} or newer"
        )
    return int(said.get("version", "1"))


def migrate(run: Callable[[str, Values], Any], backend: Backend, *, version: int, sdk: str) -> None:
    """Take the steps that a journal of that version lacks, in one transaction; 0 is one that is not there."""
    for migration in MIGRATIONS[version:]:
        for statement in (*migration.statements, *(migration.postgres if backend == "postgres" else ())):
            run(statement.format_map(_TYPES[backend]), {})
    facts = {"schema": max(step.schema for step in MIGRATIONS), "version": LATEST, "writer": sdk}
    for name, value in facts.items():
        run(_SAY, {"name": name, "value": str(value)})


@lru_cache(maxsize=256)
def as_of(statement: str, version: int) -> str:
    """A statement for a journal that may be older: it finds nothing in the columns that are not there."""
    missing = [name for name, since in _LATER.items() if since > version]
    return re.sub(rf"(?<![:\w'])({'|'.join(missing)})(?!\w)", "CAST(NULL AS TEXT)", statement) if missing else statement
