"""Entries of a journal, as rows and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timezone
from typing import Any

from rich.text import Text

from ..journal.entry import Entry, Event
from .layout import Side, cell, local, print_facts, print_tabbed, print_table
from .program import Program
from .screen import err, out

_COLORS = {
    "done": "green",
    "refused": "yellow",
    "not sent": "dim",
    "unknown": "red",
    "sent": "cyan",
    "intended": "cyan",
}
_COLUMNS: Mapping[str, Side] = {
    "entry": "right",
    "time": "left",
    "command": "left",
    "state": "left",
    "amount": "right",
    "reference": "left",
}


def state_text(state: str) -> Text:
    """A state, in its colour."""
    return Text(state, _COLORS.get(state, ""))


def print_entries(program: Program, entries: Iterable[Entry]) -> None:
    """Show entries to a person: a row for each; why it failed, and its note, stand below."""
    found = list(entries)
    if not found:
        err.say("No entries.")
        return
    print_table(_COLUMNS, [_row(program, entry) for entry in found], [_below(entry) for entry in found])


def print_entry_lines(program: Program, entries: Iterable[Entry]) -> None:
    """Show entries to a program: a line for each, divided by tabs."""
    is_empty = True
    for entry in entries:
        is_empty = False
        when = entry.time.astimezone(timezone.utc)
        facts = (entry.amount, entry.token, entry.reference, entry.note, entry.reason or None)
        print_tabbed([entry.number, f"{when:%Y-%m-%dT%H:%M:%SZ}", command_of(program, entry), entry.state, *facts])
    if is_empty:
        err.say("No entries.")


def command_of(program: Program, entry: Entry) -> str:
    """What one types for the call."""
    operation = program.operations.get(entry.operation)
    return operation.command if operation is not None else entry.operation


def _row(program: Program, entry: Entry) -> list[str | Text]:
    return [
        str(entry.number),
        local(entry.time, seconds=False),
        cell(command_of(program, entry)),
        state_text(entry.state),
        _amount(entry) or "-",
        cell(entry.reference),
    ]


def _below(entry: Entry) -> list[str]:
    told = [cell(entry.reason)] * bool(entry.reason) + [f"note: {cell(entry.note)}"] * bool(entry.note)
    if entry.state == "unknown" and entry.settled_after is not None:
        told.append(f"settled after {local(entry.settled_after)}")
    return told


def _amount(entry: Entry) -> str:
    return " ".join(cell(value) for value in (entry.amount, entry.token) if value is not None)


def print_entry(program: Program, entry: Entry, events: Sequence[Event]) -> None:
    """Show all facts of an entry, and what people did to it."""
    out.say(
        Text.assemble((f"Entry {entry.number}: {cell(command_of(program, entry))}, ", "bold"), state_text(entry.state))
    )
    print_facts({name: value for name, value in _facts(entry).items() if value not in (None, "")}, indent=2)
    for event in events:
        who = f" by {event.who}" if event.who else ""
        out.say(
            f"{local(event.time)}: settled{who} as {event.state}, which was {event.before}: {cell(event.reason)}",
            indent=2,
        )


def _facts(entry: Entry) -> dict[str, Any]:
    status = None if entry.status is None else f"HTTP {entry.status}"
    asked = "never asked" if entry.checked is None else f"asked {cell(entry.checked)}"
    live = None if entry.live is None else f"{'live' if entry.live else 'no longer live'}, {asked}"
    return {
        "reference": entry.reference,
        "amount": _amount(entry),
        "reason": entry.reason,
        "note": entry.note,
        "arguments": ", ".join(f"{name} {cell(value)}" for name, value in entry.arguments.items()),
        "begun": entry.time,
        "changed": entry.changed,
        "attempts": entry.attempts,
        "answer": " ".join(filter(None, [status, None if entry.code is None else f"code {entry.code}"])),
        "settled after": entry.settled_after if entry.state in ("sent", "unknown") else None,
        "expires": entry.expires,
        "at the server": live,
        "idempotency key": entry.idempotency_key,
        "server": entry.server,
        "account": entry.account,
        "written by": ", ".join(
            filter(None, [entry.sdk and f"version {entry.sdk}", entry.spec and f"of document {entry.spec}"])
        ),
    }
