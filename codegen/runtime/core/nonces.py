"""Values that no other request has. Those that grow do so over threads, and over processes that keep one journal."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from .fork import renewed_after_fork

SCALES: Mapping[str, int] = {"milliseconds": 1, "microseconds": 1_000, "nanoseconds": 1_000_000}
"""Unit → how many of it a millisecond has."""

AT_RANDOM: Mapping[str, Callable[[], str]] = {
    "random": lambda: secrets.token_hex(16),
    "uuid": lambda: str(uuid.uuid4()),
}
"""Kind → what makes one that follows from nothing."""


class Nonce(msgspec.Struct, frozen=True):
    """A value that no other request has."""

    kind: Literal["growing", "random", "uuid"]
    unit: str = "milliseconds"
    """What one that grows is counted in, since the epoch."""


class GrowingNonces:
    """Those of one key: each is greater than the one before, whoever asks in this process and whatever the clock does.

    They are what `credentials.Nonces` says.

    Args:
        name: What a journal knows them by, which is no secret.
        scale: How many of what they are counted in a millisecond has.
    """

    def __init__(self, name: str, scale: int) -> None:
        self.name = name
        self._scale = scale
        self._last = 0
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def next(self, now: int) -> int:
        with self._lock:
            self._last = max(self._last + 1, now * self._scale)
            return self._last

    def pass_over(self, given: int) -> None:
        with self._lock:
            self._last = max(self._last, given)


_growing: dict[tuple[str, int], GrowingNonces] = {}
"""Clients of one key must not go behind each other."""


def growing(name: str, unit: str) -> GrowingNonces:
    """Those of that name."""
    return _growing.setdefault((name, SCALES[unit]), GrowingNonces(name, SCALES[unit]))
