# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A journal's entries as CSV or JSON Lines, their amounts exact."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TextIO, TypeAlias

import msgspec

from ..core import checks
from ..core.errors import ArgumentError
from .entry import Entry
from .outputs import replace_file

Format: TypeAlias = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl")

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FIELDS = tuple(Entry.__struct_fields__)


def plain(value: Any) -> Any:
    """A value as JSON has it: a record by the names of its fields, an amount as decimal text, a time as in RFC 3339."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else value


def write(
    entries: Iterable[Entry],
    target: str | os.PathLike[str] | TextIO,
    kind: Format | None,
    result: Callable[[Entry], Any] | None,
) -> int:
    """Write the entries, with what `result` gives for each, and count them; see `Journal.export`."""
    chosen = kind or _kind(target)
    if chosen not in FORMATS:
        raise ArgumentError(f"the format must be one of {', '.join(FORMATS)}, not {chosen!r}")
    if not isinstance(target, (str, os.PathLike)):
        if not callable(getattr(target, "write", None)):
            raise ArgumentError("the target must be the path of a file, or a file that is open for text")
        return _write(entries, target, chosen, result)
    with replace_file(checks.path_of("the target", target), private=result is not None) as file:
        return _write(entries, file, chosen, result)


def csv_line(cells: Sequence[Any]) -> str:
    """One line of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_no_formula(_cell(cell)) for cell in cells])
    return buffer.getvalue()


def _no_formula(cell: Any) -> Any:
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULAS) else cell  # which can be told from what had one before


def _write(entries: Iterable[Entry], file: TextIO, kind: Format, result: Callable[[Entry], Any] | None) -> int:
    names = [*_FIELDS, *(["result"] if result is not None else [])]
    if kind == "csv":
        file.write(csv_line(names))
    count = 0
    for entry in entries:
        count += 1
        values = plain(entry)
        if result is not None:
            values["result"] = result(entry)
        file.write(csv_line([values[name] for name in names]) if kind == "csv" else _json(values) + "\n")
    return count


def _kind(target: object) -> str:
    return checks.path_of("the target", target).suffix[1:] if isinstance(target, (str, os.PathLike)) else ""


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int)) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
