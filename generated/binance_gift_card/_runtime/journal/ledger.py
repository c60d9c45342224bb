# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The entries of a journal, as they are kept, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from ..core import log
from ..core.answer import Answer, Headers
from ..core.classify import Verdict, classify
from ..core.errors import ArgumentError, JournalError
from ..core.operation import Operation
from . import columns
from .scope import ADOPTED, Adoptions
from .seal import UNSEALED, Seal
from .store import ALL, Row, Session, Store, by_name
from .writes import write_end

_SECONDS = 10.0


class Facts(msgspec.Struct, frozen=True):
    """What a package tells the journal of itself."""

    operations: Mapping[str, Operation[Any]]
    environment: str
    sdk: str
    spec: str


class Ledger:
    """A journal, for those who write to it.

    Args:
        store: Where it is kept.
        seal: What seals and opens its secrets, if a key was given.
        shown: What messages call it.
    """

    facts: ClassVar[Facts]

    def __init__(self, store: Store, seal: Seal | None, shown: str) -> None:
        self.store = store
        self._seal = seal
        self._shown = shown
        self._warned_of_unnamed = False

    @property
    def seal(self) -> Seal:
        """What seals and opens secrets.

        Raises:
            JournalError: There is no key.
        """
        if self._seal is None:
            prefix = self.facts.environment
            problem = f"the journal {self._shown} needs a key for its secrets"
            variables = f"{prefix}_JOURNAL_KEY or {prefix}_JOURNAL_KEY_FILE"
            told = f"{problem}: set {variables}, or give key=…; key={UNSEALED!r} stores them in the clear"
            raise JournalError(told, problem=problem, variables=variables)
        return self._seal

    def row(self, number: int, selected: str = ALL) -> Row:
        """An entry, as it is kept."""
        rows = self.store.rows(f"{selected} WHERE number = :number", {"number": number})
        if not rows:
            raise ArgumentError(f"the journal {self._shown} has no entry {number}")
        return rows[0]

    def unseal(self, found: Mapping[str, Any], column: str) -> bytes:
        """A sealed column of an entry."""
        return self.seal.open(bytes(found[column]), columns.place_of(found, column))

    def settle(self, row: Row) -> None:
        """Settle the entry of a call that nobody makes any more, as far as that can be told."""
        work = self.settlement(by_name(row))
        if work is not None:
            self.store.write(work, durable=True, seconds=_SECONDS)

    def settlement(self, found: Mapping[str, Any]) -> Callable[[Session], int] | None:
        """The work that settles such an entry; `None` for one that is settled, or cannot be yet."""
        if found["state"] not in ("intended", "sent") or found["ends"] >= columns.now():
            return None
        ending = self.ending(found)
        if ending is None:
            return None
        return lambda session: write_end(session, found["number"], ending, found=found)

    def ending(self, found: Mapping[str, Any]) -> columns.Columns | None:
        """What the call of an entry came to that nobody makes any more; `None` where that cannot be told here."""
        if found["state"] == "intended":
            reason = "the call ended before the request had left"
            return {"state": "not sent", "changed": columns.now(), "reason": reason}
        operation = self.facts.operations.get(found["operation"])
        if found["answer"] is None:
            return {"state": "unknown", "changed": columns.now(), "reason": "the call ended before an answer came"}
        if operation is None or self._seal is None:
            return None
        try:
            verdict = self.verdict(found)
        except JournalError:  # sealed under a key that was not given, which `check` tells: another time, then
            return None
        ending = columns.end_columns(operation, verdict)
        if ending["state"] == "refused" and found["doubt"]:
            ending["state"] = "unknown"
        return ending

    def verdict(self, found: Mapping[str, Any]) -> Verdict:
        """What the answer that an entry holds means."""
        operation = self.facts.operations.get(found["operation"])
        if operation is None:
            raise JournalError(f"entry {found['number']}: this version of the package has no {found['operation']}")
        verdict = classify(operation, Answer(found["status"], Headers(), self.unseal(found, "answer")), ())
        if verdict.error is not None:
            verdict.error.entry = found["number"]
        return verdict

    def adoptions(self) -> Adoptions:
        """Which accounts and servers are the same."""
        return Adoptions(self.store.rows(ADOPTED, {}, seconds=_SECONDS))

    def warn_of_unnamed(self, number: int, account: str) -> None:
        """Say once that an entry does not say whose it is."""
        if not self._warned_of_unnamed:
            self._warned_of_unnamed = True
            log.warning(
                "entry %s of the journal does not say for which account it was made: it is older than that fact, and"
                " counts as one of the account %s, as every such entry does; if they are all its own, say so once:"
                " Journal.adopt(None, …)",
                number,
                account,
            )
