# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The rows of a CSV or JSON Lines file, as they stand in it. What could be read in two ways is refused."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from ..core.checks import may_be_secret, shown
from ..core.errors import ArgumentError
from ..core.interrupts import pass_on

KINDS = (".csv", ".jsonl")
"""The endings of files that are read."""

Record: TypeAlias = "tuple[str, Mapping[str, Any] | ArgumentError]"
"""Where a row stands, and its values by name, or why it cannot be read."""

_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_SAID = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_QUOTES = "quotation marks cannot be told apart; put a value that has one in quotation marks, and double its own"
_SAVE = "save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')"


class Sheet:
    """A file that was read once, so that every look at it finds the same rows.

    Args:
        path: The file.

    Raises:
        ArgumentError: There is no such file, it is neither CSV nor JSON Lines, or it is no text.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix not in KINDS:
            raise ArgumentError(f"{path}: rows are read from {' or '.join(KINDS)}, by the file's ending")
        self.path = path
        try:
            self.content = path.read_bytes()
        except OSError as error:
            pass_on(error)
            raise ArgumentError(f"{path} cannot be read: {error.strerror}") from None
        decoded = _decode(path, self.content)
        if isinstance(decoded, ArgumentError):
            raise decoded
        self._text = decoded
        self.separator: str | None = None
        """What divides the values, once the head was read."""

    def records(self, known: Collection[str]) -> Iterator[Record]:
        """The rows; where the head cannot be used, that alone. Nothing is raised, so that no traceback shows a cell.

        Args:
            known: The names that values may have.
        """
        return self._csv(known) if self.path.suffix == ".csv" else self._json_lines()

    def _json_lines(self) -> Iterator[Record]:
        for number, line in enumerate(io.StringIO(self._text, newline=""), 1):
            if line.strip():
                place = self._place(number)
                yield place, _object(place, line)

    def _csv(self, known: Collection[str]) -> Iterator[Record]:
        lines = io.StringIO(self._text, newline="")
        first = _first_line(lines)
        said = _SAID.fullmatch(first)
        self.separator = said[1] if said else _separator(first, known)
        if self.separator not in _SEPARATORS:
            yield "", ArgumentError(f"{self.path}: values are divided by {' or '.join(_SEPARATORS.values())}")
            return
        lines.seek(len(first) if said and self._text.startswith(first) else 0)
        skipped = int(lines.tell() > 0)
        head: list[str] | None = None
        for number, cells in _lines_of_cells(lines, self.separator):
            place = self._place(number + skipped)
            if cells is None:
                yield place, ArgumentError(f"{place}: {_QUOTES}")
            elif not any(cell.strip() for cell in cells):
                continue
            elif head is None:
                named = _head(place, cells, known)
                if isinstance(named, ArgumentError):
                    yield place, named
                    return
                head = named
            else:
                yield place, _by_name(place, head, cells)
        if head is None:
            yield "", ArgumentError(f"{self.path}: the first line must name the arguments, each once")

    def _place(self, line: int) -> str:
        return f"{self.path}, line {line}"


def quoted(name: object) -> str:
    """A name that nobody knows, in a message: what stands where a name belongs may be a code."""
    return "a name that is not shown" if may_be_secret(name) else shown(name)


def _decode(path: Path, content: bytes) -> str | ArgumentError:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ArgumentError(f"{path} is UTF-32 text; {_SAVE}")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_utf16 and b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        return ArgumentError(f"{path}, line {line} has NUL characters, as UTF-16 has that does not say so: {_SAVE}")
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        kind = "the UTF-16 text that it begins as" if is_utf16 else "UTF-8 text, but may be cp1252 text"
        return ArgumentError(f"{path}, line {line} is not {kind}: {_SAVE}")


def _first_line(lines: io.StringIO) -> str:
    """The first line that is not empty."""
    return next((line for line in lines if line.strip()), "")


def _separator(head: str, known: Collection[str]) -> str:
    """What divides the names of the head; a name has none of the separators in it."""
    read = {mark: _names(head, mark) for mark in _SEPARATORS}
    fits = [mark for mark, names in read.items() if any(names) and all(not name or name in known for name in names)]
    return fits[0] if fits else max(read, key=lambda mark: len(read[mark]))


def _names(head: str, mark: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([head], delimiter=mark), [])]
    except csv.Error:
        return []


def _lines_of_cells(lines: io.StringIO, mark: str) -> Iterator[tuple[int, list[str] | None]]:
    """The number of the line that each row begins at, and its cells; `None` for cells that cannot be told apart."""
    reader = csv.reader(lines, strict=True, delimiter=mark)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, None
        else:
            yield number, cells


def _head(place: str, cells: list[str], known: Collection[str]) -> list[str] | ArgumentError:
    names = [name.strip() for name in cells]
    told = [name for name in names if name]
    unknown = next((name for name in told if name not in known), None)
    if unknown is not None:
        return ArgumentError(
            f"{place} must name the arguments, each once: there is no {quoted(unknown)}; it has {', '.join(known)}"
        )
    twice = next((name for name in told if told.count(name) > 1), None)
    if twice is not None:
        return ArgumentError(f"{place} must name the arguments, each once: {twice} stands there more than once")
    return names


def _by_name(place: str, head: list[str], cells: list[str]) -> Mapping[str, Any] | ArgumentError:
    while len(cells) > len(head) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(head):
        hint = "; a value that has a separator in it is put in quotation marks" if len(cells) > len(head) else ""
        return ArgumentError(f"{place} has {len(cells)} values, and the head names {len(head)}{hint}")
    for number, (name, cell) in enumerate(zip(head, cells, strict=True), 1):
        if not name and cell.strip():
            return ArgumentError(f"{place} has a value in column {number}, and the head has no name for it")
    return {name: cell for name, cell in zip(head, cells, strict=True) if name}


class _TwiceError(ValueError):
    """An object has a name twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return made


def _object(place: str, line: str) -> Mapping[str, Any] | ArgumentError:
    try:
        made: Mapping[str, Any] = json.loads(line, parse_float=Decimal, object_pairs_hook=_unique)
    except _TwiceError as error:
        return ArgumentError(f"{place} has {quoted(error.args[0])} more than once; keep one of them")
    except (ValueError, ArithmeticError, RecursionError) as error:
        pass_on(error)
        return ArgumentError(f"{place} is not JSON that can be read")
    return made
