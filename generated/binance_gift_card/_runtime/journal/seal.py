# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What nobody may read out of a stolen journal, sealed with AES-256-GCM.

A sealed text is a byte that says how, 8 bytes that name the key, 12 random ones and what AES-GCM makes of the rest.
It is bound to the place that it stands in, so that one entry's cannot be put into another's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable
from typing import Any, TypeAlias

from ..core import checks, secret_files
from ..core.errors import ArgumentError, JournalError, bare
from ..core.interrupts import pass_on

UNSEALED = "unsealed"
"""The key that is none: what it keeps is stored in the clear."""

Key: TypeAlias = str | bytes | os.PathLike[str] | Callable[[], str | bytes]
"""Keys as text, or what gives it: the path of a file, or a function."""

_CLEAR, _SEALED = b"\x00", b"\x01"
_NAME, _NONCE = 8, 12


def new_key() -> str:
    """A key of 32 random bytes, as base64."""
    return base64.b64encode(os.urandom(32)).decode("ascii")


class Seal:
    """Seals under the first of some keys, and opens what any of them sealed.

    Args:
        key: One or more keys, divided by spaces, commas or newlines: each 32 bytes as base64, or ``unsealed``. Or the
            path of a file that holds them, or a function that returns them.
        allow_readable_files: Whether every user may read that file.

    Raises:
        ArgumentError: A key cannot be used, or `cryptography` is not there.
    """

    def __init__(self, key: Key, *, allow_readable_files: bool = False) -> None:
        given = _key_from(key)
        if isinstance(given, os.PathLike):
            given = secret_files.read("the journal's key file", given, allow_readable=allow_readable_files)
        texts = _texts(given)
        self._ciphers: dict[bytes, Any] = {}
        names = [self._add(text) for text in texts]
        self.names: tuple[str, ...] = tuple(name.hex() if name else UNSEALED for name in names)
        """What the keys are called, which tells nothing of them; the first seals."""
        self._first = names[0]

    def _add(self, text: str) -> bytes:
        if text == UNSEALED:
            return b""
        key = _decode(text)
        name = hashlib.sha256(b"the name of a journal's key:" + key).digest()[:_NAME]
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError as error:
            raise ArgumentError(
                "a sealed journal needs cryptography: install the extra 'keys'"
                f" (or say key={UNSEALED!r} to store secrets in the clear)"
            ) from error
        self._ciphers[name] = AESGCM(key)
        return name

    def seal(self, data: bytes, place: str) -> bytes:
        """What is stored in place of `data`."""
        if not self._first:
            return _CLEAR + data
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._first].encrypt(nonce, data, place.encode())
        return b"".join((_SEALED, self._first, nonce, sealed))

    def open(self, stored: bytes, place: str) -> bytes:
        """What was sealed.

        Raises:
            JournalError: It was sealed under another key, is not what was sealed, or stands there in the clear though
                ``unsealed`` is none of the keys: whoever can write to a journal could have put it there.
        """
        if stored[:1] == _CLEAR:
            if UNSEALED not in self.names:
                raise JournalError(
                    "this is not sealed, and the journal is: something else may have written it; if the journal was"
                    f" once kept in the clear, give {UNSEALED!r} after its key, and rotate the key"
                )
            return stored[1:]
        name, nonce, sealed = stored[1:9], stored[9:21], stored[21:]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise JournalError(
                f"this is sealed under the key {name.hex()}, and the journal was given {', '.join(self.names)};"
                " all but secrets can be read without it"
            )
        from cryptography.exceptions import InvalidTag

        try:
            opened: bytes = cipher.decrypt(nonce, sealed, place.encode())
        except InvalidTag:
            raise JournalError("this is not what was sealed: the journal was changed by something else") from None
        return opened

    def is_current(self, stored: bytes) -> bool:
        """Whether it was sealed under the first key."""
        return stored[1:9] == self._first if stored[:1] == _SEALED else not self._first

    def __repr__(self) -> str:
        return f"<Seal {', '.join(self.names)}>"


def _key_from(key: Key) -> object:
    try:
        return key() if callable(key) else key
    except Exception as error:
        pass_on(error)
        raise ArgumentError(f"the function that gives the journal's key raised {type(error).__name__}") from bare(error)


def _texts(given: object) -> list[str]:
    if isinstance(given, bytes) and len(given) == 32:
        return [base64.b64encode(given).decode("ascii")]
    if isinstance(given, bytes):
        if given.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ArgumentError("the journal's key is UTF-16 text; write its file anew as UTF-8")
        given = given.decode("utf-8-sig", "replace")
    if isinstance(given, str) and "-----BEGIN" in given:
        raise ArgumentError("the journal's key is a PEM text; it must be 32 bytes as base64, which `new_key()` makes")
    texts = given.replace(",", " ").split() if isinstance(given, str) else []
    if not texts:
        raise ArgumentError("the journal's key is empty; `new_key()` makes one")
    return texts


def _decode(text: str) -> bytes:
    checks.credential("a key of the journal", text)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        pass_on(error)
        key = b""
    if len(key) != 32:
        raise ArgumentError(f"a key of the journal must be 32 bytes as base64, or {UNSEALED!r}; `new_key()` makes one")
    return key
