# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A journal held against the server, at a terminal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from ..core import checks
from ..core.errors import ArgumentError
from ..journal.export import plain
from ..journal.findings import Reconciliation
from ..journal.outputs import replace_file
from .ending import DONE, NOT_SENT, NOT_SHOWN, UNKNOWN, ending, what_is_written
from .entry_views import print_entries, state_text
from .layout import cell, counted, print_table, print_title
from .options import AsJson, GlobalOptions, JournalAt, Server, Timeout
from .program import Program, open_client, open_journal
from .screen import out, print_json, progress, warn

_CHECKING = (
    "What the server said so far is in the journal; call it again for the rest. What was found to be no longer"
    " live meanwhile is not named again."
)

Expiring = Annotated[int, typer.Option(metavar="DAYS", help="Days to look ahead for what expires.")]
Prices = Annotated[
    list[str] | None,
    typer.Option("--price", metavar="TOKEN=PRICE", help="A price in the limit's token; may be repeated."),
]
CountLimit = Annotated[int | None, typer.Option(metavar="COUNT", help="How many may be issued in a month.")]
AmountLimit = Annotated[str | None, typer.Option(metavar="AMOUNT", help="How much may be issued in a month.")]


def add(app: typer.Typer, program: Program) -> None:
    """Give an app the commands that compare."""

    @app.command(epilog=program.example("reconcile --price USDT=1", "reconcile --no-check"))
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
        """Hold the journal against the server. Exit code 4 when something is unknown, 3 when checking was stopped."""
        options = GlobalOptions(json=as_json, server=server, journal=journal, timeout=timeout)
        with ending(options, _CHECKING if check else "Nothing was changed.") as command:
            found = _reconcile(program, options, check, expiring, price, count_limit, amount_limit)
            code = UNKNOWN if found.unknown else NOT_SENT if found.stopped else DONE
            command.done = "The journal was reconciled; what was found could not be shown:"
            command.unshown = code if found.stopped else NOT_SHOWN
            if as_json:
                facts, left = plain(found), found.allowance
                facts["allowance"] |= plain({"count_left": left.count_left, "amount_left": left.amount_left})
                print_json(facts)
            else:
                _print_findings(program, found)
            raise typer.Exit(code)

    @app.command(epilog=program.example("report --out report.html"))
    def report(
        out_file: Annotated[str, typer.Option("--out", metavar="FILE", help="The HTML file, which is replaced.")],
        check: Annotated[bool, typer.Option(help="Ask the server about what is live.")] = False,
        expiring: Expiring = 30,
        price: Prices = None,
        count_limit: CountLimit = None,
        amount_limit: AmountLimit = None,
        as_json: AsJson = False,
        journal: JournalAt = None,
        server: Server = None,
        timeout: Timeout = None,
    ) -> None:
        """Write a page to look at. It tells states, spend, limits, what expires and what is unknown."""
        options = GlobalOptions(json=as_json, server=server, journal=journal, timeout=timeout)
        with ending(options, f"{_CHECKING if check else ''} {what_is_written(out_file)}".strip()) as command:
            from ..journal.report import page

            with replace_file(checks.path_of("--out", out_file), private=False) as file:
                found = _reconcile(program, options, check, expiring, price, count_limit, amount_limit)
                commands = {name: operation.command for name, operation in program.operations.items()}
                file.write(page(found, title=program.name, noun=program.noun, commands=commands))
            command.halfway = f"{out_file} was written."
            if as_json:
                print_json({"out": out_file, "stopped": found.stopped})
            else:
                warn("", command.halfway)


def _reconcile(
    program: Program,
    options: GlobalOptions,
    check: bool,
    expiring: int,
    prices: list[str] | None,
    count_limit: int | None,
    amount_limit: str | None,
) -> Reconciliation:
    open_journal(program, options.journal)  # else a path that is mistyped would be a journal with nothing in it
    with (
        open_client(program, options, needs_journal=True, only_reads=not check) as client,
        progress("Asking the server", quiet=options.json or not check) as move,
    ):
        return client.reconcile(
            check=check,
            expiring_within=timedelta(days=max(-1, min(expiring, 10**6))),
            prices=dict(_price(text) for text in prices or ()),
            count_limit=count_limit,
            amount_limit=None if amount_limit is None else _decimal("--amount-limit", amount_limit),
            progress=move,
        )


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


def _print_findings(program: Program, found: Reconciliation) -> None:
    print_title("Entries")
    print_table(
        {"state": "left", "count": "right"},
        [[state_text(state), str(count)] for state, count in found.states.items()],
    )
    if found.live is not None:
        _print_issued(found)
    for title, entries in (
        ("No longer live since the last check", found.redeemed),
        ("Expiring", found.expiring),
        ("Unknown: find out what became of them, then `resolve` them", found.unknown),
    ):
        if entries:
            print_title(title)
            print_entries(program, entries)
    out.say("")
    if found.live is not None:
        one, many = program.noun
        asked = counted(found.checked, one, many) if found.checked else "nothing"
        left = f", not about {counted(found.unchecked, 'live one', 'live ones')}" if found.unchecked else ""
        out.say(f"The server was asked about {asked}{left}.")
    if found.others:
        others = counted(found.others, "entry is", "entries are")
        out.say(f"{others} of another server or account, and left out of checks and sums.")
    if found.stopped:
        warn("Checking was stopped:", found.stopped)


def _print_issued(found: Reconciliation) -> None:
    print_title("Issued")
    print_table(
        {"month": "left", "token": "left", "count": "right", "amount": "right"},
        [[total.period, cell(total.token), str(total.count), cell(total.amount)] for total in found.months],
    )
    left = found.allowance
    print_title(f"Limits of {left.period}")
    print_table(
        {"": "left", "used": "right", "limit": "right", "left": "right"},
        [
            ["count", str(left.count), cell(left.count_limit), cell(left.count_left)],
            [cell(left.token), cell(left.amount), cell(left.amount_limit), cell(left.amount_left)],
        ],
    )
    for token, amount in left.uncounted.items():
        out.say(f"Not counted, for want of a price: {cell(amount)} {cell(token)} (--price {cell(token)}=…)")
