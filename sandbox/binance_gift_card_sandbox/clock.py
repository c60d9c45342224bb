"""The server's clock: another clock, moved and perhaps stopped."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

BaseClock = Callable[[], int]  # milliseconds since the epoch
MAX_MS = 253_402_300_799_999  # the last one of the year 9999


class Clock:
    """What the server takes for the time, in milliseconds since the epoch. Move it to let cards expire.

    `moved` is called after each change.
    """

    def __init__(self, base: BaseClock | None = None, moved: Callable[[], None] = lambda: None) -> None:
        self._base = base or machine_time
        self._moved = moved
        self._offset_ms = 0
        self._frozen_ms: int | None = None

    def __call__(self) -> int:
        return self._base() + self._offset_ms if self._frozen_ms is None else self._frozen_ms

    @property
    def now_ms(self) -> int:
        """What it shows, in milliseconds since the epoch."""
        return self()

    @property
    def offset_ms(self) -> int:
        """How far it is ahead of the clock beneath it."""
        return self() - self._base()

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_ms is not None

    def set(self, when: datetime | int) -> None:
        """Show this time now, and go on from there unless frozen. An int is milliseconds since the epoch."""
        self._move_to(_milliseconds(when))

    def advance(self, by: timedelta | int) -> None:
        """Move it on, or back where `by` is negative. An int is milliseconds."""
        step = by // timedelta(milliseconds=1) if isinstance(by, timedelta) else by
        self._move_to(self() + step)

    def freeze(self, frozen: bool = True) -> None:
        """Stop it where it is, or let it go on from there."""
        now_ms = self()
        self._frozen_ms = now_ms if frozen else None
        self._offset_ms = now_ms - self._base()
        self._moved()

    def reset(self) -> None:
        """Back to the clock beneath it."""
        self._offset_ms, self._frozen_ms = 0, None
        self._moved()

    def saved(self) -> tuple[int, int | None]:
        return self._offset_ms, self._frozen_ms

    def restore(self, saved: tuple[int, int | None]) -> None:
        self._offset_ms, self._frozen_ms = saved

    def _move_to(self, when_ms: int) -> None:
        if not 0 <= when_ms <= MAX_MS:
            raise ValueError("the clock goes from 1970 to 9999")
        if self._frozen_ms is None:
            self._offset_ms = when_ms - self._base()
        else:
            self._frozen_ms = when_ms
        self._moved()


def _milliseconds(when: datetime | int) -> int:
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise ValueError("a time needs its zone, such as timezone.utc")
        return (when - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
    return when


def machine_time() -> int:
    return time.time_ns() // 1_000_000
