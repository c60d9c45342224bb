"""Processes that fork, and the server's cards held against the journal's entries."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import socket
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from multiprocessing.connection import Pipe
from typing import Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors
from binance_gift_card_sandbox import Rules
from tests.sandbox_process import SandboxProcess

UNLIMITED = Rules(monthly_cards=None, monthly_amount=None, weight_limit=None)
RICH = {"USDT": "1000000000000000"}
LONGEST = 60
"""Seconds after which a process hangs: it shows where, and ends."""
SOONER = 2
"""By how many seconds a child of it hangs before: the one that is waited for is shown first."""


def forked_in_c() -> int:
    """A fork that Python knows nothing of."""
    return ctypes.PyDLL(None).fork()


def forked_by_a_server() -> int:
    """As uWSGI forks: Python is told in the child only."""
    child = forked_in_c()
    if child == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    return child


class Child:
    """A process that is forked here, works, tells what it came to, and ends without a word to anybody else.

    Args:
        work: What it does; its result comes back pickled.
        fork: How it is made.
    """

    def __init__(self, work: Callable[[], Any], *, fork: Callable[[], int] = os.fork) -> None:
        self._ear, mouth = Pipe(duplex=False)
        self.pid = fork()
        if self.pid == 0:
            live(work, mouth)
        mouth.close()

    def result(self) -> Any:
        """What it came to, once it has ended."""
        try:
            told = self._ear.recv() if self._ear.poll(LONGEST + 5) else (False, "it lives, and says nothing")
        except EOFError:
            told = (False, "it died without a word; a hang is shown above")
        finally:
            self._ear.close()
        how = os.waitpid(self.pid, 0)[1]
        if how or not told[0]:
            raise AssertionError(f"process {self.pid}, wait status {how}: {told[1]}")
        return told[1]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def live(work: Callable[[], Any], mouth: Any) -> NoReturn:
    """Work, tell what it came to, and end; a process that was forked meanwhile and came back here ends as well."""
    global LONGEST
    me, LONGEST = os.getpid(), LONGEST - SOONER
    faulthandler.unregister(signal.SIGALRM)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    faulthandler.register(signal.SIGALRM, file=2, chain=True)  # shows where, and lets the signal end the process
    signal.alarm(LONGEST)
    told: tuple[bool, Any]
    try:
        told = (True, work())
    except BaseException:
        told = (False, traceback.format_exc())
    try:
        if os.getpid() == me:
            mouth.send(told)
    finally:
        os._exit(0)


class Slow:
    """A way to a database on which the first answer of each connection takes a while.

    Args:
        address: Of the database.
        seconds: How long it takes.

    Attributes:
        before_answer: What is done once, before the next of these answers goes on.
    """

    before_answer: Callable[[], object] | None = None

    def __init__(self, address: str, seconds: float) -> None:
        parts = urlsplit(address)
        self._place = (parts.hostname or "", parts.port or 0)
        self._seconds = seconds
        self._ear = socket.create_server(("127.0.0.1", 0))
        port = self._ear.getsockname()[1]
        self.address = urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def _listen(self) -> None:
        while True:
            near = self._ear.accept()[0]
            if near.recv(1, socket.MSG_PEEK) == b"":
                near.close()
                return
            far = socket.create_connection(self._place)
            self._open += [near, far]
            for there, back, pause in ((near, far, 0.0), (far, near, self._seconds)):
                self._threads.append(threading.Thread(target=self._carry, args=(there, back, pause)))
                self._threads[-1].start()

    def _carry(self, there: socket.socket, back: socket.socket, pause: float) -> None:
        with contextlib.suppress(OSError):
            while some := there.recv(65536):
                if pause:
                    done, self.before_answer = self.before_answer, None
                    if done is not None:
                        done()
                    time.sleep(pause)
                pause = 0.0
                back.sendall(some)
        with contextlib.suppress(OSError):
            back.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        socket.create_connection(self._ear.getsockname()).close()
        for thread in self._threads:
            thread.join()
        for end in (self._ear, *self._open):
            end.close()


class Scene:
    """A server, and a place for a journal. Calls are told apart by their amounts."""

    def __init__(self, sandbox: SandboxProcess, address: str, key: str) -> None:
        self.sandbox = sandbox
        self.address = address
        self.key = key

    def journal(self) -> Journal:
        return Journal(self.address, key=self.key)

    def client(self, **options: Any) -> GiftCardClient:
        given = {"journal": None, "timeout": 10.0, **options}
        given["journal"] = self.journal() if given["journal"] is None else given["journal"]
        signer = HmacSigner(self.sandbox.api_secret)
        return GiftCardClient(api_key=self.sandbox.api_key, signer=signer, base_url=self.sandbox.url, **given)

    def cards(self) -> list[tuple[Decimal, str]]:
        """Amount and reference of each."""
        return [(Decimal(shown["amount"]), shown["reference_no"]) for shown in listed(self.sandbox)]

    def wrong(self, *, killed: bool = False, address: str | None = None, amounts: range | None = None) -> list[str]:
        """What does not agree between the server and the journal.

        Args:
            killed: Whether there were processes that could not end their calls.
            address: Of the journal, if there are several.
            amounts: Of the calls that went to it.
        """
        cards = [card for card in self.cards() if amounts is None or card[0] in amounts]
        with closing(Journal(address or self.address, key=self.key)) as journal:
            return [*compared(cards, journal, killed=killed), *journal.check()]


def compared(cards: list[tuple[Decimal, str]], journal: Journal, *, killed: bool) -> Iterator[str]:
    """No card without an entry, none twice, and no entry that says done without its card."""
    entries: dict[Decimal | None, list[Any]] = {}
    for entry in journal.history():
        entries.setdefault(entry.amount, []).append(entry)
        if entry.state in ("intended", "sent") and not killed and not has_answer(journal, entry.number):
            yield f"entry {entry.number} is left {entry.state}"
    for amount, number in Counter(amount for amount, _ in cards).items():
        if number > 1:
            kept = [(entry.number, entry.state, entry.idempotency_key) for entry in entries.get(amount, [])]
            yield f"{number} cards of {amount}: {kept}"
    for amount, reference in cards:
        found = entries.get(amount, [])
        if not any(entry.reference == reference or entry.state in ("sent", "unknown") for entry in found):
            yield f"the card of {amount} has no entry: {[(entry.number, entry.state) for entry in found]}"
    made = {reference for _, reference in cards}
    for entry in (entry for found in entries.values() for entry in found if entry.state == "done"):
        if entry.reference not in made:
            yield f"entry {entry.number} is done, and there is no card"
        elif not journal.result(entry).code:
            yield f"entry {entry.number} has no code"


def has_answer(journal: Journal, number: int) -> bool:
    """Whether the outcome follows from what is kept, which is written when there is time."""
    return bool(journal.store.rows("SELECT 1 FROM entries WHERE number = :n AND answer IS NOT NULL", {"n": number}))


def listed(sandbox: SandboxProcess) -> Iterator[dict[str, Any]]:
    """The server's cards, without their codes."""
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        before = f"&before={page['next']}" if page["next"] else ""
        page = sandbox.control("GET", f"cards?limit=1000{before}")
        yield from page["cards"]


def paid(client: GiftCardClient, *amounts: int, key: str | None = None) -> list[str]:
    """The references of the cards that were made."""
    return [
        client.create_gift_card(token="USDT", amount=str(amount), idempotency_key=key).reference_no
        for amount in amounts
    ]


def refused(client: GiftCardClient, amount: int) -> str | None:
    """What the client says when it sends nothing; `None` if it made a card."""
    try:
        paid(client, amount)
    except errors.NotSentError as error:
        return str(error)
    return None
