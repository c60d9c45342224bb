"""Processes that fork at random, with calls in flight on both sides, and end in any order: `fork_storm.py SEED FORKS`.

Says on standard output what is wrong, one line each, and what happened how often. The output is closed once the last
process of all has ended.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors

LONGEST = 120
AT_ONCE = 3
"""How many children a process has at a time."""
LARGEST = 6
"""How many forks a process leaves to a child."""
SHARED = 10**9
"""Amounts from here on are those of keys that several processes use."""
ENDS = ("exit", "leave", "close", "kill", "kill in a call")


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Worker:
    """This process: its number, its share of the forks, and what it does with the one client that all inherit."""

    def __init__(
        self, client: GiftCardClient, seed: str, number: int, forks: int, parent: Worker | None = None
    ) -> None:
        self.client = client
        self.seed, self.number, self.forks = seed, number, forks
        self.chance = random.Random(f"{seed}/{number}")
        self.pid = os.getpid()
        self.parent = parent
        self.amount = number * 1000 if number else 10**8
        self.children: dict[int, int] = {}
        self.happened: Counter[str] = Counter()
        self.lock = threading.RLock()
        self.by_handler = False
        """Whether a signal handler forked it: its parent's thread may have been in the middle of a transaction."""
        faulthandler.unregister(signal.SIGALRM)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        faulthandler.register(signal.SIGALRM, file=2, chain=True)
        signal.alarm(LONGEST)

    # Calls.

    def pay(self) -> None:
        """One call; whoever was forked in it and came back ends."""
        with self.lock:
            self.amount += 1
            amount, draw = self.amount, self.chance.random()
        shared = draw < 0.2
        if shared:
            amount = SHARED + self.number // 4
        key = f"shared {amount}" if shared else f"own {amount}" if draw < 0.6 else None
        try:
            card = self.client.create_gift_card(
                token="USDT", amount=str(amount), idempotency_key=key, timeout=3.0 if shared else 60.0
            )
        except errors.ClientError as error:
            if os.getpid() != self.pid:
                os._exit(0)
            self.failed(error, shared=shared)
        else:
            if os.getpid() != self.pid:
                os._exit(0)
            self.happened["paid"] += 1
            if not card.code:
                say("wrong:", self.number, "has no code")

    def failed(self, error: errors.ClientError, *, shared: bool) -> None:
        """A key may wait for somebody who was killed, and a file may be the parent's; anything else is wrong."""
        said = str(error)
        if shared and isinstance(error, (errors.NotSentError, errors.OutcomeUnknownError)):
            self.happened["another has the key"] += 1
        elif self.by_handler and isinstance(error, errors.NotSentError) and "fork" in said:
            self.happened["refused"] += 1
        else:
            say("wrong:", f"process {self.number}:", type(error).__name__, said)

    def read(self) -> None:
        try:
            sum(1 for _ in self.client.journal.history(newest_first=True, state="unknown"))
        except errors.ClientError as error:
            self.failed(error, shared=False)

    def pays(self, calls: int) -> None:
        for _ in range(calls):
            self.pay()

    # Forks.

    def fork(self, *, by_handler: bool = False, in_call: bool = False) -> None:
        """Make a child, which gets a part of the forks. In the child this returns into a call only, now and then."""
        while len(self.children) >= AT_ONCE:
            self.reap(0)
        if not by_handler:
            self.reap(os.WNOHANG)
        share = min(self.chance.randrange(self.forks), self.chance.randrange(LARGEST))
        number, self.forks = self.number + self.forks - share, self.forks - 1 - share
        how, returns = self.chance.choice(ENDS), in_call and self.chance.random() < 0.4
        try:
            pid = os.fork()
        except BaseException as error:
            say("wrong:", "the fork", type(error).__name__, error)
            raise
        if pid:
            self.happened["forked"] += 1
            with self.lock:
                self.children[pid] = number
        elif returns:
            signal.alarm(LONGEST)
            return
        else:
            child = Worker(self.client, self.seed, number, share, self)
            child.by_handler = by_handler or self.by_handler
            child.live(how)

    def reap(self, how: int) -> None:
        try:
            pid, status = os.waitpid(-1, how)
        except ChildProcessError:
            self.children.clear()
            return
        if pid:
            number = self.children.pop(pid, None)
            if status and os.WTERMSIG(status) != signal.SIGKILL:
                say("wrong:", f"process {number} ended with wait status {status}")

    # Lives.

    def live(self, how: str) -> None:
        """Work, fork, and end so."""
        threads = [self.aside(lambda: self.pays(self.chance.randrange(1, 4))) for _ in range(self.chance.randrange(3))]
        if how == "kill in a call":
            threading.Timer(self.chance.random() * 0.03, os.kill, (self.pid, signal.SIGKILL)).start()
        self.pays(self.chance.randrange(3))
        while self.forks:
            self.moment()
        self.pays(self.chance.randrange(1, 3))
        for thread in threads if how != "leave" else []:
            thread.join()
        self.end(how)

    def moment(self) -> None:
        """One fork or several calls, from anywhere."""
        draw = self.chance.random()
        if draw < 0.5:
            self.fork()
        elif draw < 0.6:
            thread = self.aside(self.fork)
            self.pay()
            thread.join()
        elif draw < 0.8:
            signal.signal(signal.SIGUSR1, self.handle)
            timer = threading.Timer(self.chance.random() * 0.01, os.kill, (self.pid, signal.SIGUSR1))
            timer.start()
            self.pays(2)
            timer.join()
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        elif draw < 0.9:
            self.read()
        else:
            time.sleep(self.chance.random() * 0.005)

    def handle(self, _: int, frame: FrameType | None) -> None:
        in_call = False
        while frame is not None and frame.f_code is not Worker.live.__code__ and not in_call:  # above are the parent's
            in_call = frame.f_code.co_name == "drive" and frame.f_globals["__name__"].endswith("_runtime.sync.driver")
            frame = frame.f_back
        if self.forks and os.getpid() == self.pid and len(self.children) < AT_ONCE:  # it may hold the journal: no wait
            self.fork(by_handler=True, in_call=in_call)

    def aside(self, work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except Ended:
                os._exit(0)
            except BaseException as error:
                say("wrong:", f"process {self.number}, thread:", type(error).__name__, error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def end(self, how: str) -> None:
        """`leave` does so with children and threads at work, and `exit` as Python does, if this is the main thread."""
        say("happened:", *(f"{name}={number}" for name, number in self.happened.items()))
        if how == "kill":
            os.kill(self.pid, signal.SIGKILL)
        if how == "close":
            self.client.close()
        while self.children and how in ("close", "exit"):
            self.reap(0)
        if how == "exit" and self.parent is not None:
            raise Ended
        os._exit(0)


class Ended(BaseException):
    """This process is over."""


def main() -> None:
    seed, forks = sys.argv[1:]
    client = GiftCardClient(
        api_key=os.environ["CHILD_API_KEY"],
        signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
        base_url=os.environ["CHILD_URL"],
        journal=Journal(os.environ["CHILD_JOURNAL"]),
    )
    root = Worker(client, seed, 0, int(forks))
    root.pay()  # before 3.12 Python's import fails in a thread whose signal handler imports the same
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            root.pay()
            time.sleep(0.01)

    threads = [root.aside(busy) for _ in range(2)]
    while root.forks:
        signal.alarm(LONGEST)
        root.moment()
    over.set()
    for thread in threads:
        thread.join()
    while root.children:
        root.reap(0)
    root.end("close")


if __name__ == "__main__":
    with contextlib.suppress(Ended):
        main()
