"""The driver that simulates: does what a flow asks for, or whatever else a story has come of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from binance_gift_card._runtime.core.errors import JournalError

from .network import Network, Outcome
from .server import MOODS
from .statements import TakenError
from .store import PATIENCE, Fate
from .virtual import MACHINE

if TYPE_CHECKING:
    from .world import Task, World

COMMON = (
    "a crash before",
    "a crash after",
    "an interrupt before",
    "an interrupt after",
    "a fork before",
    "a fork after",
    "a power cut before",
    "a power cut after",
    "the wall clock set ahead",
    "the wall clock set back",
    "the machine asleep before",
)
STORE = ("is locked", "is locked for long", "meets a full disk", "fails after its commit")
OWN = {
    "Write": STORE,
    "Read": ("is locked for long",),
    "Connect": ("is refused", "is slow"),
    "Transmit": (
        "does not leave",
        "is lost",
        "comes late",
        "is slow",
        "loses its answer",
        "is answered late",
        "has its answer cut",
        "is answered twice",
        "is interrupted on its way",
    ),
    "Sign": ("fails", "hangs"),
    "Await": ("fails", "hangs"),
    "Pause": (),
}
FATES = {kind: ("is done", *own, *COMMON) for kind, own in OWN.items()}
DIRECT = {
    "write": ("is done", *STORE, "a crash before", "a crash after"),
    "read": ("is done", "is locked for long", "a crash before", "a crash after"),
}
"""Of those who use the store without a driver."""
TROUBLES = tuple(dict.fromkeys(fate for fates in (*FATES.values(), MOODS) for fate in fates[1:]))
"""All that may go wrong."""
GROUPS = (
    STORE,
    ("meets a full disk", "fails after its commit"),
    ("a crash before", "a crash after"),
    ("a power cut before", "a power cut after"),
    ("an interrupt before", "an interrupt after", "is interrupted on its way"),
    ("loses its answer", "is lost", "comes late", "has its answer cut"),
    ("comes late",),
    ("is answered late", "is slow", "is locked", "is locked for long"),
    ("the wall clock set ahead", "the machine asleep before"),
    tuple(mood for mood in MOODS if mood.endswith("it did")),
    ("limits the rate", "bans", "is busy"),
)
KINDS = (*(((trouble,)) for trouble in TROUBLES), *GROUPS * 4)
"""What may go wrong in one story."""
CLOCKS = {"the wall clock set ahead": 3600.0, "the wall clock set back": -3600.0}
SLEEP = 600.0
TICK = 0.001
LOCKED = JournalError("the journal cannot be used: database is locked")
FULL = JournalError("the journal cannot be used: database or disk is full")
FAILED = JournalError("the journal cannot be used: disk I/O error")


class TimeLimit(Exception):  # noqa: N818 - as task queues call them
    """What a signal handler of the program raises."""


INTERRUPTS: tuple[type[BaseException], ...] = (KeyboardInterrupt, TimeLimit, asyncio.CancelledError)


class Crash(BaseException):
    """A process ends here, in the middle of something that it did without a driver."""


class Driver:
    """Of all processes of a story."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.network = Network(world)
        self._ways: dict[str, Callable[[Task, Any, str], Outcome]] = {
            "Write": self._write,
            "Read": self._read,
            "Connect": lambda task, ask, fate: self.network.connect(ask.exchange, ask.seconds, fate),
            "Transmit": lambda task, ask, fate: self.network.transmit(task, ask.exchange, fate),
            "Sign": self._sign,
            "Await": self._await,
            "Pause": lambda task, ask, fate: Outcome(seconds=ask.seconds),
        }

    def begin(self, task: Task, ask: Any) -> None:
        """Do what a task asks for; it goes on once the time has passed that this takes."""
        kind = type(ask).__name__
        fates = FATES[kind]
        chosen = self._world.trouble(kind, fates)
        fate = fates[chosen]
        if chosen or kind == "Write":
            self._world.seen.add((kind, fate, self._world.disk.outline()))
        if chosen:
            self._trouble(task, ask, fate)
        else:
            self._finish(task, self._ways[kind](task, ask, fate))

    def _finish(self, task: Task, outcome: Outcome) -> None:
        task.value, task.error, seconds = outcome
        if seconds > 0:
            task.ready = MACHINE.now + seconds

    def _trouble(self, task: Task, ask: Any, fate: str) -> None:
        """Do what a task asks for as a story wants it."""
        if fate == "is locked":  # what it asks for is as old then as it was worth waiting
            task.asked, task.ready = ask, MACHINE.now + min(max(ask.seconds, 0.0), PATIENCE) * 0.8
            return
        event, _, when = fate.rpartition(" ")
        if when == "before" and self._happen(event, task, ask):
            return
        MACHINE.stepped += CLOCKS.get(fate, 0.0)
        outcome = self._ways[type(ask).__name__](task, ask, fate)
        if fate == "is interrupted on its way" and ask.exchange.left:
            outcome = Outcome(error=self._interrupt(task), seconds=outcome.seconds)
        self._finish(task, outcome)
        if when == "after":
            self._happen(event, task, None)

    def go_on(self, task: Task) -> None:
        """Do what a task had to wait for."""
        ask, task.asked = task.asked, None
        outcome = self._ways[type(ask).__name__](task, ask, "is done")
        task.value, task.error = outcome.value, outcome.error

    def _happen(self, event: str, task: Task, ask: Any) -> bool:
        """Let something happen to a task, before it is done what it asks for if it is told; whether it is not done."""
        if event == "a crash":
            self._world.crash(task.process)
        elif event == "a power cut":
            self._world.cut_power()
        elif event == "an interrupt":
            task.value, task.error = None, self._interrupt(task)
        elif event == "a fork":
            self._fork(task, ask)
            return False
        else:
            MACHINE.slept += SLEEP
            return False
        return True

    def _interrupt(self, task: Task) -> BaseException:
        task.interrupts += 1
        return INTERRUPTS[task.interrupts % 3]("enough")

    def _fork(self, task: Task, ask: Any) -> None:
        """Go on in the child; the parent does what it was at, and no more."""
        kind = type(ask).__name__
        if task.forks:
            pass
        elif kind == "Write":
            with contextlib.suppress(TakenError):
                ask.store.commit(ask.work, durable=ask.durable)
        elif kind == "Transmit":
            self.network.deliver(task, ask.exchange, TICK)
        task.fork()

    def fate_of(self, what: str, seconds: float) -> Fate:
        """For a store that is used without a driver."""
        self._world.preempt()
        fate = DIRECT[what][self._world.trouble(what, DIRECT[what])]
        if fate.startswith("a crash"):
            return (Crash(), None) if fate.endswith("before") else (None, Crash())
        before, after, delay = _store_fate(fate, seconds)
        self._world.wait(delay)
        return before, after

    def _write(self, task: Task, ask: Any, fate: str) -> Outcome:
        return _access(lambda: ask.store.commit(ask.work, durable=ask.durable), fate, ask.seconds)

    def _read(self, task: Task, ask: Any, fate: str) -> Outcome:
        ask.rows, *outcome = _access(lambda: ask.store.read(ask.statement, ask.values), fate, ask.seconds)
        return Outcome(None, *outcome)

    def _sign(self, task: Task, ask: Any, fate: str) -> Outcome:
        left = ask.deadline.left()
        if fate == "hangs" or left <= 0:
            return Outcome(error=TimeoutError(), seconds=max(left, 0.0))
        if fate == "fails":
            return Outcome(error=ConnectionError("the vault is gone"))
        ask.signature = ask.sign(ask.payload)
        return Outcome(seconds=min(left, TICK))

    def _await(self, task: Task, ask: Any, fate: str) -> Outcome:
        if fate == "hangs":
            return Outcome(error=TimeoutError(), seconds=max(ask.deadline.left(), 0.0))
        return Outcome(error=ValueError("a hook") if fate == "fails" else None, seconds=TICK)


def _access(access: Callable[[], Any], fate: str, seconds: float) -> Outcome:
    before, after, delay = _store_fate(fate, seconds)
    if before is not None:
        return Outcome(error=before, seconds=delay)
    try:
        value = access()
    except Exception as error:
        return Outcome(error=error, seconds=delay)
    return Outcome(value, after, delay)


def _store_fate(fate: str, seconds: float) -> tuple[BaseException | None, BaseException | None, float]:
    if fate == "is done":
        return None, None, TICK
    patience = min(max(seconds, 0.0), PATIENCE)
    if fate == "is locked":
        return None, None, patience * 0.8
    if fate == "is locked for long":
        return _again(LOCKED), None, patience
    if fate == "meets a full disk":
        return _again(FULL), None, TICK
    return None, _again(FAILED) if fate == "fails after its commit" else None, TICK


def _again(error: JournalError) -> JournalError:
    return JournalError(str(error))
