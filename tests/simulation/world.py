"""The machine of a story: its processes and their tasks, who goes on next, and what is known of each call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from operator import attrgetter
from typing import Any

from binance_gift_card import GiftCardClient, HmacSigner, _operations
from binance_gift_card._runtime.core.clock import Clock
from binance_gift_card._runtime.core.context import Core
from binance_gift_card._runtime.core.exchange import Exchange
from binance_gift_card._runtime.core.rates import RateLimits

from .choices import Choices
from .driver import INTERRUPTS, Crash, Driver
from .network import Transport
from .server import KEY, SECRET, Reply, Server
from .store import Disk, Door, journal_over
from .virtual import MACHINE

Script = Generator[Any, Any, None]
CLOSE = 0.05
"""Seconds within which it is chance who goes on first."""


TURNS = tuple(f"the task {number}" for number in range(20))
_ready = attrgetter("ready")


class Vault:
    """A signer that may wait; it signs as `HmacSigner` does."""

    def __init__(self) -> None:
        self.sign = HmacSigner(SECRET).sign


class Watch:
    """Hooks that know of which attempts they were not told the end.

    Args:
        waits: Whether they are async.
    """

    def __init__(self, *, waits: bool) -> None:
        self.open: list[object] = []
        self._given = Wait() if waits else None

    def before_attempt(self, sending: object) -> Wait | None:
        self.open.append(sending)
        return self._given

    def after_attempt(self, sending: object, attempt: object) -> Wait | None:
        self.open.remove(sending)
        return self._given


class Wait:
    """What an async hook gives; the driver awaits it, or not."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield


def _credentials(signer: Any) -> Any:
    with GiftCardClient(api_key=KEY, signer=signer, base_url="http://127.0.0.1:1", journal=False) as client:
        return client._core.credentials


CREDENTIALS = (_credentials(HmacSigner(SECRET)), _credentials(Vault()))


class Process:
    """A process with a client and a journal."""

    def __init__(self, world: World, number: int, *, waits: bool, syncs: bool, hooks: Watch | None) -> None:
        self.number = number
        self.is_over = False
        self.held_until = 0.0
        """Until when the server wants to be left alone, as far as it could be read here."""
        self.journal = journal_over(Door(world.disk, number, world.driver.fate_of))
        self.transport = Transport(number)
        self.hooks = hooks
        clock = Clock(None, to_sync=syncs)
        self.core = Core(
            server="http://127.0.0.1:1",
            transport=self.transport,
            credentials=CREDENTIALS[waits],
            chosen={},
            clock=clock,
            time=(_operations.GET_SERVER_TIME, "server_time"),
            limits=RateLimits(_operations.RATES, clock, None),
            guards={},
            keys={},
            hooks=hooks,
            journal=self.journal,
            account="shop",
        )


class Task:
    """Something that a process does."""

    def __init__(self, process: Process, script: Script, ready: float) -> None:
        self.process = process
        self.script = script
        self.ready = ready
        self.runs = process.number
        """The id of the process that goes on with it; another one after a fork."""
        self.value: Any = None
        self.error: BaseException | None = None
        self.asked: Any = None
        """What it waits for to be begun."""
        self.is_running = self.is_over = False
        self.call = 0
        """The number of the call that it is at."""
        self.interrupts = self.forks = 0

    def fork(self) -> None:
        self.forks += 1
        self.runs = MACHINE.process = self.process.number * 1000 + self.forks


class World:
    """All of it.

    Args:
        choices: Of the story.
        troubles: How many things may go wrong.
        share: How often one does, where it may.
    """

    is_fair = True
    """Whether nobody waits for long for his turn."""

    def __init__(self, choices: Choices, *, troubles: int, share: float | None) -> None:
        self.choices = choices
        self.troubles = troubles
        self.share = share
        self.server = Server()
        self.disk = Disk()
        self.driver = Driver(self)
        self.processes: list[Process] = []
        self.tasks: list[Task] = []
        self.faults: list[str] = []
        self.happened: set[str] = set()
        self.seen: set[tuple[str, str, str]] = set()
        """What was asked for, what came of it, and the journal as it was then."""
        self.focus: frozenset[str] = frozenset()
        """All that may go wrong, where it is not anything."""
        self._among: dict[str, list[int]] = {}
        self.answered: set[int] = set()
        """Calls of which something of an answer came."""
        self.replies: dict[int, bytes] = {}
        """The body that came in answer to the last request of a call; empty while none has."""
        self.on_crash: Callable[[Process], None] = lambda process: None

    def trouble(self, what: str, fates: Sequence[str]) -> int:
        """What comes of something; 0 when no trouble is left."""
        if not self.troubles:
            return 0
        among = self._among.get(what) if self.focus else None
        if among is None and self.focus:
            among = self._among[what] = [place for place, fate in enumerate(fates) if fate in self.focus]
        chosen = self.choices.pick(what, fates, self.share, among)
        if chosen:
            self.troubles -= 1
            self.happened.add(fates[chosen])
        return chosen

    def process(self, *, waits: bool = False, syncs: bool = False, hooks: Watch | None = None) -> Process:
        made = Process(self, len(self.processes) + 1, waits=waits, syncs=syncs, hooks=hooks)
        self.processes.append(made)
        return made

    def begin(self, process: Process, script: Callable[[Task], Script], after: float = 0.0) -> Task:
        task = Task(process, None, MACHINE.now + after)  # type: ignore[arg-type]  # the next line gives it
        task.script = script(task)
        self.tasks.append(task)
        return task

    def run(self) -> None:
        """Until nobody has anything to do."""
        while task := self._next():
            self.step(task)

    def _next(self) -> Task | None:
        if len(self.tasks) == 1:
            return None if self.tasks[0].is_over else self.tasks[0]
        waiting = [task for task in self.tasks if not task.is_over and not task.is_running]
        if len(waiting) < 2:
            return waiting[0] if waiting else None
        waiting.sort(key=_ready)
        ends = waiting[0].ready + CLOSE
        close = [task for task in waiting if task.ready <= ends]
        if len(close) < 2:
            return close[0]
        return close[self.choices.pick("who is next", TURNS[: len(close)], self.share and 0.4)]

    def preempt(self) -> None:
        """Let another task go on, in the middle of one that asks no driver."""
        others = self._others(MACHINE.now)
        if others and self.choices.pick("another goes on", ("no", "yes"), self.share and 0.3):
            self._step_aside(others[0])

    def wait(self, seconds: float) -> None:
        """Let time pass for a task that asks no driver, and the others go on meanwhile."""
        ends = MACHINE.now + seconds
        while others := self._others(ends):
            self._step_aside(min(others, key=lambda task: task.ready))
        MACHINE.now = max(MACHINE.now, ends)

    def _others(self, until: float) -> list[Task]:
        return [task for task in self.tasks if not task.is_over and not task.is_running and task.ready <= until]

    def _step_aside(self, task: Task) -> None:
        running = MACHINE.process
        self.step(task)
        MACHINE.process = running

    def step(self, task: Task) -> None:
        """Let a task go on until it asks for something."""
        MACHINE.now = max(MACHINE.now, task.ready)
        MACHINE.process = task.runs
        if task.asked is not None:
            self.driver.go_on(task)
        value, error, task.value, task.error = task.value, task.error, None, None
        task.is_running = True
        try:
            ask = task.script.send(value) if error is None else task.script.throw(error)
        except StopIteration:
            task.is_over = True
        except (Crash, *INTERRUPTS):  # an interrupt between two calls ends the program
            self.crash(task.process)
        else:
            if not task.is_over:  # the power was cut meanwhile
                self.driver.begin(task, ask)
        finally:
            task.is_running = False

    def crash(self, process: Process) -> None:
        """End a process; what it did is there, what it was about to do is not."""
        if process.is_over:
            return
        process.is_over = True
        for task in self.tasks:
            if task.process is process and not task.is_over:
                task.is_over = True
                if not task.is_running:
                    self._drop(task)
        self.on_crash(process)

    def _drop(self, task: Task) -> None:
        try:
            task.script.close()
        except RuntimeError as error:
            self.faults.append(f"a call goes on though its driver is gone: {error}")

    def cut_power(self) -> None:
        """End all processes, and with them what was not flushed."""
        count = len(self.disk.unflushed)
        kept = count - self.choices.pick("lost transactions", range(count + 1))
        living = [process for process in self.processes if not process.is_over]
        self.disk.lose(kept)
        for process in living:
            self.crash(process)

    def note_departure(self, task: Task, exchange: Exchange) -> None:
        """A request leaves."""
        self._note_reply(task, exchange, b"")
        alone = sum(other.process is task.process for other in self.tasks) == 1
        if alone and MACHINE.now + MACHINE.slept < task.process.held_until:
            self.faults.append(f"call {task.call}: a request left though the server wanted to be left alone")

    def note_part(self, task: Task, exchange: Exchange, reply: Reply) -> None:
        """Something of an answer came."""
        self.answered.add(task.call)
        self._note_reply(task, exchange, reply.body)

    def _note_reply(self, task: Task, exchange: Exchange, body: bytes) -> None:
        if exchange.method == "POST":
            self.replies[task.call] = body

    def note_answer(self, task: Task, exchange: Exchange, reply: Reply) -> None:
        """An answer came, and can be read."""
        self.note_part(task, exchange, reply)
        if "retry-after" in reply.headers:
            seconds = float(reply.headers.partition(": ")[2])
            task.process.held_until = MACHINE.now + MACHINE.slept + seconds
