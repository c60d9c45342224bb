# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One entry in full: the one way to what is kept of it in secret."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from ..core.errors import ArgumentError, ClientError
from ..core.opaque import Opaque
from ..core.operation import Operation
from ..journal.entry import Entry
from ..journal.export import plain
from ..journal.journal import Journal
from .ending import code_of, ending
from .entry_views import print_entry
from .options import AsJson, GlobalOptions, JournalAt, ShowCodes
from .program import Program, open_journal
from .result_view import hides_secrets, print_result, result_values
from .screen import err, out, print_json, warn

_NUMBER = re.compile("[1-9][0-9]{0,17}")

Wanted = Annotated[
    str,
    typer.Argument(metavar="ENTRY|REFERENCE", help="The number of an entry, or the reference number that it is about."),
]


class _Brought(Opaque, kw_only=True):
    """What the call of an entry brought."""

    operation: Operation[Any] | None
    result: Any = None
    has_result: bool = False
    answer: str | None = None
    """What the server answered, where that is no result."""
    problem: ClientError | None = None
    """Why there is no result, though there was to be one."""


def add(app: typer.Typer, program: Program) -> None:
    """Give an app the command that shows an entry."""

    @app.command(epilog=program.example("show 42", "show 0033002144060553 --show-codes"))
    def show(
        which: Wanted,
        as_json: AsJson = False,
        show_codes: ShowCodes = False,
        journal: JournalAt = None,
    ) -> None:
        """Show all that the journal has of a call. With --show-codes its secrets too."""
        options = GlobalOptions(json=as_json, show_codes=show_codes)
        with ending(options, "Nothing was changed."):
            kept = open_journal(program, journal)
            problems = [_show(program, kept, entry, options) for entry in _find(kept, which)]
            codes = [code_of(problem) for problem in problems if problem is not None]
            if codes:
                raise typer.Exit(max(codes))


def _find(journal: Journal, which: str) -> list[Entry]:
    """The entry of that number, or those about that reference number."""
    about = list(journal.history(reference=which))
    numbered = _numbered(journal, int(which)) if _NUMBER.fullmatch(which) else []
    if not numbered and not about:
        raise ArgumentError("no entry has that number, or is about that reference number; `history` lists them")
    others = [entry.number for entry in about if entry not in numbered]
    if numbered and others:
        told = ", ".join(map(str, others))
        warn("", f"{which} is the reference number of other entries as well; `show` takes their numbers: {told}.")
    return numbered or about


def _numbered(journal: Journal, number: int) -> list[Entry]:
    try:
        return [journal.entry(number)]
    except ArgumentError:
        return []


def _show(program: Program, journal: Journal, entry: Entry, options: GlobalOptions) -> ClientError | None:
    brought = _brought(program, journal, entry)
    events = [*journal.events(entry)]
    secrets = options.show_codes
    if options.json:
        values: dict[str, Any] = {**plain(entry), "result": None, "events": plain(events)}
        if brought.has_result and brought.operation is not None:
            values["result"] = result_values(brought.operation, brought.result, secrets=secrets)
        if secrets:
            values["answer"] = brought.answer
        if brought.problem is not None:
            values["problem"] = str(brought.problem)
        print_json(values)
        return brought.problem
    print_entry(program, entry, events)
    if brought.has_result and brought.operation is not None:
        if isinstance(brought.result, bytes):
            out.say(f"Its result: {len(brought.result)} bytes, which --json has as base64.", indent=2)
        else:
            out.say("Its result:", indent=2)
            print_result(brought.operation, brought.result, secrets=secrets, indent=4)
        if not secrets and hides_secrets(brought.operation, brought.result):
            err.say(f"Secrets are masked; `show {entry.number} --show-codes` shows them.")
    elif brought.answer is not None:
        out.say("What the server answered:" if secrets else "An answer is kept; --show-codes shows it.", indent=2)
        if secrets:
            out.say(brought.answer, indent=4)
    elif entry.state == "done" and brought.problem is None:
        out.say("Its answer never came, so its result is not here.", indent=2)
    if entry.state == "unknown":
        err.say(f"Find out what became of it, then `resolve {entry.number}`; `reconcile` names all such entries.")
    if brought.problem is not None:
        warn("Its result cannot be shown:", str(brought.problem))
    return brought.problem


def _brought(program: Program, journal: Journal, entry: Entry) -> _Brought:
    operation = program.operations.get(entry.operation)
    try:
        return _Brought(operation=operation, result=journal.result(entry), has_result=True)
    except ArgumentError:  # there is none
        problem = None
    except ClientError as error:
        problem = error.bare()
    try:
        body = journal.answer(entry)
    except ClientError as error:
        return _Brought(operation=operation, problem=error.bare())
    answer = None if body is None else body.decode("utf-8", "backslashreplace")
    return _Brought(operation=operation, answer=answer, problem=problem)
