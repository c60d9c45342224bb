# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Files that hold a secret: a private key, a journal's key, a code. One rule for all of them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from . import checks
from .errors import ArgumentError
from .interrupts import pass_on

_KEYWORD = "allow_readable_files=True"
_MOST_BYTES = 1_048_576

been_read: set[Path] = set()
"""Those that this process has read: nothing is to be written over them."""


def variable_of(prefix: str) -> str:
    """The environment variable that says the same."""
    return f"{prefix}_ALLOW_READABLE_FILES"


def read(name: str, path: str | os.PathLike[str], *, allow_readable: bool, way_out: str = _KEYWORD) -> bytes:
    """What a file holds.

    Args:
        name: What a message calls the file.
        path: Where it is.
        allow_readable: Whether every user may read it, as on a mount that is read-only.
        way_out: What says so, for the message.

    Raises:
        ArgumentError: It cannot be read, holds too much for a secret, or every user may read it.
    """
    named = checks.path_of(name, path)
    try:
        with named.open("rb") as file:
            been_read.add(named)
            _refuse_open(f"{name} {named}", os.fstat(file.fileno()).st_mode, allow_readable, way_out)
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        pass_on(error)
        raise ArgumentError(f"{name} {named} cannot be read: {error.strerror}") from None
    if len(content) > _MOST_BYTES:
        raise ArgumentError(f"{name} {named} has more than {_MOST_BYTES} bytes, and no secret has as many")
    return content


def _refuse_open(named: str, mode: int, allow_readable: bool, way_out: str) -> None:
    if allow_readable or os.name != "posix" or not mode & (stat.S_IROTH | stat.S_IWOTH):
        return
    raise ArgumentError(
        f"{named} is open to every user (mode {stat.S_IMODE(mode):04o}); chmod it to 0600, or, where that cannot be"
        f" done (a secret that is mounted read-only), say {way_out}"
    )
