# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""How every output is written: never over a journal or what the same command reads; private unless it was not."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..core.errors import ArgumentError
from ..core.interrupts import pass_on
from ..core.secret_files import been_read

_DATABASE = b"SQLite format 3\0"
_LOGS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, by its name."""


@contextmanager
def replace_file(path: Path, *, inputs: Iterable[Path] = (), private: bool) -> Iterator[TextIO]:
    """A file that takes the place of the one at `path` when all went well; a device or a pipe is written to as it is.

    A symbolic link stays, and what it names is replaced. One that gets secrets is refused where others may read it now.

    Raises:
        ArgumentError: It would take the place of a journal or an input, or it cannot be written.
    """
    there = _examine(path, inputs, private=private)
    with _errors_in_words(path):
        if there is not None and not _is_a_file(there):
            with _text(_through(path, there)) as file:
                yield file
            return
        place = Path(os.path.realpath(path))
        descriptor, scratch = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.")
        try:
            with _text(descriptor) as file:
                yield file
                file.flush()
                if there is not None and os.name == "posix":
                    _keep_rights(file.fileno(), there)
                os.fsync(file.fileno())
            Path(scratch).replace(place)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(scratch).unlink()
            raise


def begin_file(path: Path, *, inputs: Iterable[Path] = (), anew: bool, private: bool) -> TextIO:
    """A file to be written line by line, so that what came is there whatever happens next.

    Raises:
        ArgumentError: It is there already and is not to be written anew, it would be a journal or an input, it would
            show secrets to others, or it cannot be written.
    """
    there = _examine(path, inputs, private=private)
    with _errors_in_words(path):
        if there is not None and not _is_a_file(there):
            return _text(_through(path, there))
        if there is not None and not anew:
            raise FileExistsError
        how = os.O_WRONLY | (os.O_CREAT | os.O_EXCL if there is None else os.O_TRUNC)
        return _text(os.open(os.path.realpath(path), how, 0o600))


def _examine(path: Path, inputs: Iterable[Path], *, private: bool) -> os.stat_result | None:
    """What is there; `None` for nothing."""
    with _errors_in_words(path):
        place, there = Path(os.path.realpath(path)), _stat(path)
        for one in (*inputs, *been_read):
            if place == Path(os.path.realpath(one)) or (there is not None and _is_same(there, one)):
                raise ArgumentError(f"{path} is what this very command reads; write to another file")
        if _is_a_journals(place, there):
            raise ArgumentError(f"{path} is a journal, or another database, or a part of one; write to another file")
    if there is None and not place.parent.is_dir():
        raise ArgumentError(f"{path} cannot be written: there is no folder {path.parent}; make it")
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise ArgumentError(f"{path} is a folder; give the name of a file")
    if private and there is not None and _is_a_file(there) and os.name == "posix" and there.st_mode & 0o077:
        raise ArgumentError(
            f"{path} gets secrets, and is open to other users (mode {stat.S_IMODE(there.st_mode):04o}); chmod it to"
            " 0600, or choose another file"
        )
    return there


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_same(there: os.stat_result, other: Path) -> bool:
    found = _stat(other)
    return found is not None and os.path.samestat(there, found)


def _is_a_journals(place: Path, there: os.stat_result | None) -> bool:
    """Whether it is an SQLite database, whosever, or belongs to one."""
    if there is not None and stat.S_ISREG(there.st_mode) and _head(place).startswith((_DATABASE, *_LOGS)):
        return True
    owners = [place.with_name(place.name[: -len(end)]) for end in _BESIDE if place.name.endswith(end)]
    return any(_head(owner).startswith(_DATABASE) for owner in owners if owner.name and owner.is_file())


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_DATABASE))


def _is_a_file(there: os.stat_result) -> bool:
    """Whether its content may be put in another's place: it is regular, and no stream that goes there is ours."""
    return stat.S_ISREG(there.st_mode) and _stream(there) is None


def _stream(there: os.stat_result) -> int | None:
    """The number of the standard stream that goes there: of /dev/stdout, wherever the shell sent it."""
    for number in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(number), there):
                return number
    return None


def _through(path: Path, there: os.stat_result) -> int:
    number = _stream(there)
    return os.open(path, os.O_WRONLY) if number is None else os.dup(number)


def _text(descriptor: int) -> TextIO:
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _keep_rights(descriptor: int, there: os.stat_result) -> None:
    with contextlib.suppress(OSError):  # only root gives files away
        os.fchown(descriptor, there.st_uid, there.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(there.st_mode))


@contextmanager
def _errors_in_words(path: Path) -> Iterator[None]:
    """Put what the system says into words."""
    try:
        yield
    except FileExistsError:
        raise ArgumentError(f"{path} is there already; choose another file, or resume") from None
    except OSError as error:
        pass_on(error)
        raise ArgumentError(f"{path} cannot be written: {error.strerror or error}") from None
