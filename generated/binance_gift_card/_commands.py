# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The commands, one for each operation, and those that look after the journal."""

from __future__ import annotations

from typing import Annotated

import typer

from . import _operations
from ._about import __version__
from ._runtime.core.keeper import Tag
from ._runtime.terminal import journal_commands
from ._runtime.terminal.bulk_commands import (
    BulkOptions,
    Concurrency,
    DryRun,
    File,
    Out,
    Resume,
    Run,
    Shared,
    bulk,
)
from ._runtime.terminal.call_commands import call
from ._runtime.terminal.ending import closing_help
from ._runtime.terminal.options import (
    HELP,
    AsJson,
    GlobalOptions,
    JournalAt,
    NoJournal,
    Server,
    ShowCodes,
    Timeout,
    Yes,
)
from ._runtime.terminal.program import Program
from .client import GiftCardClient
from .journal import Journal

PROGRAM = Program(
    name="binance-gift-card",
    environment="BINANCE",
    make_client=GiftCardClient.from_env,
    journal=Journal,
    operations=_operations.JOURNALLED,
    noun=("card", "cards"),
)

app = typer.Typer(
    name="binance-gift-card",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=HELP,
    epilog=closing_help(
        {
            "BINANCE_API_KEY": "The API key.",
            "BINANCE_PRIVATE_KEY_FILE with BINANCE_PRIVATE_KEY_PASSPHRASE or BINANCE_API_SECRET": "Signs each request.",
            "BINANCE_BASE_URL": "The server, instead of the live one.",
            "BINANCE_PLAIN_HTTP": "1 for a server at http:// that is not this machine.",
            "BINANCE_JOURNAL": "The journal: a file, or postgresql://...",
            "BINANCE_JOURNAL_KEY or BINANCE_JOURNAL_KEY_FILE": "The key of its secrets, or the file that holds it.",
            "BINANCE_ACCOUNT": "The name of the account in the journal, so that the API key can be changed.",
            "BINANCE_LOG": "debug, info or warning: what is told of each attempt, beside the result.",
            "BINANCE_ALLOW_READABLE_FILES": "1 for files of secrets that every user may read.",
        }
    ),
    pretty_exceptions_enable=False,
)
many = typer.Typer(
    no_args_is_help=True,
    context_settings=HELP,
    help="Do one thing for every row of a file. A run can be stopped and go on.",
)
app.add_typer(many, name="bulk")


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Binance Gift Card API, from a terminal."""


@app.command("create", epilog=PROGRAM.example("create --token USDT --amount 25"))
def create_gift_card_(
    token: Annotated[
        str, typer.Option("--token", metavar="TOKEN", help="The token that the card holds, by its symbol.")
    ],
    amount: Annotated[str, typer.Option("--amount", metavar="AMOUNT", help="How much of the token the card holds.")],
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Yours, for the journal.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Yours: a second call with the same one is not sent.")
    ] = None,
    no_journal: NoJournal = False,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Issue a card.

    Issues a new card that holds an amount of one token. The amount and a fee are taken from the funding wallet.

    Only a business account (KYB) can issue, with a key that has the withdrawal permission. As of 2024-09-09 an
    account may issue 6,000 cards worth 4,200,000 USDC a month.
    """
    call(
        PROGRAM,
        _operations.CREATE_GIFT_CARD,
        {"token": token, "amount": amount, "recv_window": recv_window},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=yes,
            server=server,
            journal=journal,
            no_journal=no_journal,
            timeout=timeout,
        ),
        Tag(note, idempotency_key),
        question="Issue a gift card of {amount} {token}",
    )


@app.command("redeem", epilog=PROGRAM.example("redeem --code-file FILE"))
def redeem_gift_card_(
    code: Annotated[
        str | None,
        typer.Option(
            "--code-file",
            metavar="FILE",
            help="The secret code of the card, as it is or encrypted under the server's RSA key of the day. Secret: a file, or - for standard input; without it BINANCE_CODE, or what is typed.",
        ),
    ] = None,
    external_uid: Annotated[
        str | None,
        typer.Option(
            "--external-uid",
            metavar="UID",
            help="Your own identifier of the person who redeems, in any form. The vendor recommends it where several people redeem through one account.",
        ),
    ] = None,
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    encrypt: Annotated[bool, typer.Option(help="Encrypt code under the server's key of the day.")] = False,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Yours, for the journal.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Yours: a second call with the same one is not sent.")
    ] = None,
    no_journal: NoJournal = False,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Redeem a card.

    Pays what a card holds into the funding wallet, against the card's secret code.

    Five wrong codes within 24 hours lock redemption for that day, for the whole account. The vendor publishes no
    error code for a wrong, a used or an expired code.
    """
    call(
        PROGRAM,
        _operations.REDEEM_GIFT_CARD,
        {"code": code, "external_uid": external_uid, "recv_window": recv_window, "encrypt": encrypt},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=yes,
            server=server,
            journal=journal,
            no_journal=no_journal,
            timeout=timeout,
        ),
        Tag(note, idempotency_key),
        question="Redeem a gift card",
    )


@app.command("verify", epilog=PROGRAM.example("verify --reference-no 0033002144060553"))
def verify_gift_card_(
    reference_no: Annotated[
        str,
        typer.Option(
            "--reference-no",
            metavar="NO",
            help="The number of the card, which is not its secret code. Keep its leading zeros.",
        ),
    ],
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Check a card.

    Tells whether a card is valid and what it holds, by the card's number. The card stays as it is.

    Five wrong numbers within an hour lock checking for that hour, for the whole account.
    """
    call(
        PROGRAM,
        _operations.VERIFY_GIFT_CARD,
        {"reference_no": reference_no, "recv_window": recv_window},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=True,
            server=server,
            journal=journal,
            no_journal=False,
            timeout=timeout,
        ),
    )


@app.command("buy", epilog=PROGRAM.example("buy --base-token USDT --face-token BNB --base-token-amount 25"))
def buy_gift_card_(
    base_token: Annotated[
        str, typer.Option("--base-token", metavar="TOKEN", help="The token that pays for the card, by its symbol.")
    ],
    face_token: Annotated[
        str,
        typer.Option("--face-token", metavar="TOKEN", help="The token that the card is redeemed in, by its symbol."),
    ],
    base_token_amount: Annotated[
        str, typer.Option("--base-token-amount", metavar="AMOUNT", help="How much of the base token is paid.")
    ],
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Yours, for the journal.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Yours: a second call with the same one is not sent.")
    ] = None,
    no_journal: NoJournal = False,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Issue a card paid with another token.

    Issues a card that is paid with one token and redeemed in another. It keeps its value in the base token until it
    is redeemed. The amount and a fee are taken from the funding wallet. If both tokens are the same, the
    card is a single-token card.

    Only a business account (KYB) can issue, with a key that has the withdrawal permission. As of 2024-09-09 an
    account may issue 6,000 cards worth 4,200,000 USDC a month.
    """
    call(
        PROGRAM,
        _operations.BUY_GIFT_CARD,
        {
            "base_token": base_token,
            "face_token": face_token,
            "base_token_amount": base_token_amount,
            "recv_window": recv_window,
        },
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=yes,
            server=server,
            journal=journal,
            no_journal=no_journal,
            timeout=timeout,
        ),
        Tag(note, idempotency_key),
        question="Issue a gift card in {face_token}, paid with {base_token_amount} {base_token},",
    )


@app.command("rsa-public-key", epilog=PROGRAM.example("rsa-public-key"))
def fetch_rsa_public_key_(
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Get the key that redemption codes are encrypted under.

    Returns the server's RSA key for the current day. A redemption code may be sent encrypted under it, with OAEP, SHA-256 and MGF1 with SHA-256. Do not keep the key for another day.
    """
    call(
        PROGRAM,
        _operations.FETCH_RSA_PUBLIC_KEY,
        {"recv_window": recv_window},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=True,
            server=server,
            journal=journal,
            no_journal=False,
            timeout=timeout,
        ),
    )


@app.command("token-limit", epilog=PROGRAM.example("token-limit --base-token USDT"))
def fetch_token_limit_(
    base_token: Annotated[
        str, typer.Option("--base-token", metavar="TOKEN", help="The token that pays for the card, by its symbol.")
    ],
    recv_window: Annotated[
        str | None,
        typer.Option(
            "--recv-window",
            metavar="WINDOW",
            help="How long after its timestamp the server still takes the request. Unit: milliseconds.",
        ),
    ] = None,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Get the tokens and limits of dual-token cards.

    Returns the tokens in which a card can be issued that is paid with the base token, and the bounds of the amount for each.
    """
    call(
        PROGRAM,
        _operations.FETCH_TOKEN_LIMIT,
        {"base_token": base_token, "recv_window": recv_window},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=True,
            server=server,
            journal=journal,
            no_journal=False,
            timeout=timeout,
        ),
    )


@app.command("server-time", epilog=PROGRAM.example("server-time"))
def get_server_time_(
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Get the server's time.

    Returns what the server's clock shows, so that a clock that is wrong can be corrected.
    """
    call(
        PROGRAM,
        _operations.GET_SERVER_TIME,
        {},
        GlobalOptions(
            json=as_json,
            show_codes=show_codes,
            yes=True,
            server=server,
            journal=journal,
            no_journal=False,
            timeout=timeout,
        ),
    )


@many.command("create", epilog=PROGRAM.example("bulk create rows.csv --out results.csv --dry-run"))
def create_gift_card_of_many(
    file: File,
    out: Out = None,
    run: Run = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    shared: Shared = False,
    concurrency: Concurrency = 4,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Issue a card.

    Columns: token, amount, recv_window, note, idempotency_key.
    """
    bulk(
        PROGRAM,
        _operations.CREATE_GIFT_CARD,
        file,
        GlobalOptions(json=as_json, show_codes=show_codes, yes=yes, server=server, journal=journal, timeout=timeout),
        BulkOptions(out=out, run=run, dry_run=dry_run, resume=resume, shared=shared, concurrency=concurrency),
    )


@many.command("redeem", epilog=PROGRAM.example("bulk redeem rows.csv --out results.csv --dry-run"))
def redeem_gift_card_of_many(
    file: File,
    out: Out = None,
    run: Run = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    shared: Shared = False,
    concurrency: Concurrency = 4,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Redeem a card.

    Columns: code, external_uid, recv_window, encrypt, note, idempotency_key.
    """
    bulk(
        PROGRAM,
        _operations.REDEEM_GIFT_CARD,
        file,
        GlobalOptions(json=as_json, show_codes=show_codes, yes=yes, server=server, journal=journal, timeout=timeout),
        BulkOptions(out=out, run=run, dry_run=dry_run, resume=resume, shared=shared, concurrency=concurrency),
    )


@many.command("verify", epilog=PROGRAM.example("bulk verify rows.csv --out results.csv --dry-run"))
def verify_gift_card_of_many(
    file: File,
    out: Out = None,
    run: Run = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    shared: Shared = False,
    concurrency: Concurrency = 4,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Check a card.

    Columns: reference_no, recv_window.
    """
    bulk(
        PROGRAM,
        _operations.VERIFY_GIFT_CARD,
        file,
        GlobalOptions(json=as_json, show_codes=show_codes, yes=yes, server=server, journal=journal, timeout=timeout),
        BulkOptions(out=out, run=run, dry_run=dry_run, resume=resume, shared=shared, concurrency=concurrency),
    )


@many.command("buy", epilog=PROGRAM.example("bulk buy rows.csv --out results.csv --dry-run"))
def buy_gift_card_of_many(
    file: File,
    out: Out = None,
    run: Run = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    shared: Shared = False,
    concurrency: Concurrency = 4,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Issue a card paid with another token.

    Columns: base_token, face_token, base_token_amount, recv_window, note, idempotency_key.
    """
    bulk(
        PROGRAM,
        _operations.BUY_GIFT_CARD,
        file,
        GlobalOptions(json=as_json, show_codes=show_codes, yes=yes, server=server, journal=journal, timeout=timeout),
        BulkOptions(out=out, run=run, dry_run=dry_run, resume=resume, shared=shared, concurrency=concurrency),
    )


@many.command("token-limit", epilog=PROGRAM.example("bulk token-limit rows.csv --out results.csv --dry-run"))
def fetch_token_limit_of_many(
    file: File,
    out: Out = None,
    run: Run = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    shared: Shared = False,
    concurrency: Concurrency = 4,
    yes: Yes = False,
    as_json: AsJson = False,
    show_codes: ShowCodes = False,
    journal: JournalAt = None,
    server: Server = None,
    timeout: Timeout = None,
) -> None:
    """Get the tokens and limits of dual-token cards.

    Columns: base_token, recv_window.
    """
    bulk(
        PROGRAM,
        _operations.FETCH_TOKEN_LIMIT,
        file,
        GlobalOptions(json=as_json, show_codes=show_codes, yes=yes, server=server, journal=journal, timeout=timeout),
        BulkOptions(out=out, run=run, dry_run=dry_run, resume=resume, shared=shared, concurrency=concurrency),
    )


journal_commands.add(app, PROGRAM)
