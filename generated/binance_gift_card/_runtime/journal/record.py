# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""The entry of one call, while the call is made.

What must outlive a power cut is flushed to the disk before the call goes on: that the request may have left, before it
does, and the answer, before anybody reads it. What follows from the two need not be.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..core.classify import Verdict, advice
from ..core.deadline import Deadline
from ..core.errors import ArgumentError, DecodeError, JournalError, NotSentError, OutcomeUnknownError
from ..core.fork import IN_A_CALL
from ..core.keeper import Scope, Tag
from ..core.operation import Operation
from . import columns
from .ledger import Ledger
from .scope import read_adoptions
from .store import ALL, Session, TakenError, Values, by_name
from .writes import write_end

T = TypeVar("T")

_GRACE = 30.0
"""Seconds after its deadline for which a call may still be writing down what came of it."""
_PATIENCE = 10.0
"""Seconds for which to try to keep an answer, even after the call's deadline: it was paid for."""
_LAST = 1.0
"""Seconds for which to try to write the outcome down, even after the deadline: it follows from what is kept."""
_POLL = 0.05

_INSERT = (
    "INSERT INTO entries (at, changed, operation, state, open, ends, arguments, secrets, attempts, doubt, settled,"
    " checked, reason, reference, token, amount, note, key, claim, owner, server, account, sdk, spec) VALUES (:at, :at,"
    " :operation, :state, 1, :ends, :arguments, :secrets, :attempts, :doubt, :settled, 0, '', :reference, :token,"
    " :amount, :note, :key, :key, :owner, :server, :account, :sdk, :spec)"
)
_NOTHING_YET = {"state": "intended", "attempts": 0, "doubt": 0, "settled": None}
_SEND = (
    "UPDATE entries SET state = 'sent', attempts = :attempts, doubt = :doubt, settled = :settled, status = NULL,"
    " answer = NULL, changed = :changed WHERE number = :number AND state IN ('intended', 'sent')"
)
_ANSWER = "UPDATE entries SET status = :status, answer = :answer, changed = :changed WHERE number = :number"
_REOPEN = "UPDATE entries SET state = 'sent', open = 1 WHERE number = :number AND state = 'unknown'"
_LIVE = "SELECT number, server, account FROM entries WHERE reference = :reference AND live = 1"
_REDEEM = "UPDATE entries SET live = 0, checked = :changed WHERE number = :number AND live = 1"
_CLAIM = f"{ALL} WHERE claim = :key"

_MINE = "SELECT number FROM entries WHERE at = :at AND owner = :owner"

_logger = logging.getLogger(__name__.partition("._runtime")[0])


class Record:
    """The entry of a call that is being made."""

    def __init__(
        self,
        ledger: Ledger,
        operation: Operation[Any],
        texts: Mapping[str, Any],
        tag: Tag,
        scope: Scope,
        deadline: Deadline,
    ) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._operation = operation
        self._texts = texts
        self._tag = tag
        self._scope = scope
        self._deadline = deadline
        self._owner = os.urandom(8).hex()
        self._process = os.getpid()
        self._at = columns.now()
        self._answer: tuple[int | None, bytes] | None = None
        """An answer that is not kept yet."""
        self._keeping: Deadline | None = None
        """Until when to try to keep the answer."""
        self._body = b""
        self._inserting = False
        """Whether an entry was to be written, and nobody said whether it was."""
        self.number: int | None = None
        self.entry: int | None = None
        self.unkept: str = ""

    def __repr__(self) -> str:
        return f"<Record {self.number}>"

    def begin(self) -> Verdict | None:
        """See `core.keeper`.

        Raises:
            ArgumentError: The key was used with other arguments, on another server or for another account.
            OutcomeUnknownError: It is not known what became of the call that it was used for.
            NotSentError: That call is still on its way; or the journal cannot be written.
        """
        while self._tag.idempotency_key is not None and self.number is None:
            try:
                self.intend()
            except TakenError:
                earlier = self._earlier()
                if earlier is not None:
                    return earlier
        return None

    def intend(self) -> None:
        if self.number is None:
            self._insert(_NOTHING_YET, durable=False)

    def _insert(self, progress: Values, *, durable: bool) -> None:
        values = {**self._intent(), **progress}
        self._inserting = True
        try:
            self.number = self.entry = self._write(
                lambda session: session.insert(_INSERT, values), durable=durable, seconds=self._deadline.left()
            )
        except (TakenError, JournalError):
            self._inserting = False
            raise

    def find(self) -> None:
        if not self._inserting or self.number is not None:
            return
        try:
            rows = self._store.rows(_MINE, {"at": self._at, "owner": self._owner})
        except JournalError as failure:
            _logger.error("an entry may have been begun, and cannot be looked for: %s", failure)  # noqa: TRY400
        else:
            self.number = self.entry = rows[0][0] if rows else None

    def _intent(self) -> Values:
        arguments, secrets = columns.mask(self._operation, self._texts)
        place = columns.place(self._operation.name, self._at, "secrets")
        told = columns.meaning(self._operation, self._texts)
        return {
            "at": self._at,
            "operation": self._operation.name,
            "ends": columns.now() + int((max(self._deadline.left(), 0.0) + _GRACE) * 1e6),
            "arguments": arguments,
            "secrets": self._ledger.seal.seal(secrets.encode(), place) if secrets else None,
            "reference": told["reference"],
            "token": told["token"],
            "amount": told["amount"],
            "note": self._tag.note,
            "key": self._tag.idempotency_key,
            "owner": self._owner,
            "server": self._scope.server,
            "account": self._scope.account,
            "sdk": self._ledger.facts.sdk,
            "spec": self._ledger.facts.spec,
        }

    def _earlier(self) -> Verdict | None:
        """What the call with the same key came to; `None` if it did nothing, so that this one may."""
        rows = self._store.rows(_CLAIM, {"key": self._tag.idempotency_key}, seconds=self._deadline.left())
        if not rows:
            return None
        found = by_name(rows[0])
        if found["owner"] == self._owner:  # ours: the word that it was kept got lost
            self.number = self.entry = found["number"]
            return None
        self._check_scope(found)
        self._compare(found)
        name, number = self._operation.name, found["number"]
        if found["state"] == "done":
            return self._earlier_result(found)
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
        if not self._ledger.settle(rows[0], self._deadline.left()):
            self._wait(number)
        return None

    def _wait(self, number: int) -> None:
        if self._deadline.left() <= _POLL:
            raise NotSentError(
                f"{self._operation.name}: the call that this idempotency key stands for, entry {number},"
                " is still on its way; nothing was sent this time",
                operation=self._operation.name,
                entry=number,
            )
        time.sleep(_POLL)

    def _check_scope(self, found: Values) -> None:
        """A key says nothing of another account; before all else, and whatever became of its call."""
        name, number, mine = self._operation.name, found["number"], self._scope
        same = self._ledger.adoptions(self._deadline.left())
        if not same.covers(mine, found["server"], found["account"]):
            theirs = Scope(found["server"], found["account"])
            raise ArgumentError(
                f"{name}: this idempotency key was used for entry {number}, which was made at {theirs}; this client"
                f" calls {mine}; nothing was sent. Keep a journal for each account, or another key; if both are the"
                " same account, say so: Journal.adopt",
                operation=name,
                entry=number,
            )
        if found["account"] is None and mine.account is not None and not same.knows_unnamed:
            self._ledger.warn_of_unnamed(number, mine.account)

    def _compare(self, found: Values) -> None:
        arguments, secrets = columns.mask(self._operation, self._texts)
        name, number = self._operation.name, found["number"]
        theirs = self._ledger.unseal(found, "secrets").decode() if found["secrets"] else ""
        if (found["operation"], found["arguments"], theirs) != (name, arguments, secrets):
            raise ArgumentError(
                f"{name}: this idempotency key was used for entry {number} ({found['operation']}),"
                " with other arguments; nothing was sent",
                operation=name,
                entry=number,
            )

    def _earlier_result(self, found: Values) -> Verdict:
        self.entry = found["number"]
        verdict = self._ledger.verdict(found) if found["answer"] is not None else None
        if verdict is None or columns.outcome(verdict.error) != "done":
            raise DecodeError(
                f"{self._operation.name}: this idempotency key stands for entry {self.entry}, which was settled"
                " by hand: it was done, and its answer is not known; nothing was sent this time",
                operation=self._operation.name,
                executed="yes",
                entry=self.entry,
            )
        return verdict

    def leaving(self, attempts: int, settled: int | None, *, doubt: bool) -> None:
        """See `core.keeper`; `settled` is in milliseconds since the epoch.

        Raises:
            NotSentError: That cannot be kept, or somebody else has settled the entry.
        """
        self._answer, self._body = None, b""  # of the attempt before: it says nothing of this one
        progress = {"attempts": attempts, "doubt": int(doubt), "settled": None if settled is None else settled * 1000}
        if self.number is None:
            self._insert({"state": "sent", **progress}, durable=True)
            return
        values = {**progress, "changed": columns.now(), "number": self.number}
        seconds = self._deadline.left()
        if not self._write(lambda session: session.run(_SEND, values), durable=True, seconds=seconds):
            raise NotSentError(
                f"{self._operation.name}: entry {self.number} was settled by somebody else; nothing was sent",
                operation=self._operation.name,
            )

    def answered(self, status: int | None, body: bytes) -> None:
        if self._process != os.getpid():  # the parent keeps it
            return
        self._answer = (status, body)
        self._keeping = None
        try:
            self._keep()
        except JournalError as error:
            self.unkept = str(error)
            _logger.error("entry %s: the answer came, and is not in the journal yet: %s", self.number, error)  # noqa: TRY400

    def _keep(self) -> None:
        if self._answer is None:
            return
        status, body = self._answer
        place = columns.place(self._operation.name, self._at, "answer")
        values = {
            "status": status,
            "answer": self._ledger.seal.seal(body, place),
            "changed": columns.now(),
            "number": self.number,
        }
        if self._keeping is None:
            self._keeping = Deadline(max(self._deadline.left(), _PATIENCE))
        seconds = self._keeping.left()
        self._write(lambda session: self._write_answer(session, values), durable=True, seconds=seconds)
        self._answer, self._body = None, body
        self.unkept = ""

    def end(self, verdict: Verdict) -> None:
        error = verdict.error
        if self.number is None or self._process != os.getpid():  # nothing was even tried, or not by this process
            return
        try:
            if error is not None and error.executed != "no" and error.body not in (b"", self._body):
                self._answer = (error.status, error.body)
            self._keep()
            ending = columns.end_columns(self._operation, self._texts, verdict)
            seconds = max(self._deadline.left(), _LAST)
            self._write(lambda session: self._write_end(session, ending), durable=False, seconds=seconds)
        except JournalError as failure:
            if self._answer is not None:
                self.unkept = str(failure)
            _logger.error("entry %s: its outcome is not in the journal: %s", self.number, failure)  # noqa: TRY400

    def _write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        return self._store.write(work, durable=durable, seconds=seconds)

    def _write_answer(self, session: Session, values: Values) -> None:
        if not session.run(f"{_ANSWER} AND state = 'sent'", values):  # somebody gave the call up
            session.run(_ANSWER, values)
            session.run(_REOPEN, values)

    def _write_end(self, session: Session, ending: columns.Columns) -> None:
        write_end(session, self.number, ending, key=self._tag.idempotency_key)
        facts = self._operation.journal
        if facts is not None and facts.effect == "redeems" and ending["state"] == "done" and ending.get("reference"):
            same = read_adoptions(lambda statement: session.rows(statement, {}))
            for number, server, account in session.rows(_LIVE, {"reference": ending["reference"]}):
                if same.covers(self._scope, server, account):
                    session.run(_REDEEM, {"number": number, "changed": ending["changed"]})
