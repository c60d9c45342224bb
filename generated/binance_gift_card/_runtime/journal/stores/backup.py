# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A copy of an SQLite journal, made before the journal is brought up to date."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ...core import log
from ...core.errors import JournalError


def back_up(path: Path, version: int) -> None:
    """Copy a journal that nobody can write to now to a file beside it, which stands there whole or not at all.

    Raises:
        JournalError: There is no room for the copy, or it cannot be written; the journal is as it was.
    """
    scratch = path.with_name(f"{path.name}.bak-part")
    try:
        _remove(scratch)  # of a process that was killed here
        os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(scratch)) as copy:
            source.backup(copy)
        _flush(scratch, os.O_RDWR)
        target = _free(path, version)
        scratch.rename(target)
        if os.name == "posix":
            _flush(path.parent, os.O_RDONLY)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _remove(scratch)
        if not isinstance(error, (sqlite3.Error, OSError)):
            raise
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise JournalError(
            f"the journal {path} cannot be brought up to date: no copy of it could be made beside it ({said});"
            " make room for one; the journal was not changed"
        ) from None
    log.warning("the journal %s is brought up to date; as it was, it is kept in %s", path, target)


def _free(path: Path, version: int) -> Path:
    """A name that nothing has: a copy that is there already is somebody's."""
    names = itertools.chain([""], (f".{number}" for number in itertools.count(2)))
    candidates = (path.with_name(f"{path.name}.schema-{version}{name}.bak") for name in names)
    return next(candidate for candidate in candidates if not os.path.lexists(candidate))


def _remove(scratch: Path) -> None:
    for name in ("", "-journal", "-wal", "-shm"):
        scratch.with_name(f"{scratch.name}{name}").unlink(missing_ok=True)


def _flush(path: Path, how: int) -> None:
    opened = os.open(path, how)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
