"""The call that an idempotency key stands for, seen by one that comes with the same key. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.classify import Verdict, advice
from ..core.errors import ArgumentError, DecodeError, NotSentError, OutcomeUnknownError
from ..core.keeper import Scope
from ..core.operation import Operation
from . import columns
from .ledger import Ledger
from .scope import Adoptions
from .store import Values


class EarlierCall:
    """It, by its entry.

    Args:
        ledger: What keeps it.
        operation: What the later call calls.
        found: The columns of the entry.
    """

    def __init__(self, ledger: Ledger, operation: Operation[Any], found: Values) -> None:
        self._ledger = ledger
        self._operation = operation
        self.found = found
        self._number: int = found["number"]

    def age(self) -> float:
        """Seconds since it was intended, by the wall clock: negative if that was set back."""
        return (columns.now() - int(self.found["at"])) / 1e6

    def progress(self, mine: Values) -> Values:
        """How far it has come together with one that goes on with it."""
        ends = (self.found["settled"], mine["settled"])
        settled = None if None in ends else max(ends)
        return {"attempts": self.found["attempts"] + mine["attempts"], "settled": settled}

    def check_scope(self, mine: Scope, same: Adoptions) -> None:
        """A key says nothing of another account; before all else, and whatever became of its call."""
        server, account = self.found["server"], self.found["account"]
        if not same.covers(mine, server, account):
            raise ArgumentError(
                f"{self._operation.name}: this idempotency key was used for entry {self._number}, which was made at"
                f" {Scope(server, account)}; this client calls {mine}; nothing was sent. Keep a journal for each"
                " account, or another key; if both are the same account, say so: Journal.adopt",
                operation=self._operation.name,
                entry=self._number,
            )
        if account is None and mine.account is not None and not same.knows_unnamed:
            self._ledger.warn_of_unnamed(self._number, mine.account)

    def compare(self, texts: Mapping[str, Any]) -> None:
        """Refuse a key that comes with other arguments."""
        arguments, secrets = columns.mask(self._operation, texts)
        name, found = self._operation.name, self.found
        theirs = self._ledger.unseal(found, "secrets").decode() if found["secrets"] else ""
        if (found["operation"], found["arguments"], theirs) != (name, arguments, secrets):
            raise ArgumentError(
                f"{name}: this idempotency key was used for entry {self._number} ({found['operation']}),"
                " with other arguments; nothing was sent",
                operation=name,
                entry=self._number,
            )

    def verdict(self) -> Verdict | None:
        """What it came to; `None` if it is still on its way, or did nothing."""
        name, number, found = self._operation.name, self._number, self.found
        if found["state"] == "unknown":
            raise OutcomeUnknownError(
                f"{name}: this idempotency key stands for entry {number}, whose outcome is unknown;"
                f" nothing was sent this time; {advice(self._operation)}, then settle the entry",
                operation=name,
                repeatable=self._operation.repeatable,
                entry=number,
                status=found["status"],
                settled_after=columns.instant(found["settled"]),
            )
        if found["state"] != "done":
            return None
        verdict = self._ledger.verdict(found) if found["answer"] is not None else None
        if verdict is None or columns.outcome(verdict.error) != "done":
            raise DecodeError(
                f"{name}: this idempotency key stands for entry {number}: it was done, and its answer is not known;"
                " nothing was sent this time",
                operation=name,
                executed="yes",
                entry=number,
            )
        return verdict

    def check_time(self, seconds: float) -> None:
        """Refuse to wait for it any longer, when so few seconds are left."""
        if seconds <= 0:
            raise NotSentError(
                f"{self._operation.name}: the call that this idempotency key stands for, entry {self._number},"
                " is still on its way; nothing was sent this time",
                operation=self._operation.name,
                entry=self._number,
            )
