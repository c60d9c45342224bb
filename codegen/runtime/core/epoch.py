"""Counts of time since the epoch, as moments. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Literal

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_A_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}
_MOST_SECONDS = 10**12
_EXACT = Context(prec=60, traps=[InvalidOperation])
"""Programs that count money may have set one of few digits, or one that raises where a digit is lost."""


def since_epoch(
    count: float | Decimal | str | None, unit: Literal["seconds", "milliseconds", "microseconds", "nanoseconds"]
) -> datetime | None:
    """The moment in UTC, exact to the microsecond; `None` for what no `datetime` can hold.

    That is no number, or one before the year 1 or after 9999. Nothing is raised: the model may hold what was paid for.
    """
    if count is None:
        return None
    try:
        seconds = _EXACT.divide(Decimal(str(count)), Decimal(_A_SECOND[unit]))
        if not seconds.is_finite() or seconds.copy_abs() >= _MOST_SECONDS:
            return None
        microseconds = _EXACT.multiply(seconds, Decimal(1_000_000)).to_integral_value(ROUND_FLOOR)
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except (ArithmeticError, ValueError):
        return None
