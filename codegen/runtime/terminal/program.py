"""What the commands of a package share: how a client is made, what is shown, how a command ends."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal, NoReturn, Protocol, TextIO, TypeAlias

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ..core.classify import MASK
from ..core.errors import ArgumentError, ClientError
from ..core.hidden import Hidden
from ..core.operation import Operation
from ..journal.columns import outcome
from ..journal.entry import State
from ..journal.journal import Journal
from ..journal.store import NoJournalError
from ..sync.journalled import JournalledClient

DONE, REFUSED, WRONG, NOT_SENT, UNKNOWN, UNREADABLE, NOT_SHOWN, UNFORESEEN = range(8)
"""How a command ends: all done; the server said no; the call is wrong; nothing was sent; nobody knows; done, and not as
promised; done, and it could not be shown; for a reason that nobody thought of."""
INTERRUPTED = 130
"""As shells say it of a Ctrl-C."""

EXITS = """
Exit codes: 0 done, 1 refused by the server, 2 the call is wrong, 3 not sent, 4 the outcome is unknown, 5 done but the
answer is not as promised, 6 done but it could not be shown, 7 unforeseen, 130 interrupted."""

_BY_STATE: Mapping[State, int] = {"done": DONE, "refused": REFUSED, "not sent": NOT_SENT, "unknown": UNKNOWN}

_WRAPPING = ("note", "result")
"""Columns that give way where there is no room."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal would obey, or show as something else."""

_UsageError: Any = typer.BadParameter.__bases__[0]
"""Click's, or that of the Click that newer versions of Typer bring with them."""
_NOT_TYPED = ("BadOptionUsage", "MissingParameter", "NoArgsIsHelpError")
"""Usage errors that name only what the command has."""
_TYPED = re.compile(r" ?(['\"(].*['\")]|:.*)", re.DOTALL)
"""Where Click repeats what was typed: from the first quote or bracket to the last, or after a colon."""
_SUGGESTION = re.compile(r"\. Did you mean '[^.]*'\?\Z")
"""What Click adds of the names of commands."""


class NotShownError(Exception):
    """A stream did not take what it was to show."""


class _Screen(Console):
    """A stream for people."""

    def on_broken_pipe(self) -> None:
        raise  # else rich ends the process

    def print(self, *objects: Any, **options: Any) -> None:
        with _showing(sys.stderr if self.stderr else sys.stdout):
            super().print(*objects, **options)


class _Aside(_Screen):
    """The one for what goes beside the result: there is nowhere else to say that it takes nothing."""

    def print(self, *objects: Any, **options: Any) -> None:
        with contextlib.suppress(NotShownError):
            super().print(*objects, **options)


out = _Screen(highlight=False, soft_wrap=False)
err = _Aside(stderr=True, highlight=False)

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

    def __call__(self, *, journal: Any, base_url: str | None, timeout: float) -> JournalledClient: ...


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


class Deed:
    """What a command has done so far: it decides how the command ends, whatever becomes of the output.

    Attributes:
        done: What was done, in words; empty until it was.
        unshown: The exit code if it cannot be shown.
        halfway: What is said after an interrupt until then: what may have been done, and how to go on.
    """

    done = ""
    unshown = NOT_SHOWN

    def __init__(self, halfway: str) -> None:
        self.halfway = halfway


def run(app: typer.Typer) -> NoReturn:
    """Run the command line; what it does not understand is not repeated, since it may be a secret in a wrong place."""
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        if type(error).__name__ not in _NOT_TYPED:
            error.message = _without_typed(error.message)
        error.show()
        code = WRONG
    sys.exit(code)


def _without_typed(message: str) -> str:
    suggestion = _SUGGESTION.search(message)
    end = suggestion.start() if suggestion else len(message)
    return _TYPED.sub(f" {MASK}", message[:end]).strip() + message[end:]


@contextmanager
def ending(asked: Asked, halfway: str) -> Iterator[Deed]:
    """Turn what a command comes to into words and an exit code.

    Args:
        asked: The options.
        halfway: What an interrupt leaves behind, as long as the command says nothing else of that.
    """
    deed = Deed(halfway)
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a note may hold what a code page lacks
        try:
            yield deed
        finally:
            _flush()
    except typer.Exit:
        raise
    except NotShownError as error:
        code = _unshown(deed, error)
    except ClientError as error:
        code = _unshown(deed, error) if deed.done else _told(error, asked)
    except (KeyboardInterrupt, typer.Abort) as interrupt:
        code = _unshown(deed, interrupt) if deed.done else _interrupted(deed, interrupt)
    except Exception as error:
        code = _unshown(deed, error) if deed.done else _unforeseen(error)
    else:
        return
    raise typer.Exit(code)


@contextmanager
def _showing(stream: Any) -> Iterator[None]:
    if stream is None:
        raise NotShownError("it is closed")
    try:
        yield
    except ClientError:
        raise
    except (OSError, ValueError) as error:  # a stream that was closed raises the latter
        raise NotShownError(getattr(error, "strerror", None) or str(error)) from None


def _flush() -> None:
    """See that all that was shown came through; what did not is let go, or Python would try again at its end."""
    if sys.stdout is None:
        return
    try:
        with _showing(sys.stdout):
            sys.stdout.flush()
    except NotShownError:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
        raise


def tell(value: Any) -> None:
    """Print JSON on a line, as UTF-8 whatever the terminal has."""
    line(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False)))


def line(text: str) -> None:
    """Print a line as UTF-8."""
    with _showing(sys.stdout):
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            print(text)
        else:
            sys.stdout.flush()
            binary.write(f"{text}\n".encode("utf-8", "backslashreplace"))


@contextmanager
def utf8() -> Iterator[TextIO]:
    """Standard output, for text that is written as UTF-8."""
    with _showing(sys.stdout):
        stream = io.TextIOWrapper(sys.stdout.buffer, "utf-8", "backslashreplace", newline="", write_through=True)
        try:
            yield stream
        finally:
            stream.detach()


def warn(lead: str, text: str) -> None:
    """Say something beside the result; of its text nothing is markup, and nothing moves the cursor."""
    if lead:
        err.print(f"[red]{lead}[/] ", end="")
    if lead or text:
        err.print(visible(text), markup=False)


def rescue(text: str) -> None:
    """Show what nothing else holds, on whatever stream takes it."""
    for screen in (err, out):
        with contextlib.suppress(NotShownError):
            _Screen.print(screen, text, markup=False)
            return


def visible(text: str) -> str:
    """The text, with nothing in it that a terminal would obey."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)


def _unshown(deed: Deed, why: BaseException) -> int:
    reason = str(why) if isinstance(why, (NotShownError, ClientError)) else type(why).__name__
    warn(deed.done or "Not all of it could be shown.", f"Standard output failed: {reason}" if not deed.done else reason)
    return deed.unshown


def _told(error: ClientError, asked: Asked) -> int:
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
        try:
            tell(facts)
            _flush()
        except NotShownError:
            asked.json = False
    if not asked.json:
        warn(f"{type(error).__name__}:", str(error))
        warn("", _to_do(error))
    return code_of(error)


def _to_do(error: ClientError) -> str:
    if error.entry is None or error.executed == "no":
        return ""
    if error.executed == "yes":
        return f"It is entry {error.entry} of the journal, which has what came."
    return f"It is entry {error.entry} of the journal. Find out what became of it, then `resolve` it."


def _interrupted(deed: Deed, interrupt: BaseException) -> int:
    outcome = interrupt.__cause__
    if isinstance(outcome, ClientError):
        warn("Interrupted:", str(outcome))
        warn("", _to_do(outcome))
    else:
        warn("Interrupted.", deed.halfway)
    return INTERRUPTED


def _unforeseen(error: Exception) -> int:
    """Where it happened, and no more: its words and its variables may hold anything."""
    for step in traceback.format_tb(error.__traceback__):
        warn("", step.rstrip())
    warn(f"{type(error).__name__}:", "this was not foreseen. Look at the journal before you repeat a call.")
    return UNFORESEEN


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
    err.print(visible(question), markup=False, end=" ")
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
        return "[dim]-[/]"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return escape(format(value, "f") if hasattr(value, "is_finite") else visible(str(value)))


def opened(program: Program, asked: Asked, *, needs_journal: bool, only_reads: bool = False) -> JournalledClient:
    """A client, with the journal that the command needs; one that only reads makes none."""
    address = asked.journal or os.environ.get(f"{program.environment}_JOURNAL") or None
    if needs_journal and address is None and not asked.no_journal:
        prefix = program.environment
        raise ArgumentError(
            f"there is no journal to write this down in: give --journal FILE, or set {prefix}_JOURNAL;"
            f" the key of its secrets stands in {prefix}_JOURNAL_KEY or in the file {prefix}_JOURNAL_KEY_FILE"
            f" (`{program.name} journal new-key` makes one); or say --no-journal"
        )
    kept: Journal | str | Literal[False] = False if asked.no_journal or address is None else address
    if isinstance(kept, str) and only_reads:
        kept = program.journal.to_read(kept)
        try:
            kept.prepare()
        except NoJournalError:
            if needs_journal:
                raise
            kept = False
    return program.opens(
        journal=kept,
        base_url=asked.server,
        timeout=asked.timeout if asked.timeout is not None else 30.0,
    )


def journal_of(program: Program, address: str | None) -> Journal:
    """The journal that the command is about, which must be there."""
    found = address or os.environ.get(f"{program.environment}_JOURNAL")
    if not found:
        raise ArgumentError(f"give --journal FILE, or set {program.environment}_JOURNAL")
    journal = program.journal(found)
    if "://" not in found and not os.path.exists(found):
        raise ArgumentError(f"there is no journal {found}; see to its path: none was made")
    return journal
