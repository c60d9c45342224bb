"""Tells one story after another until one is not as promised."""

from __future__ import annotations

import json
import random
from typing import NamedTuple

from .choices import Choices, shortest
from .story import Story, begin, deeper, replay, tell

AFRESH = 0.4
"""How often a story is none that goes on from a known one."""


class Found(NamedTuple):
    """What a search came to."""

    count: int
    """How many stories were told."""
    seed: int
    choices: list[int]
    faults: list[str]
    words: list[str]
    """What happened in the story."""
    kind: str = Story.__name__

    def as_test(self) -> str:
        """The story as a test that can be pasted."""
        faults = "\n".join(f"    # {fault}" for fault in self.faults)
        words = "".join(f"\n        {json.dumps(word)}," for word in self.words)
        kind = "" if self.kind == Story.__name__ else f"\n        kind={self.kind},"
        told = f"{self.choices},{words}{kind}"
        return f"def test_story() -> None:\n{faults}\n    assert not replay(\n        {told}\n    )\n"


class Pool:
    """Stories in which something happened as in none before; others go on from the middle of them.

    Args:
        seed: Of the search.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._stories: list[tuple[list[int], int]] = []
        self._seen: set[tuple[str, str, str]] = set()

    def next(self) -> Choices:
        """A new story, or another end of one that is known."""
        chance = random.Random(self._chance.getrandbits(64))
        if not self._stories or chance.random() < AFRESH:
            return Choices(chance=chance)
        known, told_from = chance.choice(self._stories)
        return Choices(deeper(known[: chance.randrange(told_from, len(known) + 1)]), chance)

    def add(self, story: Story) -> None:
        """Keep a story, if it is like no other."""
        if not story.world.seen <= self._seen:
            self._seen |= story.world.seen
            self._stories.append((story.choices.taken, story.choices.told_from))


def search(count: int, seed: int, kind: type[Story] = Story) -> Found:
    """Tell so many stories, or until one is not as promised."""
    begin()
    pool = Pool(seed)
    for number in range(count):
        story = kind(pool.next())
        if story.tell():
            return found_story(number + 1, seed, story.choices.taken, kind)
        pool.add(story)
    return Found(count, seed, [], [], [])


def found_story(count: int, seed: int, taken: list[int], kind: type[Story] = Story) -> Found:
    """The story, cut down to what matters."""
    least = shortest(taken, lambda given: bool(replay(given, kind=kind)))
    choices = Choices(least)
    faults = tell(choices, kind)
    return Found(count, seed, least, faults, choices.words, kind.__name__)
