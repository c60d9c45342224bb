# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""An async client some of whose calls are written down."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..core.classify import Response
from ..core.client_base import JournalledBase
from ..core.errors import ArgumentError
from ..core.fork import renewed_after_fork
from ..core.keeper import Tag
from ..core.operation import Operation, Reconciling
from .client import AsyncClient
from .driver import drive
from .waiting import in_thread, to_its_end

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..bulk.outcome import Report
    from ..journal.entry import Entry
    from ..journal.findings import Reconciliation
    from ..journal.history import Filters
    from ..journal.journal import Journal
    from .bridge import Bridge

T = TypeVar("T")
J = TypeVar("J", bound="AsyncJournalledClient")

_A_MONTH = timedelta(days=30)
_PAGE = 200


class _Opening:
    """A journal that is opened when it is needed first, since that blocks."""

    def __init__(self, make: Callable[[], Journal]) -> None:
        self._make = make
        self.journal: Journal | None = None
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def open(self) -> Journal:
        with self._lock:
            if self.journal is None:
                self.journal = self._make()
            return self.journal


class AsyncJournalledClient(JournalledBase, AsyncClient):
    """Writes down what it is asked to do before it does it, and what came of it."""

    def __init__(self, *, journal: Callable[[], Journal] | None, account: str | None, **rest: Any) -> None:
        if account is not None:
            from ..journal.scope import check_account

            check_account("account", account)
        super().__init__(account=account, **rest)
        self._opening = None if journal is None else _Opening(journal)

    @property
    def journal(self) -> Journal:
        """The journal; its own methods block, so call them by `asyncio.to_thread`.

        Raises:
            ArgumentError: The client keeps none, or it is not open yet: ``await client.open()``, or ``async with``.
        """
        journal = self._kept().journal
        if journal is None:
            raise ArgumentError("the journal is not open yet: await client.open(), or use the client by async with")
        return journal

    def _kept(self) -> _Opening:
        if self._opening is None:
            raise ArgumentError("this client keeps no journal; give it one: journal=…")
        return self._opening

    async def open(self) -> None:
        """Open the journal, as the first call or ``async with`` does; it is made if it is not there.

        Raises:
            ArgumentError: The journal cannot be used: its address, its key, or the account is wrong.
            JournalError: The journal cannot be read or written.
        """
        if self._opening is not None and self._core.journal is None:
            self._core.journal = await in_thread(self._opening.open)

    async def _open_journal(self) -> Journal:
        opening = self._kept()
        await self.open()
        return opening.open()

    async def history(self, **filters: Unpack[Filters]) -> AsyncIterator[Entry]:
        """The journal's entries that fit, in the order of their times; they are read as you go.

        Args:
            **filters: See `Filters`.

        Raises:
            ArgumentError: A filter cannot be used, or the client keeps no journal.
            JournalError: The journal cannot be read.
        """
        journal = await self._open_journal()
        await in_thread(journal.recover)
        await self._settle_open(journal)
        found = journal.history(**filters)
        while entries := await in_thread(lambda: list(islice(found, _PAGE))):
            for entry in entries:
                yield entry

    async def _settle_open(self, journal: Journal, number: int | None = None) -> None:
        """Ask about what is unknown, all of it or one entry, where the document says how; as long as answers come."""
        from ..journal.asking import ask_about, can_ask, open_entries

        if not can_ask(journal):
            return
        self._transport.bind()
        await in_thread(journal.recover)
        for found in await in_thread(lambda: open_entries(journal, self._core, number)):
            if not await drive(ask_about(journal, self._core, self._options, found), self._transport):
                return

    async def reconcile(
        self,
        *,
        check: bool = True,
        expiring_within: timedelta = _A_MONTH,
        prices: Mapping[str, Decimal] | None = None,
        count_limit: int | None = None,
        amount_limit: Decimal | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Reconciliation:
        """Hold the journal against the server: what is unknown, what is no longer live, what expires, what was paid.

        Checking asks the server about everything in the journal that was live when last seen, within the rules that
        keep the account from being locked and the rate limits; it stops where they do, and says so. What was made on
        another server or for another account is not asked about, and does not count: `Reconciliation.others` says how
        many entries there are of it. It runs in a thread of its own, and makes its calls in the loop; if its task is
        cancelled, those on their way end before that is raised.

        Args:
            check: Whether to ask the server. If not, nothing is sent.
            expiring_within: How far to look ahead for what expires.
            prices: What one of a token is worth, in the token of the monthly limit.
            count_limit: How many may be issued in a month; the documented number if left out.
            amount_limit: How much may be issued in a month; the documented amount if left out.
            progress: Is told how many were checked, and how many there are; sync or async.

        Raises:
            ArgumentError: A setting cannot be used, or the client keeps no journal.
            JournalError: The journal cannot be used.
        """
        from ..journal.reconcile import options, reconcile
        from .bridge import bridged

        journal = await self._open_journal()
        if check:
            await self._settle_open(journal)

        def work(bridge: Bridge) -> Reconciliation:
            told = bridge.told(progress)
            chosen = options(check, expiring_within, prices, count_limit, amount_limit, told)

            def ask(rule: Reconciling, reference: str) -> Any:
                return bridge.ask(lambda: self._call(rule.check, {rule.argument: reference}, None))

            return reconcile(journal, self._reconciling, ask, self._core.scope, chosen)

        return await bridged(work)

    async def _run(self, operation: Operation[Any], rows: Any, *, on_result: Any, progress: Any, **plan: Any) -> Report:
        from ..bulk.client_run import client_run
        from .bridge import bridged

        await self.open()
        journal = self._opening.journal if self._opening is not None else None

        def work(bridge: Bridge) -> Report:
            def ask(operation: Operation[Any], arguments: Mapping[str, Any], tag: Tag | None) -> Response[Any]:
                return bridge.ask(lambda: self._respond(operation, arguments, None, tag))

            told = {"on_result": bridge.told(on_result), "progress": bridge.told(progress)}
            given = bridge.rows(rows)
            run = client_run(journal, self._core, self._reconciling, ask, operation, given, **told, **plan)
            bridge.stop = lambda: run.stop("CancelledError")
            return run.execute()

        return await bridged(work)

    async def resolve(
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

        journal = await self._open_journal()
        await self._settle_open(journal, number_of(entry))
        settle = in_thread(lambda: journal.resolve(entry, outcome, reason=reason, reference=reference, force=force))
        return await to_its_end(settle, patient=False)

    async def _respond(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> Response[T]:
        if (tag is not None or self._counts) and self._core.journal is None:
            await self.open()
        return await super()._respond(operation, arguments, timeout, tag)

    async def close(self) -> None:
        """Close the connections and the journal. A closed client sends nothing; closing it twice does no harm."""
        await super().close()
        if self._opening is not None and self._opening.journal is not None:
            await to_its_end(in_thread(self._opening.journal.close), patient=False)

    async def __aenter__(self: J) -> J:
        await self.open()
        return self
