# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The server's time, as well as it is known here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial

from .checks import MOST_SECONDS, shown
from .errors import ArgumentError, SigningError, bare
from .interrupts import pass_on

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999, in milliseconds since the epoch."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


_SLEEPLESS: int | None = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
"""The clock that nobody sets and that goes on while the machine sleeps, where it has another name than `monotonic`."""


uptime_ns: Callable[[], int] = time.monotonic_ns if _SLEEPLESS is None else partial(time.clock_gettime_ns, _SLEEPLESS)
"""Nanoseconds by a clock that nobody sets and that goes on while the machine sleeps, from a start of its own."""
uptime: Callable[[], float] = time.monotonic if _SLEEPLESS is None else partial(time.clock_gettime, _SLEEPLESS)
"""The same in seconds: for what passes at the server too, such as idle connections, holds and lock-outs."""


class Clock:
    """Milliseconds since the epoch, as the server counts them.

    Args:
        source: Gives this machine's time in milliseconds. Left out, the wall clock is read once and a clock that
            nobody sets goes on from there, so that a jump of the wall clock does no harm.
        to_sync: Whether to ask the server before the first signed call, and to sign nothing before it answered.
    """

    def __init__(self, source: Callable[[], int] | None, *, to_sync: bool = False) -> None:
        self.to_sync: bool = to_sync
        """Whether to ask the server before the next signed call."""
        self.is_needed: bool = to_sync
        """Whether that call needs the answer."""
        self._source = source
        self._anchor = time.time_ns() - uptime_ns()
        self.offset: int = 0
        """By how many milliseconds the server is ahead of this machine."""

    def local(self) -> int:
        """The time of this machine.

        Raises:
            ArgumentError: The source gives something else.
            SigningError: It raises something.
        """
        return (uptime_ns() + self._anchor) // 1_000_000 if self._source is None else self._told(self._source)

    def _told(self, source: Callable[[], int]) -> int:
        try:
            found = source()
        except Exception as error:
            pass_on(error)
            raise SigningError(f"the clock failed: {type(error).__name__}; nothing was sent") from bare(error)
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= LATEST:
            raise ArgumentError(
                f"clock must give whole milliseconds since the epoch, up to the year 9999, and gave {shown(found)}"
            )
        return found

    def now(self) -> int:
        """The server's time."""
        return self.local() + self.offset

    def correct(self, server: int, before: int, after: int) -> None:
        """Learn that the server's time was `server` between two readings of the local clock."""
        self.offset = server - (before + after) // 2
        self.to_sync = self.is_needed = False


def instant(milliseconds: int) -> datetime:
    """Milliseconds since the epoch, at most `LATEST`, as a moment in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def moment(seconds_ahead: float) -> datetime:
    """The moment that is so many seconds ahead, by this machine's wall clock; at most a year."""
    return datetime.now(timezone.utc) + timedelta(seconds=min(seconds_ahead, MOST_SECONDS))
