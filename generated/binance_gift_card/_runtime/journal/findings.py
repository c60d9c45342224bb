# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What lists, sums and compares find in a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from .columns import EXACT
from .entry import Entry, State


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What was issued in one token, in one period.

    Attributes:
        period: ``2026-11-24`` for a day, ``2026-11`` for a month; both in UTC.
        token: The token that was paid.
        count: How many were issued.
        amount: How much was paid, exactly.
    """

    period: str
    token: str
    count: int
    amount: Decimal


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What may be issued in a month, and what was. Entries of unknown outcome count: they may have been done.

    Attributes:
        period: The month, as ``2026-11`` (UTC).
        count: How many were issued, or may have been.
        count_limit: How many may be; `None` for no limit.
        amount: What was paid for them, in `token`, as far as it can be counted.
        amount_limit: How much may be paid; `None` for no limit.
        token: What amounts are counted in.
        uncounted: Tokens whose price in `token` is not known, with what was paid in each.
    """

    period: str
    count: int
    count_limit: int | None
    amount: Decimal
    amount_limit: Decimal | None
    token: str | None
    uncounted: Mapping[str, Decimal]

    @property
    def count_left(self) -> int | None:
        """How many more may be issued."""
        return None if self.count_limit is None else max(self.count_limit - self.count, 0)

    @property
    def amount_left(self) -> Decimal | None:
        """How much more may be paid."""
        return None if self.amount_limit is None else max(EXACT.subtract(self.amount_limit, self.amount), Decimal(0))


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The journal, held against the server.

    Attributes:
        time: When it was made (UTC).
        journal: Where the journal is, without a password.
        account: The account that it was made for; `None` for all of them.
        states: How many entries are in each state.
        live: How many live ones there are, as far as the journal knows; `None` where no operation issues anything.
        unknown: Entries whose outcome nobody knows, the oldest first.
        redeemed: Those that the server no longer calls live, and did when last checked.
        expiring: Live ones that expire soon, the soonest first.
        checked: How many were checked against the server this time.
        unchecked: How many live ones were not.
        others: How many entries are of another server or account: they are not asked about, and are not among
            `unchecked`, `days`, `months` and `allowance`.
        stopped: Why checking stopped before the end; empty when it did not.
        days: What was issued, by day and token, in order.
        months: The same by month.
        allowance: Of the month that `time` is in.
    """

    time: datetime
    journal: str
    account: str | None
    states: Mapping[State, int]
    live: int | None
    unknown: Sequence[Entry]
    redeemed: Sequence[Entry]
    expiring: Sequence[Entry]
    checked: int
    unchecked: int
    others: int
    stopped: str
    days: Sequence[Total]
    months: Sequence[Total]
    allowance: Allowance
