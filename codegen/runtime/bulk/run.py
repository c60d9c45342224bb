"""Many calls of one operation: each row once, whatever happens in between.

Every row has an idempotency key of its own, so the journal knows what became of it. A run that was stopped goes on
where it was: what is done is not done again, and what nobody knows is left to a person.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import datetime, timezone
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
from . import preflight
from .keys import Keys
from .outcome import Outcome, Report, words_of
from .plan import Caller, Plan
from .rows import Row, Rows, Source
from .sheet import Sheet

if TYPE_CHECKING:
    from ..journal.journal import Journal

_PACE = 0.5
_MOST_AT_ONCE = 256
_LONGEST_WAIT = 600.0


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
            self.total = preflight.count_rows(self.source, self.operation, self.report.amounts)
        if self.journal is not None:
            self.journal.recover()
            self._refuse_begun(self.journal)
            if columns.issues(self.operation.journal):
                allowance = self.caller.allowance()
                self.left = allowance.count_left
                if not self.goes_on:
                    preflight.refuse_too_many(self.total or 0, self.report.amounts, allowance)
        if self.plan.dry_run:
            self.report.rows = self.total or 0
            return self.report
        results = self.plan.results
        written = nullcontext() if results is None else results.open(self.source.columns)
        with written, Workers[Any](self.plan.concurrency) as workers:
            self.feed.go_through(self, workers)
        if results is not None and results.failed:
            self.stop(results.failed)
        return self.report

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

    def is_on_its_way(self, row: Row) -> bool:
        """Whether a call that a killed run had begun may still be on its way."""
        entry = self._last_entry(row)
        if self.journal is None or entry is None or entry.state not in ("intended", "sent"):
            return False
        self.journal.recover()
        return self.journal.entry(entry.number).state in ("intended", "sent")

    def key(self, row: Row) -> str | None:
        """The idempotency key of a row; `None` where nothing is journalled."""
        return (row.idempotency_key or self.keys.of(row.number)) if self.journalled else None

    def earlier(self, row: Row) -> Outcome | None:
        """What became of the row before; `None` if it is to be sent."""
        entry = self._last_entry(row)
        if entry is None or entry.state in ("intended", "sent", "done", "not sent"):
            return None  # what is done gives its result without being sent
        if entry.state == "unknown" and self.operation.finds_out:
            return None
        if entry.state == "refused" and not self._is_the_rows_fault(entry.code):
            return None
        return _outcome(row, entry.state, entry=entry.number, reason=entry.reason, code=entry.code, earlier=True)

    def _is_the_rows_fault(self, code: int | str | None) -> bool:
        """Whether a refusal would come again: one without a code says nothing of the row, nor does a person's word."""
        if code is None:
            return False
        documented = self.operation.errors.codes.get(code)
        return documented is None or not (documented.halts or documented.cure is not None)

    def _last_entry(self, row: Row) -> Entry | None:
        """The last of its own, where rows may have been sent before; what was done for others is refused later."""
        if self.journal is None or not self.goes_on:
            return None
        mine = self.caller.scope(self.operation)
        found = self.journal.history(idempotency_key=self.key(row), newest_first=True)
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
        entry = self._last_entry(row)
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
        is_found = error.executed == "yes" or (error.executed == "unknown" and not error.attempts)
        earlier = is_found and error.entry is not None and self._is_earlier(error.entry, began)
        halts = error.code is not None and not self._is_the_rows_fault(error.code)
        if halts or isinstance(error, (LockoutError, HeldBackError, JournalError, ArgumentError)):
            self.stop(f"row {row.number}: {words_of(error)}")
        elif not isinstance(error, ApiError) and not earlier:
            self.unanswered += 1
            if self.unanswered >= self.plan.unanswered:
                self.stop(f"row {row.number}: {words_of(error)}; {self.unanswered} rows of this run brought no answer")
        facts = {"entry": error.entry, "reason": words_of(error), "code": error.code}
        return _outcome(row, columns.outcome(error), error=error, earlier=earlier, **facts)

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
