# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Counts of time since the epoch, as moments. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_A_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}
_MOST_SECONDS = 10**12


def since_epoch(
    count: float | Decimal | str | None, unit: Literal["seconds", "milliseconds", "microseconds", "nanoseconds"]
) -> datetime | None:
    """The moment in UTC, exact to the microsecond; `None` for what no `datetime` can hold.

    That is no number, or one before the year 1 or after 9999. Nothing is raised: the model may hold what was paid for.
    """
    if count is None:
        return None
    try:
        seconds = Decimal(str(count)) / _A_SECOND[unit]
        if not abs(seconds) < _MOST_SECONDS:
            return None
        return _EPOCH + timedelta(microseconds=int((seconds * 1_000_000).to_integral_value(ROUND_FLOOR)))
    except (ArithmeticError, ValueError):
        return None
