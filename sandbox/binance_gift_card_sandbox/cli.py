"""The command `binance-gift-card-sandbox`: a sandbox that runs until it is told to stop.

Lines to copy into a shell go to stdout, everything else to stderr. The API secret is never an argument,
because every user of a machine can read the arguments of its processes.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import NoReturn

from binance_gift_card_sandbox.rules import Rules
from binance_gift_card_sandbox.server import DEFAULT_BALANCES, Sandbox

DEFAULT_PORT = 8765
DAY_S = 86_400


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    given = {
        "BINANCE_API_KEY": options.api_key or os.environ.get("BINANCE_API_KEY", ""),
        "BINANCE_API_SECRET": os.environ.get("BINANCE_API_SECRET", ""),
    }
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # raises KeyboardInterrupt
    try:
        sandbox = _start(parser, options, given)
        try:
            _run(sandbox, given)
        finally:
            sandbox.stop()
    except KeyboardInterrupt:
        return 0


def _start(parser: argparse.ArgumentParser, options: argparse.Namespace, given: Mapping[str, str]) -> Sandbox:
    try:
        sandbox = Sandbox(
            api_key=given["BINANCE_API_KEY"],
            api_secret=given["BINANCE_API_SECRET"],
            balances=dict(options.balance or DEFAULT_BALANCES),
            rules=Rules(card_limit=None, amount_limit=None) if options.no_limits else Rules(),
            host=options.host,
            port=options.port,
        )
        sandbox.start()
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"cannot listen on {options.host} port {options.port}: {error.strerror or error}")
    return sandbox


def _run(sandbox: Sandbox, given: Mapping[str, str]) -> NoReturn:
    """Prints what a shell needs to call the sandbox. Credentials that were given are not shown again."""
    made = {"BINANCE_API_KEY": sandbox.api_key, "BINANCE_API_SECRET": sandbox.api_secret}
    for name, value in made.items():
        if not given[name]:
            print(f"export {name}={value}")
    print(f"export BINANCE_BASE_URL={sandbox.url}", flush=True)
    print("The sandbox is running. Ctrl-C ends it.", file=sys.stderr, flush=True)
    while True:
        time.sleep(DAY_S)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="binance-gift-card-sandbox",
        description="A local server that behaves like the Binance Gift Card API.",
        epilog="The API secret is read from BINANCE_API_SECRET; what is not given is made and printed.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0 is any free one (default %(default)s)")
    parser.add_argument("--api-key", help="default: BINANCE_API_KEY")
    parser.add_argument(
        "--balance", type=_balance, action="append", metavar="TOKEN=AMOUNT", help="may be given several times"
    )
    parser.add_argument("--no-limits", action="store_true", help="issue any number of cards, of any worth")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _balance(text: str) -> tuple[str, str]:
    token, _, amount = text.partition("=")
    if not (token and amount):
        raise argparse.ArgumentTypeError("must be TOKEN=AMOUNT, such as USDT=1000")
    return token, amount
