# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""The journal at a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated, Any, Literal

import typer
from rich.progress import Progress

from ..core import checks
from ..core.errors import ArgumentError
from ..journal.entry import STATES, Entry
from ..journal.export import plain
from ..journal.findings import Reconciliation
from ..journal.outputs import replaced
from ..journal.seal import new_key
from .program import (
    DONE,
    NOT_SENT,
    NOT_SHOWN,
    REFUSED,
    UNKNOWN,
    AsJson,
    Asked,
    JournalAt,
    Program,
    Server,
    ShowCodes,
    Timeout,
    ending,
    err,
    journal_of,
    line,
    opened,
    out,
    shown,
    table,
    tell,
    utf8,
    warn,
)

_COLORS = {
    "done": "green",
    "refused": "yellow",
    "not sent": "dim",
    "unknown": "red",
    "sent": "cyan",
    "intended": "cyan",
}

_UNCHANGED = "Nothing was changed."
_CHECKING = (
    "What the server said so far is in the journal; call it again for the rest. A card that was found to be no longer"
    " live meanwhile is not named again."
)

Operation = Annotated[str | None, typer.Option(help="Only calls of this command, or method.")]
StateIs = Annotated[str | None, typer.Option("--state", help=f"Only entries that are {', '.join(STATES)}.")]
Token = Annotated[str | None, typer.Option(help="Only entries of this token.")]
Since = Annotated[str | None, typer.Option(help="The earliest time, such as 2026-11-24 or 2026-11-24T08:00+01:00.")]
Until = Annotated[str | None, typer.Option(help="The time that all are before.")]
Note = Annotated[str | None, typer.Option(help="Only entries with this note.")]
OutFile = Annotated[str, typer.Option("--out", help="A .csv or .jsonl file, which is replaced; - for standard output.")]
Expiring = Annotated[int, typer.Option(help="Days to look ahead for what expires.")]
Prices = Annotated[list[str] | None, typer.Option("--price", help="TOKEN=PRICE in the limit's token; may be repeated.")]
CountLimit = Annotated[int | None, typer.Option(help="How many may be issued in a month.")]
AmountLimit = Annotated[str | None, typer.Option(help="How much may be issued in a month.")]
Reference = Annotated[str | None, typer.Option(help="Only entries about this reference number.")]


def add(app: typer.Typer, program: Program) -> None:
    """Give an app the commands that look after the journal."""
    _add_history(app, program)
    _add_reconcile(app, program)
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
        with ending(Asked(json=as_json), _UNCHANGED):
            kept = journal_of(program, journal)
            found = kept.history(
                newest_first=not oldest_first,
                **_filters(program, operation, state, token, since, until, note, reference),
            )
            chosen = islice(found, max(limit, 0)) if limit else found
            told = kept.told if show_codes else None
            if as_json:
                for entry in chosen:
                    tell({**plain(entry), **({"result": told(entry)} if told else {})})
            else:
                _print_entries(program, "", chosen, told)

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
        with ending(Asked(), _written_or_not(out_file)) as deed:
            kept = journal_of(program, journal)
            with utf8() if out_file == "-" else nullcontext() as stream:
                count = kept.export(
                    stream or out_file,
                    format=kind or ("csv" if stream else None),  # type: ignore[arg-type]
                    secrets=show_codes,
                    **_filters(program, operation, state, token, since, until, note, reference),
                )
            deed.halfway = f"{count} entries were written."
            warn("", deed.halfway)

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
        with ending(Asked(json=as_json), halfway) as deed:
            settled = journal_of(program, journal).resolve(
                entry,
                outcome,  # type: ignore[arg-type]
                reason=reason,
                reference=reference,
                force=force,
            )
            deed.done = f"Entry {entry} was settled; it could not be shown:"
            if as_json:
                tell(plain(settled))
            else:
                _print_entries(program, "Settled", [settled], None)


def _add_reconcile(app: typer.Typer, program: Program) -> None:
    @app.command()
    def reconcile(
        check: Annotated[bool, typer.Option(help="Ask the server about what is live.")] = True,
        expiring: Expiring = 30,
        price: Prices = None,
        count_limit: CountLimit = None,
        amount_limit: AmountLimit = None,
        as_json: AsJson = False,
        journal: JournalAt = None,
        server: Server = None,
        timeout: Timeout = None,
    ) -> None:
        """Hold the journal against the server; exit code 4 when something is unknown, 3 when checking was stopped."""
        asked = Asked(json=as_json, server=server, journal=journal, timeout=timeout)
        with ending(asked, _CHECKING if check else _UNCHANGED) as deed:
            found = _reconciled(program, asked, check, expiring, price, count_limit, amount_limit)
            code = UNKNOWN if found.unknown else NOT_SENT if found.stopped else DONE
            deed.done = "The journal was reconciled; what was found could not be shown:"
            deed.unshown = code if found.stopped else NOT_SHOWN
            if as_json:
                tell(_plain(found))
            else:
                _print_findings(program, found)
            raise typer.Exit(code)

    @app.command()
    def report(
        out_file: Annotated[str, typer.Option("--out", help="The HTML file, which is replaced.")],
        check: Annotated[bool, typer.Option(help="Ask the server about what is live.")] = False,
        expiring: Expiring = 30,
        price: Prices = None,
        count_limit: CountLimit = None,
        amount_limit: AmountLimit = None,
        journal: JournalAt = None,
        server: Server = None,
        timeout: Timeout = None,
    ) -> None:
        """Write a page to look at: states, spend, limits, what expires and what is unknown."""
        asked = Asked(server=server, journal=journal, timeout=timeout)
        with ending(asked, f"{_CHECKING if check else ''} {_written_or_not(out_file)}".strip()) as deed:
            from ..journal.report import page

            with replaced(checks.path_of("--out", out_file), private=False) as file:
                found = _reconciled(program, asked, check, expiring, price, count_limit, amount_limit)
                file.write(page(found, title=program.name))
            deed.halfway = f"{out_file} was written."
            warn("", deed.halfway)


def _reconciled(
    program: Program,
    asked: Asked,
    check: bool,
    expiring: int,
    prices: list[str] | None,
    count_limit: int | None,
    amount_limit: str | None,
) -> Reconciliation:
    journal_of(program, asked.journal)  # else a path that is mistyped would be a journal with nothing in it
    with (
        opened(program, asked, needs_journal=True, only_reads=not check) as client,
        Progress(console=err, disable=asked.json or not err.is_terminal, transient=True) as bar,
    ):
        task = bar.add_task("Asking the server", total=None)
        return client.reconcile(
            check=check,
            expiring_within=timedelta(days=max(-1, min(expiring, 10**6))),
            prices=dict(_price(text) for text in prices or ()),
            count_limit=count_limit,
            amount_limit=None if amount_limit is None else _decimal("--amount-limit", amount_limit),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _add_journal(app: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="Look after the journal itself.")
    app.add_typer(group, name="journal")

    @group.command()
    def check(journal: JournalAt = None) -> None:
        """Look at the whole journal, and at whether its secrets can be read; exit code 1 when something is wrong."""
        with ending(Asked(), _UNCHANGED):
            problems = journal_of(program, journal).check()
            for problem in problems:
                warn("", problem)
            out.print(f"{len(problems)} problems." if problems else "The journal is in order.")
            raise typer.Exit(REFUSED if problems else DONE)

    @group.command()
    def upgrade(journal: JournalAt = None) -> None:
        """Bring the journal up to date with this version, which whoever opens it to write does as well."""
        with ending(Asked(), "The journal is as it was, or up to date; call it again.") as deed:
            journal_of(program, journal).prepare()
            deed.done = "The journal is up to date; that could not be shown:"
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
        with ending(Asked(), "That may have been written down; call it again.") as deed:
            kind: Literal["account", "server"] = "server" if server else "account"
            name = None if old == "none" and not server else old
            journal_of(program, journal).adopt(name, new, kind=kind, reason=reason)
            deed.done = "That was written down; it could not be shown:"
            out.print(f"The {kind} {shown(old)} counts as {shown(new)}.", soft_wrap=True)

    @group.command("rotate-key")
    def rotate_key(journal: JournalAt = None) -> None:
        """Seal all secrets again under a new key.

        Set the key's variable to the new key, a space, and the old one first. It may be stopped, and goes on when it is
        called again. Afterwards the old key can go.
        """
        with ending(Asked(), "What was sealed again stays so; call it again, and it goes on.") as deed:
            count = journal_of(program, journal).rotate_key()
            deed.done = f"{count} entries were sealed again; that could not be shown:"
            out.print(f"{count} entries were sealed again.")

    @group.command("new-key")
    def make_key() -> None:
        """Print a new key; keep it apart from the journal, and keep it: without it the secrets are gone."""
        with ending(Asked(), "A key that was not shown is kept nowhere; make another."):
            line(new_key())


def _written_or_not(out_file: str) -> str:
    if out_file == "-":
        return "What was written is not all."
    return "The file is as it was, or written whole, unless it is a device or a pipe."


def _filters(
    program: Program,
    operation: str | None,
    state: str | None,
    token: str | None,
    since: str | None,
    until: str | None,
    note: str | None,
    reference: str | None,
) -> dict[str, Any]:
    return {
        "operation": _operation(program, operation),
        "state": state,
        "token": token,
        "since": _time("--since", since),
        "until": _time("--until", until),
        "note": note,
        "reference": reference,
    }


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


def _price(text: str) -> tuple[str, Decimal]:
    token, equals, price = text.partition("=")
    if not token or not equals:
        raise ArgumentError("--price must be TOKEN=PRICE")
    return token, _decimal("--price", price)


def _decimal(option: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ArgumentError(f"{option} must be a number of at least 0, not {text!r}") from None
    checks.amount(option, number)
    return number


def _plain(found: Reconciliation) -> dict[str, Any]:
    def amount(value: Decimal | None) -> str | None:
        return None if value is None else format(value, "f")

    def totals(sums: Any) -> list[dict[str, Any]]:
        return [{"period": t.period, "token": t.token, "count": t.count, "amount": amount(t.amount)} for t in sums]

    left = found.allowance
    return {
        "time": found.time.isoformat(),
        "states": dict(found.states),
        "unknown": [plain(entry) for entry in found.unknown],
        "redeemed": [plain(entry) for entry in found.redeemed],
        "expiring": [plain(entry) for entry in found.expiring],
        "checked": found.checked,
        "unchecked": found.unchecked,
        "others": found.others,
        "stopped": found.stopped,
        "days": totals(found.days),
        "months": totals(found.months),
        "allowance": {
            "period": left.period,
            "count": left.count,
            "count_limit": left.count_limit,
            "count_left": left.count_left,
            "amount": amount(left.amount),
            "amount_limit": amount(left.amount_limit),
            "amount_left": amount(left.amount_left),
            "token": left.token,
            "uncounted": {token: amount(value) for token, value in left.uncounted.items()},
        },
    }


def _print_findings(program: Program, found: Reconciliation) -> None:
    states = table("Entries", {"state": "left", "count": "right"})
    for state, count in found.states.items():
        states.add_row(f"[{_COLORS[state]}]{state}[/]", str(count))
    out.print(states)
    months = table("Issued", {"month": "left", "token": "left", "count": "right", "amount": "right"})
    for total in found.months:
        months.add_row(total.period, shown(total.token), str(total.count), shown(total.amount))
    out.print(months)
    left = found.allowance
    limits = table(f"Limits of {left.period}", {"": "left", "used": "right", "limit": "right", "left": "right"})
    limits.add_row("count", str(left.count), shown(left.count_limit), shown(left.count_left))
    limits.add_row(shown(left.token), shown(left.amount), shown(left.amount_limit), shown(left.amount_left))
    out.print(limits)
    for token, amount in left.uncounted.items():
        out.print(f"Not counted, for want of a price: {shown(amount)} {shown(token)} (--price {shown(token)}=…)")
    for title, entries in (
        ("No longer live since the last check", found.redeemed),
        ("Expiring", found.expiring),
        ("Unknown: find out what became of them, then `resolve` them", found.unknown),
    ):
        if entries:
            _print_entries(program, title, entries, None)
    out.print(f"{found.checked} were checked, {found.unchecked} live ones were not.")
    if found.others:
        out.print(f"{found.others} entries are of another server or account; they were left out of checks and sums.")
    if found.stopped:
        warn("Checking was stopped:", found.stopped)


def _print_entries(program: Program, title: str, entries: Iterable[Entry], told: Any) -> None:
    names = {
        "entry": "right",
        "time": "left",
        "command": "left",
        "state": "left",
        "amount": "right",
        "reference": "left",
        "note": "left",
        **({"result": "left"} if told is not None else {}),
    }
    rows = list(_cells(program, entries, told))
    if not rows:
        err.print("No entries.")
        return
    listed = table(title, names)
    for cells in rows:
        listed.add_row(*cells)
    out.print(listed)


def _cells(program: Program, entries: Iterable[Entry], told: Any) -> Iterator[list[str]]:
    for entry in entries:
        operation = program.operations.get(entry.operation)
        yield [
            str(entry.number),
            f"{entry.time:%y-%m-%d %H:%M}",
            shown(operation.command if operation is not None else entry.operation),
            f"[{_COLORS[entry.state]}]{entry.state}[/]",
            " ".join(shown(value) for value in (entry.amount, entry.token) if value is not None) or shown(None),
            shown(entry.reference),
            shown(entry.note or entry.reason or None),
            *([shown(json.dumps(told(entry), ensure_ascii=False))] if told is not None else []),
        ]
