"""The command `binance-gift-card-sandbox`: a sandbox that runs until it is told to stop, or as long as a command does.

Lines to copy into a shell go to stdout, everything else to stderr; what a command prints is its own. The API secret is
never an argument, because every user of a machine can read the arguments of its processes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from binance_gift_card_sandbox import Rules, Sandbox

DEFAULT_PORT = 8765
NO_LIMITS: Mapping[str, object] = {"monthly_cards": None, "monthly_amount": None, "weight_limit": None}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    options, command = parser.parse_args(words[:end]), words[end + 1 :]
    if options.port is None:
        options.port = 0 if command else DEFAULT_PORT
    given = {
        "BINANCE_API_KEY": options.api_key or os.environ.get("BINANCE_API_KEY", ""),
        "BINANCE_API_SECRET": os.environ.get("BINANCE_API_SECRET", ""),
    }
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # raises KeyboardInterrupt
    try:
        with contextlib.closing(_made(parser, options, given)) as sandbox:
            if command:
                return _run_command(sandbox, parser, command)
            _run(sandbox, options, given)
    except KeyboardInterrupt:
        return 0


def _made(parser: argparse.ArgumentParser, options: argparse.Namespace, given: Mapping[str, str]) -> Sandbox:
    """A sandbox that listens already."""
    try:
        from binance_gift_card_sandbox import Sandbox

        sandbox = Sandbox(
            api_key=given["BINANCE_API_KEY"],
            api_secret=None if options.public_key else given["BINANCE_API_SECRET"],
            public_key=options.public_key.read_text() if options.public_key else None,
            balances=dict(options.balance) if options.balance else None,
            rules=_rules(options),
            seed=options.seed,
            state=options.state,
            host=options.host,
            port=options.port,
            control_hosts=options.control_host or (),
        )
        _set_clock(sandbox, options)
        sandbox.start()
    except (ValueError, ModuleNotFoundError) as error:
        parser.error(str(error))
    except OSError as error:
        what = f"listen on {options.host} port {options.port}" if error.filename is None else f"use {error.filename}"
        parser.error(f"cannot {what}: {error.strerror or error}")
    return sandbox


def _rules(options: argparse.Namespace) -> Rules | None:
    from binance_gift_card_sandbox import Rules

    given = {**(NO_LIMITS if options.no_limits else {}), **dict(options.rule or ())}
    return Rules().changed(given) if given else None


def _set_clock(sandbox: Sandbox, options: argparse.Namespace) -> None:
    if options.freeze:  # first, so that the time is exactly the one that was asked for
        sandbox.clock.freeze()
    if options.time is not None:
        sandbox.clock.set(options.time)


def _run(sandbox: Sandbox, options: argparse.Namespace, given: Mapping[str, str]) -> NoReturn:
    """Prints what a shell needs to call the sandbox, last: whoever has read it may end the process. Credentials that
    were given are not shown again.
    """
    print(f"The sandbox is running; {sandbox.url}/ shows what it does. Ctrl-C ends it.", file=sys.stderr, flush=True)
    made = {"BINANCE_API_KEY": sandbox.api_key, "BINANCE_API_SECRET": sandbox.api_secret}
    for name, value in made.items():
        if value and not given[name]:
            print(f"export {name}={value}")
    print(f"export BINANCE_BASE_URL={sandbox.url}", flush=True)
    while True:
        time.sleep(1)  # not for long: a signal just before it does not end it


def _run_command(sandbox: Sandbox, parser: argparse.ArgumentParser, command: Sequence[str]) -> int:
    """Runs a command that calls the sandbox; the exit code is its own, as a shell tells it.

    Ctrl-C reaches the command by itself, which may take its time; a signal that asks this process to end is passed on.
    """
    called = {"BINANCE_BASE_URL": sandbox.url, "BINANCE_API_KEY": sandbox.api_key}
    if sandbox.api_secret:
        called["BINANCE_API_SECRET"] = sandbox.api_secret
    running: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def end(number: int, _: object) -> None:
        asked.append(number)
        for process in running:
            process.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, env={**os.environ, **called})  # noqa: S603 - what was asked for
    except OSError as error:
        parser.error(f"cannot run {command[0]}: {error.strerror}")
    running.append(process)
    if asked:  # while it began
        process.terminate()
    code = process.wait()
    return code if code >= 0 else 128 - code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="binance-gift-card-sandbox",
        description="A local server that behaves like the Binance Gift Card API.",
        usage="%(prog)s [OPTION ...] [-- COMMAND [ARGUMENT ...]]",
        epilog="The API secret is read from BINANCE_API_SECRET; what is not given is made and printed. "
        "A command after -- finds all of it in its environment, and the sandbox ends with it and its exit code.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument(
        "--port", type=_port, help=f"0 is any free one (default {DEFAULT_PORT}; with a command, any free one)"
    )
    parser.add_argument("--api-key", help="default: BINANCE_API_KEY")
    parser.add_argument("--public-key", type=Path, metavar="FILE", help="Ed25519 or RSA, in PEM, instead of a secret")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the account in FILE, for the next start")
    parser.add_argument("--seed", help="the same codes, numbers and credentials every time")
    parser.add_argument("--time", type=_time, metavar="TIME", help="the server's clock, such as 2026-01-31T12:00:00Z")
    parser.add_argument("--freeze", action="store_true", help="stop that clock")
    parser.add_argument(
        "--balance", type=_pair, action="append", metavar="TOKEN=AMOUNT", help="may be given several times"
    )
    parser.add_argument(
        "--rule", type=_pair, action="append", metavar="NAME=VALUE", help="such as fee_rate=0.01; several times"
    )
    parser.add_argument("--no-limits", action="store_true", help="any number of cards and calls, of any worth")
    parser.add_argument(
        "--control-host", action="append", metavar="NAME", help="a name at which other machines may use the page too"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not (name and value):
        raise argparse.ArgumentTypeError("must be a name and a value, such as USDT=1000")
    return name, value


def _time(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError("must be a time such as 2026-01-31T12:00:00Z") from None
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)
