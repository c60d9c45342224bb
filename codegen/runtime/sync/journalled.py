"""A client some of whose calls are written down."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from ..core import checks
from ..core.errors import ArgumentError, ClientError, NoJournalWarning
from ..core.interrupts import leaving_nothing
from ..core.keeper import Tag
from ..core.operation import Operation, Reconciling
from .client import Client

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..bulk.outcome import Report
    from ..bulk.rows import Row, Rows
    from ..bulk.sheet import Sheet
    from ..journal.entry import Entry
    from ..journal.findings import Reconciliation
    from ..journal.history import Filters
    from ..journal.journal import Journal

_DEEPEST = 10
_A_MONTH = timedelta(days=30)
_A_CENTURY = timedelta(days=36_500)


class JournalledClient(Client):
    """Writes down what it is asked to do before it does it, and what came of it."""

    def __init__(
        self,
        *,
        journal: Journal | None,
        account: str | None,
        warns: bool,
        reconciling: Reconciling | None,
        **rest: Any,
    ) -> None:
        if account is not None:
            from ..journal.scope import check_account

            check_account("account", account)
        super().__init__(journal=journal, account=account, **rest)
        self._journal = journal
        self._reconciling = reconciling
        self._warned = not warns

    @property
    def journal(self) -> Journal:
        """The journal.

        Raises:
            ArgumentError: The client keeps none.
        """
        if self._journal is None:
            raise ArgumentError("this client keeps no journal; give it one: journal=…")
        return self._journal

    def history(self, **filters: Unpack[Filters]) -> Iterator[Entry]:
        """The journal's entries that fit, in the order of their times; they are read as you go.

        Args:
            filters: Which entries, and whether the newest first: see `Filters`.

        Raises:
            ArgumentError: A filter cannot be used, or the client keeps no journal.
            JournalError: The journal cannot be read.
        """
        self.journal.recover()
        return self.journal.history(**filters)

    @leaving_nothing
    def reconcile(
        self,
        *,
        check: bool = True,
        expiring_within: timedelta = _A_MONTH,
        prices: Mapping[str, Decimal] | None = None,
        count_limit: int | None = None,
        amount_limit: Decimal | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Reconciliation:
        """Hold the journal against the server: what is unknown, what is no longer live, what expires, what was paid.

        Checking asks the server about everything in the journal that was live when last seen, within the rules that
        keep the account from being locked and the rate limits; it stops where they do, and says so. What was made on
        another server or for another account is not asked about, and does not count: `Reconciliation.others` says how
        many entries there are of it.

        Args:
            check: Whether to ask the server. If not, nothing is sent.
            expiring_within: How far to look ahead for what expires.
            prices: What one of a token is worth, in the token of the monthly limit.
            count_limit: How many may be issued in a month; the documented number if left out.
            amount_limit: How much may be issued in a month; the documented amount if left out.
            progress: Is told how many were checked, and how many there are.

        Raises:
            ArgumentError: A setting cannot be used, or the client keeps no journal.
            JournalError: The journal cannot be used.
        """
        from ..journal.reconcile import ReconcileOptions, reconcile

        _check_options(expiring_within, prices, count_limit, amount_limit, progress)

        def ask(rule: Reconciling, reference: str) -> Any:
            return self._call(rule.check, {rule.argument: reference}, None)

        exact = {token: Decimal(price) for token, price in (prices or {}).items()}
        limit = None if amount_limit is None else Decimal(amount_limit)
        options = ReconcileOptions(check, expiring_within, exact, count_limit, limit, progress)
        return reconcile(self.journal, self._reconciling, ask, self._core.scope, options)

    @leaving_nothing
    def _run(
        self,
        operation: Operation[Any],
        rows: Rows | Sheet,
        *,
        out: str | os.PathLike[str] | None,
        resume: bool,
        secrets: bool,
        shared: bool,
        **rest: Any,
    ) -> Report:
        from ..bulk.own_rows import OwnRows
        from ..bulk.plan import Caller, Plan
        from ..bulk.results import Results
        from ..bulk.run import Run
        from ..bulk.shared_rows import SharedRows
        from ..journal.reconcile import ReconcileOptions, allowance

        core, rule = self._core, self._reconciling

        def made(operation: Operation[Any], row: Row, key: str | None) -> tuple[Any, int | None, str]:
            tag = None if core.journal is None else Tag(row.note, key)
            try:
                response = self._respond(operation, row.arguments, None, tag)
            except ClientError as error:
                raise error.bare() from None
            return response.result, response.entry, response.unkept

        caller = Caller(
            self._journal,
            made,
            lambda operation, pace: core.limits.pause_of_many(operation.weight, pace),
            lambda: allowance(self.journal, rule, core.scope, ReconcileOptions(False, _A_MONTH, {}, None, None, None)),
            core.scope,
        )
        written = None if out is None else Results(out, operation, resume=resume, secrets=secrets, rows=rows)
        plan = Plan(resume=resume, results=written, **rest)
        return Run(caller, operation, rows, plan, SharedRows() if shared else OwnRows()).execute()

    def resolve(
        self,
        entry: Entry | int,
        outcome: Literal["done", "refused"],
        *,
        reason: str,
        reference: str | None = None,
        force: bool = False,
    ) -> Entry:
        """Settle an entry of unknown outcome by hand; `Journal.resolve` says how, and when it is too early.

        Raises:
            ArgumentError: As there, or the client keeps no journal.
            JournalError: The journal cannot be written.
        """
        return self.journal.resolve(entry, outcome, reason=reason, reference=reference, force=force)

    def _go_without_journal(self, operation: Operation[Any], tag: Tag) -> None:
        if tag != Tag():
            raise ArgumentError(
                f"{operation.name}: a note or an idempotency_key needs a journal; give the client one: journal=…",
                operation=operation.name,
            )
        # Say once what is at stake.
        if not self._warned and operation.journal is not None and operation.journal.tells_once:
            self._warned = True
            warnings.warn(
                f"this client keeps no journal: if the program dies before it has stored what {operation.name} returns,"
                " that is lost; give the client one (journal=…), or say journal=False",
                NoJournalWarning,
                stacklevel=_callers_level(),
            )

    def close(self) -> None:
        super().close()
        if self._journal is not None:
            self._journal.close()


class Dispatcher:
    """A client for commands, which have an operation as data where programs have a method."""

    def __init__(self, client: JournalledClient) -> None:
        self.server = client._core.server
        self.keeps_journal = client._journal is not None
        self.respond, self.run, self.reconcile = client._respond, client._run, client.reconcile


def _check_options(within: object, prices: object, count_limit: object, amount_limit: object, progress: object) -> None:
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


def _callers_level() -> int:
    """How many frames up from the one that asks the caller of the package is."""
    package, level = __name__.partition("._runtime")[0], 1
    while level < _DEEPEST and sys._getframe(level).f_globals.get("__name__", "").startswith(package):
        level += 1
    return level
