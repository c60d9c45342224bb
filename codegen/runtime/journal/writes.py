"""How the end of a call is written to its entry."""

from __future__ import annotations

from functools import lru_cache

from .columns import Columns
from .store import Session, TakenError, Values


def write_end(
    session: Session,
    number: int | None,
    ending: Columns,
    *,
    found: Values | None = None,
    key: str | None = None,
    owner: str | None = None,
    is_asked: bool = False,
) -> int:
    """Write how a call ended, unless its entry is no longer what was found; how many entries it was written to.

    A call that did anything claims its idempotency key.

    Args:
        session: The transaction.
        number: The entry's.
        ending: The columns that change.
        found: The entry as it was.
        key: The idempotency key of the call.
        owner: The call whose end it is, where another may have taken its entry over: then only that it was done counts.
        is_asked: Whether even that is nothing but what was found, which may be what the other one did.
    """
    ending = {**ending, "open": 1 if ending["state"] == "unknown" else None}
    if ending["state"] in ("refused", "not sent"):
        ending["claim"] = None
    elif key is not None:
        ending["claim"] = key
    values = {**ending, "number": number}
    statement = _update(*ending)
    if found is not None:
        statement += " AND state = :was AND changed = :then"
        values |= {"was": found["state"], "then": found["changed"]}
    if owner is not None:
        values["owner"] = owner
        counts = ending["state"] == "done" and not is_asked
        statement = _update(*ending, "owner") if counts else f"{statement} AND owner = :owner"
    try:
        return session.run(statement, values)
    except TakenError:  # it was settled as nothing, and its key went to another call: what is true counts
        return session.run(statement, {**values, "claim": None})


@lru_cache(maxsize=64)
def _update(*names: str) -> str:
    return f"UPDATE entries SET {', '.join(f'{name} = :{name}' for name in names)} WHERE number = :number"
