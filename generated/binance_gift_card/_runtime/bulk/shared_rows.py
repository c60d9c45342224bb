# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The rows of a run that several processes work on, over one PostgreSQL journal.

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
from ..core.keeper import Scope
from ..core.opaque import Arguments
from ..journal.store import Session
from ..journal.stores.postgres import Claim, PostgresStore
from ..journal.workers import Workers
from .outcome import Outcome
from .rows import Row, convert
from .run import Run

_PAGE = 500
_POLL = 0.25
_SECONDS = 30.0
_LOAD = (
    "INSERT INTO run_rows (run, number, arguments, state) VALUES (:run, :number, :arguments, 'waiting')"
    " ON CONFLICT DO NOTHING"
)
_CLAIM_RUN = "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"
_RESUME = "UPDATE run_rows SET state = 'waiting' WHERE run = :run AND state IN ('refused', 'unknown')"


class SharedRows:
    """Gives what no other process has; what becomes of a row is told by the thread that made its call."""

    shared = True

    def go_through(self, run: Run, workers: Workers[Any]) -> None:
        work = _Work(run)
        work.load()
        try:
            for _ in range(run.plan.concurrency):
                workers.begin(work.go_on)
            for _ in workers.rest():
                pass
        except BaseException as error:
            run.stop(type(error).__name__)  # the others end what they are at
            raise


class _Work:
    """What one process does of a run."""

    def __init__(self, run: Run) -> None:
        store = run.journal.store if run.journal is not None else None
        has_body = run.operation.body is not None or run.operation.join is not None
        if run.journal is None or not isinstance(store, PostgresStore) or has_body:
            raise ArgumentError("a run is shared over a journal in PostgreSQL, by journalled operations without a body")
        self._run = run
        self._name = run.report.run
        self._store = store
        self._seal = run.journal.seal

    def load(self) -> None:
        """Put the rows where all workers find them; whoever comes later finds them there."""
        self._claim()
        rows = iter(self._run.source)
        while page := list(islice(self._seal_rows(rows), _PAGE)):
            self._store.write(partial(_insert, page), durable=True, seconds=_SECONDS)
        if self._run.plan.resume:
            values = {"run": self._name}
            self._store.write(lambda session: session.run(_RESUME, values), durable=True, seconds=_SECONDS)

    def _claim(self) -> None:
        """The run is of the server and the account for which it was first loaded."""
        mine = self._run.caller.scope(self._run.operation)
        values = {"name": f"run {self._name}", "value": msgspec.json.encode([mine.server, mine.account]).decode()}
        self._store.write(lambda session: session.run(_CLAIM_RUN, values), durable=True, seconds=_SECONDS)
        [(kept,)] = self._store.rows("SELECT value FROM facts WHERE name = :name", values)
        server, account = msgspec.json.decode(kept, type=tuple[str, str | None])
        if not self._run.same.covers(mine, server, account):
            raise self._run.of_another(Scope(server, account))

    def _seal_rows(self, rows: Iterator[Row]) -> Iterator[Mapping[str, Any]]:
        operation = self._run.operation
        for row in rows:
            told: dict[str, Any] = {}
            draft(operation, row.arguments, told=told)
            told |= {
                one.name: row.arguments[one.name] for one in operation.parameters if one.style and one.name in told
            }
            encryption = operation.encryption
            switch = encryption is not None and bool(row.arguments.get(encryption.argument))
            content = msgspec.json.encode([told, switch, row.note, self._run.key(row)])
            sealed = self._seal.seal(content, self._place(row.number))
            yield {"run": self._name, "number": row.number, "arguments": sealed}

    def _open_row(self, claim: Claim) -> Row:
        operation, keys = self._run.operation, self._run.keys
        content = self._seal.open(bytes(claim.arguments), self._place(claim.number))
        told, switch, note, key = msgspec.json.decode(content)
        parameters = {parameter.name: parameter for parameter in operation.parameters}
        arguments = {
            name: value if parameters[name].style is not None else convert(parameters[name], value)
            for name, value in told.items()
        }
        if switch and operation.encryption is not None:
            arguments[operation.encryption.argument] = True
        given = Arguments({**told, "note": note})
        if key not in (None, keys.of(claim.number)):
            given["idempotency_key"] = key
        key = key or keys.of_first_version(claim.number)  # 0.1.0 wrote down none that it had made
        return Row(claim.number, arguments, note, key, f"row {claim.number}", given)

    def _place(self, number: int) -> str:
        return f"row {number} of {self._name}"

    def go_on(self) -> None:
        """Do one row after the other, until nobody has any left."""
        apart: set[int] = set()
        while not self._run.report.stopped:
            with self._store.claim_row(self._name, apart) as claim:
                if claim is not None:
                    outcome = self._make(claim)
                    if outcome is None:
                        apart.add(claim.number)
                    elif outcome.state in ("done", "refused", "unknown"):
                        claim.state = outcome.state
                    if outcome is not None:
                        self._run.tell(outcome)
                    continue
            if not apart:
                return
            time.sleep(_POLL)  # for calls that a worker had begun before it died
            apart.clear()

    def _make(self, claim: Claim) -> Outcome | None:
        """What became of a row; `None` while its call may still be on its way."""
        run, row = self._run, self._open_row(claim)
        if run.is_on_its_way(row):
            return None
        if run.plan.results is not None:
            run.plan.results.expect(row.number)
        return run.earlier(row) or run.make(row)


def _insert(page: list[Mapping[str, Any]], session: Session) -> None:
    for values in page:
        session.run(_LOAD, values)
