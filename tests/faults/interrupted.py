"""Interrupts one call after another, each one step later, and prints what was not as promised.

A step is a place where Python may run a signal handler: where a function begins, after a call, or at the end of a
round of a loop; in our modules, the standard library's and urllib3's alike. The handler is a real one of a real signal.
"""

from __future__ import annotations

import contextlib
import dis
import enum
import gc
import importlib.util
import io
import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from rich.console import Console
from rich.traceback import Traceback

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors

HERE = Path(__file__).parent
KEY, SECRET, CODE = "the-api-key-itself", "the-api-secret-itself", "6H9EKF5ECCWFBHGE"
CALLS = ("CALL", "CALL_FUNCTION", "CALL_METHOD", "CALL_FUNCTION_KW", "CALL_FUNCTION_EX", "CALL_KW")
LOOPS = ("JUMP_BACKWARD", "JUMP_ABSOLUTE")
BEGINS = "RESUME"
"""Where a function has begun, from Python 3.11 on; what is raised before, it takes for another error."""
MEMORY = "/dev/shm"
REDEEMED = (
    '{"code":"000000","success":true,"data":{"referenceNo":"1","identityNo":"2","token":"BNB","amount":"10.00000000"}}'
)


class TimeLimit(Exception):  # noqa: N818 - as task queues call them
    pass


KINDS = (
    TimeLimit,
    TimeoutError,
    KeyboardInterrupt,
    ConnectionError,
    sqlite3.OperationalError,
    ValueError,
    RuntimeError,
)


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"faults_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server = _load("server")


class Bank:
    """Makes cards, and tells how many were made for an amount."""

    def __init__(self) -> None:
        self.made: dict[str, int] = {}
        self.says = server.answer(server.CARD)
        self.loses = False

    def wait(self, amount: str) -> None:
        """Until a request that left is there."""
        for _ in range(500):
            if amount in self.made:
                return
            time.sleep(0.01)

    def __call__(self, peer: Any) -> None:
        while request := peer.request():
            path = request.split(b"?")[0].split(b" ")[1].decode()
            for mark in (b"amount=", b"code=" + CODE.encode()):
                if mark in request:
                    number = request.split(mark)[1].split(b"&")[0].split(b" ")[0].decode()
                    self.made[number] = self.made.get(number, 0) + 1
            if path.endswith("/time"):
                peer.send(server.answer(f'{{"serverTime":{time.time_ns() // 1_000_000}}}'))
            elif self.loses:
                return
            else:
                peer.send(self.says)


class Vault:
    """Signs in a thread of its own; its signature is what must not be shown."""

    def sign(self, payload: bytes) -> str:
        return SECRET


class Steps:
    """Raises at one step of what it is told to do; counts them."""

    def __init__(self, stop: int) -> None:
        self.left = stop
        self.place = ""

    def run(self, work: Callable[[], Any]) -> Any:
        with _traced(self) if sys.version_info < (3, 12) else _monitored(self):
            return work()

    def after(self, before: str, now: str, frame: FrameType, end: Callable[[], object]) -> None:
        """Tell it of an instruction, and of the one before in the same frame."""
        if now == "PUSH_EXC_INFO" or (before not in CALLS and before not in LOOPS and before != BEGINS):
            return  # what was called did not return, or it is no step
        self.left -= 1
        if self.left == 0:
            self.place = f"{frame.f_globals.get('__name__')}:{frame.f_lineno} {frame.f_code.co_name}"
            end()
            signal.raise_signal(signal.SIGUSR1)


def _is_stepped(code: CodeType) -> bool:
    """Whether an exception there goes its way: an enum takes any ValueError for its own; a destructor drops it."""
    return code.co_filename not in (__file__, enum.__file__) and code.co_name != "__repr__"


@contextlib.contextmanager
def _traced(steps: Steps) -> Iterator[None]:
    def called(frame: FrameType, event: str, argument: object) -> Any:
        if not _is_stepped(frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        code, before = frame.f_code.co_code, "" if BEGINS in dis.opmap else BEGINS

        def stepped(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal before
            if event == "opcode":
                now = dis.opname[code[frame.f_lasti]]
                steps.after(before, now, frame, lambda: sys.settrace(None))
                before = now
            return stepped

        return stepped

    sys.settrace(called)  # `called` is held here: CPython 3.11 goes on with it where it was let go in a destructor
    try:
        yield
    finally:
        sys.settrace(None)


@cache
def _begin(code: CodeType) -> int:
    """Where a function has begun; what stands before makes its frame."""
    names = [dis.opname[operation] for operation in code.co_code[::2]]
    return 2 * names.index(BEGINS) if BEGINS in names else -1


@contextlib.contextmanager
def _monitored(steps: Steps) -> Iterator[None]:
    """From Python 3.12 on a trace is told of the instructions of a function only from its next call on."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    tool, instruction, thread = monitoring.DEBUGGER_ID, monitoring.events.INSTRUCTION, threading.get_ident()
    last: dict[int, str] = {}

    def stepped(code: CodeType, offset: int) -> Any:
        if not _is_stepped(code):
            return monitoring.DISABLE
        if threading.get_ident() == thread:
            frame, now = sys._getframe(1), dis.opname[code.co_code[offset]]
            before = last.get(id(frame), "") if offset > _begin(code) else ""
            last[id(frame)] = now  # the frame itself would keep alive what it holds
            steps.after(before, now, frame, lambda: monitoring.set_events(tool, 0))
        return None

    monitoring.use_tool_id(tool, "steps")
    monitoring.register_callback(tool, instruction, stepped)
    monitoring.set_events(tool, instruction)
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


class Search:
    """The calls of one scenario."""

    def __init__(self, scenario: str, bank: Bank, url: str, path: Path) -> None:
        self.scenario = scenario
        self.bank = bank
        self.url = url
        self.path = path
        self.watched: list[str] = []
        self.raised: BaseException | None = None
        self.looked = 0
        self.printed: list[BaseException | None] = []
        """What was raised where Python can only print it: in a destructor, or when a weak reference dies."""
        if scenario == "refused":
            bank.says = server.answer('{"code":-9000,"msg":"no"}', "400 Bad Request")
        if scenario == "redeem":
            bank.says = server.answer(REDEEMED)
        bank.loses = scenario == "lost"
        self.client = self.opened()

    def opened(self) -> GiftCardClient:
        return GiftCardClient(
            api_key=KEY,
            signer=Vault() if self.scenario == "signed elsewhere" else HmacSigner(SECRET),
            base_url=self.url,
            journal=Journal(self.path, key="unsealed"),
            timeout=5,
            hooks=self,
            clock=None,
            sync_clock=self.scenario == "new client",
        )

    def before_attempt(self, sending: Any) -> None:
        self.watched.append("before")

    def after_attempt(self, sending: Any, attempt: Any) -> None:
        self.watched.append("after")

    def call(self, number: int) -> Any:
        """Made in a frame that holds no secret of its own."""
        if self.scenario == "redeem":
            return self.client.with_options(insist=True).redeem_gift_card(
                code="".join(("6H9EKF5E", "CCWFBHGE", str(number))), idempotency_key=f"key {number}"
            )
        return self.client.create_gift_card(token="USDT", amount=number, idempotency_key=f"key {number}")

    def made(self, first: int, every: int) -> dict[str, Any]:
        outcomes: dict[str, int] = {}
        faults: list[str] = []
        signal.signal(signal.SIGUSR1, self.handler)
        sys.unraisablehook = lambda unraisable: self.printed.append(unraisable.exc_value)
        with contextlib.suppress(errors.GiftCardError):
            self.call(0)
        step = first
        while True:
            self.kind, self.raised, self.watched = KINDS[step % len(KINDS)], None, []
            if self.scenario == "new client":
                self.client.close()
                del self.client
                gc.collect()  # what a handler raises while that is at work, Python only prints
                self.client = self.opened()
            steps = Steps(step)
            caught = self.interrupted(steps, step)
            if self.raised is None:
                break
            outcome, problems = ("printed", []) if self.was_printed() else self.looked_at(caught, step)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            faults += [f"step {step}, {self.kind.__name__} at {steps.place}: {problem}" for problem in problems]
            step += every
        return {"steps": step, "outcomes": outcomes, "faults": faults}

    def interrupted(self, steps: Steps, number: int) -> BaseException | None:
        try:
            steps.run(lambda: self.call(number))
        except BaseException as error:
            return error
        return None

    def was_printed(self) -> bool:
        return any(error is self.raised for error in self.printed)

    def handler(self, signum: int, frame: FrameType | None) -> None:
        self.raised = self.kind("enough")
        raise self.raised

    def looked_at(self, caught: BaseException | None, number: int) -> tuple[str, list[str]]:
        if caught is not self.raised or caught is None:
            return "another", [f"{caught!r} came out, {_chain(caught)}"]
        problems: list[str] = []
        told = caught.__cause__
        if isinstance(told, errors.OutcomeUnknownError):
            self.bank.wait(str(number))
        made = self.bank.made.get(str(number), 0)
        if self.watched != ["before", "after"] * (len(self.watched) // 2):
            problems.append(f"the hooks were told {self.watched}")
        left = [name for name, guard in self.client._core.guards.items() if guard._on_their_way]
        problems += [f"the guard of {name} waits for a call that is over" for name in left]
        if told is None:
            outcome = "none"
        elif not isinstance(told, errors.GiftCardError):
            return "strange", [f"its cause is {told!r}"]
        else:
            outcome = told.executed
            if made and outcome == "no" and self.scenario != "refused":
                problems.append(f"a card was made, and {told!r}")
            if not made and outcome == "yes":
                problems.append(f"no card was made, and {told!r}")
        shown = _shown(caught, richly=self.looked % 50 == 0)
        self.looked += 1
        if told is not None:  # else it came in the method that was called, before it had handed on what it was given
            problems += [f"{secret} is in\n{shown}" for secret in (KEY, SECRET, CODE, "signature=") if secret in shown]
        problems += self.journal(told, number, made)
        return outcome, problems

    def journal(self, told: Any, number: int, made: int) -> list[str]:
        problems: list[str] = []
        found = list(self.client.journal.history(idempotency_key=f"key {number}"))
        if made and not found:
            return ["a card was made, and there is no entry"]
        if len(found) > 1:
            return ["there are several entries"]
        state = found[0].state if found else "none"
        if told is not None and found and told.entry != found[0].number:
            problems.append(f"it tells entry {told.entry}, and it is {found[0].number} ({state})")
        if told is not None and state in ("intended", "sent"):
            problems.append(f"the entry is left {state}")
        if found and state in ("intended", "sent"):  # the next one that opens the journal settles it
            with sqlite3.connect(self.path) as file:
                file.execute("UPDATE entries SET ends = 0 WHERE number = ?", (found[0].number,))
            file.close()
            self.client.journal.recover()
            state = self.client.journal.entry(found[0].number).state
        if made and state not in ("unknown", "refused" if self.scenario == "refused" else "done"):
            problems.append(f"a card was made, and the entry is {state}")
        if not made and state not in ("none", "not sent"):
            problems.append(f"no card was made, and the entry is {state}")
        if "the answer had come" in str(told) and state != "done":
            problems.append(f"the answer had come, and the entry is {state}")
        problems += self.again(number, made, state)
        return problems

    def again(self, number: int, made: int, state: str) -> list[str]:
        """The same call once more: the client and the journal can be used, and no second card is made."""
        try:
            result = self.call(number)
        except errors.GiftCardError as error:
            result = error
        except BaseException as error:
            return [f"the next call raised {error!r}, {_chain(error)}"]
        known = isinstance(result, errors.OutcomeUnknownError)
        if state == "unknown" and not known:
            return [f"the entry was unknown, and the next call brought {result!r}"]
        if state != "unknown" and known and self.scenario != "lost":
            return [f"the entry was {state}, and the next call brought {result!r}"]
        if self.bank.made.get(str(number), 0) > 1 and self.scenario != "refused":
            return ["a second card was made"]
        return []


def main(scenario: str, first: int, every: int) -> None:
    """Print how many steps there are, how often a cause told which outcome, and all that was not as promised."""
    bank = Bank()
    running = server.FaultServer(bank)
    try:
        with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as folder:
            search = Search(scenario, bank, running.url, Path(folder) / "cards.db")
            told = search.made(first, every)
            search.client.close()
    finally:
        running.over.set()
        running.close()
    print(json.dumps(told))


def _chain(error: BaseException | None) -> str:
    return "" if error is None else "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _shown(error: BaseException, *, richly: bool) -> str:
    """The error as those show it that show variables."""
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    if not richly:  # which takes long
        return text
    screen = io.StringIO()
    shown = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True, extra_lines=0)
    Console(file=screen, width=400).print(shown)
    return text + screen.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
