"""Tells one story after another until one is not as promised."""

from __future__ import annotations

from typing import NamedTuple

from .choices import Choices, shortest
from .story import begin, of_seed, replay, tell


class Found(NamedTuple):
    """What a search came to."""

    count: int
    """How many stories were told."""
    seed: int
    choices: list[int]
    faults: list[str]
    words: list[str]
    """What happened in the story."""

    def as_test(self) -> str:
        """The story as a test that can be pasted."""
        told = "\n".join(f"    # {line}" for line in [*self.words, *(f"→ {fault}" for fault in self.faults)])
        return f"def test_story_{self.seed}() -> None:\n{told}\n    assert not replay({self.choices})\n"


def search(count: int, seed: int) -> Found:
    """Tell so many stories; the seeds of one search are none of another's."""
    begin()
    for number in range(count):
        choices = of_seed(seed * 1_000_003 + number)
        if tell(choices):
            return found_story(number + 1, seed * 1_000_003 + number, choices.taken)
    return Found(count, seed, [], [], [])


def found_story(count: int, seed: int, taken: list[int]) -> Found:
    """The story, cut down to what matters."""
    least = shortest(taken, lambda given: bool(replay(given)))
    choices = Choices(least)
    faults = tell(choices)
    return Found(count, seed, least, faults, [word for word in choices.words if word])
