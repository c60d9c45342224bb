"""Connections to the model server, and all that may become of a request on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from binance_gift_card._runtime.core.answer import Answer, ExchangeError, Headers, UnreadableError
from binance_gift_card._runtime.core.exchange import Exchange
from binance_gift_card._runtime.core.fork import IN_A_CALL
from binance_gift_card._runtime.core.reader import Reader

from .server import MOODS, Reply
from .virtual import MACHINE

if TYPE_CHECKING:
    from .world import Task, World

TRIP = 0.02
"""Seconds that a request and its answer take."""
LATE = (2.0, 20.0)
"""Seconds after its deadline at which a late request comes to the server."""
BODY_BYTES = 1 << 20


class Outcome(NamedTuple):
    """What comes of an effect, and after how many seconds."""

    value: Any = None
    error: BaseException | None = None
    seconds: float = 0.0


class Transport:
    """The connections of one process."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.idle = 0
        self.reserved: list[Exchange] = []

    def exchange(self, method: str, draft: Any, deadline: Any, *, repeatable: bool, process: int) -> Exchange:
        key = draft.headers.get("Idempotency-Key")
        sent = "" if key is None else f"idempotency-key: {key}\r\n"
        head = f"{method} {draft.target()} HTTP/1.1\r\n{sent}\r\n".encode("latin-1")
        return Exchange(method, head + (draft.content() or b""), deadline, BODY_BYTES, process, 3.0)

    def reserve(self, exchange: Exchange) -> bool:
        self.reserved.append(exchange)
        exchange.connection = self.idle > 0
        self.idle -= self.idle > 0
        return bool(exchange.connection)

    def release(self, exchange: Exchange) -> None:
        if exchange in self.reserved:
            self.reserved.remove(exchange)
            self.idle += exchange.is_over


class Network:
    """Between all processes and the server.

    Args:
        world: Of the story.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def connect(self, exchange: Exchange, seconds: float, fate: str) -> Outcome:
        seconds = min(seconds, exchange.deadline.left())
        if seconds <= 0:
            return Outcome(error=ExchangeError("the time was over", final=True))
        if fate == "is refused":
            return Outcome(error=ExchangeError("connection refused"), seconds=TRIP)
        if fate == "is slow":
            return Outcome(error=ExchangeError("the time was over"), seconds=seconds)
        return Outcome(seconds=TRIP)

    def transmit(self, task: Task, exchange: Exchange, fate: str) -> Outcome:
        left = exchange.deadline.left()
        if left <= 0:
            return Outcome(error=ExchangeError("the time was over", final=True))
        if exchange.process != MACHINE.process:
            return Outcome(error=ExchangeError(IN_A_CALL, final=True))
        if fate == "does not leave":
            return Outcome(error=ExchangeError("broken pipe"), seconds=TRIP)
        exchange.left = True
        self._world.note_departure(task, exchange)
        over = Outcome(error=ExchangeError("the time was over"), seconds=left)
        if fate == "is lost":
            return over
        late = left + LATE[self._world.choices.pick("how late", LATE)] if fate == "comes late" else TRIP / 2
        reply = self.deliver(task, exchange, late)
        if fate in ("comes late", "is answered late"):
            return over
        if fate == "is interrupted on its way":
            return Outcome(seconds=TRIP)
        if fate == "loses its answer":
            return Outcome(error=ExchangeError("connection reset by peer"), seconds=TRIP)
        if fate in ("has its answer cut", "is answered twice"):
            return self._odd(task, exchange, reply, fate)
        exchange.answer = Answer(
            reply.status, Headers(f"HTTP/1.1 {reply.status} x\r\n{reply.headers}".encode()), reply.body
        )
        exchange.is_over = True
        self._world.note_answer(task, exchange, reply)
        return Outcome(exchange.answer, seconds=min(left * 0.9, 4.0) if fate == "is slow" else min(TRIP, left))

    def deliver(self, task: Task, exchange: Exchange, seconds: float) -> Reply:
        """Let the server have a request in so many seconds."""
        mood = MOODS[self._world.trouble("the server", MOODS)]
        return self._world.server.answer(exchange.request, MACHINE.true() + seconds, task.call, mood)

    def _odd(self, task: Task, exchange: Exchange, reply: Reply, fate: str) -> Outcome:
        """An answer that ends too early, or comes a second time."""
        self._world.note_part(task, exchange, reply)
        reader = exchange.reader = Reader(method=exchange.method, body_bytes=BODY_BYTES)
        extra = f"{reply.headers}\r\n" if reply.headers else ""
        head = f"HTTP/1.1 {reply.status} x\r\n{extra}content-length: {len(reply.body)}\r\n\r\n"
        whole = head.encode() + reply.body
        if fate == "has its answer cut":
            reader.feed(whole[: len(whole) - 1 - len(reply.body) // 2])
            return Outcome(error=ExchangeError("connection reset by peer"), seconds=TRIP)
        reader.feed(whole + whole)
        if exchange.connection:
            return Outcome(error=UnreadableError("more came than one answer"), seconds=TRIP)
        exchange.answer = reader.answer()
        return Outcome(exchange.answer, seconds=TRIP)
