"""What people do to a journal: settle an entry, and say which accounts or servers are the same. Both are kept."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from typing import Any

from ..core import checks
from ..core.errors import ArgumentError
from ..core.keeper import Scope
from . import columns
from .entry import State
from .ledger import Ledger
from .scope import UNNAMED, Kind, check_account, check_server, event_name, normal
from .store import Session, Values, by_name
from .writes import write_end

_SECONDS = 10.0
_EVENT = (
    "INSERT INTO events (entry, at, before, state, reason, who) VALUES (:entry, :at, :before, :state, :reason, :who)"
)
_SAME_REFERENCE = (
    "SELECT number, operation, server, account FROM entries"
    " WHERE reference = :reference AND state = 'done' AND number <> :number ORDER BY number"
)
_FOUND = {"account": "SELECT DISTINCT account FROM entries", "server": "SELECT DISTINCT server FROM entries"}


def resolve(ledger: Ledger, number: int, outcome: State, *, reason: str, reference: str | None, force: bool) -> None:
    """Settle an entry of unknown outcome; see `Journal.resolve`."""
    if outcome not in ("done", "refused"):
        raise ArgumentError(f"outcome must be done or refused, not {outcome!r}")
    checks.text("reason", reason, checks.NOTE_CHARACTERS)
    if not reason.strip():
        raise ArgumentError("a reason is needed: how is the outcome known?")
    if reference is not None:
        checks.text("reference", reference, checks.KEY_CHARACTERS, least=1)
        if outcome == "refused":
            raise ArgumentError("a reference is of what a call made, and one that was refused made nothing")
    row = ledger.row(number)
    ledger.store.prepare()
    ledger.settle(row)
    found = by_name(ledger.row(number))
    if found["state"] != "unknown":
        raise ArgumentError(f"entry {number} is not unknown, but {found['state']}")
    at = columns.now()
    words = reason
    if outcome == "refused" and found["settled"] is not None and at < found["settled"]:
        until = f"{columns.instant(found['settled']):%Y-%m-%d %H:%M:%S} UTC"
        if not force:
            raise ArgumentError(
                f"entry {number} cannot be settled as refused before {until}: until then the server may still execute"
                " its request, and its idempotency key would be free for a second one; wait, or force it",
                entry=number,
            )
        words = f"forced before {until}: {reason}"
    ending: columns.Columns = {"state": outcome, "changed": at, "reason": f"settled by hand: {words}"}
    if reference is not None:
        other = None if force else _other_with(ledger, found, reference)
        if other is not None:
            raise ArgumentError(
                f"entry {other} has the reference {reference} already, and what one call made is not another's; look"
                " for this call's own, or force it",
                entry=number,
            )
        ending["reference"] = reference
    event = _event(number, found["state"], outcome, words, at)

    def work(session: Session) -> int:
        changed = write_end(session, number, ending, found=found)
        return session.run(_EVENT, event) if changed else 0

    if not ledger.store.write(work, durable=True, seconds=_SECONDS):
        raise ArgumentError(f"entry {number} was settled by somebody else just now")


def _other_with(ledger: Ledger, found: Mapping[str, Any], reference: str) -> int | None:
    """The entry of another call that made what has this reference."""
    name, mine, same = found["operation"], Scope(found["server"], found["account"]), ledger.adoptions()
    for number, other, server, account in ledger.store.rows(
        _SAME_REFERENCE, {"reference": reference, "number": found["number"]}
    ):
        is_alike = other == name or (_issues(ledger, other) and _issues(ledger, name))
        if is_alike and same.covers(mine, server, account):
            return int(number)
    return None


def _issues(ledger: Ledger, name: str) -> bool:
    operation = ledger.facts.operations.get(name)
    return operation is not None and columns.issues(operation.journal)


def adopt(ledger: Ledger, old: str | None, new: str, *, kind: Kind, reason: str) -> None:
    """Say that two accounts or two servers are the same; see `Journal.adopt`."""
    if kind not in _FOUND:
        raise ArgumentError(f"kind must be account or server, not {kind!r}")
    checks.text("reason", reason, checks.NOTE_CHARACTERS)
    if not reason.strip():
        raise ArgumentError("a reason is needed: how is it known that both are the same?")
    if kind == "server":
        check_server("new", new)
    else:
        check_account("new", new)
    if old is not None:
        checks.text("old", old)
    written = normal if kind == "server" else str
    there = sorted(written(name or UNNAMED) for (name,) in ledger.store.rows(_FOUND[kind], {}))
    wanted, target = written(old or UNNAMED), written(new)
    if wanted not in there:
        raise ArgumentError(f"the journal has no entries of the {kind} {wanted}; it has {', '.join(there) or 'none'}")
    if target == wanted:
        raise ArgumentError(f"the {kind} that adopts must be another than the one that is adopted")
    ledger.store.prepare()
    event = _event(0, event_name(kind, wanted), event_name(kind, target), reason, columns.now())
    ledger.store.write(lambda session: session.run(_EVENT, event), durable=True, seconds=_SECONDS)


def _event(number: int, before: str, state: str, reason: str, at: int) -> Values:
    return {"entry": number, "at": at, "before": before, "state": state, "reason": reason, "who": _who()}


def _who() -> str:
    """The user and the machine; where the system does not know the user by a name, by number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
    return f"{user} on {socket.gethostname()}".encode("utf-8", "replace").decode()
