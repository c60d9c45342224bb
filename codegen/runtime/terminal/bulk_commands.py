"""A bulk run at a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, TypeAlias

import typer
from rich.text import Text

from ..bulk.outcome import Outcome, Report
from ..bulk.sheet import Sheet
from ..core.checks import path_of
from ..core.opaque import Opaque
from ..core.operation import Operation
from ..journal.export import plain
from .deprecation_notices import deprecations_told, tell_deprecated
from .ending import NOT_SHOWN, confirm, ending, worst
from .entry_views import state_text
from .layout import counted, print_table, print_title
from .options import GlobalOptions
from .program import Program, open_client
from .result_view import result_values
from .screen import err, out, print_json, progress, rescue, warn

_MOST_NAMED = 20
"""How many rows that are not done are named at the end."""

File: TypeAlias = Annotated[
    str, typer.Argument(metavar="FILE", help="A CSV or JSON Lines file; its columns are the arguments.")
]
Out: TypeAlias = Annotated[
    str | None, typer.Option("--out", metavar="FILE", help="A CSV or JSON Lines file that gets a line for each row.")
]
Run: TypeAlias = Annotated[
    str | None, typer.Option("--run", metavar="NAME", help="The name of the run; it follows from the file if left out.")
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Look at every row and send nothing.")]
Resume: TypeAlias = Annotated[bool, typer.Option("--resume", help="Go on with a run that was begun.")]
Shared: TypeAlias = Annotated[
    bool, typer.Option("--shared", help="Work on the run together with other machines, over a journal in PostgreSQL.")
]
Concurrency: TypeAlias = Annotated[
    int, typer.Option("--concurrency", metavar="COUNT", help="How many calls at once, at most.")
]


class BulkOptions(Opaque, kw_only=True):
    """What the options say of a run."""

    out: str | None
    run: str | None
    dry_run: bool
    resume: bool
    shared: bool
    concurrency: int


def bulk(program: Program, operation: Operation[Any], file: str, options: GlobalOptions, chosen: BulkOptions) -> None:
    """Make the calls of all rows of a file."""
    with ending(options, "Nothing was sent.") as command:
        rows = Sheet(path_of("FILE", file))  # what is confirmed is what is sent, whatever happens to the file meanwhile
        failed: list[Outcome] = []
        needs_journal = operation.journal is not None and not chosen.dry_run
        with open_client(program, options, needs_journal=needs_journal, only_reads=chosen.dry_run) as client:
            run = partial(
                client.run,
                operation,
                rows,
                run=chosen.run,
                out=chosen.out,
                secrets=options.show_codes,
                concurrency=chosen.concurrency,
                unanswered=3,
                shared=chosen.shared,
                on_result=partial(_note, operation, failed),
            )
            tell_deprecated(operation, {})
            with deprecations_told():
                planned = run(dry_run=True, resume=True, progress=None)
            if chosen.dry_run:
                _print_report(planned, options, [])
                return
            if not operation.repeatable:
                confirm(_question(operation, file, planned, client.server), options)
            again = f"--resume goes on with the run {planned.run}." if needs_journal else "call it again."
            command.halfway = f"What was on its way was waited for; {again}"
            with progress(operation.command, quiet=options.json, total=planned.rows) as move:
                report = run(dry_run=False, resume=chosen.resume, progress=move)
        code = worst(report.states, stopped=bool(report.stopped))
        command.done = f"The run {report.run} {'was stopped' if report.stopped else 'is over'}; it could not be shown:"
        command.unshown = code if report.stopped else NOT_SHOWN
        failed.sort(key=lambda outcome: outcome.row)
        _print_report(report, options, failed, None if chosen.shared else planned.rows, chosen.out)
        raise typer.Exit(code)


def _question(operation: Operation[Any], file: str, planned: Report, server: str) -> str:
    asked = f", {_amounts(planned)} in all," if planned.amounts else ""
    return f"{operation.command}: send {counted(planned.rows, 'row', 'rows')} of {file}{asked} to {server}?"


def _amounts(report: Report) -> str:
    return " and ".join(f"{amount:f} {token}" for token, amount in report.amounts.items())


def _note(operation: Operation[Any], failed: list[Outcome], outcome: Outcome) -> None:
    """Remember a row that failed, and show in full what the journal does not have: masked, it would be lost."""
    if outcome.unkept:
        warn("The journal does not have this answer, so it is shown in full: keep it.", "")
        rescue(json.dumps(result_values(operation, outcome.result, secrets=True), default=str))
    if outcome.state != "done":
        failed.append(outcome)


def _print_report(
    report: Report, options: GlobalOptions, failed: list[Outcome], total: int | None = None, results: str | None = None
) -> None:
    """Say what a run came to, and which of its rows failed, of how many that were to be sent; and where that stands."""
    if options.json:
        facts = ("row", "place", "state", "entry", "reason", "code")
        told = [
            {**{name: getattr(one, name) for name in facts}, "error": None if one.error is None else str(one.error)}
            for one in failed
        ]
        print_json({**plain(report), "failed": told})
        return
    print_title(f"Run {report.run}")
    states: list[Sequence[str | Text]] = [[state_text(state), str(count)] for state, count in report.states.items()]
    print_table({"": "left", "rows": "right"}, [*states, ["all", str(report.rows)]])
    if report.earlier:
        out.say(f"{counted(report.earlier, 'row', 'rows')} had come to an end before.")
    if report.amounts:
        out.say(f"The rows ask for {_amounts(report)}.")
    for one in failed[:_MOST_NAMED]:
        warn("", _line(one))
    if len(failed) > _MOST_NAMED:
        err.say(f"and {counted(len(failed) - _MOST_NAMED, 'more row', 'more rows')}")
    for state in dict.fromkeys(one.state for one in failed):
        rows = [one.row for one in failed if one.state == state]
        warn(
            "", f"{len(rows)} {state}: {_numbers(rows)}; {f'see {results}' if results else '--out FILE names them all'}"
        )
    if report.stopped:
        warn("The run was stopped:", report.stopped)
    if total is not None and report.rows < total:
        err.say(f"{total - report.rows} of {total} rows were not begun; --resume goes on with them.")


def _line(one: Outcome) -> str:
    """What became of a row that is not done."""
    before = " before" if one.earlier else ""
    why = f": {one.reason}" if one.reason else ""
    entry = f" (`show {one.entry}`)" if one.entry is not None else ""
    return f"row {one.row} ({one.place}): {one.state}{before}{why}{entry}"


def _numbers(rows: Sequence[int]) -> str:
    """Their numbers, in order; of those that follow each other the first and the last."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][-1] == row - 1:
            spans[-1][1:] = [row]
        else:
            spans.append([row])
    told = ["-".join(map(str, span)) for span in spans[:_MOST_NAMED]]
    more = ["..."] if len(spans) > _MOST_NAMED else []
    return f"row{'s' if len(rows) > 1 else ''} {', '.join([*told, *more])}"
