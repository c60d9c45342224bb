"""Stories of an API that takes idempotency keys, and can be asked for what a call made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from binance_gift_card import _operations
from binance_gift_card._runtime.core import wire
from binance_gift_card._runtime.core.context import Options
from binance_gift_card._runtime.core.effects import Pause
from binance_gift_card._runtime.core.errors import ClientError
from binance_gift_card._runtime.core.operation import Operation, Parameter
from binance_gift_card._runtime.journal.asking import ask_about, open_entries

from .promises import DUBIOUS, clients, secrets
from .scripts import OPERATIONS, Order, Told
from .server import KEEPS, UNCLEAR
from .shipped import ADDED, add
from .story import DELAYS, EAR, Story
from .world import Script, Task, World

_IDEMPOTENCY, _SETTLING = map(add, ADDED)
FIND: Operation[Any] = Operation(
    name="find_gift_card",
    method="GET",
    path="/find",
    decode=_operations.CREATE_GIFT_CARD.decode,
    errors=_operations.ERRORS,
    parameters=(Parameter(name="amount", wire_name="amount", place="query", write=wire.text),),
    envelope=_operations.CREATE_GIFT_CARD.envelope,
    repeatable=True,
)
BY_KEY = {"idempotency": _IDEMPOTENCY.Idempotency(header="Idempotency-Key", repeats=True, keeps=KEEPS)}
ASKING = {
    "settle": _SETTLING.Settling(
        ask=lambda: FIND,
        arguments={"amount": ("argument", "amount")},
        done={},
        absent_status=404,
        after=0.1,
        fits=True,
    )
}
WAYS: Mapping[str, Operation[Any]] = {
    f"pay {way}": msgspec.structs.replace(_operations.CREATE_GIFT_CARD, **facts)
    for way, facts in {"by key": BY_KEY, "asking": ASKING, "by key and asking": BY_KEY | ASKING}.items()
}
OPERATIONS.update(WAYS)


class PayoutStory(Story):
    """One of them; amounts are the caller's references, and no two orders have the same."""

    def _set_up(self) -> None:
        kind = self._one_of("how", tuple(WAYS))
        self.way = WAYS[kind]
        plot = self._one_of("the plot", ("two with one key", "one without a key", "two clients", "two threads"))
        order = self._order(kind, "25", None if plot == "one without a key" else "a key")
        if plot == "one without a key":
            self._client([[order, self._order(kind, "26", None)]])
        elif plot == "two clients":
            self._client([[order]])
            self._client([[order]])
        else:
            self._client([[order], [order]] if plot == "two threads" else [[order, order]])
        if self._one_of("somebody asks", (False, True)):
            delays = [self._one_of("when", DELAYS) for _ in range(2)]
            process = self.world.process()
            facts = {self.way.name: self.way}
            process.journal.facts = msgspec.structs.replace(process.journal.facts, operations=facts)
            self.world.begin(process, lambda task: asker(self.world, task, delays))

    def _look_at_the_last(self, state: str | None, order: Order) -> None:
        """Where it can be asked for, nothing stays unknown."""
        if self.way.settle is not None and self.told[-1].executed != "yes":
            self.world.faults.append(f"the key's entry was {state}, and its next call was told {self.told[-1].error!r}")

    def _broken(self) -> Iterator[str]:
        world = self.world
        yield from world.faults
        for told in self.told:
            yield from (f"call {told.number}: {fault}" for fault in _of_call(world, told))
        for told in {told.order.thing: told for told in self.told}.values():
            yield from _of_order(world, told.order, [one for one in self.told if one.order.thing == told.order.thing])
        yield from clients(world, self.told)
        yield from secrets(world, self.told, EAR.heard)


def asker(world: World, task: Task, delays: list[float]) -> Script:
    """Ask about what is unknown, from time to time, as a client does that looks at its journal."""
    process = task.process
    for delay in delays:
        yield Pause(delay)
        if task.forks:
            return
        try:
            process.journal.recover()
            for found in open_entries(process.journal, process.core):
                if not (yield from ask_about(process.journal, process.core, Options(5.0, 2.0, 2), found)):
                    break
        except ClientError:
            continue


def _deeds(world: World, order: Order) -> list[Any]:
    return [deed for deed in world.server.deeds if deed.order == order.thing]


def _of_call(world: World, told: Told) -> Iterator[str]:
    done = _deeds(world, told.order)
    if told.executed == "yes" and not done:
        yield "told that it was done, and nothing was"
    if told.executed == "no" and any(deed.call == told.number for deed in done):
        yield f"told that nothing was done, and it was: {told.error!r}"
    if told.result is not None and told.result.reference_no not in {deed.reference for deed in done}:
        yield "told the result of something else"


def _of_order(world: World, order: Order, told: list[Told]) -> Iterator[str]:
    done, rows = _deeds(world, order), _rows(world, told)
    states = [row["state"] for row in rows]
    if len(done) > 1:
        yield f"{order.thing} was paid {len(done)} times"
    if done and not {"done", "unknown"} & set(states):
        yield f"{order.thing} was paid, and its entries are {states}"
    if "done" in states and not done:
        yield f"{order.thing} was not paid, and its entries are {states}"
    if {"intended", "sent"} & set(states):
        yield f"entries of {order.thing} are left {states}"
    if order.key is not None and sum(state in ("done", "unknown") for state in states) > 1:
        yield f"the key of {order.thing} has several entries: {states}"
    for row in [] if world.happened & (UNCLEAR | DUBIOUS) else rows:
        if row["state"] == "done" and (not row["answer"] or done[0].reference.encode() not in row["answer"]):
            yield f"{order.thing} was paid, and its answer is not kept"


def _rows(world: World, told: list[Told]) -> list[dict[str, Any]]:
    notes = {str(one.number) for one in told}
    return [row for row in world.disk.entries() if row["note"] in notes]
