# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""The results of a bulk run, written to a file as they come."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ..checks import path_of
from ..classify import MASK
from ..errors import ArgumentError
from ..interrupts import pass_on
from ..wire import plain_decimals
from .bulk import Outcome
from .export import FORMATS, csv_line

_HEAD = ["row", "state", "entry", "error", "error_code"]

Tell = Callable[[Outcome], None]


@contextmanager
def writing(
    out: str | os.PathLike[str] | None,
    fields: Mapping[str, bool],
    also: Tell | None,
    *,
    resume: bool,
    secrets: bool,
) -> Iterator[Tell | None]:
    """Writes every outcome to a file that nobody else may read, one line each; a run that goes on writes it anew.

    Args:
        out: The path of a CSV or JSON Lines file; `None` for no file.
        fields: Those of a result, and whether each is secret.
        also: Is told every outcome too.
        resume: Whether the file may be there already.
        secrets: Whether secrets are written, or a mask in their place.

    Raises:
        ArgumentError: The file is there already, or cannot be written.
    """
    if out is None:
        yield also
        return
    path = path_of("out", out)
    kind = path.suffix[1:]
    if kind not in FORMATS:
        raise ArgumentError(f"{path}: results are written as {' or '.join(FORMATS)}, by the file's ending")
    with _opened(path, resume=resume) as file:
        lines = _Lines(file, fields, kind, secrets=secrets)

        def tell(outcome: Outcome) -> None:
            lines.write(outcome)
            if also is not None:
                also(outcome)

        yield tell


def _opened(path: Path, *, resume: bool) -> TextIO:
    how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if resume else os.O_EXCL)
    try:
        return os.fdopen(os.open(path, how, 0o600), "w", encoding="utf-8", newline="")
    except FileExistsError:
        raise ArgumentError(f"{path} is there already; choose another file, or resume") from None
    except OSError as error:
        pass_on(error)
        raise ArgumentError(f"{path} cannot be written: {error.strerror}") from None


def shown(result: Any, fields: Mapping[str, bool], *, secrets: bool) -> dict[str, Any]:
    """The fields of a result, as values that JSON has; amounts are decimal text."""
    values = {name: getattr(result, name, None) for name in fields}
    return {
        name: MASK if fields[name] and not secrets and value is not None else plain_decimals(value)
        for name, value in values.items()
    }


class _Lines:
    def __init__(self, file: TextIO, fields: Mapping[str, bool], kind: str, *, secrets: bool) -> None:
        self._file = file
        self._fields = fields
        self._kind = kind
        self._secrets = secrets
        if kind == "csv":
            file.write(csv_line([*_HEAD, *fields]))

    def write(self, outcome: Outcome) -> None:
        error = outcome.error
        values = {
            "row": outcome.row,
            "state": outcome.state,
            "entry": outcome.entry,
            "error": None if error is None else str(error),
            "error_code": None if error is None else error.code,
        }
        told = shown(outcome.result, self._fields, secrets=self._secrets or bool(outcome.unkept))
        if self._kind == "csv":
            self._file.write(csv_line([*values.values(), *told.values()]))
        else:
            result = told if outcome.result is not None else None
            self._file.write(json.dumps({**values, "result": result}, ensure_ascii=False) + "\n")
        self._file.flush()
