# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""The journal of a client: history that the server does not keep."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, TextIO, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ..core import checks, environment
from ..core.classify import Response
from ..core.deadline import Deadline
from ..core.errors import ArgumentError, JournalError
from ..core.interrupts import leaving_nothing, pass_on
from ..core.keeper import Scope, Tag
from ..core.operation import Operation
from . import by_hand, columns, export, rotation
from .entry import STATES, Entry, Event, State
from .export import Format
from .ledger import Ledger
from .record import Record
from .seal import Key, Seal
from .store import ALL, SHOWN, Row, Store, by_name, paged

J = TypeVar("J", bound="Journal")

_PAGE = 200
_SECONDS = 10.0
_SHOWN = f"SELECT {', '.join(SHOWN)} FROM entries"
_STATE, _ENDS = SHOWN.index("state"), SHOWN.index("ends")
_OVERDUE = "(open = 1 AND state <> 'unknown' AND ends < :now)"
"""Entries of calls that nobody makes any more."""
_DEAD = f"{ALL} WHERE {_OVERDUE} AND number > :last ORDER BY number LIMIT {_PAGE}"
_SEALED_YET = {"state": "unknown", "reason": "the call ended; its answer came, and the key that opens it was not given"}


class Journal(Ledger):
    """A journal, in a file or in a database.

    Args:
        address: The path of an SQLite file, which is made if it is not there; or ``postgresql://…`` (extra
            ``postgres``).
        key: What secrets are sealed under (extra ``keys``): 32 bytes as base64, the path of a file that holds that,
            or a function that returns it; several, divided by spaces, while keys are changed: the first seals, all
            open.
            ``"unsealed"`` stores secrets in the clear. Left out, the environment is asked: ``…_JOURNAL_KEY``, or
            ``…_JOURNAL_KEY_FILE``.
        allow_readable_files: Whether every user may read the file of the key, as on a mount that is read-only; for
            that of the environment, ``…_ALLOW_READABLE_FILES=1`` says it.

    Raises:
        ArgumentError: The address or the key cannot be used.
    """

    def __init__(
        self, address: str | os.PathLike[str], *, key: Key | None = None, allow_readable_files: bool = False
    ) -> None:
        store = _store(address, self.facts.sdk)
        key = key if key is not None else self._from_environment()
        seal = None if key is None else Seal(key, allow_readable_files=allow_readable_files)
        super().__init__(store, seal, _without_password(os.fspath(address)))
        self.only_read = False
        """Whether nothing is written to it, not even what follows from what is kept."""

    @classmethod
    def to_read(cls: type[J], address: str | os.PathLike[str]) -> J:
        """A journal that is there already, and is left as it is."""
        journal = cls(address)
        journal.only_read = True
        return journal

    def _from_environment(self) -> Key | None:
        prefix = self.facts.environment
        text, file = os.environ.get(f"{prefix}_JOURNAL_KEY"), os.environ.get(f"{prefix}_JOURNAL_KEY_FILE")
        if text and file:
            raise ArgumentError(f"{prefix}_JOURNAL_KEY and {prefix}_JOURNAL_KEY_FILE are both set; set one")
        return text or (environment.secret_file(prefix, f"{prefix}_JOURNAL_KEY_FILE", file) if file else None)

    def prepare(self) -> None:
        """Make the journal if it is not there; see that it can be written, under a key that it knows.

        Raises:
            ArgumentError: The key is missing, or is not the one that the journal is sealed under.
            JournalError: The journal cannot be used.
        """
        if self.only_read:
            self.store.rows("SELECT value FROM facts WHERE name = 'key'", {})
            return
        try:
            names = self.seal.names
        except JournalError as error:
            raise ArgumentError(str(error)) from None
        self.store.prepare()
        known = self.store.rows("SELECT value FROM facts WHERE name = 'key'", {})
        if known and known[0][0] not in names:
            raise ArgumentError(
                f"the journal {self._shown} is sealed under the key {known[0][0]}, and was given {', '.join(names)};"
                " give that key as well, after the new one"
            )
        if not known or known[0][0] != names[0]:
            self._name_key(names[0])
        self.recover()

    def _name_key(self, name: str) -> None:
        statement = (
            "INSERT INTO facts (name, value) VALUES ('key', :value) ON CONFLICT (name) DO UPDATE SET value = :value"
        )
        self.store.write(lambda session: session.run(statement, {"value": name}), durable=True, seconds=_SECONDS)

    # What is in it.

    def entry(self, number: int) -> Entry:
        """The entry of that number.

        Raises:
            ArgumentError: There is none.
        """
        return self._entry_now(self.row(_number(number), _SHOWN))

    def history(
        self,
        *,
        operation: str | None = None,
        state: State | None = None,
        token: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        note: str | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """The entries that fit, in the order of their times; they are read as you go.

        What was left by a program that died is shown as what it came to, as far as that can be told; the first client
        that opens the journal writes it down.

        Args:
            operation: The name of a method.
            state: How far the call came.
            token: What was paid or credited.
            since: The earliest time, with its time zone.
            until: The time that all are before, with its time zone.
            note: The caller's note, the whole of it.
            reference: The server's name for what the call was about.
            idempotency_key: The caller's key.
            newest_first: Whether to begin at the end.

        Raises:
            ArgumentError: A filter cannot be used.
            JournalError: The journal cannot be read.
        """
        if state is not None and state not in STATES:
            raise ArgumentError(f"state must be one of {', '.join(STATES)}, not {state!r}")
        filters = {
            "operation": operation,
            "state": state,
            "token": token,
            "note": note,
            "reference": reference,
            "key": idempotency_key,
        }
        for name, value in filters.items():
            if value is not None:
                checks.text("idempotency_key" if name == "key" else name, value)
        conditions = [
            f"(state = :state OR {_OVERDUE})" if name == "state" else f"{name} = :{name}"
            for name, value in filters.items()
            if value is not None
        ]
        conditions += ["open = 1"] if state in ("intended", "sent", "unknown") else []
        conditions += ["at >= :since"] if since is not None and newest_first else []
        conditions += ["at < :until"] if until is not None and not newest_first else []
        earliest, latest = _time(since, "since"), _time(until, "until")
        values = {**filters, "since": earliest, "until": latest, "now": columns.now()}
        first = latest if newest_first else earliest
        found = self._pages(conditions, values, first, newest_first=newest_first)
        return found if state is None else (entry for entry in found if entry.state == state)

    def _pages(
        self, conditions: list[str], values: dict[str, Any], first: int | None, *, newest_first: bool
    ) -> Iterator[Entry]:
        """From that time on; each page begins where the one before ended."""
        beyond, order, start = ("<", "DESC", 2**62) if newest_first else (">", "ASC", -1)
        values = {**values, "at": start if first is None else first, "last": -1}
        after = f"(at, number) {beyond} (:at, :last)"
        where = " AND ".join([after, *conditions])
        statement = f"{_SHOWN} WHERE {where} ORDER BY at {order}, number {order} LIMIT {_PAGE}"
        at = SHOWN.index("at")
        while rows := self.store.rows(statement, values):
            yield from map(self._entry_now, rows)
            values["at"], values["last"] = rows[-1][at], rows[-1][0]

    def _entry_now(self, row: Row) -> Entry:
        if row[_STATE] in ("intended", "sent") and row[_ENDS] < columns.now():
            found = self._now(row[0])
            row = [found[name] for name in SHOWN]
        return columns.entry(row)

    def _now(self, number: int) -> dict[str, Any]:
        """An entry by its columns; one whose call nobody makes any more as what it came to."""
        found = by_name(self.row(number))
        if found["state"] in ("intended", "sent") and found["ends"] < columns.now():
            found |= self.ending(found) or _SEALED_YET
        return found

    def overdue(self) -> Iterator[tuple[str, Entry]]:
        """The entries of calls that nobody makes any more: the state that is kept, and what each came to."""
        statement = f"{_SHOWN} WHERE {_OVERDUE} AND number > :last ORDER BY number LIMIT {_PAGE}"
        for row in paged(self.store, statement, {"now": columns.now()}):
            yield row[_STATE], self._entry_now(row)

    def result(self, entry: Entry | int) -> Any:
        """What a call that was done brought, with its secrets.

        Raises:
            ArgumentError: The call was not done, or its answer is not known.
            JournalError: Its secrets are sealed under another key.
            DecodeError: Its answer does not read as promised; the error carries it.
        """
        return self.response(entry).result

    @leaving_nothing
    def response(self, entry: Entry | int) -> Response[Any]:
        """The same, with status and envelope."""
        found = self._now(_number(entry))
        if found["state"] != "done" or found["answer"] is None:
            raise ArgumentError(f"entry {found['number']} ({found['state']}) has no result")
        verdict = self.verdict(found)
        if columns.outcome(verdict.error) != "done":
            raise ArgumentError(f"entry {found['number']} was settled by hand, and its result is not known")
        if verdict.error is not None:
            raise verdict.error.bare()
        assert verdict.response is not None
        return verdict.response

    def events(self, entry: Entry | int | None = None) -> Iterator[Event]:
        """What people did to entries, or to one of them; of all, what they said of accounts and servers as well."""
        condition = "" if entry is None else " WHERE entry = :entry"
        statement = f"SELECT entry, at, before, state, reason, who FROM events{condition} ORDER BY at, entry"
        for number, at, before, state, reason, who in self.store.rows(
            statement, {"entry": None if entry is None else _number(entry)}
        ):
            when = columns.instant(at)
            assert when is not None
            yield Event(entry=number, time=when, before=before, state=state, reason=reason, who=who)

    # What is done to it.

    def record(
        self, operation: Operation[Any], texts: Mapping[str, Any], tag: Tag, scope: Scope, deadline: Deadline
    ) -> Record:
        """What is to be kept of a call that is about to be made; nothing is written yet."""
        return Record(self, operation, texts, tag, scope, deadline)

    def recover(self) -> None:
        """Settle the entries of calls that nobody makes any more, as far as that can be told."""
        if self.only_read:
            return
        for row in paged(self.store, _DEAD, {"now": columns.now()}):
            self.settle(row)

    def resolve(
        self,
        entry: Entry | int,
        outcome: Literal["done", "refused"],
        *,
        reason: str,
        reference: str | None = None,
        force: bool = False,
    ) -> Entry:
        """Settle an entry of unknown outcome by hand; the journal keeps who did, and why.

        As ``done`` it can be settled at once. As ``refused`` it cannot before its ``settled_after``: until then the
        server may still execute the request, and the entry's idempotency key would be free for a second one. Of an
        entry without that instant nobody knows when it is too late for the server; see that a long time has passed.

        Args:
            entry: The entry, or its number.
            outcome: What the call came to, as a person found out: ``done``, or ``refused`` if nothing was done.
            reason: How that is known, in at most 1000 characters.
            reference: The server's name for what the call made, if it was found. At most 255 characters.
            force: Settle it as ``refused`` before that instant all the same.

        Returns:
            The entry as it is now.

        Raises:
            ArgumentError: The outcome is not unknown, it is too early, or the reason is missing or cannot
                be used.
            JournalError: The journal cannot be written.
        """
        by_hand.resolve(self, _number(entry), outcome, reason=reason, reference=reference, force=force)
        return self.entry(_number(entry))

    def adopt(self, old: str | None, new: str, *, reason: str, kind: Literal["account", "server"] = "account") -> None:
        """Say that two accounts, or two servers, are the same: after an API key was changed, or a name moved.

        From then on the entries of one count as the other's: for idempotency keys, bulk runs, limits and checks. The
        entries stay as they are; the journal keeps who said so, when and why. It cannot be taken back.

        Args:
            old: An account as entries name it (``Entry.account``), or a server; `None` for entries that name no
                account, because they are older than that fact.
            new: The account that it counts as: the client's ``account``, or the fingerprint that an error or an entry
                shows; or a server.
            reason: How that is known, in at most 1000 characters.
            kind: Which of the two it is about.

        Raises:
            ArgumentError: There is no entry of the old one, or the new one or the reason cannot be used.
            JournalError: The journal cannot be written.
        """
        by_hand.adopt(self, old, new, kind=kind, reason=reason)

    @leaving_nothing
    def export(
        self,
        target: str | os.PathLike[str] | TextIO,
        *,
        format: Format | None = None,  # noqa: A002 - the word that people look for
        secrets: bool = False,
        **filters: Any,
    ) -> int:
        """Write entries as CSV or JSON Lines, amounts exact.

        Args:
            target: The path of a file, which is replaced when all is written and keeps its mode (0600 if it is new),
                or of a device or a pipe; or a file that is open.
            format: ``csv`` or ``jsonl``; left out, the path's ending says it.
            secrets: Whether to write the results of calls as well, with the secrets that they hold.
            filters: Those of `history`.

        Returns:
            How many entries were written.

        Raises:
            ArgumentError: A filter or the format cannot be used, or the file cannot be written.
            JournalError: The journal cannot be read, or its secrets not.
        """
        return export.write(self.history(**filters), target, format, self.told if secrets else None)

    def told(self, entry: Entry | int) -> Any:
        """The result of a call as JSON values, with its secrets; `None` if it has none."""
        found = self._now(_number(entry))
        operation = self.facts.operations.get(found["operation"])
        if found["state"] != "done" or found["answer"] is None or operation is None:
            return None
        try:
            body = json.loads(self.unseal(found, "answer"), parse_float=str)
        except ValueError as error:
            pass_on(error)
            return None
        envelope = operation.envelope
        return body.get(envelope.result) if envelope is not None and isinstance(body, dict) else body

    @leaving_nothing
    def rotate_key(self, progress: Callable[[int], None] | None = None) -> int:
        """Seal again, under the first of the journal's keys, all that is sealed under another.

        It can be stopped at any time, and goes on when it is called again.

        Args:
            progress: Is told how many entries are done.

        Returns:
            How many entries were sealed again.

        Raises:
            JournalError: Something is sealed under a key that the journal was not given.
        """
        self.prepare()
        return rotation.rotate_key(self.store, self.seal, progress)

    def check(self) -> list[str]:
        """What is wrong with the journal: of its file or database, and of what is sealed in it; empty if nothing is.

        Raises:
            JournalError: The journal cannot be read at all.
        """
        return [*self.store.problems(), *rotation.unreadable(self.store, self.unseal)]

    def close(self) -> None:
        """Close it; it opens again when it is asked something."""
        self.store.close()

    def __enter__(self: J) -> J:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Journal {self._shown}>"


def _store(address: str | os.PathLike[str], sdk: str) -> Store:
    if isinstance(address, str) and address.startswith(("postgresql://", "postgres://")):
        from .stores.postgres import PostgresStore

        checks.text("a journal's address", address)
        return PostgresStore(address, sdk=sdk)
    if isinstance(address, str) and "://" in address:
        raise ArgumentError("a journal is kept in an SQLite file or at postgresql://…, and nowhere else")
    path = checks.path_of("a journal's address, if not postgresql://…,", address)
    from .stores.sqlite import SqliteStore

    return SqliteStore(path, sdk=sdk)


def _without_password(address: str) -> str:
    parts = urlsplit(address) if "://" in address else None
    if parts is None:
        return address
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _number(entry: Entry | int) -> int:
    number = entry.number if isinstance(entry, Entry) else entry
    checks.whole("the number of an entry", number, least=0, most=2**63 - 1)
    return number


def _time(moment: datetime | None, name: str) -> int | None:
    if moment is not None and not isinstance(moment, datetime):
        raise ArgumentError(f"{name} must be a datetime, not {type(moment).__name__}")
    if moment is not None and moment.utcoffset() is None:
        raise ArgumentError(f"{name} must say its time zone")
    return columns.microseconds(moment)
