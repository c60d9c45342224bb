# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A reconciliation as one page to look at: nothing is fetched, nothing runs, nothing in it is secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from pathlib import Path

import msgspec

from ..core.errors import ArgumentError
from .columns import EXACT
from .entry import Entry
from .findings import Reconciliation, Total

_DAYS = 31
_MOST_CHARTS = 6
_FULL = Decimal(100)
_SHORT = 80
"""Longer texts are folded."""
_TOPS = (Decimal("1"), Decimal("1.5"), Decimal("2"), Decimal("3"), Decimal("4"), Decimal("6"), Decimal("8"))
"""What the scale of a chart may end at, times a power of ten; each halves to a short number."""


class Bar(msgspec.Struct, frozen=True):
    """One day of a chart, in hundredths of its box."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Chart(msgspec.Struct, frozen=True):
    """What was paid in one token, day by day."""

    token: str
    total: str
    scale: Sequence[str]
    """What stands beside its lines, from the top down."""
    days: Sequence[str]
    """What stands below it, from left to right."""
    bars: Sequence[Bar]


class Meter(msgspec.Struct, frozen=True):
    """How much of a limit is used."""

    name: str
    used: str
    limit: str | None
    left: str | None
    percent: str
    is_near: bool


def page(
    found: Reconciliation, *, title: str, noun: tuple[str, str] = ("entry", "entries"), commands: Mapping[str, str]
) -> str:
    """The page, as HTML.

    Args:
        found: What to show.
        title: What stands above it.
        noun: What people call one of what is issued, and several.
        commands: What is typed for an operation, by its name.

    Raises:
        ArgumentError: Jinja2 is not there.
    """
    try:
        import jinja2
    except ImportError as error:
        raise ArgumentError("a report needs Jinja2: install the extra 'cli'") from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(amount=_amount, moment=_moment, rest=_rest)
    template = environment.from_string(Path(__file__).with_name("report.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        title=title,
        found=found,
        one=noun[0],
        many=noun[1],
        commands=commands,
        first=found.days[0].period if found.days else None,
        spent=[total for total in found.months if total.period == found.allowance.period],
        meters=_meters(found, noun[1]),
        charts=_charts(found),
        short=_SHORT,
    )


def _meters(found: Reconciliation, things: str) -> list[Meter]:
    left = found.allowance
    return [
        _meter(
            f"{things} issued", Decimal(left.count), None if left.count_limit is None else Decimal(left.count_limit)
        ),
        _meter(f"{left.token} paid" if left.token else "paid", left.amount, left.amount_limit),
    ]


def _meter(name: str, used: Decimal, limit: Decimal | None) -> Meter:
    share = min(used / limit * 100, _FULL) if limit else Decimal(0)
    left = None if limit is None else max(EXACT.subtract(limit, used), Decimal(0))
    of, rest = None if limit is None else _amount(limit), None if left is None else _amount(left)
    return Meter(name, _amount(used), of, rest, f"{share:.1f}", share >= 80)


def _charts(found: Reconciliation) -> list[Chart]:
    """One for each token: what is paid in one cannot be added to what is paid in another."""
    days = [(found.time - timedelta(days=back)).strftime("%Y-%m-%d") for back in reversed(range(_DAYS))]
    recent = [total for total in found.days if days[0] <= total.period <= days[-1]]
    counts: dict[str, int] = {}
    for total in recent:
        counts[total.token] = counts.get(total.token, 0) + total.count
    tokens = sorted(counts, key=lambda token: (-counts[token], token))[:_MOST_CHARTS]
    return [_chart(token, days, [total for total in recent if total.token == token]) for token in tokens]


def _chart(token: str, days: Sequence[str], totals: Sequence[Total]) -> Chart:
    paid = {total.period: total for total in totals}
    top = _top(max(total.amount for total in totals))
    step = 100 / len(days)
    bars = []
    for index, day in enumerate(days):
        total = paid.get(day)
        if total is not None:
            height = max(float(total.amount / top) * 100, 1.0)
            text = f"{day}: {_amount(total.amount)} {token}, {total.count} issued"
            bars.append(Bar(index * step + step / 8, 100 - height, step * 3 / 4, height, text))
    paid_in_all = reduce(EXACT.add, (total.amount for total in totals))
    scale = [_amount(top), _amount(top / 2), "0"]
    return Chart(token, _amount(paid_in_all), scale, [days[0], days[len(days) // 2], days[-1]], bars)


def _top(most: Decimal) -> Decimal:
    """The least end of a scale that leaves the highest bar some room above it."""
    if not most:
        return Decimal(1)
    tens = Decimal(1).scaleb(most.adjusted())
    return next(top * tens for top in (*_TOPS, Decimal(10), Decimal(15)) if top * tens > most)


def _amount(value: Decimal | int) -> str:
    """Every digit that counts, in groups of three before the point."""
    whole, point, rest = f"{value:,f}".partition(".") if isinstance(value, Decimal) else (f"{value:,}", "", "")
    rest = rest.rstrip("0")
    return f"{whole}{point}{rest}" if rest else whole


def _moment(value: datetime | None) -> str:
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M}"


def _rest(entry: Entry) -> str:
    """The arguments of a call that the columns of its row do not say already."""
    amounts = () if entry.amount is None else (f"{entry.amount:f}", _amount(entry.amount))
    said = {entry.token, entry.reference, *amounts}
    return ", ".join(f"{name} {value}" for name, value in entry.arguments.items() if value not in said)
