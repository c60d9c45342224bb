"""A client some of whose calls are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from ..core.classify import Response
from ..core.client_base import JournalledBase
from ..core.errors import ArgumentError
from ..core.interrupts import leaving_nothing
from ..core.keeper import Tag
from ..core.operation import Operation, Reconciling
from .client import Client
from .driver import drive

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..bulk.outcome import Report
    from ..bulk.rows import Rows
    from ..bulk.sheet import Sheet
    from ..journal.entry import Entry
    from ..journal.findings import Reconciliation
    from ..journal.history import Filters
    from ..journal.journal import Journal

_A_MONTH = timedelta(days=30)


class JournalledClient(JournalledBase, Client):
    """Writes down what it is asked to do before it does it, and what came of it."""

    def __init__(self, *, journal: Journal | None, account: str | None, **rest: Any) -> None:
        if account is not None:
            from ..journal.scope import check_account

            check_account("account", account)
        super().__init__(journal=journal, account=account, **rest)
        self._journal = journal

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
        self._settle_open()
        return self.journal.history(**filters)

    def _settle_open(self, number: int | None = None) -> None:
        """Ask about what is unknown, all of it or one entry, where the document says how; as long as answers come."""
        from ..journal.asking import ask_about, can_ask, open_entries

        if not can_ask(self.journal):
            return
        self.journal.recover()
        for found in open_entries(self.journal, self._core, number):
            if not drive(ask_about(self.journal, self._core, self._options, found), self._do):
                return

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
        from ..journal.reconcile import options, reconcile

        chosen = options(check, expiring_within, prices, count_limit, amount_limit, progress)

        def ask(rule: Reconciling, reference: str) -> Any:
            return self._call(rule.check, {rule.argument: reference}, None)

        if check:
            self._settle_open()
        return reconcile(self.journal, self._reconciling, ask, self._core.scope, chosen)

    @leaving_nothing
    def _run(self, operation: Operation[Any], rows: Rows | Sheet, **plan: Any) -> Report:
        from ..bulk.client_run import client_run

        def ask(operation: Operation[Any], arguments: Mapping[str, Any], tag: Tag | None) -> Response[Any]:
            return self._respond(operation, arguments, None, tag)

        return client_run(self._journal, self._core, self._reconciling, ask, operation, rows, **plan).execute()

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
        from ..journal.history import number_of

        self._settle_open(number_of(entry))
        return self.journal.resolve(entry, outcome, reason=reason, reference=reference, force=force)

    def close(self) -> None:
        """Close the connections and the journal. A closed client sends nothing; closing it twice does no harm."""
        super().close()
        if self._journal is not None:
            self._journal.close()


class Dispatcher:
    """A client for commands, which have an operation as data where programs have a method."""

    def __init__(self, client: JournalledClient) -> None:
        self.server = client._core.server
        self.keeps_journal = client._journal is not None
        self.respond, self.run, self.reconcile = client._respond, client._run, client.reconcile
