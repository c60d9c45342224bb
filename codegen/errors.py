"""What the generator says of input it cannot take: one message, with an address."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]
"""A path into a document, as its keys and indices."""


def pointer_text(pointer: Pointer) -> str:
    """A JSON pointer (RFC 6901) as a fragment, such as ``#/paths/~1v1~1cards/get``."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


_names: dict[Path, str] = {}


def name_folder(folder: Path, name: str) -> None:
    """Let messages call what lies in `folder` by `name`: it is a copy of something that the user knows."""
    _names[folder.resolve()] = name


def shown(path: Path) -> str:
    """The path as a message names it: from the working directory where it lies below that."""
    resolved, here = path.resolve(), Path.cwd()
    for folder, name in _names.items():
        if resolved.is_relative_to(folder):
            inside = resolved.relative_to(folder).as_posix()
            return f"{name}{inside}" if name.endswith(":") or not name else f"{name}/{inside}"
    return str(resolved.relative_to(here)) if resolved.is_relative_to(here) else str(path)


@dataclass(frozen=True)
class Place:
    """Where in a file something stands; lines and columns count from 1."""

    file: str
    pointer: Pointer = ()
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        position = "" if self.line is None else f":{self.line}:{self.column}"
        return f"{self.file}{position}" + (f": {pointer_text(self.pointer)}" if self.pointer else "")


@dataclass(frozen=True)
class Notice:
    """What to warn of at a pointer of the document."""

    message: str
    pointer: Pointer
    rule: str = "not-read"
    """What kind of thing is said, in a word."""

    def __str__(self) -> str:
        return f"{pointer_text(self.pointer)}: {self.message}"


class InputError(Exception):
    """The input or the call is wrong. Nothing was written."""

    def __init__(self, message: str, place: Place | Path | str | None = None) -> None:
        where = shown(place) if isinstance(place, Path) else place
        self.message = message
        self.place = where
        super().__init__(message if where is None else f"{where}: {message}")


@contextlib.contextmanager
def bounded(path: Path) -> Iterator[None]:
    """Refuse the document at `path` where its parts hold one another too deep to be followed."""
    try:
        yield
    except RecursionError as error:
        raise InputError("its schemas hold one another through too many levels", path) from error


UNREADABLE = "unreadable"
"""The rule of what is a consequence of other faults, or of what the generator did not expect."""


class Fault(Exception):  # noqa: N818 - not an error to catch: it becomes one where the file is known
    """What is wrong at a pointer of the document, raised where the pointer is known but no file.

    The pipeline turns it into an `InputError` that names file, line and column.
    """

    def __init__(self, message: str, pointer: Pointer, rule: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.rule = rule
