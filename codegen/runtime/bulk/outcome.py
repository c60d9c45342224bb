"""What a bulk run comes to, row by row and whole."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from ..core.errors import ClientError
from ..core.opaque import Arguments
from ..journal.entry import State


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row.

    Attributes:
        row: Its number, from 1.
        state: How far its call came.
        entry: The number of its entry in the journal, if it has one.
        result: What the call brought; `None` if it brought nothing.
        error: What it raised; `None` if it raised nothing.
        reason: Why it is not done, in the words of the error, or of the journal's entry where that was so before;
            empty where nothing is to be said.
        code: The API's own code of that, when there was one.
        earlier: Whether that was so before this run began.
        unkept: Why the journal does not have the answer; empty when it has. Then nothing else holds its secrets.
        place: Where the row stands, such as ``rows.csv, line 2``.
        given: The values of the row, as they stand there, by the names of the arguments.
    """

    row: int
    state: State
    entry: int | None = None
    result: Any = None
    error: ClientError | None = None
    reason: str = ""
    code: int | str | None = None
    earlier: bool = False
    unkept: str = ""
    place: str = ""
    given: Mapping[str, Any] = Arguments()


class Report(msgspec.Struct, kw_only=True):
    """What a run came to.

    Attributes:
        run: Its name; the same rows under the same name go on where they were.
        rows: How many rows were gone through.
        states: How many of them are in each state now.
        earlier: How many had been done before.
        stopped: Why the run ended before the last row, or is not written down whole; empty when all is well.
        amounts: What the rows ask for, by token; told of a dry run.
    """

    run: str
    rows: int = 0
    states: dict[State, int] = msgspec.field(default_factory=dict)
    earlier: int = 0
    stopped: str = ""
    amounts: dict[str, Decimal] = msgspec.field(default_factory=dict)


def words_of(error: ClientError) -> str:
    """What an error says, without the names that things have in Python."""
    words = str(error).removeprefix(f"{error.operation}: ")
    return words.removeprefix("refused: ").removesuffix("; nothing was sent")
