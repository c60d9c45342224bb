"""Interrupts one bulk run after another, each one step later, and prints what was not as promised.

A run that never ends is told with the places where its threads wait.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

from binance_gift_card import GiftCardClient, HmacSigner, Journal

HERE = Path(__file__).parent
LONGEST = 60
ROWS = 3


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"faults_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


interrupted = _load("interrupted")


class Stop(KeyboardInterrupt):
    """What the handler raises."""


def handler(signum: int, frame: FrameType | None) -> None:
    raise Stop


class Search:
    """One run after another, each with a journal of its own: a longer journal would have more steps."""

    def __init__(self, bank: Any, url: str, folder: Path) -> None:
        self.bank = bank
        self.url = url
        self.folder = folder

    def opened(self, step: int) -> GiftCardClient:
        journal = Journal(self.folder / f"{step}.db", key="unsealed")
        journal.prepare()
        return GiftCardClient(
            api_key="key",
            signer=HmacSigner("secret"),
            base_url=self.url,
            journal=journal,
            timeout=5,
            sync_clock=False,
        )

    def amounts(self, step: int) -> list[str]:
        return [str(step * ROWS + row) for row in range(ROWS)]

    def run(self, client: GiftCardClient, step: int, *, resume: bool) -> Any:
        rows = [{"token": "USDT", "amount": amount} for amount in self.amounts(step)]
        return client.bulk.create(rows, run="three", concurrency=2, resume=resume)

    def made(self, first: int, every: int) -> dict[str, Any]:
        faults: list[str] = []
        stopped = 0
        with self.opened(0) as client:
            self.run(client, 0, resume=False)  # all is imported
        step = first
        while True:
            faulthandler.dump_traceback_later(LONGEST, exit=True)
            steps = interrupted.Steps(step)
            with self.opened(step) as client:
                try:
                    steps.run(lambda: self.run(client, step, resume=False))  # noqa: B023 - called at once
                except Stop:
                    stopped += 1
                if not steps.place:
                    break
                problems = self.looked_at(client, step)
            faults += [f"step {step} at {steps.place}: {problem}" for problem in problems]
            for file in self.folder.glob(f"{step}.db*"):
                file.unlink()
            step += every
        faulthandler.cancel_dump_traceback_later()
        return {"steps": step, "stopped": stopped, "faults": faults}

    def looked_at(self, client: GiftCardClient, step: int) -> list[str]:
        """What is wrong once the run went on."""
        problems = []
        report = self.run(client, step, resume=True)
        if report.states != {"done": ROWS}:
            problems.append(f"the run came to {report.states}")
        for amount in self.amounts(step):
            made = self.bank.made.get(amount, 0)
            if made != 1:
                problems.append(f"{made} cards were made for one row")
        return problems


def main(first: int, every: int) -> None:
    """Print how many steps there are, how many runs ended with the interrupt, and all that was not as promised."""
    signal.signal(signal.SIGUSR1, handler)
    bank = interrupted.Bank()
    running = interrupted.server.FaultServer(bank)
    memory = interrupted.MEMORY
    try:
        with tempfile.TemporaryDirectory(dir=memory if os.path.isdir(memory) else None) as folder:
            told = Search(bank, running.url, Path(folder)).made(first, every)
    finally:
        running.over.set()
        running.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
