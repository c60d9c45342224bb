# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Many calls of one operation: each row once, whatever happens in between.

Every row has an idempotency key of its own, so the journal knows what became of it. A run that was stopped goes on
where it was: what is done is not done again, and what nobody knows is left to a person.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import datetime, timezone
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from ..core import checks
from ..core.errors import ApiError, ArgumentError, ClientError, HeldBackError, JournalError, LockoutError
from ..core.keeper import Scope
from ..core.operation import Operation
from ..journal import columns
from ..journal.entry import Entry, State
from ..journal.scope import Adoptions
from ..journal.workers import Workers
from .keys import Keys
from .outcome import Outcome, Report
from .plan import Caller, Plan
from .rows import Row, Rows, Source
from .sheet import Sheet

if TYPE_CHECKING:
    from ..journal.journal import Journal

_PACE = 0.5
_MOST_AT_ONCE = 256
_LONGEST_WAIT = 600.0
_MOST_TOLD = 20
"""How many rows that cannot be used are told one by one."""


class Feed(Protocol):
    """Gives a run its rows."""

    shared: bool
    """Whether other processes work on the run as well, and may have begun before this one."""

    def go_through(self, run: Run, workers: Workers[Any]) -> None:
        """Have every row done, and tell what became of it."""


class Run:
    """One run of many calls."""

    def __init__(self, caller: Caller, operation: Operation[Any], rows: Rows | Sheet, plan: Plan, feed: Feed) -> None:
        checks.whole("concurrency", plan.concurrency, most=_MOST_AT_ONCE)
        checks.whole("unanswered", plan.unanswered)
        checks.function("on_result", plan.on_result)
        checks.function("progress", plan.progress)
        self.caller = caller
        self.operation = operation
        self.plan = plan
        self.feed = feed
        self.goes_on = plan.resume or feed.shared
        """Whether rows may have been sent before."""
        self.journalled = operation.journal is not None
        self.source = Source(operation, rows, journalled=self.journalled)
        self.journal = self._journal() if self.journalled else None
        self.report = Report(run=self._name())
        self.keys = Keys(self.report.run)
        self.same = Adoptions(()) if self.journal is None else self.journal.adoptions()
        self.lock = Lock()
        self.telling = Lock()
        self.unanswered = 0
        self.left: int | None = None
        """How many more may be issued, where there is a limit."""
        self.total: int | None = None

    def _journal(self) -> Journal | None:
        if self.caller.journal is None and not self.plan.dry_run:
            raise ArgumentError(f"a bulk run of {self.operation.name} needs a journal; give the client one: journal=…")
        return self.caller.journal

    def _name(self) -> str:
        if self.plan.run is not None:
            checks.text("run", self.plan.run, checks.RUN_CHARACTERS, least=1)
        name = self.plan.run or self.source.name()
        if name is None and self.journalled and not self.plan.dry_run:
            raise ArgumentError("rows that come from no file need a name for their run, so that it can go on: run=…")
        return name or self.operation.name

    def execute(self) -> Report:
        """Make the calls of all rows.

        Raises:
            ArgumentError: A row or a setting cannot be used; nothing was sent.
            JournalError: The journal cannot be used.
        """
        if self.source.repeatable or self.plan.dry_run:
            self._validate()
        if self.journal is not None:
            self.journal.recover()
            self._refuse_begun(self.journal)
            self._refuse_too_many()
        if self.plan.dry_run:
            return self.report
        results = self.plan.results
        written = nullcontext() if results is None else results.open(self.source.columns)
        with written, Workers[Any](self.plan.concurrency) as workers:
            self.feed.go_through(self, workers)
        if results is not None and results.failed:
            self.stop(results.failed)
        return self.report

    def _validate(self) -> None:
        """Look at all rows before the first is sent."""
        keys: dict[str, int] = {}
        wrong: list[str] = []
        count = 0
        for number, row in enumerate(self.source.examine(), 1):
            self.total = number
            problem = str(row) if isinstance(row, ArgumentError) else self._key_given_twice(row, keys)
            if problem:
                count += 1
                wrong += [problem] if count <= _MOST_TOLD else []
            elif self.journalled and not isinstance(row, ArgumentError):
                self._count(row)
        if wrong:
            raise ArgumentError(_message(wrong, count), operation=self.operation.name)
        if self.plan.dry_run:
            self.report.rows = self.total or 0

    def _key_given_twice(self, row: Row, keys: dict[str, int]) -> str:
        first = row.number if row.idempotency_key is None else keys.setdefault(row.idempotency_key, row.number)
        same = f"rows {first} and {row.number} have the same idempotency_key"
        return "" if first == row.number else f"{row.place}: {same}"

    def _count(self, row: Row) -> None:
        meaning, sums = columns.meaning(self.operation, row.arguments), self.report.amounts
        token, amount = meaning["token"], columns.amount(meaning["amount"])
        if token is not None and amount is not None:
            sums[token] = columns.EXACT.add(sums.get(token, Decimal(0)), amount)

    def of_another(self, theirs: Scope) -> ArgumentError:
        """The error of a run that was begun on another server or for another account."""
        return ArgumentError(
            f"the run {self.report.run} was begun at {theirs}; this client calls {self.caller.scope(self.operation)};"
            " nothing was sent. Give this run another name; if both are the same account, say so: Journal.adopt"
        )

    def _refuse_begun(self, journal: Journal) -> None:
        begun = self.keys.entries(journal.store)
        mine = self.caller.scope(self.operation)
        for entry in begun:  # what a run came to on another server or for another account says nothing of this one
            if not self.same.covers(mine, entry.server, entry.account):
                raise self.of_another(Scope(entry.server, entry.account))
        if begun and not self.goes_on:
            when = columns.instant(begun[0].at)
            raise ArgumentError(
                f"the run {self.report.run} was begun already ({when:%Y-%m-%d %H:%M} UTC); resume it, or give"
                " this one another name"
            )

    def _refuse_too_many(self) -> None:
        if not columns.issues(self.operation.journal):
            return
        allowance = self.caller.allowance()
        self.left = allowance.count_left
        if self.left is not None and self.total is not None and self.total > self.left and not self.goes_on:
            raise ArgumentError(f"there are {self.total} rows, and only {self.left} more may be issued this month")
        asked = self.report.amounts.get(allowance.token or "", Decimal(0))
        left = allowance.amount_left
        if left is not None and asked > left and not self.goes_on:
            raise ArgumentError(
                f"the rows ask for {asked:f} {allowance.token}, and only {left:f} more may be issued this month"
            )

    def is_on_its_way(self, row: Row) -> bool:
        """Whether a call that a killed run had begun may still be on its way."""
        if self.journal is None or not self.goes_on:
            return False
        entry = self._last_entry(self.journal, row)
        if entry is None or entry.state not in ("intended", "sent"):
            return False
        self.journal.recover()
        return self.journal.entry(entry.number).state in ("intended", "sent")

    def key(self, row: Row) -> str | None:
        """The idempotency key of a row; `None` where nothing is journalled."""
        return (row.idempotency_key or self.keys.of(row.number)) if self.journalled else None

    def earlier(self, row: Row) -> Outcome | None:
        """What became of the row before; `None` if it is to be sent."""
        if self.journal is None or not self.goes_on:
            return None
        entry = self._last_entry(self.journal, row)
        if entry is None or entry.state in ("intended", "sent", "done", "not sent"):
            return None  # what is done gives its result without being sent
        if entry.state == "refused" and not self._is_the_rows_fault(entry.code):
            return None
        return _outcome(row, entry.state, entry=entry.number, earlier=True)

    def _is_the_rows_fault(self, code: int | str | None) -> bool:
        """Whether a refusal would come again: one without a code says nothing of the row, nor does a person's word."""
        if code is None:
            return False
        documented = self.operation.errors.codes.get(code)
        return documented is None or not (documented.halts or documented.cure is not None)

    def _last_entry(self, journal: Journal, row: Row) -> Entry | None:
        """The last of its own; what was done for others is refused when the row is sent."""
        mine = self.caller.scope(self.operation)
        found = journal.history(idempotency_key=self.key(row), newest_first=True)
        return next((entry for entry in found if self.same.covers(mine, entry.server, entry.account)), None)

    def make(self, row: Row) -> Outcome:
        """Make the call of a row."""
        if self.report.stopped:
            return _outcome(row, "not sent")
        if self.left is not None and not self._takes_one(row):
            self.stop(f"row {row.number}: no more may be issued this month")
            return _outcome(row, "not sent")
        while True:
            while (pause := self.caller.pause(self.operation, _PACE)) > 0:
                time.sleep(pause)
            began = datetime.now(timezone.utc)
            try:
                result, entry, unkept = self.caller.call(self.operation, row, self.key(row))
            except ClientError as error:
                if self.report.stopped or not self._wait_out(error):
                    return self._outcome_of(row, error, began)
            else:
                if unkept:
                    self.stop(f"row {row.number}: the journal does not have the answer: {unkept}")
                earlier = entry is not None and self._is_earlier(entry, began)
                return _outcome(row, "done", entry=entry, result=result, earlier=earlier, unkept=unkept)

    def _takes_one(self, row: Row) -> bool:
        """Whether one more may be issued; a row that was done before needs none."""
        assert self.left is not None
        if self.goes_on and self.journal is not None:
            entry = self._last_entry(self.journal, row)
            if entry is not None and entry.state == "done":
                return True
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def _is_earlier(self, entry: int, began: datetime) -> bool:
        return self.goes_on and self.journal is not None and self.journal.entry(entry).time < began

    def _wait_out(self, error: ClientError) -> bool:
        """Wait for the end of a rate limit, if it was one; whether it came soon enough."""
        if error.until is None or error.executed != "no" or isinstance(error, LockoutError):
            return False
        seconds = (error.until - datetime.now(timezone.utc)).total_seconds()
        if seconds > _LONGEST_WAIT:
            return False
        time.sleep(max(seconds, 0.0) + 0.05)
        return True

    def _outcome_of(self, row: Row, error: ClientError, began: datetime) -> Outcome:
        earlier = error.executed == "yes" and error.entry is not None and self._is_earlier(error.entry, began)
        halts = error.code is not None and not self._is_the_rows_fault(error.code)
        if halts or isinstance(error, (LockoutError, HeldBackError, JournalError, ArgumentError)):
            self.stop(f"row {row.number}: {error}")
        elif not isinstance(error, ApiError) and not earlier:
            self.unanswered += 1
            if self.unanswered >= self.plan.unanswered:
                self.stop(f"row {row.number}: {error}; {self.unanswered} rows of this run brought no answer")
        return _outcome(row, columns.outcome(error), entry=error.entry, error=error, earlier=earlier)

    def stop(self, reason: str) -> None:
        """Begin with no other row; the first reason counts."""
        self.report.stopped = self.report.stopped or reason

    def tell(self, outcome: Outcome) -> None:
        """Count a row, and tell those who want to know."""
        report = self.report
        with self.telling:
            report.rows += 1
            report.states[outcome.state] = report.states.get(outcome.state, 0) + 1
            report.earlier += outcome.earlier
            results = self.plan.results
            if results is not None:
                results.take(outcome)
                if results.failed:
                    self.stop(results.failed)
            if self.plan.on_result is not None:
                self.plan.on_result(outcome)
            if self.plan.progress is not None:
                self.plan.progress(report.rows, self.total)


def _outcome(row: Row, state: State, **more: Any) -> Outcome:
    return Outcome(row=row.number, state=state, place=row.place, given=row.given, **more)


def _message(wrong: list[str], count: int) -> str:
    """What is wrong with all rows, in one message."""
    if count == 1:
        return wrong[0]
    more = [f"… and {count - len(wrong)} more"] if count > len(wrong) else []
    return "\n  ".join([f"{count} rows cannot be used; nothing was sent:", *wrong, *more])
