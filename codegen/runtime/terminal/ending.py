"""How a command ends: in words, and by an exit code that tells what became of its calls."""

from __future__ import annotations

import re
import sys
import textwrap
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from ..bulk.outcome import words_of
from ..core.checks import MASK
from ..core.errors import ArgumentError, ClientError, JournalError
from ..journal.columns import outcome
from ..journal.entry import State
from .options import GlobalOptions
from .screen import NotShownError, err, flush, print_json, warn

DONE, REFUSED, WRONG, NOT_SENT, UNKNOWN, UNREADABLE, NOT_SHOWN, UNFORESEEN = range(8)
"""How a command ends: all done; the server said no; the call is wrong; nothing was sent; nobody knows; done, and not as
promised; done, and it could not be shown; for a reason that nobody thought of."""
INTERRUPTED = 130
"""As shells say it of a Ctrl-C."""

_EXITS = """
Exit codes: 0 done, 1 refused by the server, 2 the call is wrong, 3 not sent, 4 the outcome is unknown, 5 done but the
answer is not as promised, 6 done but it could not be shown, 7 unforeseen, 130 interrupted."""

_LEADS: Mapping[State, str] = {
    "done": "Done, but not as promised",
    "refused": "Refused",
    "not sent": "Not sent",
    "unknown": "Outcome unknown",
}
_BY_STATE: Mapping[State, int] = {"done": DONE, "refused": REFUSED, "not sent": NOT_SENT, "unknown": UNKNOWN}

_UsageError: Any = typer.BadParameter.__bases__[0]
"""Click's, or that of the Click that newer versions of Typer bring with them."""
_NOT_TYPED = ("BadOptionUsage", "MissingParameter", "NoArgsIsHelpError")
"""Usage errors that name only what the command has."""
_TYPED = re.compile(r" ?(['\"(].*['\")]|:.*)", re.DOTALL)
"""Where Click repeats what was typed: from the first quote or bracket to the last, or after a colon."""
_OPTION = re.compile(r"--[a-z]{1,20}(-[a-z]{1,20}){0,3}")
"""What is no secret in a wrong place: keys and codes have digits or capital letters."""
_SUGGESTION = re.compile(r"\. Did you mean '[^.]*'\?\Z")
"""What Click adds of the names of commands."""


def closing_help(variables: Mapping[str, str]) -> str:
    """What the help of the program ends with: what it reads of the environment, and its exit codes."""
    told = [
        f"  {names}\n{textwrap.indent(textwrap.fill(meaning, 70), ' ' * 6)}" for names, meaning in variables.items()
    ]
    return "\n".join(["\b", "Environment:", *told, _EXITS])


class RunningCommand:
    """What a command has done so far: it decides how the command ends, whatever becomes of the output.

    Attributes:
        done: What was done, in words; empty until it was.
        unshown: The exit code if it cannot be shown.
        halfway: What is said after an interrupt until then: what may have been done, and how to go on.
        options: What one types for an argument that a message names.
    """

    done = ""
    options: Mapping[str, str] = {}
    unshown = NOT_SHOWN

    def __init__(self, halfway: str) -> None:
        self.halfway = halfway


def run(app: typer.Typer) -> NoReturn:
    """Run the command line; what it does not understand is not repeated where it may be a secret in a wrong place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue] # help and notes may hold what a code page lacks
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        option = getattr(error, "option_name", None) or ""
        if type(error).__name__ == "NoSuchOption" and _OPTION.fullmatch(option):
            error.message = f"No such option {option}"
        elif type(error).__name__ not in _NOT_TYPED:
            error.message = _without_typed(error.message)
        error.show()
        code = WRONG
    sys.exit(code)


def _without_typed(message: str) -> str:
    suggestion = _SUGGESTION.search(message)
    end = suggestion.start() if suggestion else len(message)
    return _TYPED.sub(f" {MASK}", message[:end]).strip() + message[end:]


@contextmanager
def ending(options: GlobalOptions, halfway: str) -> Iterator[RunningCommand]:
    """Turn what a command comes to into words and an exit code; `halfway` is what an interrupt leaves at first."""
    command = RunningCommand(halfway)
    try:
        try:
            yield command
        finally:
            flush()
    except typer.Exit:
        raise
    except NotShownError as error:
        code = _report_unshown(command, error)
    except ClientError as error:
        code = _report_unshown(command, error) if command.done else _report_error(error, options, command.options)
    except (KeyboardInterrupt, typer.Abort) as interrupt:
        code = _report_unshown(command, interrupt) if command.done else _report_interrupt(command, interrupt)
    except Exception as error:
        code = _report_unshown(command, error) if command.done else _report_unforeseen(error)
    else:
        return
    raise typer.Exit(code)


def _report_unshown(command: RunningCommand, why: BaseException) -> int:
    reason = str(why) if isinstance(why, (NotShownError, ClientError)) else type(why).__name__
    if command.done:
        warn(command.done, reason)
    else:
        warn("Not all of it could be shown.", f"Standard output failed: {reason}")
    return command.unshown


def _report_error(error: ClientError, options: GlobalOptions, named: Mapping[str, str]) -> int:
    if options.json:
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
            print_json(facts)
            flush()
        except NotShownError:
            options.json = False
    if not options.json:
        _say_error(error, named)
    return code_of(error)


def _say_error(error: ClientError, named: Mapping[str, str]) -> None:
    words = words_of(error)
    if error.variables:
        words = f"{error.problem}; set {error.variables}"
    first, space, rest = words.partition(" ")
    warn(f"{lead_of(error)}:", f"{named.get(first, first)}{space}{rest}" if isinstance(error, ArgumentError) else words)
    warn("", _to_do(error))


def lead_of(error: ClientError) -> str:
    """What an error means, in a word or two."""
    if isinstance(error, (ArgumentError, JournalError)):
        return "Error"
    return _LEADS[outcome(error)]


def _to_do(error: ClientError) -> str:
    if error.entry is None or error.executed == "no":
        return ""
    if error.executed == "yes":
        return f"It is entry {error.entry} of the journal, which has what came."
    return f"It is entry {error.entry} of the journal. Find out what became of it, then `resolve {error.entry}`."


def _report_interrupt(command: RunningCommand, interrupt: BaseException) -> int:
    outcome = interrupt.__cause__
    if isinstance(outcome, ClientError):
        warn("Interrupted:", words_of(outcome))
        warn("", _to_do(outcome))
    else:
        warn("Interrupted.", command.halfway)
    return INTERRUPTED


def _report_unforeseen(error: Exception) -> int:
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


def confirm(question: str, options: GlobalOptions) -> None:
    """Ask, unless that is not wanted; end if the answer is no."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise ArgumentError("nobody is there to be asked whether to go on: say --yes")
    *before, last = err.fold(question, indent=len(" [y/N]: "))
    for line in before:
        err.say_row(line)
    if not typer.confirm(last.plain, err=True):
        err.say("Nothing was sent.")
        raise typer.Exit(NOT_SENT)


def what_is_written(out_file: str) -> str:
    """What an interrupt leaves of a file that takes the place of another."""
    if out_file == "-":
        return "What was written is not all."
    return "The file is as it was, or written whole, unless it is a device or a pipe."
