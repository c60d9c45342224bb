# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Nonces that grow over all processes that keep one journal.

Each is taken by itself, just before it is signed, and not out of a block: the server wants them in the order in which
they come, whichever process they come from. They stand among the journal's facts, so every journal has room for them.
"""

from __future__ import annotations

from ..core.effects import Flow, Write
from .store import Session, Store

_TAKE = (
    "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value ="
    " CASE WHEN CAST(facts.value AS BIGINT) < CAST(excluded.value AS BIGINT) THEN excluded.value"
    " ELSE CAST(CAST(facts.value AS BIGINT) + 1 AS TEXT) END"
)
_TAKEN = "SELECT value FROM facts WHERE name = :name"


def next_nonce(store: Store, name: str, least: int, *, durable: bool, seconds: float) -> Flow[int]:
    """One of at least so much, and greater than all before; see `core.keeper`."""
    fact = f"nonce {name}"

    def work(session: Session) -> int:
        session.run(_TAKE, {"name": fact, "value": str(least)})
        return int(session.rows(_TAKEN, {"name": fact})[0][0])

    given: int = yield Write(store, work, durable=durable, seconds=seconds)
    return given
