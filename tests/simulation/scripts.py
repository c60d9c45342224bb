"""What processes do in a story: call until they know, settle what others left, come back after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from binance_gift_card import _operations
from binance_gift_card._runtime.core.context import Options
from binance_gift_card._runtime.core.deadline import Deadline
from binance_gift_card._runtime.core.effects import Pause
from binance_gift_card._runtime.core.errors import ClientError
from binance_gift_card._runtime.core.flow import Call
from binance_gift_card._runtime.core.keeper import Tag

from .driver import Crash
from .statements import UnknownStatementError
from .virtual import MACHINE

if TYPE_CHECKING:
    from .world import Process, Script, Task, World

OPERATIONS: dict[str, Any] = {
    "create": _operations.CREATE_GIFT_CARD,
    "redeem": _operations.REDEEM_GIFT_CARD,
}


class Order(NamedTuple):
    """What somebody wants once."""

    kind: str
    thing: str
    """An amount, or a code."""
    key: str | None
    timeout: float
    tries: int
    window: int | None = None
    attempts: int = 4

    def arguments(self) -> dict[str, Any]:
        if self.kind == "redeem":
            return {"code": self.thing, "external_uid": None, "recv_window": self.window}
        return {"token": "USDT", "amount": self.thing, "recv_window": self.window}


class Told:
    """A call, and what its caller was told."""

    def __init__(self, number: int, order: Order, process: Process) -> None:
        self.number = number
        self.order = order
        self.process = process
        self.began = MACHINE.now
        self.ended: float | None = None
        self.executed = ""
        """What was said of it: no, yes or unknown; empty where nothing was."""
        self.result: Any = None
        self.entry: int | None = None
        self.unkept = ""
        self.error: BaseException | None = None
        self.interrupts = self.forks = 0
        self.is_interrupted = False
        self.state = ""
        """That of its entry when it had ended."""

    def take(self, verdict: Any) -> None:
        """Be told a verdict, as a client's caller is."""
        if verdict.error is not None:
            self.fail(verdict.error)
            return
        response = verdict.response
        self.executed, self.result, self.entry, self.unkept = "yes", response.result, response.entry, response.unkept

    def fail(self, error: BaseException) -> None:
        """Be told an error; what interrupted a call has that as its cause."""
        self.error = error
        self.is_interrupted = not isinstance(error, ClientError)
        told = error.__cause__ if self.is_interrupted else error
        if isinstance(told, ClientError):
            self.executed, self.entry = told.executed, told.entry


def call(world: World, task: Task, order: Order, told: list[Told]) -> Script:
    """One call, as a client makes it."""
    mine = Told(len(told) + 1, order, task.process)
    told.append(mine)
    task.call, interrupts = mine.number, task.interrupts
    options = Options(order.timeout, 2.0, order.attempts, insist=False)
    try:
        made = Call(task.process.core, options, OPERATIONS[order.kind], Deadline(order.timeout))
        mine.take((yield from made.flow(order.arguments(), Tag(str(mine.number), order.key))))
    except (GeneratorExit, Crash, UnknownStatementError):
        raise
    except BaseException as error:
        mine.fail(error)
    mine.ended = MACHINE.now
    mine.state = next((row["state"] for row in world.disk.entries() if row["note"] == str(mine.number)), "")
    mine.interrupts, mine.forks = task.interrupts - interrupts, task.forks


def shop(world: World, task: Task, orders: list[Order], told: list[Told], *, opens: bool = False) -> Script:
    """Call for each order, and again when nothing was done, or when a key makes that safe."""
    try:
        if opens:
            task.process.journal.prepare()
    except ClientError:
        return
    for order in orders:
        for _ in range(order.tries):
            yield from call(world, task, order, told)
            if task.forks:
                return
            if told[-1].executed == "yes" or (order.key is None and told[-1].executed != "no"):
                break
            yield Pause(0.0 if told[-1].executed == "unknown" else 3.0)


def person(world: World, task: Task, delays: list[float]) -> Script:
    """Look at the journal from time to time, and settle what is unknown by what the server's books say."""
    journal = task.process.journal
    for delay in delays:
        yield Pause(delay)
        if task.forks:
            return
        try:
            journal.recover()
            for row in world.disk.entries():
                if row["state"] == "unknown":
                    _settle(world, journal, row)
        except ClientError:
            continue


def _settle(world: World, journal: Any, row: Mapping[str, Any]) -> None:
    """By hand; as refused only when no request on its way can be done any more, or to be told that it is too early."""
    true = MACHINE.true()
    done = [deed for deed in world.server.deeds if str(deed.call) == row["note"] and deed.at <= true]
    if done:
        journal.resolve(row["number"], "done", reason="it is in the account", reference=done[0].reference)
    elif row["settled"] is not None and (MACHINE.stepped <= 0 or true * 1e6 > row["settled"]):
        journal.resolve(row["number"], "refused", reason="it is not in the account")
