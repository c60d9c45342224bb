# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Credentials out of environment variables."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

from . import checks, secret_files
from .errors import ArgumentError

if TYPE_CHECKING:  # who reads a journal does not need it
    from .network import Network


def text(variable: str) -> str | None:
    """The variable's value; `None` when it is not set or empty."""
    return os.environ.get(variable) or None


def credential(variable: str, *, spaced: bool = False) -> str | None:
    """The variable's value, as a credential; `None` when it is not set or empty.

    Raises:
        ArgumentError: It is none, but what comes of copying one.
    """
    value = text(variable)
    if value is not None:
        checks.credential(variable, value, spaced=spaced)
    return value


def flag(variable: str) -> bool:
    """Whether the variable says 1.

    Raises:
        ArgumentError: It says neither 1 nor 0.
    """
    value = text(variable) or "0"
    if value not in ("0", "1"):
        raise ArgumentError(f"{variable} must be 1 for yes or 0 for no; or unset it")
    return value == "1"


def secret_file(prefix: str, name: str, path: str) -> bytes:
    """What a file of a secret holds that the environment or an option names.

    Raises:
        ArgumentError: It cannot be read, or every user may read it and that is not allowed.
    """
    variable = secret_files.variable_of(prefix)
    return secret_files.read(name, path, allow_readable=flag(variable), way_out=f"{variable}=1")


def network(prefix: str, given: Network | None) -> Network | None:
    """How the server is reached, if need be without encryption (``…_PLAIN_HTTP=1``)."""
    if not flag(f"{prefix}_PLAIN_HTTP"):
        return given
    from .network import Network

    if given is None:
        return Network(plain_http=True)
    if not isinstance(given, Network):
        return given  # which the client refuses
    twin = copy.copy(given)
    twin.plain_http = True
    return twin


def pair(variable: str) -> tuple[str, str] | None:
    """``user:password`` as its two parts."""
    value = credential(variable, spaced=True)
    if value is None:
        return None
    user, colon, password = value.partition(":")
    if not colon:
        raise ArgumentError(f"{variable} must be a user name, a colon and a password: NAME:PASSWORD")
    return user, password
