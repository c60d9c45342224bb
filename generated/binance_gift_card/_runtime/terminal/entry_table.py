# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Entries of a journal, as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..journal.entry import Entry
from .program import Program
from .screen import cell, err, out, table

COLORS = {"done": "green", "refused": "yellow", "not sent": "dim", "unknown": "red", "sent": "cyan", "intended": "cyan"}


def print_entries(program: Program, title: str, entries: Iterable[Entry], told: Any) -> None:
    """Show entries; `told` gives the result of one, if that is to be shown as well."""
    names = {
        "entry": "right",
        "time": "left",
        "command": "left",
        "state": "left",
        "amount": "right",
        "reference": "left",
        "note": "left",
        **({"result": "left"} if told is not None else {}),
    }
    rows = list(_cells(program, entries, told))
    if not rows:
        err.print("No entries.")
        return
    listed = table(title, names)
    for cells in rows:
        listed.add_row(*cells)
    out.print(listed)


def _cells(program: Program, entries: Iterable[Entry], told: Any) -> Iterator[list[str]]:
    for entry in entries:
        operation = program.operations.get(entry.operation)
        yield [
            str(entry.number),
            f"{entry.time:%y-%m-%d %H:%M}",
            cell(operation.command if operation is not None else entry.operation),
            f"[{COLORS[entry.state]}]{entry.state}[/]",
            " ".join(cell(value) for value in (entry.amount, entry.token) if value is not None) or cell(None),
            cell(entry.reference),
            cell(entry.note or entry.reason or None),
            *([cell(json.dumps(told(entry), ensure_ascii=False))] if told is not None else []),
        ]
