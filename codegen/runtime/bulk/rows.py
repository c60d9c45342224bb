"""Rows of arguments, out of CSV, JSON Lines or anything that can be iterated over."""

from __future__ import annotations

import datetime as dates
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import msgspec

from ..core import wire
from ..core.checks import path_of
from ..core.deprecation import warn_caller
from ..core.draft import draft
from ..core.errors import ArgumentError
from ..core.interrupts import pass_on
from ..core.keeper import Tag
from ..core.opaque import Arguments
from ..core.operation import Operation, Parameter
from .sheet import Record, Sheet, quoted

Rows: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]
"""The path of a CSV or JSON Lines file, or the rows themselves."""

TAG = ("note", "idempotency_key")

_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class Row(msgspec.Struct, frozen=True):
    """The arguments of one call.

    Attributes:
        number: From 1, in the order of the rows; a file's head does not count, nor does an empty line.
        arguments: By their names in Python.
        note: For the journal.
        idempotency_key: For the journal, if the row has one of its own.
        place: Where it stands, for messages.
        given: Its values as they stand there, by their names in Python.
    """

    number: int
    arguments: Mapping[str, Any]
    note: str | None = None
    idempotency_key: str | None = None
    place: str = ""
    given: Mapping[str, Any] = Arguments()


class Source:
    """Where rows come from.

    Args:
        operation: What is called with each.
        rows: Where they come from; a file is read at once, and only once.
        journalled: Whether a row may have a note and an idempotency key.

    Raises:
        ArgumentError: There is no such file, or it is neither CSV nor JSON Lines.
    """

    def __init__(self, operation: Operation[Any], rows: Rows | Sheet, *, journalled: bool) -> None:
        self._operation = operation
        if isinstance(rows, (str, os.PathLike)):
            rows = Sheet(path_of("rows", rows))
        elif not isinstance(rows, (Iterable, Sheet)):
            raise ArgumentError(f"rows must be the path of a file, or rows of arguments, not {type(rows).__name__}")
        self._rows = rows
        self._parameters = {parameter.name: parameter for parameter in operation.parameters}
        self._switch = operation.encryption.argument if operation.encryption is not None else None
        names = [*self._parameters, *([operation.body.name] if operation.body is not None else [])]
        self._known = (*names, *((self._switch,) if self._switch else ()), *(TAG if journalled else ()))
        self._seen: dict[str, None] = {}

    @property
    def repeatable(self) -> bool:
        """Whether the rows can be gone through twice."""
        return isinstance(self._rows, Sheet) or iter(self._rows) is not self._rows

    @property
    def columns(self) -> list[str]:
        """The names of the values that rows were found to have; all that they may have, before one was looked at."""
        return list(self._seen or self._known)

    def name(self) -> str | None:
        """A name that the same rows always have; `None` for rows that come from no file."""
        if not isinstance(self._rows, Sheet):
            return None
        return f"{self._operation.name}-{hashlib.sha256(self._rows.content).hexdigest()[:16]}"

    def __iter__(self) -> Iterator[Row]:
        """The rows, each checked as its call would be.

        Raises:
            ArgumentError: A row cannot be used; the message says which and why.
        """
        for row in self.examine():
            if isinstance(row, ArgumentError):
                raise row
            yield row

    def examine(self) -> Iterator[Row | ArgumentError]:
        """Every row, or why it cannot be used."""
        for number, (place, values) in enumerate(self._records(), 1):
            yield values if isinstance(values, ArgumentError) else self._row(number, place, values)

    def _records(self) -> Iterator[Record]:
        if isinstance(self._rows, Sheet):
            return self._rows.records(self._known)
        rows: Iterable[Any] = self._rows
        return ((f"row {number}", values) for number, values in enumerate(rows, 1))

    def _row(self, number: int, place: str, given: Mapping[str, Any]) -> Row | ArgumentError:
        if not isinstance(given, Mapping):
            return ArgumentError(f"{place} must have a value for each argument, by name")
        unknown = next((name for name in given if name not in self._known), None)
        if unknown is not None:
            return ArgumentError(f"{place}: there is no argument {quoted(unknown)}; there are {', '.join(self._known)}")
        self._note_columns(given)
        try:
            values = self._values(given)
            arguments = Arguments({name: value for name, value in values.items() if name not in TAG})
            draft(self._operation, arguments)
            tag = Tag(values.get("note"), values.get("idempotency_key"))
            tag.check(place)
        except ArgumentError as error:
            told = str(error).removeprefix(f"{self._operation.name}: ")
        else:
            return Row(number, arguments, tag.note, tag.idempotency_key, place, Arguments(given))
        return ArgumentError(told if told.startswith(place) else f"{place}: {told}", operation=self._operation.name)

    def _note_columns(self, given: Mapping[str, Any]) -> None:
        """Remember what rows have, and warn once of what is deprecated."""
        for name in given:
            if name not in self._seen:
                self._seen[name] = None
                parameter = self._parameters.get(name)
                if parameter is not None and parameter.deprecated:
                    warn_caller(parameter.deprecated)

    def _values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if isinstance(self._rows, Sheet) and self._rows.separator is not None:
            given = {name: self._typed(name, cell, self._rows.separator) for name, cell in given.items()}
        return {name: value for name, value in given.items() if value is not None}

    def _typed(self, name: str, cell: str, separator: str) -> Any:
        """The text of a cell as the argument's type; one that is none stays text, and is refused with its row."""
        if not cell:
            return None
        parameter = self._parameters.get(name)
        if separator != "," and parameter is not None and _is_ambiguous(parameter, cell):
            raise ArgumentError(
                f"{name} can be read in two ways (given: {cell!r}): where no commas divide the columns, a point may"
                " divide thousands; write it without the point, or with another number of digits behind it"
            )
        try:
            if name == self._switch:
                return _BOOLEANS[cell.lower()]
            return cell if parameter is None else convert(parameter, cell)
        except (KeyError, ValueError) as error:
            pass_on(error)
            return cell


def _is_ambiguous(parameter: Parameter, cell: str) -> bool:
    return (
        parameter.style is None and parameter.write in (wire.decimal, wire.number) and bool(_THOUSANDS.fullmatch(cell))
    )


def convert(parameter: Parameter, text: str) -> Any:
    """A text as the type that an argument takes.

    Raises:
        ValueError: It is none.
    """
    try:
        if parameter.style is not None:
            return _parts(text)
        return _TYPES.get(parameter.write, str)(text)
    except (InvalidOperation, KeyError, RecursionError):
        raise ValueError(text) from None


def _parts(text: str) -> Any:
    """A list or a mapping, as JSON writes it; what is none is a text."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        pass_on(error)
        return text
    return found if isinstance(found, (list, dict)) else text


_BOOLEANS = {"true": True, "false": False}


def _plain(text: str) -> str:
    """Digits as they are: what Python reads beyond them (1_000, 1E3) is nothing that a person wrote."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return text


_TYPES: Mapping[Any, Callable[[str], Any]] = {
    wire.integer: lambda text: int(_plain(text)),
    wire.number: lambda text: Decimal(_plain(text)),
    wire.boolean: lambda text: _BOOLEANS[text.lower()],
    wire.date_time: dates.datetime.fromisoformat,
    wire.date: dates.date.fromisoformat,
}
