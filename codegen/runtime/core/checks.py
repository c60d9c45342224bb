"""What is refused at every door, by one rule for each kind of value."""

from __future__ import annotations

import os
import re
from pathlib import Path

from . import wire
from .errors import ArgumentError
from .interrupts import pass_on

KEY_CHARACTERS = 255
"""The longest idempotency key or reference."""
NOTE_CHARACTERS = 1000
"""The longest note or reason."""
RUN_CHARACTERS = 200
"""The longest name of a bulk run: its rows' keys begin with it."""
MASK = "********"
"""What stands where a secret is not shown."""
OPAQUE = r"(?=[A-Za-z-]*\d)[A-Za-z0-9](?:-?[A-Za-z0-9]){11,}|[A-Z]{16,}"
"""What may be a code or a token in a server's text; compiled when one is first quoted."""
MOST_SECONDS = 31_536_000.0
"""The longest time to wait for anything: a year. Beyond some centuries no clock of the system counts."""


def shown(value: object) -> str:
    """A value in an error's message, in a few characters."""
    try:
        text = repr(value)
    except Exception as error:  # of a number of more digits than Python writes, for instance
        pass_on(error)
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 60 else f"{text[:57]}..."


def may_be_secret(value: object) -> bool:
    """Whether a value that is no secret by its place may be one in the wrong place: a code where a number belongs."""
    if isinstance(value, (list, tuple, dict)):
        try:
            return any(map(may_be_secret, value.values() if isinstance(value, dict) else value))
        except RecursionError as error:
            pass_on(error)
            return True
    if not isinstance(value, str) or len(value) < 12:
        return isinstance(value, (bytes, bytearray))  # what a file holds
    return any(map(str.isalpha, value)) and (value.isupper() or any(map(str.isdigit, value)))


def text(name: str, value: object, most: int | None = None, *, least: int = 0) -> None:
    """Refuse what is no text, or none that every journal can hold.

    Args:
        name: What the message calls it.
        value: What was given.
        most: How many characters it may have.
        least: How many it must have.

    Raises:
        ArgumentError: It cannot be used.
    """
    if not isinstance(value, str):
        raise ArgumentError(f"{name} must be text (str), not {type(value).__name__}")
    if "\0" in value:
        raise ArgumentError(f"{name} must be text without NUL characters; take them out")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ArgumentError(
            f"{name} must be text that UTF-8 can write, without lone surrogates; decode it with the right encoding"
        ) from None
    if most is not None and len(value) > most:
        raise ArgumentError(f"{name} must have at most {most} characters, has {len(value)}; shorten it")
    if len(value) < least:
        raise ArgumentError(f"{name} must not be empty; leave it out, or give it a text")


def credential(name: str, value: object, *, spaced: bool = False) -> None:
    """Refuse what no key, secret or password is, but what comes of copying one; nothing of it is shown.

    Args:
        name: What the message calls it.
        value: What was given.
        spaced: Whether there may be blanks within.

    Raises:
        ArgumentError: It cannot be used.
    """
    text(name, value, least=1)
    given = str(value)
    if "-----BEGIN" in given:
        raise ArgumentError(
            f"{name} holds a whole PEM text; a private key belongs in a file that the variable …_PRIVATE_KEY_FILE"
            " names, or into an RsaSigner or Ed25519Signer"
        )
    if "\n" in given or "\r" in given:
        raise ArgumentError(f"{name} has an end of line in it; take it out (`printf %s` writes none)")
    if given != given.strip():
        raise ArgumentError(f"{name} has blanks around it; take them away")
    if len(given) > 1 and given[0] + given[-1] in _QUOTES:
        raise ArgumentError(f"{name} stands in quotes; take them away (files for containers keep them as they are)")
    if not spaced and any(map(str.isspace, given)):
        raise ArgumentError(f"{name} has blanks in it; copy it anew")
    if not given.isprintable():
        raise ArgumentError(f"{name} has characters in it that cannot be seen; copy it anew")


_QUOTES = ("''", '""', "``", "\u2018\u2019", "\u201c\u201d")


def seconds(name: str, value: object) -> None:
    """Refuse what is no time that can be waited for."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= MOST_SECONDS:
        raise ArgumentError(
            f"{name} must be a number of seconds above 0 and at most {MOST_SECONDS:.0f} (a year), not {shown(value)}"
        )


def whole(name: str, value: object, *, least: int = 1, most: int | None = None) -> None:
    """Refuse what is no whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        bound = f"above {least - 1}" if most is None else f"from {least} to {most}"
        raise ArgumentError(f"{name} must be a whole number {bound}, not {shown(value)}")


def amount(name: str, value: object) -> None:
    """Refuse what is no exact number of at least 0."""
    try:
        refused = wire.number(value).startswith("-")
    except (TypeError, ValueError) as error:
        pass_on(error)
        refused = True
    if refused or isinstance(value, float):
        raise ArgumentError(
            f"{name} must be a Decimal or an int of at least 0, of at most {wire.DIGITS} digits before its point and"
            f" behind it, not {shown(value)}"
        )


def path_of(name: str, value: object) -> Path:
    """The path of a file. What comes out may be shown in a message: what looks like a secret is refused unseen.

    Raises:
        ArgumentError: It is none that a file can have, or it looks like a secret that was given in a path's place.
    """
    if not isinstance(value, (str, os.PathLike)) or not isinstance(path := os.fspath(value), str):
        raise ArgumentError(f"{name} must be the path of a file, not {type(value).__name__}")
    if not path:
        raise ArgumentError(f"{name} must be the path of a file, and is empty")
    if _looks_secret(path):
        raise ArgumentError(
            f"{name} must be the path of a file, and what was given looks like a secret, so it is not shown"
            f" ({len(path)} characters); write a secret into a file and give its path, and a path of such a look"
            " with its folder (./NAME)"
        )
    return Path(path)


_SECRET_CHARACTERS = 12
"""Secrets have as many, and more."""
_FILE_NAME = re.compile(r"[a-z_-]{1,31}|.*\.[A-Za-z0-9]{1,8}")
"""Small words, or an ending."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_NO_PATH = re.compile(r"[\0-\x1f\x7f]|-----BEGIN|^[A-Za-z][A-Za-z0-9+.-]+:/|[^/\\]{256}")
"""Lines, PEM, a URL, which may hold a password, and names that no system takes."""


def _looks_secret(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return True
    if _NO_PATH.search(path):
        return True
    if os.path.lexists(path):
        return False
    if not any(separator in path for separator in (os.sep, os.altsep) if separator):
        return len(path) >= _SECRET_CHARACTERS and not _FILE_NAME.fullmatch(path)
    if not _BASE64.fullmatch(path):
        return False
    kinds = any(map(str.isupper, path)) and any(map(str.islower, path)) and any(map(str.isdigit, path))
    return path.endswith("=") or (kinds and not path.startswith("/"))


def function(name: str, value: object) -> None:
    """Refuse what cannot be called; `None` stands for none."""
    if value is not None and not callable(value):
        raise ArgumentError(f"{name} must be a function, not {type(value).__name__}")
