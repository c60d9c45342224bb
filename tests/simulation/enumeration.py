"""All that can come of two calls with one key, in every order of their steps, with one crash at any of them."""

from __future__ import annotations

from collections.abc import Iterator

from .choices import Choices, every
from .promises import broken
from .scripts import Order, Told, shop
from .story import EAR
from .virtual import MACHINE
from .world import Task, World

CRASHES = ("is done", "a crash before", "a crash after")
NO_LOOK, ONE_LOOK = 1.0, 1.5
"""Timeouts that let a call look never again, or once, what became of another with its key."""


class OneCrash(World):
    """A world in which anybody may go on next, and nothing goes wrong but one crash."""

    is_fair = False

    def _next(self) -> Task | None:
        waiting = [task for task in self.tasks if not task.is_over]
        if len(waiting) < 2 or not self.choices.taken:  # to begin with they are alike
            return waiting[0] if waiting else None
        return waiting[self.choices.pick("who is next", ("the first", "the second"))]

    def trouble(self, what, fates):  # type: ignore[no-untyped-def]  # as in its base
        if not self.troubles or CRASHES[1] not in fates:
            return 0
        chosen = self.choices.pick(what, CRASHES)
        self.troubles -= chosen > 0
        return fates.index(CRASHES[chosen])


def two_with_one_key_and_a_crash(timeout: float) -> Iterator[tuple[Choices, list[str]]]:
    """Each story, and what in it was not as promised."""
    faults: list[str] = []
    order = Order("create", "25", "a key", timeout, 1)

    def tell(choices: Choices) -> None:
        faults[:] = _tell(choices, order)

    for choices in every(tell):
        yield choices, faults


def _tell(choices: Choices, order: Order) -> list[str]:
    MACHINE.reset(0)
    EAR.heard.clear()
    world = OneCrash(choices, troubles=1, share=None)
    told: list[Told] = []
    for _ in range(2):
        world.begin(world.process(), lambda task: shop(world, task, [order], told))
    world.run()
    world.troubles = 0
    MACHINE.now += 86_400.0
    last = world.process()
    MACHINE.process = last.number
    last.journal.prepare()
    world.begin(last, lambda task: shop(world, task, [order], told))
    world.run()
    return list(broken(world, told, EAR.heard))
