# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The idempotency keys that a bulk run makes for its rows: no other run and no caller makes the same."""

from __future__ import annotations

import re

import msgspec

from ..journal.store import Store

_BEGINS = (
    "SELECT key, at, server, account FROM entries"
    " WHERE key >= :least AND key <= :most AND substr(key, 1, :length) = :prefix ORDER BY number"
)
"""In the index of the keys: each is the prefix and a number, and no collation puts one before the prefix and a 1, or
after the prefix and as many nines. What a language puts among them all the same has another prefix."""
_DIGITS = 19
_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)


class RunEntry(msgspec.Struct, frozen=True):
    """An entry of a run: its key, when it was made in microseconds since the epoch, where, and for whom."""

    key: str
    at: int
    server: str
    account: str | None


class Keys:
    """The keys of one run.

    The length of its name stands before it, so that no name can go on as another's key does. Version 0.1.0 made
    ``name#1``, as a caller may have as well; a run that it began goes on under these.
    """

    def __init__(self, run: str) -> None:
        self._prefix = f"bulk:{len(run)}:{run}:"
        self._first_version = f"{run}#"
        self._made = self._prefix

    def of(self, row: int) -> str:
        """The key of a row."""
        return f"{self._made}{row}"

    def of_first_version(self, row: int) -> str:
        """The key that 0.1.0 gave a row."""
        return f"{self._first_version}{row}"

    def entries(self, store: Store) -> list[RunEntry]:
        """What a journal has of the run, in order; from then on its keys are those that it was begun with."""
        found = _found(store, self._prefix)
        if not found:  # 0.1.0 wrote down no account
            found = [one for one in _found(store, self._first_version) if one.account is None]
            self._made = self._first_version if found else self._prefix
        return found


def _found(store: Store, prefix: str) -> list[RunEntry]:
    ends = {"least": f"{prefix}1", "most": prefix + "9" * _DIGITS}
    rows = store.rows(_BEGINS, {"length": len(prefix), "prefix": prefix, **ends})
    return [RunEntry(*row) for row in rows if _NUMBER.fullmatch(str(row[0])[len(prefix) :])]
