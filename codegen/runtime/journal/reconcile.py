"""Holds a journal against the server: what is still live, what nobody knows, what was issued and what may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from ..core import checks
from ..core.errors import ArgumentError, ClientError
from ..core.keeper import Scope
from ..core.opaque import Opaque
from ..core.operation import Operation, Reconciling
from . import columns
from .entry import STATES, Entry, State
from .findings import Allowance, Reconciliation, Total
from .journal import Journal
from .scope import condition
from .store import SHOWN, Row, Values, paged
from .workers import Workers

A_MONTH = timedelta(days=30)
_A_CENTURY = timedelta(days=36_500)
_SUMS = 5_000
_AT_ONCE = 4
_SECONDS = 10.0
_SCOPES = "SELECT server, account, count(*) FROM entries GROUP BY server, account"
_EXPIRE = "UPDATE entries SET live = 0 WHERE live = 1 AND expires <= :now"
_CHECKED = "UPDATE entries SET live = :live, checked = :now WHERE number = :number"


class ReconcileOptions(Opaque):
    """What a reconciliation is to look at."""

    check: bool
    expiring_within: timedelta
    prices: Mapping[str, Decimal]
    count_limit: int | None
    amount_limit: Decimal | None
    progress: Callable[[int, int], None] | None


def options(
    check: bool,
    within: timedelta = A_MONTH,
    prices: Mapping[str, Decimal] | None = None,
    count_limit: int | None = None,
    amount_limit: Decimal | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ReconcileOptions:
    """What a reconciliation is to look at, as it was asked for.

    Raises:
        ArgumentError: A setting cannot be used.
    """
    if not isinstance(within, timedelta) or not timedelta(0) <= within <= _A_CENTURY:
        raise ArgumentError("expiring_within must be a timedelta of at least 0 and at most 36,500 days")
    if prices is not None and not isinstance(prices, Mapping):
        raise ArgumentError("prices must be a mapping of tokens to Decimals")
    for token, price in (prices or {}).items():
        checks.text("a token of prices", token)
        checks.amount(f"the price of {token}", price)
    if count_limit is not None:
        checks.whole("count_limit", count_limit, least=0)
    if amount_limit is not None:
        checks.amount("amount_limit", amount_limit)
    checks.function("progress", progress)
    exact = {token: Decimal(price) for token, price in (prices or {}).items()}
    limit = None if amount_limit is None else Decimal(amount_limit)
    return ReconcileOptions(check, within, exact, count_limit, limit, progress)


class _Checked(msgspec.Struct):
    """What came of asking the server."""

    redeemed: list[Entry] = msgspec.field(default_factory=list)
    count: int = 0
    stopped: str = ""


class _Mine(msgspec.Struct):
    """The entries of this server and account, and the number of all others."""

    account: str | None
    where: str
    values: Values
    others: int


ScopeOf = Callable[[Operation[Any]], Scope]


def reconcile(
    journal: Journal,
    rule: Reconciling | None,
    check: Callable[[Reconciling, str], Any],
    scope: ScopeOf,
    options: ReconcileOptions,
) -> Reconciliation:
    """Hold the journal against the server; `check` asks it about the thing of a reference."""
    journal.recover()
    time = _now()
    past = {"now": columns.microseconds(time)}
    if not journal.only_read:
        journal.store.write(lambda session: session.run(_EXPIRE, past), durable=False, seconds=_SECONDS)
    mine = _mine(journal, scope)
    checked = _Checked()
    if options.check and rule is not None:
        checked = _check_all(journal, mine, rule, check, options)
    days, months, left = _sums(journal, mine, rule, options, time)
    live = _count_live(journal, mine)
    return Reconciliation(
        time=time,
        journal=journal.address,
        account=mine.account,
        states=_states(journal),
        live=live if _issuing(journal) else None,
        unknown=list(journal.history(state="unknown")),
        redeemed=checked.redeemed,
        expiring=_expiring(journal, time, options.expiring_within),
        checked=checked.count,
        unchecked=live - (checked.count - len(checked.redeemed)),
        others=mine.others,
        stopped=checked.stopped,
        days=days,
        months=months,
        allowance=left,
    )


# Asking the server.


def _check_all(
    journal: Journal,
    mine: _Mine,
    rule: Reconciling,
    check: Callable[[Reconciling, str], Any],
    options: ReconcileOptions,
) -> _Checked:
    """Ask about everything that is live, those that were never or long not asked about first."""
    found = _Checked()
    refused, apart = "", set[int]()
    total = _count_live(journal, mine)
    began = columns.now()
    with Workers[tuple[Row, Any]](_AT_ONCE) as workers:
        while not found.stopped and (rows := _to_check(journal, mine, began, apart)):
            for row in rows:
                workers.begin(partial(_ask, rule, check, row))
            while workers.pending:
                row, result = workers.result()
                if isinstance(result, ArgumentError):  # of a reference that nobody can ask about; the others can be
                    refused = refused or f"entry {row[0]} cannot be asked about: {result}"
                    apart.add(row[0])
                    continue
                if isinstance(result, ClientError):
                    found.stopped = found.stopped or str(result)
                    continue
                _note(journal, rule, row, result, found)
                if options.progress is not None:
                    options.progress(found.count, total)
    found.stopped = found.stopped or refused
    return found


def _to_check(journal: Journal, mine: _Mine, began: int, apart: set[int]) -> list[Row]:
    others = ", ".join(map(str, [0, *sorted(apart)]))
    statement = (
        f"SELECT {', '.join(SHOWN)} FROM entries WHERE live = 1 AND reference IS NOT NULL AND checked < :began"
        f" AND number NOT IN ({others}) AND {mine.where} ORDER BY checked, number LIMIT {_AT_ONCE * 4}"
    )
    return journal.store.rows(statement, {**mine.values, "began": began})


def _ask(rule: Reconciling, check: Callable[[Reconciling, str], Any], row: Row) -> tuple[Row, Any]:
    try:
        return row, check(rule, row[SHOWN.index("reference")])
    except ClientError as error:
        return row, error


def _note(journal: Journal, rule: Reconciling, row: Row, result: Any, found: _Checked) -> None:
    live = all(getattr(result, name, None) == value for name, value in rule.live.items())
    values = {"live": int(live), "now": columns.now(), "number": row[0]}
    journal.store.write(lambda session: session.run(_CHECKED, values), durable=False, seconds=_SECONDS)
    found.count += 1
    if not live:
        found.redeemed.append(columns.entry(row))


# Looking into the journal.


def _mine(journal: Journal, scope: ScopeOf) -> _Mine:
    """What counts, of a journal in which others may have been written down as well."""
    same = journal.adoptions()
    scopes = {scope(operation) for operation in journal.facts.operations.values()}
    pairs, others = [], 0
    for server, account, count in journal.store.rows(_SCOPES, {}):
        # a client that nothing identifies looks at all accounts of its server
        if any(same.covers(one, server, account if one.account else None) for one in scopes):
            pairs.append((server, account))
        else:
            others += int(count)
    accounts = {one.account for one in scopes}
    return _Mine(accounts.pop() if len(accounts) == 1 else None, *condition(pairs), others)


def _count_live(journal: Journal, mine: _Mine) -> int:
    statement = f"SELECT count(*) FROM entries WHERE live = 1 AND coalesce(expires, :now) >= :now AND {mine.where}"
    return int(journal.store.rows(statement, {**mine.values, "now": columns.now()})[0][0])


def _states(journal: Journal) -> dict[State, int]:
    counted = {
        str(state): int(count)
        for state, count in journal.store.rows("SELECT state, count(*) FROM entries GROUP BY state", {})
    }
    for kept, entry in journal.overdue():
        counted[kept] = counted.get(kept, 0) - 1
        counted[entry.state] = counted.get(entry.state, 0) + 1
    return {state: counted.get(state, 0) for state in STATES}


def _expiring(journal: Journal, time: datetime, within: timedelta) -> list[Entry]:
    statement = (
        f"SELECT {', '.join(SHOWN)} FROM entries WHERE live = 1 AND expires > :now AND expires <= :end"
        " ORDER BY expires, number"
    )
    values = {"now": columns.microseconds(time), "end": columns.microseconds(time + within)}
    return [columns.entry(row) for row in journal.store.rows(statement, values)]


def allowance(journal: Journal, rule: Reconciling | None, scope: ScopeOf, options: ReconcileOptions) -> Allowance:
    """What may still be issued this month."""
    return _sums(journal, _mine(journal, scope), rule, options, _now())[2]


def _now() -> datetime:
    """By the clock of the entries, so that what they say falls into the same month."""
    return datetime.fromtimestamp(columns.now() / 1_000_000, timezone.utc)


def _sums(
    journal: Journal, mine: _Mine, rule: Reconciling | None, options: ReconcileOptions, time: datetime
) -> tuple[list[Total], list[Total], Allowance]:
    days: dict[tuple[str, str], tuple[int, Decimal]] = {}
    months: dict[tuple[str, str], tuple[int, Decimal]] = {}
    perhaps: dict[str, tuple[int, Decimal]] = {}
    this_month = time.strftime("%Y-%m")
    for at, state, token, amount in _issued(journal, mine):
        day = at.strftime("%Y-%m-%d")
        if state == "done":
            _add(days, (day, token), amount)
            _add(months, (day[:7], token), amount)
        if day[:7] == this_month:
            _add(perhaps, token, amount)
    return _totals(days), _totals(months), _allowance(this_month, perhaps, rule, options)


def _issued(journal: Journal, mine: _Mine) -> Iterator[tuple[datetime, str, str, Decimal]]:
    """When, state, token and amount of everything that was issued, or may have been."""
    listed = {f"name{index}": name for index, name in enumerate(_issuing(journal))}
    statement = (
        "SELECT number, at, state, token, amount FROM entries WHERE number > :last"
        f" AND operation IN ({', '.join(f':{name}' for name in listed) or 'NULL'})"
        f" AND state IN ('done', 'sent', 'unknown') AND {mine.where} ORDER BY number LIMIT {_SUMS}"
    )
    for _, at, state, token, amount in paged(journal.store, statement, {**listed, **mine.values}):
        when = columns.instant(at)
        assert when is not None
        yield when, state, token or "", columns.amount(amount) or Decimal(0)


def _issuing(journal: Journal) -> list[str]:
    """The operations that issue something."""
    return [name for name, operation in journal.facts.operations.items() if columns.issues(operation.journal)]


def _add(sums: dict[Any, tuple[int, Decimal]], key: Any, amount: Decimal) -> None:
    count, total = sums.get(key, (0, Decimal(0)))
    sums[key] = (count + 1, columns.EXACT.add(total, amount))


def _totals(sums: Mapping[tuple[str, str], tuple[int, Decimal]]) -> list[Total]:
    return [
        Total(period=period, token=token, count=count, amount=amount)
        for (period, token), (count, amount) in sorted(sums.items())
    ]


def _allowance(
    month: str, sums: Mapping[str, tuple[int, Decimal]], rule: Reconciling | None, options: ReconcileOptions
) -> Allowance:
    token = rule.token if rule is not None else None
    prices = {**({token: Decimal(1)} if token is not None else {}), **options.prices}
    amounts = {name: amount for name, (_, amount) in sums.items()}
    counted = Decimal(0)
    for name, amount in amounts.items():
        counted = columns.EXACT.add(counted, columns.EXACT.multiply(amount, prices.get(name, Decimal(0))))
    documented = Decimal(rule.amount) if rule is not None and rule.amount is not None else None
    return Allowance(
        period=month,
        count=sum(count for count, _ in sums.values()),
        count_limit=options.count_limit
        if options.count_limit is not None
        else rule.count
        if rule is not None
        else None,
        amount=counted,
        amount_limit=options.amount_limit if options.amount_limit is not None else documented,
        token=token,
        uncounted={name: amount for name, amount in sorted(amounts.items()) if name not in prices},
    )
