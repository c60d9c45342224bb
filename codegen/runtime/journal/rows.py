# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""Rows of arguments, out of CSV, JSON Lines or anything that can be iterated over."""

from __future__ import annotations

import csv
import datetime as dates
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from .. import wire
from ..checks import path_of
from ..draft import draft
from ..errors import ArgumentError
from ..hidden import Arguments
from ..interrupts import pass_on
from ..journalled import Tag
from ..operation import Operation, Parameter

Rows: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]
"""The path of a CSV or JSON Lines file, or the rows themselves."""

TAG = ("note", "idempotency_key")


class Row(msgspec.Struct, frozen=True):
    """The arguments of one call.

    Attributes:
        number: From 1, in the order of the rows; a file's head does not count.
        arguments: By their names in Python.
        note: For the journal.
        idempotency_key: For the journal, if the row has one of its own.
    """

    number: int
    arguments: Mapping[str, Any]
    note: str | None = None
    idempotency_key: str | None = None


class Source:
    """Where rows come from.

    Args:
        operation: What is called with each.
        rows: Where they come from.
        journalled: Whether a row may have a note and an idempotency key.

    Raises:
        ArgumentError: There is no such file, or it is neither CSV nor JSON Lines.
    """

    def __init__(self, operation: Operation[Any], rows: Rows, *, journalled: bool) -> None:
        self._operation = operation
        self._rows = rows
        self.path = path_of("rows", rows) if isinstance(rows, (str, os.PathLike)) else None
        self._names = [parameter.name for parameter in operation.parameters]
        self._names += [operation.body.name] if operation.body is not None else []
        self._switch = operation.encryption.argument if operation.encryption is not None else None
        self._tag = TAG if journalled else ()
        if self.path is None and not isinstance(rows, Iterable):
            raise ArgumentError(f"rows must be the path of a file, or rows of arguments, not {type(rows).__name__}")
        if self.path is not None and self.path.suffix not in _READERS:
            raise ArgumentError(f"{self.path}: rows are read from {' or '.join(_READERS)}, by the file's ending")

    @property
    def repeatable(self) -> bool:
        """Whether the rows can be gone through twice."""
        return self.path is not None or iter(self._rows) is not self._rows  # type: ignore[arg-type]

    def name(self) -> str | None:
        """A name that the same rows always have; `None` for rows that come from no file."""
        if self.path is None:
            return None
        try:
            digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            pass_on(error)
            raise _unreadable(self.path, error) from None
        return f"{self._operation.name}-{digest[:16]}"

    def __iter__(self) -> Iterator[Row]:
        """The rows, each checked as its call would be.

        Raises:
            ArgumentError: A row cannot be used; the message says which and why.
        """
        for number, (place, values) in enumerate(self._read(), 1):
            yield self._row(number, place, values)

    def _read(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.path is None:
            assert not isinstance(self._rows, (str, os.PathLike))
            for number, values in enumerate(self._rows, 1):
                yield f"row {number}", values
            return
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from _READERS[self.path.suffix](self.path, file, self._typed)
        except OSError as error:
            pass_on(error)
            raise _unreadable(self.path, error) from None
        except UnicodeDecodeError:
            raise ArgumentError(f"{self.path} is not UTF-8 text") from None

    def _row(self, number: int, place: str, values: Mapping[str, Any]) -> Row:
        if not isinstance(values, Mapping):
            raise ArgumentError(f"{place} must have a value for each argument, by name")
        known = (*self._names, *((self._switch,) if self._switch else ()), *self._tag)
        unknown = [str(name) for name in values if name not in known]
        if unknown:
            raise ArgumentError(f"{place}: {self._operation.name} has no {unknown[0]!r}; it has {', '.join(known)}")
        arguments = Arguments({name: values[name] for name in values if name not in TAG and values[name] is not None})
        try:
            draft(self._operation, arguments)
        except ArgumentError as error:
            raise ArgumentError(f"{place}: {error}") from None
        tag = Tag(*(values.get(name) for name in TAG))
        tag.check(place)
        return Row(number, arguments, tag.note, tag.idempotency_key)

    def _typed(self, name: str, text: str) -> Any:
        """The text of a cell as the argument's type; one that is none stays text, and is refused with its row."""
        if not text:
            return None
        parameter = next((item for item in self._operation.parameters if item.name == name), None)
        try:
            if name == self._switch:
                return _BOOLEANS[text.lower()]
            return text if parameter is None else typed(parameter, text)
        except ValueError as error:
            pass_on(error)
            return text


def typed(parameter: Parameter, text: str) -> Any:
    """A text as the type that an argument takes.

    Raises:
        ValueError: It is none.
    """
    try:
        if parameter.style is not None:
            return json.loads(text, parse_float=Decimal)
        return _TYPES.get(parameter.write, str)(text)
    except (InvalidOperation, KeyError, RecursionError):
        raise ValueError(text) from None


_BOOLEANS = {"true": True, "false": False}
_TYPES: Mapping[Any, Callable[[str], Any]] = {
    wire.integer: int,
    wire.number: Decimal,
    wire.boolean: lambda text: _BOOLEANS[text.lower()],
    wire.date_time: dates.datetime.fromisoformat,
    wire.date: dates.date.fromisoformat,
}


def _csv(path: Path, file: Iterable[str], typed: Callable[[str, str], Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    reader = csv.reader(file, strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        if not head or len(set(head)) != len(head):
            raise ArgumentError(f"{path}: the first line must name the arguments, each once")
        for cells in reader:
            place = f"{path}, line {reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(head):
                raise ArgumentError(f"{place} has {len(cells)} values, and the head names {len(head)}")
            yield place, {name: typed(name, cell) for name, cell in zip(head, cells, strict=True)}
    except csv.Error as error:
        raise ArgumentError(f"{path}, line {reader.line_num}: {error}") from None


def _json_lines(
    path: Path, file: Iterable[str], typed: Callable[[str, str], Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield f"{path}, line {number}", json.loads(line, parse_float=Decimal)
            except (ValueError, ArithmeticError, RecursionError) as error:
                pass_on(error)
                raise ArgumentError(f"{path}, line {number} is not JSON that can be read") from None


_READERS: Mapping[str, Callable[..., Iterator[tuple[str, dict[str, Any]]]]] = {".csv": _csv, ".jsonl": _json_lines}


def _unreadable(path: Path, error: OSError) -> ArgumentError:
    return ArgumentError(f"{path} cannot be read: {error.strerror}")
