# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The server's rate limits: what it says was used, and how long it wants to be left alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timezone
from threading import Lock

import msgspec

from .checks import MOST_SECONDS
from .clock import Clock, moment, uptime
from .fork import renewed_after_fork
from .interrupts import pass_on
from .operation import Limit, Rates


class Usage(msgspec.Struct, frozen=True):
    """What the server last said of one of its rate limits."""

    used: int
    """The weight used in the window, as of `seen`."""
    limit: int | None
    """The most weight that a window allows, where it is known."""
    window: float
    """Seconds after which the count begins anew."""
    seen: datetime
    """When the server said so (UTC)."""


class RateLimits:
    """The rate limits of one client, as `client.limits`.

    Args:
        rates: What the document says of them.
        clock: The server's clock, by whose windows it counts.
        pace: The share of a limit, above 0 and at most 1, from which on the client waits for the next window by
            itself. Left out, it never does.
    """

    def __init__(self, rates: Rates, clock: Clock, pace: float | None) -> None:
        self._rates = rates
        self._clock = clock
        self._pace = pace
        self._told: deque[tuple[Mapping[str, str], float]] = deque(maxlen=16)  # headers of answers, and when they came
        self._spent: dict[str, tuple[int, int]] = {}  # name → window (its number), weight that the client counted in it
        self._held = 0.0
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        self._lock = Lock()

    @property
    def usage(self) -> Mapping[str, Usage]:
        """Each limit by name, with what the server last said was used of it; one it never spoke of is not there."""
        now = uptime()
        found = {limit.name: (limit, self._last(limit)) for limit in self._rates.limits}
        return {
            name: Usage(told[0], limit.limit, limit.window, moment(told[1] - now))
            for name, (limit, told) in found.items()
            if told is not None
        }

    @property
    def held_until(self) -> datetime | None:
        """Until when nothing is sent, because the server refused with a rate limit or a ban; `None` if it did not."""
        left = self.held()
        return moment(left) if left > 0 else None

    def held(self) -> float:
        """Seconds for which nothing is to be sent."""
        return self._held - uptime() if self._held else 0.0

    def hold(self, seconds: float) -> None:
        """Send nothing for so long."""
        with self._lock:
            self._held = max(self._held, uptime() + seconds)

    def note(self, headers: Mapping[str, str]) -> None:
        """Learn from the headers of an answer; they are read when somebody asks."""
        self._told.append((headers, uptime()))

    def _last(self, limit: Limit) -> tuple[int, float] | None:
        """What the server last said of a limit, and when."""
        for headers, seen in reversed(self._told.copy()):
            used = headers.get(limit.header, "")
            if used.isascii() and used.isdigit():
                return int(used[:18]), seen
        return None

    def pause(self, weight: Mapping[str, int]) -> float:
        """Seconds to wait before a call of that weight, to keep the pace; the call is counted."""
        return self._pause(weight, self._pace) if self._pace is not None else 0.0

    def pause_of_many(self, weight: Mapping[str, int], pace: float) -> float:
        """The same, for one of many calls, at a pace of theirs where the client has none."""
        return self._pause(weight, pace) if self._pace is None else 0.0

    def _pause(self, weight: Mapping[str, int], pace: float) -> float:
        now = self._clock.now()
        longest = 0.0
        with self._lock:
            for limit in self._rates.limits:
                cost = weight.get(limit.name, 0)
                if not cost or limit.limit is None:
                    continue
                number = int(now // (limit.window * 1000))
                window, spent = self._spent.get(limit.name, (number, 0))
                spent = spent if window == number else 0
                told = self._last(limit)
                if told is not None and now - (uptime() - told[1]) * 1000 >= number * limit.window * 1000:
                    spent = max(spent, told[0])
                if spent + cost > pace * limit.limit:
                    longest = max(longest, (number + 1) * limit.window - now / 1000)
                else:
                    self._spent[limit.name] = (number, spent + cost)
        return longest

    def __repr__(self) -> str:
        return f"<RateLimits {dict(self.usage)}>"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the header Retry-After asks for, as a number or as a date, but a year at most.

    `None` without one that can be read.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:20]), MOST_SECONDS)
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
        seconds = (when - datetime.now(timezone.utc)).total_seconds()
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        pass_on(error)
        return None
    return min(max(0.0, seconds), MOST_SECONDS)
