# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The journal at a terminal."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import datetime, timezone
from itertools import islice
from typing import Annotated, Any, Literal

import typer

from ..core.errors import ArgumentError
from ..journal.entry import STATES
from ..journal.export import plain
from ..journal.seal import new_key
from . import reconcile_commands
from .ending import DONE, REFUSED, ending, what_is_written
from .entry_table import print_entries
from .options import AsJson, GlobalOptions, JournalAt, ShowCodes
from .program import Program, open_journal
from .screen import cell, out, print_json, print_line, utf8, warn

_UNCHANGED = "Nothing was changed."
Operation = Annotated[str | None, typer.Option(help="Only calls of this command, or method.")]
StateIs = Annotated[str | None, typer.Option("--state", help=f"Only entries that are {', '.join(STATES)}.")]
Token = Annotated[str | None, typer.Option(help="Only entries of this token.")]
Since = Annotated[str | None, typer.Option(help="The earliest time, such as 2026-11-24 or 2026-11-24T08:00+01:00.")]
Until = Annotated[str | None, typer.Option(help="The time that all are before.")]
Note = Annotated[str | None, typer.Option(help="Only entries with this note.")]
OutFile = Annotated[str, typer.Option("--out", help="A .csv or .jsonl file, which is replaced; - for standard output.")]
Reference = Annotated[str | None, typer.Option(help="Only entries about this reference number.")]


def add(app: typer.Typer, program: Program) -> None:
    """Give an app the commands that look after the journal."""
    _add_history(app, program)
    _add_export(app, program)
    _add_resolve(app, program)
    reconcile_commands.add(app, program)
    _add_journal(app, program)


def _add_history(app: typer.Typer, program: Program) -> None:
    @app.command()
    def history(
        operation: Operation = None,
        state: StateIs = None,
        token: Token = None,
        since: Since = None,
        until: Until = None,
        note: Note = None,
        reference: Reference = None,
        limit: Annotated[int, typer.Option(help="How many entries at most; 0 for all.")] = 50,
        oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest.")] = False,
        as_json: AsJson = False,
        show_codes: ShowCodes = False,
        journal: JournalAt = None,
    ) -> None:
        """Show what the journal says, the newest first."""
        with ending(GlobalOptions(json=as_json), _UNCHANGED):
            kept = open_journal(program, journal)
            which = _filters(program, operation, since, until, state=state, token=token, note=note, reference=reference)
            found = kept.history(newest_first=not oldest_first, **which)
            chosen = islice(found, max(limit, 0)) if limit else found
            told = kept.told if show_codes else None
            if as_json:
                for entry in chosen:
                    print_json({**plain(entry), **({"result": told(entry)} if told else {})})
            else:
                print_entries(program, "", chosen, told)


def _add_export(app: typer.Typer, program: Program) -> None:
    @app.command()
    def export(
        out_file: OutFile,
        kind: Annotated[str | None, typer.Option("--format", help="csv or jsonl; the file's ending says it.")] = None,
        operation: Operation = None,
        state: StateIs = None,
        token: Token = None,
        since: Since = None,
        until: Until = None,
        note: Note = None,
        reference: Reference = None,
        show_codes: ShowCodes = False,
        journal: JournalAt = None,
    ) -> None:
        """Write entries to a file, amounts exact."""
        with ending(GlobalOptions(), what_is_written(out_file)) as command:
            kept = open_journal(program, journal)
            which = _filters(program, operation, since, until, state=state, token=token, note=note, reference=reference)
            with utf8() if out_file == "-" else nullcontext() as stream:
                count = kept.export(
                    stream or out_file,
                    format=kind or ("csv" if stream else None),  # type: ignore[arg-type]
                    secrets=show_codes,
                    **which,
                )
            command.halfway = f"{count} entries were written."
            warn("", command.halfway)


def _add_resolve(app: typer.Typer, program: Program) -> None:
    @app.command()
    def resolve(
        entry: Annotated[int, typer.Argument(help="The number of the entry.")],
        outcome: Annotated[str, typer.Option(help="What the call came to: done, or refused if nothing was done.")],
        reason: Annotated[str, typer.Option(help="How that is known.")],
        reference: Annotated[str | None, typer.Option(help="The reference number, if it was found.")] = None,
        force: Annotated[bool, typer.Option("--force", help="As refused, even before that is settled.")] = False,
        as_json: AsJson = False,
        journal: JournalAt = None,
    ) -> None:
        """Settle an entry of unknown outcome by hand; the journal keeps that it was, and why."""
        halfway = f"Entry {entry} may have been settled: look at `history`."
        with ending(GlobalOptions(json=as_json), halfway) as command:
            settled = open_journal(program, journal).resolve(
                entry,
                outcome,  # type: ignore[arg-type]
                reason=reason,
                reference=reference,
                force=force,
            )
            command.done = f"Entry {entry} was settled; it could not be shown:"
            if as_json:
                print_json(plain(settled))
            else:
                print_entries(program, "Settled", [settled], None)


def _add_journal(app: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="Look after the journal itself.")
    app.add_typer(group, name="journal")

    @group.command()
    def check(journal: JournalAt = None) -> None:
        """Look at the whole journal, and at whether its secrets can be read; exit code 1 when something is wrong."""
        with ending(GlobalOptions(), _UNCHANGED):
            problems = open_journal(program, journal).check()
            for problem in problems:
                warn("", problem)
            out.print(f"{len(problems)} problems." if problems else "The journal is in order.")
            raise typer.Exit(REFUSED if problems else DONE)

    @group.command()
    def upgrade(journal: JournalAt = None) -> None:
        """Bring the journal up to date with this version, which whoever opens it to write does as well."""
        with ending(GlobalOptions(), "The journal is as it was, or up to date; call it again.") as command:
            open_journal(program, journal).prepare()
            command.done = "The journal is up to date; that could not be shown:"
            out.print("The journal is up to date.")

    @group.command()
    def adopt(
        old: Annotated[str, typer.Argument(help="What entries name, as `history --json` shows it; none: nothing.")],
        new: Annotated[str, typer.Argument(help="What that counts as from now on.")],
        reason: Annotated[str, typer.Option(help="How it is known that both are the same.")],
        server: Annotated[bool, typer.Option("--server", help="They are servers, not accounts.")] = False,
        journal: JournalAt = None,
    ) -> None:
        """Say that two accounts are one, after an API key was changed; the journal keeps who said so, and why."""
        with ending(GlobalOptions(), "That may have been written down; call it again.") as command:
            kind: Literal["account", "server"] = "server" if server else "account"
            name = None if old == "none" and not server else old
            open_journal(program, journal).adopt(name, new, kind=kind, reason=reason)
            command.done = "That was written down; it could not be shown:"
            out.print(f"The {kind} {cell(old)} counts as {cell(new)}.", soft_wrap=True)

    @group.command("rotate-key")
    def rotate_key(journal: JournalAt = None) -> None:
        """Seal all secrets again under a new key.

        Set the key's variable to the new key, a space, and the old one first. It may be stopped, and goes on when it is
        called again. Afterwards the old key can go.
        """
        with ending(GlobalOptions(), "What was sealed again stays so; call it again, and it goes on.") as command:
            count = open_journal(program, journal).rotate_key()
            command.done = f"{count} entries were sealed again; that could not be shown:"
            out.print(f"{count} entries were sealed again.")

    @group.command("new-key")
    def make_key() -> None:
        """Print a new key; keep it apart from the journal, and keep it: without it the secrets are gone."""
        with ending(GlobalOptions(), "A key that was not shown is kept nowhere; make another."):
            print_line(new_key())


def _filters(
    program: Program, operation: str | None, since: str | None, until: str | None, **others: str | None
) -> dict[str, Any]:
    times = {"since": _time("--since", since), "until": _time("--until", until)}
    return {"operation": _operation(program, operation), **times, **others}


def _operation(program: Program, text: str | None) -> str | None:
    """The name of a method, which may be told by its command."""
    if text is None:
        return None
    names = {operation.command: name for name, operation in program.operations.items()}
    name = names.get(text, text)
    if name not in program.operations:
        known = ", ".join(f"{command} ({name})" for command, name in sorted(names.items()))
        raise ArgumentError(f"--operation must be one of {known}, not {text!r}")
    return name


def _time(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))  # which Python 3.10 does not read
    except ValueError:
        raise ArgumentError(f"{option} must be a time such as 2026-11-24 or 2026-11-24T08:00+01:00") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)
