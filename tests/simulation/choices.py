"""Where a story may go on in several ways: who decides, and how a story is written down."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence


class Choices:
    """Those of one story; 0 is always what a quiet day brings.

    Args:
        given: What was chosen before; after its end the rest is chosen by chance, or is 0.
        chance: Where the rest comes from.
    """

    def __init__(self, given: Sequence[int] = (), chance: random.Random | None = None) -> None:
        self.taken: list[int] = []
        self.counts: list[int] = []
        self.words: list[str] = []
        self._given = given
        self._chance = chance

    def pick(self, what: str, options: Sequence[object], share: float | None = None) -> int:
        """Which of the options; `share` is how often it is another than the first."""
        place = len(self.taken)
        if place < len(self._given):
            chosen = min(self._given[place], len(options) - 1)
        elif self._chance is None or (share is not None and self._chance.random() >= share):
            chosen = 0
        else:
            first = 0 if share is None else 1
            chosen = first + int(self._chance.random() * (len(options) - first))
        self.taken.append(chosen)
        self.counts.append(len(options))
        self.words.append(f"{what}: {options[chosen]}" if chosen else "")
        return chosen


def every(tell: Callable[[Choices], object]) -> Iterator[Choices]:
    """Each story that there is, told once."""
    given: list[int] = []
    while True:
        choices = Choices(given)
        tell(choices)
        yield choices
        given, counts = list(choices.taken), choices.counts
        while given and given[-1] + 1 == counts[len(given) - 1]:
            given.pop()
        if not given:
            return
        given = [*given[:-1], given[-1] + 1]


def shortest(found: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """A simpler list that fails as well: fewer choices that are not 0, and an early end."""
    best = _trimmed(found)
    for size in (16, 4, 1):
        for start in range(0, len(best), size):
            zeroed = _trimmed([*best[:start], *[0] * len(best[start : start + size]), *best[start + size :]])
            if zeroed != best and fails(zeroed):
                best = zeroed
    return best


def _trimmed(choices: Sequence[int]) -> list[int]:
    kept = list(choices)
    while kept and not kept[-1]:
        kept.pop()
    return kept
