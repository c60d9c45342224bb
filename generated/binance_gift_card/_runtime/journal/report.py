# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A reconciliation as one page to look at: nothing is fetched, nothing runs, nothing in it is secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from pathlib import Path

import msgspec

from ..core.errors import ArgumentError
from .columns import EXACT
from .findings import Reconciliation, Total

_DAYS = 31
_MOST_CHARTS = 6
_WIDTH, _HEIGHT = 620, 120
_FULL = Decimal(100)


class Bar(msgspec.Struct, frozen=True):
    """One day of a chart, in the units of its picture."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Chart(msgspec.Struct, frozen=True):
    """What was paid in one token, day by day."""

    token: str
    most: str
    total: str
    first: str
    last: str
    bars: Sequence[Bar]


class Meter(msgspec.Struct, frozen=True):
    """How much of a limit is used."""

    name: str
    used: str
    limit: str
    left: str
    percent: str
    is_near: bool


def page(found: Reconciliation, *, title: str) -> str:
    """The page, as HTML.

    Args:
        found: What to show.
        title: What stands above it.

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
    environment.filters.update(amount=_amount, moment=_moment)
    template = environment.from_string(Path(__file__).with_name("report.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        title=title,
        found=found,
        meters=_meters(found),
        charts=_charts(found),
        width=_WIDTH,
        height=_HEIGHT,
    )


def _meters(found: Reconciliation) -> list[Meter]:
    left = found.allowance
    return [
        _meter("issued", Decimal(left.count), None if left.count_limit is None else Decimal(left.count_limit)),
        _meter(f"paid, in {left.token}" if left.token else "paid", left.amount, left.amount_limit),
    ]


def _meter(name: str, used: Decimal, limit: Decimal | None) -> Meter:
    share = min(used / limit * 100, _FULL) if limit else Decimal(0)
    left = None if limit is None else max(EXACT.subtract(limit, used), Decimal(0))
    return Meter(name, _amount(used), _amount(limit), _amount(left), f"{share:.1f}", share >= 80)


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
    most = max(total.amount for total in totals)
    step = _WIDTH / len(days)
    bars = []
    for index, day in enumerate(days):
        total = paid.get(day)
        if total is not None:
            height = max(float(total.amount / most) * _HEIGHT, 1.5) if most else 1.5
            text = f"{day}: {_amount(total.amount)} {token}, {total.count} issued"
            bars.append(Bar(index * step + 1, _HEIGHT - height, step - 2, height, text))
    paid_in_all = reduce(EXACT.add, (total.amount for total in totals))
    return Chart(token, _amount(most), _amount(paid_in_all), days[0], days[-1], bars)


def _amount(value: Decimal | int | None) -> str:
    """Every digit, in groups of three before the point."""
    return "no limit" if value is None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _moment(value: datetime | None) -> str:
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"
