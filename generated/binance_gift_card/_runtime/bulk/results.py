# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The results of a bulk run, written to a file in the order of its rows."""

from __future__ import annotations

import heapq
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, TextIO

from ..core.checks import MASK, path_of
from ..core.errors import ArgumentError
from ..core.interrupts import pass_on
from ..core.json_form import JsonForm, json_value
from ..core.operation import Operation
from ..core.wire import plain_decimals
from ..journal.export import FORMATS, csv_line
from ..journal.outputs import begin_file
from .outcome import Outcome
from .rows import Rows
from .sheet import Sheet

_OUTCOME = ("state", "entry", "error", "error_code")


class Results:
    """A file that nobody else may read, with one line for each row; a run that goes on writes it anew.

    A line is written as soon as those of the rows before it are.

    Args:
        out: The path of a CSV or JSON Lines file.
        operation: What is called.
        resume: Whether the file may be there already.
        secrets: Whether secrets are written, or a mask in their place.
        rows: What the run reads, maybe from a file.

    Raises:
        ArgumentError: The file has another ending.
    """

    def __init__(
        self, out: str | os.PathLike[str], operation: Operation[Any], *, resume: bool, secrets: bool, rows: Rows | Sheet
    ) -> None:
        self._path = path_of("out", out)
        file = rows.path if isinstance(rows, Sheet) else rows
        self._inputs = [path_of("rows", file)] if isinstance(file, (str, os.PathLike)) else []
        self._kind = self._path.suffix[1:]
        if self._kind not in FORMATS:
            raise ArgumentError(f"{self._path}: results are written as {' or '.join(FORMATS)}, by the file's ending")
        self._fields = operation.fields
        self._hidden = {parameter.name for parameter in operation.parameters if parameter.secret and not secrets}
        self._resume = resume
        self._secrets = secrets
        self._given: Sequence[str] = ()
        self._file: TextIO | None = None
        self._on_their_way: set[int] = set()
        self._waiting: list[tuple[int, str]] = []
        self._turn = Lock()
        self.failed = ""
        """Why the file does not have every line; empty when it has."""

    @contextmanager
    def open(self, given: Sequence[str]) -> Iterator[None]:
        """The file, while rows are gone through; `given` are the names of the values that rows have.

        Raises:
            ArgumentError: The file is there already, is open to others and gets secrets, is a journal or what the run
                reads, or cannot be written.
        """
        self._given = given
        with begin_file(self._path, inputs=self._inputs, anew=self._resume, private=self._secrets) as file:
            self._file = file
            try:
                if self._kind == "csv":
                    self._write(csv_line(self._head()))
                if self.failed:
                    raise ArgumentError(self.failed)
                yield
            finally:
                self._write_all()
                self._close()

    def expect(self, row: int) -> None:
        """A row was begun: those after it wait for it."""
        with self._turn:
            self._on_their_way.add(row)

    def take(self, outcome: Outcome) -> None:
        """Write what became of a row, or keep it until it is its turn."""
        with self._turn:
            self._on_their_way.discard(outcome.row)
            heapq.heappush(self._waiting, (outcome.row, self._line(outcome)))
            if outcome.unkept:  # nothing else holds it, so it is written in full
                self._make_private()
                self._write_all()
            first = min(self._on_their_way, default=None)
            while self._waiting and (first is None or self._waiting[0][0] < first):
                self._write(heapq.heappop(self._waiting)[1])

    def _make_private(self) -> None:
        """Let nobody else read a file that was there before, and was not to hold secrets."""
        if self._file is None or os.name != "posix":
            return
        mode = os.fstat(self._file.fileno()).st_mode
        if stat.S_ISREG(mode) and mode & 0o077:
            os.fchmod(self._file.fileno(), 0o600)

    def _write_all(self) -> None:
        while self._waiting:
            self._write(heapq.heappop(self._waiting)[1])

    def _write(self, line: str) -> None:
        if self.failed or self._file is None:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except (OSError, ValueError) as error:
            pass_on(error)
            self._fail(error)

    def _close(self) -> None:
        try:
            if self._file is not None:
                self._file.close()
        except OSError as error:
            pass_on(error)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        why = getattr(error, "strerror", None) or type(error).__name__
        self.failed = self.failed or (
            f"{self._path} cannot be written: {why}; make room or choose another file, then resume: what is done is not"
            " done again, and is told again"
        )

    def _head(self) -> list[str]:
        return ["row", *map(self._column, self._given), *_OUTCOME, *self._fields]

    def _column(self, name: str) -> str:
        """What a given value is called beside the results."""
        return f"given_{name}" if name in ("row", *_OUTCOME, *self._fields) else name

    def _line(self, outcome: Outcome) -> str:
        given = {name: self._shown(name, outcome.given.get(name)) for name in self._given}
        came = {
            "state": outcome.state,
            "entry": outcome.entry,
            "error": outcome.reason or None,
            "error_code": outcome.code,
        }
        told = fields_of(outcome.result, self._fields, secrets=self._secrets or bool(outcome.unkept))
        if self._kind == "csv":
            return csv_line([outcome.row, *given.values(), *came.values(), *told.values()])
        result = told if outcome.result is not None else None
        given = {name: value for name, value in given.items() if value is not None}
        facts = {"row": outcome.row, "given": given, **came, "result": result}
        return json.dumps(facts, ensure_ascii=False, default=str) + "\n"

    def _shown(self, name: str, value: Any) -> Any:
        return MASK if name in self._hidden and value not in (None, "") else plain_decimals(value)


def fields_of(result: Any, fields: Mapping[str, bool], *, secrets: bool) -> dict[str, Any]:
    """The fields of a result; amounts are decimal text, and what is more than one value is as JSON has it."""
    values = {name: getattr(result, name, None) for name in fields}
    return {
        name: MASK if fields[name] and not secrets and value is not None else _value(value, secrets=secrets)
        for name, value in values.items()
    }


def _value(value: Any, *, secrets: bool) -> Any:
    several = isinstance(value, (JsonForm, dict, list, tuple))
    return json_value(value, secrets=secrets, by_field=True) if several else plain_decimals(value)
