# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Settles the entries of unknown outcome whose operation says how to find out, by asking the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ..core import log
from ..core.classify import Verdict
from ..core.context import Core, Options
from ..core.deadline import Deadline
from ..core.effects import Flow, Read, Write
from ..core.errors import JournalError
from ..core.operation import Operation, Question
from . import columns
from .keys import key_as_sent
from .ledger import Ledger
from .scope import Adoptions
from .store import ALL, Session, by_name, paged
from .writes import write_end

_PAGE = 200
_SECONDS = 10.0
_SAME_THING = (
    "SELECT number, state FROM entries WHERE reference = :reference AND operation = :operation AND number <> :number"
    " ORDER BY number"
)
_RIVALS = {
    "done": ("done", "sent", "unknown"),
    "refused": ("done", "sent", "unknown", "refused"),
    "not sent": ("done",),
}
"""What was found out → the states of other entries with its reference of which the same may have been found out."""
_UNKNOWN = f"{ALL} WHERE open = 1 AND state = 'unknown' AND number > :last ORDER BY number LIMIT {_PAGE}"


def can_ask(ledger: Ledger) -> bool:
    """Whether there is an operation that says how to find out."""
    return any(operation.settle is not None for operation in ledger.facts.operations.values())


def open_entries(ledger: Ledger, core: Core, number: int | None = None) -> list[dict[str, Any]]:
    """The entries that this client can ask about, of its own server and account; of one number, if that is given."""
    same = ledger.adoptions()
    rows = paged(ledger.store, _UNKNOWN, {}) if number is None else iter([ledger.row(number)])
    return [found for found in map(by_name, rows) if _can_be_asked(ledger, core, same, found)]


def _can_be_asked(ledger: Ledger, core: Core, same: Adoptions, found: Mapping[str, Any]) -> bool:
    operation = ledger.facts.operations.get(found["operation"])
    if operation is None or operation.settle is None or found["state"] != "unknown":
        return False
    if operation.settle.by_key and key_as_sent(operation, found) is None:
        return False
    return same.covers(core.scope(operation), found["server"], found["account"])


def ask_about(ledger: Ledger, core: Core, options: Options, found: Mapping[str, Any]) -> Flow[bool]:
    """Ask about one, and settle it if that tells; whether an answer came, so that it makes sense to go on."""
    operation = ledger.facts.operations[found["operation"]]
    assert operation.settle is not None
    texts = msgspec.json.decode(found["arguments"])
    if found["secrets"]:
        try:
            texts |= msgspec.json.decode(ledger.unseal(found, "secrets"))
        except JournalError:  # sealed under a key that was not given, which `check` tells: another time, then
            return True
    question = question_of(operation, found, texts)
    told = yield from operation.settle.look(core, options, Deadline(options.timeout), question)
    if told.verdict is not None:
        if (yield from is_anothers(ledger, operation, texts, found["number"], told.verdict, _SECONDS)):
            return True
        yield Write(ledger.store, conclusion(ledger, operation, found, told.verdict), durable=True, seconds=_SECONDS)
    return bool(told.is_answer)


def is_anothers(
    ledger: Ledger,
    operation: Operation[Any],
    texts: Mapping[str, Any],
    number: int | None,
    verdict: Verdict,
    seconds: float,
) -> Flow[bool]:
    """Whether what was found may be what another call made that was given the same reference: it tells nothing then."""
    reference = columns.told(operation, texts).get("reference")
    if reference is None:
        return False
    values = {"reference": reference, "operation": operation.name, "number": number or 0}
    others = Read(ledger.store, _SAME_THING, values, seconds)
    yield others
    rivals = [other for other, state in others.rows if state in _RIVALS[columns.outcome(verdict.error)]]
    if rivals:
        log.warning(
            "entry %s: its reference is that of entry %s as well, so what was found tells nothing", number, rivals[0]
        )
    return bool(rivals)


def question_of(operation: Operation[Any], found: Mapping[str, Any], texts: Mapping[str, Any]) -> Question:
    """What may be asked about the call of an entry: it makes no request since its entry says that it is unknown."""
    since = max(columns.now() - found["changed"], 0) / 1e6
    ends = None if found["settled"] is None else -(-found["settled"] // 1000)
    return Question(operation, texts, key_as_sent(operation, found), since, ends)


def conclusion(
    ledger: Ledger, operation: Operation[Any], found: Mapping[str, Any], verdict: Verdict
) -> Callable[[Session], int]:
    """The work that writes down what was found out, unless the entry has changed meanwhile."""
    ending = columns.end_columns(operation, verdict)
    if verdict.response is not None:
        sealed = ledger.seal.seal(verdict.response.body, columns.place_of(found, "answer"))
        ending |= {"status": verdict.response.status, "answer": sealed}
    ending["owner"] = os.urandom(8).hex()  # whoever made the call, and goes on late, is its owner no more
    return lambda session: write_end(session, found["number"], ending, found=found)
