"""The journal at a terminal."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal

import typer

from ..core.errors import ArgumentError
from ..journal.entry import STATES
from ..journal.export import FORMATS, plain
from ..journal.seal import new_key
from . import reconcile_commands, show_command
from .ending import DONE, REFUSED, ending, what_is_written
from .entry_views import print_entries, print_entry, print_entry_lines
from .layout import cell, counted
from .options import HELP, AsJson, GlobalOptions, JournalAt, ShowCodes, completed_from, one_of
from .program import Program, open_journal
from .screen import out, print_json, print_line, utf8, warn

_UNCHANGED = "Nothing was changed."
StateIs = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="STATE",
        autocompletion=completed_from(STATES),
        help=f"Only entries that are {', '.join(STATES)}.",
    ),
]
Token = Annotated[str | None, typer.Option(metavar="TOKEN", help="Only entries of this token.")]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="The earliest time, such as 2026-11-24, 2026-11-24T08:00 (here), or 2026-11-24T08:00+01:00 (there).",
    ),
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="The time that all are before.")]
Note = Annotated[str | None, typer.Option(metavar="TEXT", help="Only entries with this note.")]
OutFile = Annotated[
    str, typer.Option("--out", metavar="FILE", help="A .csv or .jsonl file, which is replaced; - for standard output.")
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="csv|jsonl", autocompletion=completed_from(FORMATS), help="The file's ending says it."
    ),
]
Reference = Annotated[str | None, typer.Option(metavar="REFERENCE", help="Only entries about this reference number.")]
Settled = Annotated[
    str,
    typer.Option(
        metavar="done|refused",
        autocompletion=completed_from(("done", "refused")),
        help="What the call came to; refused if nothing was done.",
    ),
]


def add(app: typer.Typer, program: Program) -> None:
    """Give an app the commands that look after the journal."""
    operation = _operation_option(program)
    _add_history(app, program, operation)
    show_command.add(app, program)
    _add_export(app, program, operation)
    _add_resolve(app, program)
    reconcile_commands.add(app, program)
    _add_journal(app, program)


def _operation_option(program: Program) -> Any:
    commands = sorted(operation.command for operation in program.operations.values())
    return typer.Option(
        None,
        metavar="COMMAND",
        autocompletion=completed_from(commands),
        help=f"Only calls of this command: {', '.join(commands)}.",
    )


def _add_history(app: typer.Typer, program: Program, of_command: Any) -> None:
    @app.command(epilog=program.example("history --state unknown", "history --since 2026-11-24 --limit 0 | cut -f 7"))
    def history(
        operation: str | None = of_command,
        state: StateIs = None,
        token: Token = None,
        since: Since = None,
        until: Until = None,
        note: Note = None,
        reference: Reference = None,
        limit: Annotated[int, typer.Option(metavar="COUNT", help="How many entries at most; 0 for all.")] = 50,
        oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest.")] = False,
        as_json: AsJson = False,
        journal: JournalAt = None,
    ) -> None:
        """List what the journal has, the newest first.

        What is not shown at a terminal is divided by tabs, without a head: number, time (UTC), command, state, amount,
        token, reference number, note, reason.
        """
        with ending(GlobalOptions(json=as_json), _UNCHANGED):
            kept = open_journal(program, journal)
            which = _filters(program, operation, since, until, state=state, token=token, note=note, reference=reference)
            found = kept.history(newest_first=not oldest_first, **which)
            chosen = islice(found, max(limit, 0)) if limit else found
            if as_json:
                for entry in chosen:
                    print_json(plain(entry))
            elif out.is_seen:
                print_entries(program, chosen)
            else:
                print_entry_lines(program, chosen)


def _add_export(app: typer.Typer, program: Program, of_command: Any) -> None:
    @app.command(epilog=program.example("export --out all.csv", "export --out - --format jsonl --state done"))
    def export(
        out_file: OutFile,
        kind: Kind = None,
        operation: str | None = of_command,
        state: StateIs = None,
        token: Token = None,
        since: Since = None,
        until: Until = None,
        note: Note = None,
        reference: Reference = None,
        as_json: AsJson = False,
        show_codes: ShowCodes = False,
        journal: JournalAt = None,
    ) -> None:
        """Write entries to a file, amounts exact."""
        with ending(GlobalOptions(json=as_json), what_is_written(out_file)) as command:
            if as_json and out_file == "-":
                raise ArgumentError("--json tells what was written to a file; give one with --out, or leave --json out")
            kept = open_journal(program, journal)
            which = _filters(program, operation, since, until, state=state, token=token, note=note, reference=reference)
            one_of("--format", kind, FORMATS)
            with utf8() if out_file == "-" else nullcontext() as stream:
                count = kept.export(
                    stream or out_file,
                    format=kind or ("csv" if stream else None),  # type: ignore[arg-type]
                    secrets=show_codes,
                    **which,
                )
            command.halfway = f"{counted(count, 'entry was', 'entries were')} written."
            if as_json:
                print_json({"out": out_file, "entries": count})
            else:
                warn("", command.halfway)


def _add_resolve(app: typer.Typer, program: Program) -> None:
    @app.command(epilog=program.example('resolve 42 --outcome refused --reason "not in the account"'))
    def resolve(
        entry: Annotated[int, typer.Argument(metavar="ENTRY", help="The number of the entry.")],
        outcome: Settled,
        reason: Annotated[str, typer.Option(metavar="TEXT", help="How that is known.")],
        reference: Annotated[
            str | None, typer.Option(metavar="REFERENCE", help="The reference number, if it was found.")
        ] = None,
        force: Annotated[
            bool,
            typer.Option(
                "--force", help="As refused even before that is settled; as done with a reference of another entry."
            ),
        ] = False,
        as_json: AsJson = False,
        journal: JournalAt = None,
    ) -> None:
        """Settle an entry of unknown outcome by hand. The journal keeps that it was, and why."""
        halfway = f"Entry {entry} may have been settled: look at `history`."
        with ending(GlobalOptions(json=as_json), halfway) as command:
            one_of("--outcome", outcome, ("done", "refused"))
            kept = open_journal(program, journal)
            settled = kept.resolve(
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
                print_entry(program, settled, [*kept.events(settled)])


def _add_journal(app: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="Look after the journal itself.", context_settings=HELP)
    app.add_typer(group, name="journal")

    @group.command(epilog=program.example("journal check"))
    def check(as_json: AsJson = False, journal: JournalAt = None) -> None:
        """Check the whole journal. Whether its secrets can be read, too; exit code 1 when something is wrong."""
        with ending(GlobalOptions(json=as_json), _UNCHANGED):
            problems = open_journal(program, journal).check()
            if as_json:
                print_json({"problems": problems})
            else:
                for problem in problems:
                    warn("", problem)
                out.say(f"{counted(len(problems), 'problem', 'problems')}." if problems else "The journal is in order.")
            raise typer.Exit(REFUSED if problems else DONE)

    @group.command(epilog=program.example("journal upgrade"))
    def upgrade(as_json: AsJson = False, journal: JournalAt = None) -> None:
        """Bring the journal up to date. Whoever opens it to write does so as well."""
        with ending(GlobalOptions(json=as_json), "The journal is as it was, or up to date; call it again.") as command:
            open_journal(program, journal).prepare()
            command.done = "The journal is up to date; that could not be shown:"
            _print(as_json, {"up_to_date": True}, "The journal is up to date.")

    @group.command(epilog=program.example('journal adopt key:3f1c… shop --reason "the API key was changed"'))
    def adopt(
        old: Annotated[
            str, typer.Argument(metavar="OLD", help="What entries name, as `history --json` shows it; none: nothing.")
        ],
        new: Annotated[str, typer.Argument(metavar="NEW", help="What that counts as from now on.")],
        reason: Annotated[str, typer.Option(metavar="TEXT", help="How it is known that both are the same.")],
        server: Annotated[bool, typer.Option("--server", help="They are servers, not accounts.")] = False,
        as_json: AsJson = False,
        journal: JournalAt = None,
    ) -> None:
        """Say that two accounts are one. As after an API key was changed; the journal keeps who said so, and why."""
        with ending(GlobalOptions(json=as_json), "That may have been written down; call it again.") as command:
            kind: Literal["account", "server"] = "server" if server else "account"
            name = None if old == "none" and not server else old
            open_journal(program, journal).adopt(name, new, kind=kind, reason=reason)
            command.done = "That was written down; it could not be shown:"
            facts = {"kind": kind, "old": name, "new": new, "reason": reason}
            _print(as_json, facts, f"The {kind} {cell(old)} counts as {cell(new)}.")

    _add_keys(group, program)


def _add_keys(group: typer.Typer, program: Program) -> None:
    @group.command("rotate-key", epilog=program.example("journal rotate-key"))
    def rotate_key(as_json: AsJson = False, journal: JournalAt = None) -> None:
        """Seal all secrets again under a new key.

        Set the key's variable to the new key, a space, and the old one first. It may be stopped, and goes on when it is
        called again. Afterwards the old key can go.
        """
        halfway = "What was sealed again stays so; call it again, and it goes on."
        with ending(GlobalOptions(json=as_json), halfway) as command:
            count = open_journal(program, journal).rotate_key()
            told = f"{counted(count, 'entry was', 'entries were')} sealed again"
            command.done = f"{told}; that could not be shown:"
            _print(as_json, {"entries": count}, f"{told}.")

    @group.command("new-key", epilog=program.example("journal new-key > journal.key"))
    def make_key(as_json: AsJson = False) -> None:
        """Print a new key. Keep it apart from the journal, and keep it: without it the secrets are gone."""
        with ending(GlobalOptions(json=as_json), "A key that was not shown is kept nowhere; make another."):
            key = new_key()
            if as_json:
                print_json({"key": key})
            else:
                print_line(key)


def _print(as_json: bool, facts: Any, words: str) -> None:
    if as_json:
        print_json(facts)
    else:
        out.say(words)


def _filters(
    program: Program, operation: str | None, since: str | None, until: str | None, **others: str | None
) -> dict[str, Any]:
    one_of("--state", others["state"], STATES)
    times = {"since": _time("--since", since), "until": _time("--until", until)}
    return {"operation": _operation(program, operation), **times, **others}


def _operation(program: Program, text: str | None) -> str | None:
    """The name of a method, which may be told by its command."""
    if text is None:
        return None
    names = {operation.command: name for name, operation in program.operations.items()}
    if text not in program.operations:
        one_of("--operation", text, sorted(names))
    return names.get(text, text)


def _time(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))  # which Python 3.10 does not read
    except ValueError:
        raise ArgumentError(f"{option} must be a time such as 2026-11-24 or 2026-11-24T08:00+01:00") from None
    return moment.astimezone()  # without a zone it is meant as times are shown: in the zone of this machine
