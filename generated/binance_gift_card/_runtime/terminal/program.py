# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""What the commands of a package share: how a client is made, what is shown, how a command ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal, NoReturn, Protocol, TypeAlias

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ..errors import ArgumentError, ClientError, OutcomeUnknownError
from ..hidden import Hidden
from ..journal.columns import outcome
from ..journal.entry import State
from ..journal.journal import Journal
from ..journalled import JournalledClient
from ..operation import Operation

DONE, REFUSED, WRONG, NOT_SENT, UNKNOWN, UNREADABLE = 0, 1, 2, 3, 4, 5
"""How a command ends: all done; the server said no; the call is wrong; nothing was sent; nobody knows; done, and not as
promised."""

EXITS = """
Exit codes: 0 done, 1 refused by the server, 2 the call is wrong, 3 not sent, 4 the outcome is unknown, 5 done but the
answer is not as promised."""

_BY_STATE: Mapping[State, int] = {"done": DONE, "refused": REFUSED, "not sent": NOT_SENT, "unknown": UNKNOWN}

_WRAPPING = ("note", "result")
"""Columns that give way where there is no room."""

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ShowCodes: TypeAlias = Annotated[bool, typer.Option("--show-codes", help="Show secrets instead of masking them.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Server: TypeAlias = Annotated[
    str | None, typer.Option("--sandbox", metavar="URL", help="Call this server, such as a sandbox, instead.")
]
JournalAt: TypeAlias = Annotated[
    str | None,
    typer.Option("--journal", metavar="FILE|URL", help="The journal; the environment's if left out."),
]
NoJournal: TypeAlias = Annotated[bool, typer.Option("--no-journal", help="Keep no journal of this call.")]
Timeout: TypeAlias = Annotated[float | None, typer.Option("--timeout", help="Seconds for a whole call.")]


class Opens(Protocol):
    """Makes a client out of the environment."""

    def __call__(
        self, *, journal: str | Literal[False] | None, base_url: str | None, timeout: float
    ) -> JournalledClient: ...


class Program(Hidden, kw_only=True):
    """A package, as its commands see it."""

    name: str
    """What the command is called."""
    environment: str
    """The prefix of the environment's variables."""
    opens: Opens
    journal: type[Journal]
    operations: Mapping[str, Operation[Any]]


class Asked(Hidden, kw_only=True):
    """What the options say that many commands have."""

    json: bool = False
    show_codes: bool = False
    yes: bool = False
    server: str | None = None
    journal: str | None = None
    no_journal: bool = False
    timeout: float | None = None


@contextmanager
def ending(asked: Asked) -> Iterator[None]:
    """Turn what a command raises into words and an exit code."""
    try:
        yield
    except ClientError as error:
        fail(error, asked)


def fail(error: ClientError, asked: Asked) -> NoReturn:
    """Tell an error, and end."""
    if asked.json:
        facts = {
            "error": type(error).__name__,
            "message": str(error),
            "executed": error.executed,
            "status": error.status,
            "code": error.code,
            "entry": error.entry,
            "settled_after": error.settled_after and error.settled_after.isoformat(),
            "until": error.until and error.until.isoformat(),
        }
        print(json.dumps(facts, ensure_ascii=False))
    else:
        err.print(f"[red]{type(error).__name__}[/]: ", end="")
        err.print(str(error), markup=False)
        if error.entry is not None and isinstance(error, OutcomeUnknownError):
            err.print(f"It is entry {error.entry} of the journal. Find out what became of it, then `resolve` it.")
    raise typer.Exit(code_of(error))


def code_of(error: ClientError) -> int:
    """The exit code that tells of an error."""
    if isinstance(error, ArgumentError):
        return WRONG
    return UNREADABLE if error.executed == "yes" else _BY_STATE[outcome(error)]


def worst(states: Mapping[State, int], *, stopped: bool) -> int:
    """The exit code that tells of many calls."""
    codes = [_BY_STATE.get(state, UNKNOWN) for state, count in states.items() if count]
    return max([*codes, NOT_SENT if stopped else DONE])


def confirmed(question: str, asked: Asked) -> None:
    """Ask, unless that is not wanted; end if the answer is no."""
    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise ArgumentError("this moves money, and nobody is there to be asked: say --yes")
    err.print(question, markup=False, end=" ")
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(NOT_SENT)


def table(title: str, columns: Mapping[str, str]) -> Table:
    """A table; each column is a name and how it is aligned: left or right."""
    if title:
        out.print(f"\n[bold]{shown(title)}[/]", soft_wrap=True)
    made = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    for name, justify in columns.items():
        wraps = name in _WRAPPING
        made.add_column(name, justify="right" if justify == "right" else "left", overflow="fold", no_wrap=not wraps)
    return made


def facts_table(facts: Mapping[str, Any]) -> Table:
    """Names and values, one a line."""
    made = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        made.add_row(f"[bold]{name}[/]", shown(value))
    return made


def shown(value: Any) -> str:
    """A value for a person, with nothing in it that could be markup."""
    from rich.markup import escape

    if value is None:
        return "[dim]–[/]"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return escape(format(value, "f") if hasattr(value, "is_finite") else str(value))


def opened(program: Program, asked: Asked, *, needs_journal: bool) -> JournalledClient:
    """A client, with the journal that the command needs."""
    import os

    address = asked.journal or os.environ.get(f"{program.environment}_JOURNAL") or None
    if needs_journal and address is None and not asked.no_journal:
        prefix = program.environment
        raise ArgumentError(
            f"there is no journal to write this down in: give --journal FILE, or set {prefix}_JOURNAL;"
            f" the key of its secrets stands in {prefix}_JOURNAL_KEY or in the file {prefix}_JOURNAL_KEY_FILE"
            f" (`{program.name} journal new-key` makes one); or say --no-journal"
        )
    return program.opens(
        journal=False if asked.no_journal or address is None else address,
        base_url=asked.server,
        timeout=asked.timeout if asked.timeout is not None else 30.0,
    )


def journal_of(program: Program, address: str | None) -> Journal:
    """The journal that the command is about."""
    import os

    found = address or os.environ.get(f"{program.environment}_JOURNAL")
    if not found:
        raise ArgumentError(f"give --journal FILE, or set {program.environment}_JOURNAL")
    return program.journal(found)
