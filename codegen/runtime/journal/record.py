"""The entry of one call, while the call is made.

What must outlive a power cut is flushed to the disk before the call goes on: that the request may have left, before it
does, and the answer, before anybody reads it. What follows from the two need not be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ..core import log
from ..core.classify import Verdict
from ..core.deadline import Deadline
from ..core.effects import Flow, Pause, Read, Write
from ..core.errors import JournalError, NotSentError
from ..core.fork import IN_A_CALL
from ..core.keeper import Scope, Tag
from ..core.operation import Operation, Question
from . import columns
from .asking import conclusion, is_anothers, question_of
from .columns import Columns
from .earlier import EarlierCall
from .keys import new_owner
from .ledger import Ledger
from .scope import ADOPTED, Adoptions
from .store import ALL, Session, TakenError, Values, by_name
from .writes import write_end

_GRACE = 30.0
"""Seconds after its deadline for which a call may still be writing down what came of it."""
_PATIENCE = 10.0
"""Seconds for which to try to keep an answer, even after the call's deadline: it was paid for."""
_LAST = 1.0
"""Seconds for which to try to write the outcome down, even after the deadline: it follows from what is kept."""
_POLL = 0.05

_INSERT = (
    "INSERT INTO entries (at, changed, operation, state, open, ends, arguments, secrets, attempts, doubt, settled,"
    " checked, reason, reference, token, amount, expires, note, key, claim, owner, server, account, sdk, spec) VALUES"
    " (:at, :at, :operation, :state, 1, :ends, :arguments, :secrets, :attempts, :doubt, :settled, 0, '', :reference,"
    " :token, :amount, :expires, :note, :key, :key, :owner, :server, :account, :sdk, :spec)"
)
_NOTHING_YET = {"state": "intended", "attempts": 0, "doubt": 0, "settled": None}
_UNSAID = {"reference": None, "token": None, "amount": None, "expires": None}
_SEND = (
    "UPDATE entries SET state = 'sent', attempts = :attempts, doubt = :doubt, settled = :settled, status = NULL,"
    " answer = NULL, changed = :changed WHERE number = :number AND state IN ('intended', 'sent')"
)
_ANSWER = "UPDATE entries SET status = :status, answer = :answer, changed = :changed WHERE number = :number"
_TAKE = (
    "UPDATE entries SET state = 'sent', ends = :ends, owner = :owner, doubt = 1, changed = :changed"
    " WHERE number = :number AND state = 'unknown' AND changed = :then"
)
_TAKEN = "SELECT number FROM entries WHERE number = :number AND owner = :owner AND state = 'sent'"
_REOPEN = "UPDATE entries SET state = 'sent', open = 1 WHERE number = :number AND state = 'unknown'"
_LIVE = "SELECT number, server, account FROM entries WHERE reference = :reference AND live = 1"
_REDEEM = "UPDATE entries SET live = 0, checked = :changed WHERE number = :number AND live = 1"
_CLAIM = f"{ALL} WHERE claim = :key"

_MINE = "SELECT number FROM entries WHERE at = :at AND owner = :owner"


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
        self._owner = new_owner(operation, tag.idempotency_key)
        self._process = os.getpid()
        self._at = columns.now()
        self._answer: tuple[int | None, bytes] | None = None
        """An answer that is not kept yet."""
        self._keeping: Deadline | None = None
        """Until when to try to keep the answer."""
        self._body = b""
        self._inserting = False
        """Whether an entry was to be written, and nobody said whether it was."""
        self._if_mine = " AND owner = :owner" if operation.may_be_settled else ""
        """For statements about an entry that another call may take over."""
        self._earlier_call: EarlierCall | None = None
        """The one with the same key whose outcome is unknown."""
        self._elsewhere: Values = {}
        """An answer that is not kept, because another call has taken the entry over."""
        self._is_asked = False
        self.number: int | None = None
        self.entry: int | None = None
        self.unkept: str = ""

    def __repr__(self) -> str:
        return f"<Record {self.number}>"

    def begin(self) -> Flow[Verdict | None]:
        """See `core.keeper`.

        Raises:
            ArgumentError: The key was used with other arguments, on another server or for another account.
            OutcomeUnknownError: It is not known what became of the call that it was used for.
            NotSentError: That call is still on its way; or the journal cannot be written.
        """
        while self._tag.idempotency_key is not None and not self._tag.is_made and self.number is None:
            try:
                yield from self.intend()
            except TakenError:
                earlier = yield from self._earlier()
                if earlier is not None:
                    return earlier
        return None

    def intend(self) -> Flow[None]:
        if self.number is None:
            yield from self._insert(_NOTHING_YET, durable=False)

    def _insert(self, progress: Values, *, durable: bool) -> Flow[None]:
        values = self._intent(progress)
        self._inserting = True
        try:
            self.number = self.entry = yield self._write(
                lambda session: session.insert(_INSERT, values), durable=durable, seconds=self._deadline.left()
            )
        except (TakenError, JournalError):
            self._inserting = False
            raise

    def find(self) -> Flow[None]:
        if not self._inserting or self.number is not None:
            return
        mine = Read(self._store, _MINE, {"at": self._at, "owner": self._owner}, _PATIENCE)
        try:
            yield mine
        except JournalError as failure:
            log.error("an entry may have been begun, and cannot be looked for: %s", failure)
        else:
            self.number = self.entry = mine.rows[0][0] if mine.rows else None

    def _intent(self, progress: Values) -> Values:
        arguments, secrets = columns.mask(self._operation, self._texts)
        place = columns.place(self._operation.name, self._at, "secrets")
        told = columns.told(self._operation, self._texts)
        return {
            "at": self._at,
            "operation": self._operation.name,
            "ends": self._latest_end(),
            "arguments": arguments,
            "secrets": self._ledger.seal.seal(secrets.encode(), place) if secrets else None,
            **_UNSAID,
            **told,
            "note": self._tag.note,
            "key": self._tag.idempotency_key,
            "owner": self._owner,
            "server": self._scope.server,
            "account": self._scope.account,
            "sdk": self._ledger.facts.sdk,
            "spec": self._ledger.facts.spec,
            **progress,
        }

    def _latest_end(self) -> int:
        """From when on nobody makes the call any more, even if its process is killed."""
        return columns.now() + int((max(self._deadline.left(), 0.0) + _GRACE) * 1e6)

    def _earlier(self) -> Flow[Verdict | None]:
        """What the call with the same key came to; `None` if it did nothing, so that this one may."""
        claim = Read(self._store, _CLAIM, {"key": self._tag.idempotency_key}, self._deadline.left())
        yield claim
        if not claim.rows:
            return None
        found = by_name(claim.rows[0])
        if found["owner"] == self._owner:  # ours: the word that it was kept got lost
            self.number = self.entry = found["number"]
            return None
        earlier = EarlierCall(self._ledger, self._operation, found)
        adopted = Read(self._store, ADOPTED, {}, self._deadline.left())
        yield adopted
        earlier.check_scope(self._scope, Adoptions(adopted.rows))
        earlier.compare(self._texts)
        if found["state"] == "done":
            self.entry = found["number"]
        self._earlier_call = earlier if found["state"] == "unknown" else None
        verdict = earlier.verdict()
        if verdict is None and found["state"] in ("intended", "sent"):
            settlement = self._ledger.settlement(found)
            if settlement is not None:
                yield Write(self._store, settlement, durable=True, seconds=self._deadline.left())
            else:
                earlier.check_time(self._deadline.left() - _POLL)
                yield Pause(_POLL)
        return verdict

    def age(self) -> float:
        assert self._earlier_call is not None
        return self._earlier_call.age()

    def question(self) -> Question:
        assert self._earlier_call is not None
        return question_of(self._operation, self._earlier_call.found, self._texts)

    def is_anothers(self, verdict: Verdict) -> Flow[bool]:
        number = self.number if self._earlier_call is None else self._earlier_call.found["number"]
        seconds = max(self._deadline.left(), _LAST)
        return (yield from is_anothers(self._ledger, self._operation, self._texts, number, verdict, seconds))

    def settle(self, verdict: Verdict) -> Flow[None]:
        assert self._earlier_call is not None
        work = conclusion(self._ledger, self._operation, self._earlier_call.found, verdict)
        yield self._write(work, durable=True, seconds=self._deadline.left())

    def take_over(self) -> Flow[bool]:
        assert self._earlier_call is not None
        found = self._earlier_call.found
        self.number, self._at = found["number"], found["at"]
        values = {"ends": self._latest_end(), "owner": self._owner, "changed": columns.now(), "then": found["changed"]}
        values["number"] = found["number"]

        def take(session: Session) -> bool:  # which may be done again, once it was kept and the word of that was lost
            return session.run(_TAKE, values) > 0 or bool(session.rows(_TAKEN, values))

        if (yield self._write(take, durable=False, seconds=self._deadline.left())):
            self.entry = self.number
            return True
        self.number, self._earlier_call = None, None
        return False

    def leaving(self, attempts: int, settled: int | None, *, doubt: bool) -> Flow[None]:
        """See `core.keeper`; `settled` is in milliseconds since the epoch.

        Raises:
            NotSentError: That cannot be kept, or somebody else has settled the entry.
        """
        self._answer, self._body = None, b""  # of the attempt before: it says nothing of this one
        progress = {"attempts": attempts, "doubt": int(doubt), "settled": None if settled is None else settled * 1000}
        if self._earlier_call is not None:
            progress |= self._earlier_call.progress(progress)
        if self.number is None:
            yield from self._insert({"state": "sent", **progress}, durable=True)
            return
        values = {**progress, "changed": columns.now(), "number": self.number, "owner": self._owner}
        seconds, send = self._deadline.left(), f"{_SEND}{self._if_mine}"
        if not (yield self._write(lambda session: session.run(send, values), durable=True, seconds=seconds)):
            raise NotSentError(
                f"{self._operation.name}: entry {self.number} was settled by somebody else; nothing was sent",
                operation=self._operation.name,
            )

    def asked(self) -> None:
        self._is_asked = True

    def answered(self, status: int | None, body: bytes) -> Flow[None]:
        if self._process != os.getpid():  # the parent keeps it
            return
        self._answer = (status, body)
        self._keeping = None
        try:
            yield from self._keep()
        except JournalError as error:
            self.unkept = str(error)
            log.error("entry %s: the answer came, and is not in the journal yet: %s", self.number, error)

    def _keep(self) -> Flow[None]:
        if self._answer is None:
            return
        status, body = self._answer
        sealed = self._ledger.seal.seal(body, self._answer_place())
        values: Columns = {"status": status, "answer": sealed, "changed": columns.now(), "number": self.number}
        if self._if_mine:
            values["owner"] = self._owner
        if self._keeping is None:
            self._keeping = Deadline(max(self._deadline.left(), _PATIENCE))
        seconds = self._keeping.left()
        is_kept = yield self._write(lambda session: self._write_answer(session, values), durable=True, seconds=seconds)
        self._elsewhere = {} if is_kept else {"status": status, "answer": sealed}
        self._answer, self._body = None, body
        self.unkept = ""

    def _answer_place(self) -> str:
        return columns.place(self._operation.name, self._at, "answer")

    def end(self, verdict: Verdict) -> Flow[None]:
        error = verdict.error
        if self.number is None or self._process != os.getpid():  # nothing was even tried, or not by this process
            return
        try:
            yield from self._keep()
            ending = columns.end_columns(self._operation, verdict)
            is_cut = error is not None and error.executed != "no" and error.body not in (b"", self._body)
            if error is not None and is_cut:  # kept with what it means: alone it would be read as a whole answer
                ending["answer"] = self._ledger.seal.seal(error.body, self._answer_place())
            if self._elsewhere and ending["state"] == "done" and not self._is_asked:
                ending, is_cut = {**ending, **self._elsewhere}, True
            seconds = max(self._deadline.left(), _PATIENCE if is_cut else _LAST)
            yield self._write(lambda session: self._write_end(session, ending), durable=is_cut, seconds=seconds)
        except JournalError as failure:
            if self._answer is not None:
                self.unkept = str(failure)
            log.error("entry %s: its outcome is not in the journal: %s", self.number, failure)

    def _write(self, work: Callable[[Session], Any], *, durable: bool, seconds: float) -> Write:
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        return Write(self._store, work, durable=durable, seconds=seconds)

    def _write_answer(self, session: Session, values: Values) -> bool:
        if session.run(f"{_ANSWER} AND state = 'sent'{self._if_mine}", values):
            return True
        is_mine = session.run(f"{_ANSWER}{self._if_mine}", values) > 0
        if is_mine:  # and somebody gave the call up
            session.run(_REOPEN, values)
        return is_mine

    def _write_end(self, session: Session, ending: Columns) -> None:
        owner = self._owner if self._if_mine else None
        write_end(session, self.number, ending, key=self._tag.idempotency_key, owner=owner, is_asked=self._is_asked)
        facts = self._operation.journal
        if facts is not None and facts.effect == "redeems" and ending["state"] == "done":
            told = columns.told(self._operation, self._texts) | ending
            same = Adoptions(session.rows(ADOPTED, {}))
            for number, server, account in session.rows(_LIVE, {"reference": told.get("reference")}):
                if same.covers(self._scope, server, account):
                    session.run(_REDEEM, {"number": number, "changed": ending["changed"]})
