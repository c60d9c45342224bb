# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Where a journal is kept: one small interface, and the statements that every backend understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from ..core.errors import JournalError
from ..core.keeper import Submission

T = TypeVar("T")

Values = Mapping[str, Any]
Row = Sequence[Any]

COLUMNS = (
    "number at changed operation state ends arguments secrets attempts doubt settled status answer code reason"
    " reference token amount expires live checked note key claim open owner server sdk spec account"
).split()

ALL = f"SELECT {', '.join(COLUMNS)} FROM entries"
"""What `named` understands."""

SHOWN = [name for name in COLUMNS if name not in ("answer", "secrets")]
"""The columns of an entry that hold no secret."""


class NoJournalError(JournalError):
    """There is no journal at that address."""


class TakenError(Exception):
    """Another entry has the idempotency key."""


class Session(Protocol):
    """One transaction."""

    def run(self, statement: str, values: Values) -> int:
        """How many rows it changed.

        Raises:
            TakenError: Another entry has the idempotency key; the transaction goes on.
        """
        ...

    def insert(self, statement: str, values: Values) -> int:
        """The number of the new entry.

        Raises:
            TakenError: As above.
        """
        ...

    def rows(self, statement: str, values: Values) -> list[Row]:
        """What it finds."""
        ...


Done: TypeAlias = Callable[[list[Any]], None]
"""Is told which submissions are over: all of them at once that are over at once."""


class Store(Protocol):
    """A place to keep a journal in; threads share it. Before a fork it is closed, and each side opens its own.

    Every method raises `JournalError` when the place cannot be used.
    """

    def prepare(self) -> None:
        """Make the journal if it is not there, bring an older one up to date, and see that it can be written.

        Raises:
            JournalError: It cannot be used, or a newer package is needed for it.
        """

    def write(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        """Do the work in one transaction, and do not return before it is kept.

        Args:
            work: What to do; it may be done again from the start when the transaction fails.
            durable: Whether it has to outlive a power cut. If not, it outlives the process.
            seconds: How long to wait for others. What has begun then is waited for: a disk takes no time limit.
        """
        ...

    def rows(self, statement: str, values: Values, *, seconds: float = ...) -> list[Row]:
        """What is kept, outside of any transaction; others are waited for for so many seconds.

        A journal that was not brought up to date is read as well: nothing is in the columns that it lacks.
        """
        ...

    def submit(self, work: Callable[[Session], T], *, durable: bool, seconds: float, done: Done) -> Submission[T]:
        """Have the work done as `write` does it, and return at once: for an event loop, whose thread must not wait.

        All that is submitted while the disk is flushed shares the next transaction.

        Args:
            work: As in `write`.
            durable: As in `write`.
            seconds: As in `write`, counted from now.
            done: Called in a thread of the store with a list of submissions that are over, and never again with them;
                those of one transaction that were given the same function (which compares equal) come in one list. It
                must not wait: ``loop.call_soon_threadsafe(settle, submissions)`` is what it is made for.

        Raises:
            JournalError: There is no thread for it, or this is a child of the process that opened the store.
        """
        ...

    def submit_rows(self, statement: str, values: Values, *, seconds: float, done: Done) -> Submission[list[Row]]:
        """The same for `rows`."""
        ...

    def problems(self) -> list[str]:
        """What is wrong with the journal, after looking at all of it."""
        ...

    def scrub(self) -> None:
        """Leave nothing behind of what was overwritten."""

    def close(self) -> None:
        """Close the connections; what was submitted is done before."""


def paged(store: Store, statement: str, values: Values) -> Iterator[Row]:
    """What a statement finds page by page: it asks for numbers, which come first, above `:last`."""
    last = 0
    while rows := store.rows(statement, {**values, "last": last}):
        yield from rows
        last = rows[-1][0]


def by_name(row: Row) -> dict[str, Any]:
    """All columns of an entry, by name."""
    return dict(zip(COLUMNS, row, strict=True))
