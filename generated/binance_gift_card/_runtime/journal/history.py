# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a journal has, read back: entries by their facts, what their calls brought, and what people did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from ..core import checks
from ..core.classify import Response
from ..core.errors import ArgumentError
from ..core.interrupts import leaving_nothing, pass_on
from . import columns
from .entry import STATES, Entry, Event, State
from .ledger import Ledger
from .store import SHOWN, Row, by_name, paged

if TYPE_CHECKING:
    from typing_extensions import Unpack

_PAGE = 200
_SHOWN = f"SELECT {', '.join(SHOWN)} FROM entries"
_AT, _STATE, _ENDS = map(SHOWN.index, ("at", "state", "ends"))
OVERDUE = "(open = 1 AND state <> 'unknown' AND ends < :now)"
"""Entries of calls that nobody makes any more."""
_SEALED_YET = {"state": "unknown", "reason": "the call ended; its answer came, and the key that opens it was not given"}


class Filters(TypedDict, total=False):
    """Which entries of a journal are wanted; what is left out or `None` leaves none out.

    Attributes:
        operation: The name of a method.
        state: How far the call came.
        token: What was paid or credited.
        since: The earliest time, with its time zone.
        until: The time that all are before, with its time zone.
        note: The caller's note, the whole of it.
        reference: The server's name for what the call was about.
        idempotency_key: The caller's key.
        newest_first: Whether to begin at the end.
    """

    operation: str | None
    state: State | None
    token: str | None
    since: datetime | None
    until: datetime | None
    note: str | None
    reference: str | None
    idempotency_key: str | None
    newest_first: bool


_CONDITIONS = {
    **{name: f"{name} = :{name}" for name in ("operation", "token", "note", "reference")},
    "idempotency_key": "key = :idempotency_key",
    "state": f"(state = :state OR {OVERDUE})",
    "since": "at >= :since",
    "until": "at < :until",
}


class History(Ledger):
    """A journal, for those who read it."""

    def entry(self, number: int) -> Entry:
        """The entry of that number.

        Raises:
            ArgumentError: There is none.
        """
        return self._entry_now(self.row(number_of(number), _SHOWN))

    def history(self, **filters: Unpack[Filters]) -> Iterator[Entry]:
        """The entries that fit, in the order of their times; they are read as you go.

        What was left by a program that died is shown as what it came to, as far as that can be told; the first client
        that opens the journal writes it down.

        Args:
            filters: Which entries, and whether the newest first: see `Filters`.

        Raises:
            ArgumentError: A filter cannot be used.
            JournalError: The journal cannot be read.
        """
        found = ((name, _value(name, value)) for name, value in filters.items())
        given = {name: value for name, value in found if value is not None}
        entries, state = self._pages(given), given.get("state")
        return entries if state is None else (entry for entry in entries if entry.state == state)

    def _pages(self, given: dict[str, Any]) -> Iterator[Entry]:
        """Each page begins where the one before ended."""
        newest_first = given.get("newest_first")
        beyond, order, begin, start = ("<", "DESC", "until", 2**62) if newest_first else (">", "ASC", "since", -1)
        conditions = [condition for name, condition in _CONDITIONS.items() if name in given and name != begin]
        conditions += ["open = 1"] if given.get("state") in ("intended", "sent", "unknown") else []
        where = " AND ".join([f"(at, number) {beyond} (:at, :last)", *conditions])
        statement = f"{_SHOWN} WHERE {where} ORDER BY at {order}, number {order} LIMIT {_PAGE}"
        values = {**given, "now": columns.now(), "at": given.get(begin, start), "last": -1}
        while rows := self.store.rows(statement, values):
            yield from map(self._entry_now, rows)
            values["at"], values["last"] = rows[-1][_AT], rows[-1][0]

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
        statement = f"{_SHOWN} WHERE {OVERDUE} AND number > :last ORDER BY number LIMIT {_PAGE}"
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
        found = self._now(number_of(entry))
        if found["state"] != "done":
            raise ArgumentError(f"entry {found['number']} ({found['state']}) has no result")
        if found["answer"] is None:
            raise ArgumentError(f"entry {found['number']} is done, but its answer never came, nor its result")
        verdict = self.verdict(found)
        if columns.outcome(verdict.error) != "done":
            raise ArgumentError(
                f"entry {found['number']} is done, but the answer that came of it does not tell its result"
            )
        if verdict.error is not None:
            raise verdict.error.bare()
        assert verdict.response is not None
        return verdict.response

    @leaving_nothing
    def answer(self, entry: Entry | int) -> bytes | None:
        """What came of the last answer, byte for byte, with its secrets; `None` if nothing came.

        Raises:
            ArgumentError: There is no such entry.
            JournalError: It is sealed under another key.
        """
        found = by_name(self.row(number_of(entry)))
        return None if found["answer"] is None else self.unseal(found, "answer")

    def events(self, entry: Entry | int | None = None) -> Iterator[Event]:
        """What people did to entries, or to one of them; of all, what they said of accounts and servers as well."""
        condition = "" if entry is None else " WHERE entry = :entry"
        statement = f"SELECT entry, at, before, state, reason, who FROM events{condition} ORDER BY at, entry"
        for number, at, before, state, reason, who in self.store.rows(
            statement, {"entry": None if entry is None else number_of(entry)}
        ):
            when = columns.instant(at)
            assert when is not None
            yield Event(entry=number, time=when, before=before, state=state, reason=reason, who=who)

    def told(self, entry: Entry | int) -> Any:
        """The result of a call as JSON values, with its secrets; `None` if it has none."""
        found = self._now(number_of(entry))
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


def _value(name: str, value: Any) -> Any:
    """What a filter gives the statement."""
    if name not in Filters.__annotations__:
        raise TypeError(f"there is no filter {name!r}; there are {', '.join(Filters.__annotations__)}")
    if value is None or name == "newest_first":
        return value
    if name in ("since", "until"):
        return _time(name, value)
    if name == "state" and value not in STATES:
        raise ArgumentError(f"state must be one of {', '.join(STATES)}, not {value!r}")
    checks.text(name, value)
    return value


def number_of(entry: Entry | int) -> int:
    """Its number, which may be given in its place."""
    number = entry.number if isinstance(entry, Entry) else entry
    checks.whole("the number of an entry", number, least=0, most=2**63 - 1)
    return number


def _time(name: str, moment: object) -> int | None:
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ArgumentError(f"{name} must be a datetime that says its time zone, not {checks.shown(moment)}")
    return columns.microseconds(moment)
