"""A bulk run that several processes work on, over one PostgreSQL journal.

Every worker gives the same rows, and takes one at a time that nobody has. A worker that dies gives back what it had not
sent; what it had sent is found in the journal, once its time is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from ..core.draft import draft
from ..core.errors import ArgumentError
from ..core.hidden import Arguments
from ..core.keeper import Scope
from ..core.operation import Parameter
from ..journal.journal import Journal
from ..journal.store import Session
from ..journal.stores.postgres import Claim, PostgresStore
from ..journal.threads import Workers
from .rows import Row, typed
from .run import Outcome, Run

_PAGE = 500
_POLL = 0.25
_SECONDS = 30.0
_LOAD = (
    "INSERT INTO run_rows (run, number, arguments, state) VALUES (:run, :number, :arguments, 'waiting')"
    " ON CONFLICT DO NOTHING"
)
_CLAIM_RUN = "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"
_RESUME = "UPDATE run_rows SET state = 'waiting' WHERE run = :run AND state IN ('refused', 'unknown')"


class SharedRun(Run):
    """One of the workers."""

    def _go_through(self, workers: Workers[Any]) -> None:
        journal, store = self._shared()
        self._load(journal)
        if self.plan.resume:
            journal.store.write(
                lambda session: session.run(_RESUME, {"run": self.report.run}), durable=True, seconds=_SECONDS
            )
        try:
            for _ in range(self.plan.concurrency):
                workers.begin(partial(self._work, journal, store))
            for _ in workers.rest():
                pass
        except BaseException as error:
            self._stop(type(error).__name__)  # the others end what they are at
            raise

    def _shared(self) -> tuple[Journal, PostgresStore]:
        store = self.journal.store if self.journal is not None else None
        if self.journal is None or not isinstance(store, PostgresStore) or self.operation.body is not None:
            raise ArgumentError("a run is shared over a journal in PostgreSQL, by journalled operations without a body")
        return self.journal, store

    def _load(self, journal: Journal) -> None:
        """Put the rows where all workers find them; whoever comes later finds them there."""
        self._claim(journal)
        rows = iter(self.source)
        while page := list(islice(self._sealed(journal, rows), _PAGE)):
            journal.store.write(lambda session, page=page: _insert(session, page), durable=True, seconds=_SECONDS)  # type: ignore[misc]

    def _claim(self, journal: Journal) -> None:
        """The run is of the server and the account for which it was first loaded."""
        mine = self.caller.scope(self.operation)
        values = {"name": f"run {self.report.run}", "value": msgspec.json.encode([mine.server, mine.account]).decode()}
        journal.store.write(lambda session: session.run(_CLAIM_RUN, values), durable=True, seconds=_SECONDS)
        [(kept,)] = journal.store.rows("SELECT value FROM facts WHERE name = :name", values)
        server, account = msgspec.json.decode(kept, type=tuple[str, str | None])
        if not self.same.covers(mine, server, account):
            raise self._of_another(Scope(server, account))

    def _sealed(self, journal: Journal, rows: Iterator[Row]) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            told: dict[str, Any] = {}
            draft(self.operation, row.arguments, told=told)
            told |= {
                one.name: row.arguments[one.name] for one in self.operation.parameters if one.style and one.name in told
            }
            encryption = self.operation.encryption
            switch = encryption is not None and bool(row.arguments.get(encryption.argument))
            content = msgspec.json.encode([told, switch, row.note, self._key(row)])
            sealed = journal.seal.seal(content, self._place(row.number))
            yield {"run": self.report.run, "number": row.number, "arguments": sealed}

    def _opened(self, journal: Journal, claim: Claim) -> Row:
        content = journal.seal.open(bytes(claim.arguments), self._place(claim.number))
        told, switch, note, key = msgspec.json.decode(content)
        parameters = {parameter.name: parameter for parameter in self.operation.parameters}
        arguments = {name: _argument(parameters[name], value) for name, value in told.items()}
        if switch and self.operation.encryption is not None:
            arguments[self.operation.encryption.argument] = True
        given = Arguments({**told, "note": note})
        if key not in (None, self.keys.of(claim.number)):
            given["idempotency_key"] = key
        key = key or self.keys.of_first_version(claim.number)  # 0.1.0 wrote down none that it had made
        return Row(claim.number, arguments, note, key, f"row {claim.number}", given)

    def _place(self, number: int) -> str:
        return f"row {number} of {self.report.run}"

    def _work(self, journal: Journal, store: PostgresStore) -> None:
        apart: set[int] = set()
        while not self.report.stopped:
            with store.claimed(self.report.run, apart) as claim:
                if claim is not None:
                    outcome = self._made(journal, claim)
                    if outcome is None:
                        apart.add(claim.number)
                    elif outcome.state in ("done", "refused", "unknown"):
                        claim.state = outcome.state
                    if outcome is not None:
                        self._tell(outcome)
                    continue
            if not apart:
                return
            time.sleep(_POLL)  # for calls that a worker had begun before it died
            apart.clear()

    def _made(self, journal: Journal, claim: Claim) -> Outcome | None:
        """What became of a row; `None` while its call may still be on its way."""
        row = self._opened(journal, claim)
        if self._is_on_its_way(row):
            return None
        if self.plan.results is not None:
            self.plan.results.expect(row.number)
        return self._earlier(row) or self._done(row)


def _argument(parameter: Parameter, value: Any) -> Any:
    return typed(parameter, value) if parameter.style is None else value


def _insert(session: Session, page: list[Mapping[str, Any]]) -> None:
    for values in page:
        session.run(_LOAD, values)
