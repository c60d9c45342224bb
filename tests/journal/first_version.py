"""Processes with the first version of the SDK, or with this one, and the journal that the first one leaves."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import binance_gift_card
from tests.faults.server import closing

HERE = Path(__file__).parent
OLD = HERE / "versions" / "binance_gift_card-0.1.0-py3-none-any.whl"
NEW = Path(binance_gift_card.__file__).parent.parent


class Process:
    """A process with one version of the SDK, that makes the calls it is told to."""

    def __init__(self, sdk: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "child_calls.py")],
            env={**environment, "PYTHONPATH": str(sdk)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, *said: object) -> None:
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()

    def answer(self) -> object:
        return json.loads(self.process.stdout.readline())

    def ask(self, *said: object) -> object:
        self.begin(*said)
        return self.answer()

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> None:
        self.process.communicate(timeout=30)


class Made:
    """What 0.1.0 left: a card, a redeemed one, and three calls whose ends it did not see."""

    def __init__(self, process_of: Callable[[Path], Process], serve: Callable[..., object]) -> None:
        arrived = threading.Event()

        def hold(peer) -> None:
            peer.request()
            arrived.set()
            peer.gone()

        url = serve(hold).url
        old = process_of(OLD)
        assert old.ask("prepare") == "0.1.0"
        self.card = old.ask("create", "a card", "25")
        self.redeemed = old.ask("create", "another", "1")
        assert old.ask("redeem", self.redeemed[2], "the redemption") == self.redeemed[1]
        assert old.ask("create", "lost", "2", {"url": serve(closing).url})[0] == "unknown"
        old.begin("create", "on its way", "3", {"url": url, "timeout": 3000})
        assert arrived.wait(20)
        old.kill()
        old = process_of(OLD)
        old.begin("create", "waiting", "4", {"hangs": True, "timeout": 3000})
        assert old.answer() == "signing"
        old.kill()


STATES = [
    ("a card", "done"),
    ("another", "done"),
    ("the redemption", "done"),
    ("lost", "unknown"),
    ("on its way", "sent"),
    ("waiting", "intended"),
]
