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
        self.told_from = 0
        """Where the story begins, after what it is about."""
        self._given = given
        self._known = len(given)
        self._chance = chance

    def pick(
        self, what: str, options: Sequence[object], share: float | None = None, among: Sequence[int] | None = None
    ) -> int:
        """Which of the options; `share` is how often chance takes another than the first, and `among` which of them."""
        place, chance = len(self.taken), self._chance
        if place < self._known:
            chosen = min(self._given[place], len(options) - 1)
        elif chance is None or (share is not None and chance.random() >= share):
            chosen = 0
        elif among is not None:
            chosen = among[int(chance.random() * len(among))] if among else 0
        else:
            first = 0 if share is None else 1
            chosen = first + int(chance.random() * (len(options) - first))
        self.taken.append(chosen)
        self.counts.append(len(options))
        if chosen:
            self.words.append(f"{what}: {options[chosen]}")
        return chosen

    def begin_to_tell(self) -> None:
        self.told_from = len(self.taken)


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
