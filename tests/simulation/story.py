"""Tells a story: what is wanted, who does it, what goes wrong; and how it ends."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from .choices import Choices
from .driver import KINDS
from .promises import broken
from .scripts import Order, Told, person, shop
from .virtual import MACHINE, install, uninstall
from .world import Process, Watch, World

MANY = (2, 1, 3, 4, 6)
SHARES = (0.1, 0.3, 0.6)
TIMEOUTS = (5.0, 30.0, 0.7)
DELAYS = (3.0, 40.0, 0.0, 120.0, 10.0)
WINDOWS = (None, 60_000, 60_000)
CLOCKS = (0.0, 0.0, 30.0, -30.0)
"""By how much the machine's clock goes ahead."""
PLOTS = ("two with one key", "one without a key", "many codes", "two clients", "two threads")
CODES = ("6H9EKF5ECCWFBHG0", "WRONGWRONGWRONG1", "6H9EKF5ECCWFBHG1", "WRONGWRONGWRONG2")
DAYS = 2 * 86_400.0
_LOGGER = logging.getLogger("binance_gift_card")


class Ear(logging.Handler):
    """Hears what is logged in a story."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.getMessage()} {record.exc_info or ''}")


EAR = Ear()


def begin() -> None:
    """Make ready for stories, in this process."""
    install()
    _LOGGER.addHandler(EAR)
    _LOGGER.propagate = False


def end() -> None:
    """Leave nothing of them behind."""
    uninstall()
    _LOGGER.removeHandler(EAR)
    _LOGGER.propagate = True


def tell(choices: Choices, kind: type[Story] | None = None) -> list[str]:
    """Tell the story of some choices; what in it was not as promised."""
    return (kind or Story)(choices).tell()


def deeper(choices: Sequence[int]) -> list[int]:
    """The same choices, so that as much as can be may go wrong after them."""
    return [len(MANY) - 1, 0, *choices[2:]]


def replay(given: Sequence[int], *words: str, kind: type[Story] | None = None) -> list[str]:
    """Tell one again; what in it was not as promised.

    Args:
        given: Its choices.
        words: What happens in it: a list of choices tells another story once the simulation is changed.
        kind: What it is about, if not cards.

    Raises:
        ValueError: It is another story.
    """
    begin()
    choices = Choices(given)
    faults = tell(choices, kind)
    if words and list(words) != choices.words:
        raise ValueError(f"this is another story now: {choices.words}")
    return faults


def of_seed(seed: int) -> Choices:
    """The choices of a story by its number."""
    return Choices(chance=random.Random(seed))


class Story:
    """One of them.

    Args:
        choices: Who decides.
    """

    def __init__(self, choices: Choices) -> None:
        MACHINE.reset(0)
        EAR.heard.clear()
        self.choices = choices
        self.told: list[Told] = []
        self.troubles = self._one_of("how many troubles", MANY)
        few = self._one_of("of how many kinds", (0, 1, 2, 3, 4))
        kinds = [self._one_of("a kind", KINDS) for _ in range(4)]
        self.world = World(choices, troubles=0, share=self._one_of("how much goes wrong", SHARES))
        self.world.focus = frozenset(chain.from_iterable(kinds[:few]))
        MACHINE.stepped = self._one_of("the machine's clock", CLOCKS)
        self.world.on_crash = self._come_back
        self.orders: dict[Process, list[list[Order]]] = {}
        self.returns = 2
        """How many more times somebody comes back after a crash."""

    def _one_of(self, what: str, options: Sequence[Any]) -> Any:
        return options[self.choices.pick(what, options)]

    def tell(self) -> list[str]:
        self._set_up()
        self.choices.begin_to_tell()
        self.world.troubles = self.troubles
        self.world.run()
        self._end()
        return list(self._broken())

    def _broken(self) -> Iterator[str]:
        return broken(self.world, self.told, EAR.heard)

    # What is wanted.

    def _set_up(self) -> None:
        plot = self._one_of("the plot", PLOTS)
        kind = self._one_of("what is wanted", ("create", "create", "redeem")) if plot != "many codes" else "redeem"
        if plot == "many codes":
            wanted = [self._order(kind, self._one_of("a code", CODES), None) for _ in range(6)]
            self._client([wanted])
            return
        key = None if plot == "one without a key" else "a key"
        order = self._order(kind, CODES[0] if kind == "redeem" else "25", key)
        if plot == "one without a key":
            self._client([[order, self._order("create", "26", None)]])
        elif plot == "two clients":
            self._client([[order]])
            self._client([[order]])
        else:
            self._client([[order], [order]] if plot == "two threads" else [[order, order]])
        if self._one_of("somebody settles", (False, True)):
            delays = [self._one_of("when", DELAYS) for _ in range(2)]
            process = self.world.process()
            self.world.begin(process, lambda task: person(self.world, task, delays))

    def _order(self, kind: str, thing: str, key: str | None) -> Order:
        timeout = self._one_of("the timeout", TIMEOUTS)
        return Order(kind, thing, key, timeout, self._one_of("tries", (1, 2)), self._one_of("the window", WINDOWS))

    def _client(self, orders: list[list[Order]], *, opens: bool = False, after: float = 0.0) -> None:
        waits = self._one_of("the signer", (False, True))
        hooks = self._one_of("the hooks", ("none", "async", "sync"))
        watch = Watch(waits=hooks == "async") if hooks != "none" else None
        process = self.world.process(waits=waits, syncs=self._one_of("the clock", (False, True)), hooks=watch)
        self.orders[process] = orders
        for wanted in orders:
            self.world.begin(
                process,
                lambda task, wanted=wanted: shop(self.world, task, wanted, self.told, opens=opens),  # type: ignore[misc]
                after,
            )

    def _come_back(self, process: Process) -> None:
        """After a crash a new process goes on with what has a key."""
        orders = [[order for order in wanted if order.key] for wanted in self.orders.get(process, ())]
        if self.returns and any(orders):
            self.returns -= 1
            self._client([wanted for wanted in orders if wanted], opens=True, after=self._one_of("when", DELAYS))

    # How it ends.

    def _end(self) -> None:
        """Once all is over, open the journal as the next one does, and ask for what each key stands for."""
        world = self.world
        world.troubles, world.share = 0, None
        MACHINE.now, MACHINE.stepped = MACHINE.now + DAYS, 0.0
        process = world.process()
        MACHINE.process = process.number
        process.journal.prepare()
        keyed = {order.key: order for wanted in self.orders.values() for orders in wanted for order in orders}
        claims = {row["claim"]: row["state"] for row in world.disk.entries()}
        for key, order in keyed.items():
            if key is None:
                continue
            calm = order._replace(timeout=30.0, tries=1)
            world.begin(process, lambda task, calm=calm: shop(world, task, [calm], self.told))  # type: ignore[misc]
            world.run()
            self._look_at_the_last(claims.get(key), calm)

    def _look_at_the_last(self, state: str | None, order: Order) -> None:
        """A key that stands for nothing can be used; one that stands for something tells what it is."""
        last = self.told[-1]
        expected = {"done": "yes", "unknown": "unknown"}.get(state or "", "yes")
        if last.executed != expected and (state or order.kind == "create"):
            self.world.faults.append(f"the key's entry was {state}, and its next call was told {last.error!r}")
