# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What is done to all that is sealed in a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..core.errors import JournalError
from .columns import place_of
from .seal import Seal
from .store import ALL, Row, Session, Store, Values, by_name, paged

_PAGE = 200
_SECONDS = 10.0
_SEALED = f"{ALL} WHERE number > :last AND (answer IS NOT NULL OR secrets IS NOT NULL) ORDER BY number LIMIT {_PAGE}"


def rotate_key(store: Store, seal: Seal, progress: Callable[[int], None] | None) -> int:
    """Seal again what is sealed under another key than the first; how many entries there were."""
    changed = 0
    for row in paged(store, _SEALED, {}):
        changed += _seal_again(store, seal, row)
        if progress is not None:
            progress(changed)
    if changed:
        store.scrub()
    return changed


def unreadable(store: Store, unseal: Callable[[Values, str], bytes]) -> Iterator[str]:
    """What cannot be opened, and why; each reason once."""
    closed: dict[str, list[int]] = {}
    for row in paged(store, _SEALED, {}):
        found = by_name(row)
        try:
            for name in _sealed_columns(found):
                unseal(found, name)
        except JournalError as error:
            first_and_more = closed.setdefault(str(error), [found["number"], -1])
            first_and_more[1] += 1
    for reason, (first, more) in closed.items():
        yield f"entry {first}{f' and {more} more' if more else ''}: {reason}"


def _sealed_columns(found: Values) -> list[str]:
    return [name for name in ("answer", "secrets") if found[name] is not None]


def _seal_again(store: Store, seal: Seal, row: Row) -> bool:
    found = by_name(row)
    stale = [name for name in _sealed_columns(found) if not seal.is_current(bytes(found[name]))]
    for name in stale:
        place, old = place_of(found, name), bytes(found[name])
        values = {"new": seal.seal(seal.open(old, place), place), "old": found[name], "number": row[0]}
        statement = f"UPDATE entries SET {name} = :new WHERE number = :number AND {name} = :old"
        store.write(partial(_run, statement, values), durable=True, seconds=_SECONDS)
    return bool(stale)


def _run(statement: str, values: Values, session: Session) -> int:
    return session.run(statement, values)
