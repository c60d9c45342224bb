"""A call's idempotency key in a header: the server does what comes with the same key once."""

from __future__ import annotations

import hashlib
import re
import uuid

import msgspec

_SHARE = 0.9
"""Of the time for which the server keeps a key: the clocks of two machines are never quite the same."""
_CLOCKS = 60.0
"""Seconds by which a key may seem to be used in the future, since clocks differ; more says that one was set."""
_FITS = re.compile(r"[!-~]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Idempotency(msgspec.Struct, frozen=True, kw_only=True):
    """How a server takes idempotency keys."""

    header: str
    repeats: bool = False
    """Whether the document says that a call is safe to repeat with its key."""
    keeps: float | None = None
    """For how many seconds the server knows a key; `None` for ever."""
    uuid: bool = False
    """Whether it takes nothing but UUIDs."""
    length: int = 255
    """The most characters that it takes."""

    def new_key(self) -> str:
        """A key that nobody has used."""
        return str(uuid.uuid4()) if self.uuid else uuid.uuid4().hex

    def written(self, key: str) -> str:
        """A key as it goes out, always the same: as it is where it can stand in the header, else a digest of it."""
        if self.uuid:  # version 4, which is what servers look for that look
            return key if _UUID.fullmatch(key) else str(uuid.UUID(bytes=_digest(key)[:16], version=4))
        return key if len(key) <= self.length and _FITS.fullmatch(key) else _digest(key).hex()[: self.length]

    def way(self, key: str) -> str:
        """A mark of how a key goes out, that is another one once header or writing change."""
        return _digest(f"{self.header.lower()}: {self.written(key)}").hex()[:16]

    def allows(self, age: float, left: float) -> bool:
        """Whether a request may go out again, while the server is certain to know its key.

        Args:
            age: Seconds since the key may have gone out first.
            left: Seconds that the repeat may take.
        """
        if not self.repeats or age < -_CLOCKS:
            return False
        return self.keeps is None or age + max(left, 0.0) <= self.keeps * _SHARE


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
