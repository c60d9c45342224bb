# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Whether to try again. The rules are one table; the rest is the time that there is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal, TypeAlias

Situation: TypeAlias = Literal[
    "refused",  # the server said no
    "wrong clock",  # it said no because of the timestamp
    "rate limited",  # it said no because of too many requests, and how long to wait
    "banned",  # the same, after one went on all the same
    "busy",  # it said no because it has too much to do
    "not sent",  # the request did not leave, provably
    "hopeless",  # the same, and it will not leave the next time either
    "lost",  # it left, and no answer came
    "failed",  # the server says that it failed, and not whether before or after doing it
    "unreadable",  # an answer came that cannot be used
]
"""What became of an attempt that brought no result."""

Action: TypeAlias = Literal["raise", "back off", "wait", "correct the clock"]

RULES: Mapping[Situation, Mapping[Literal["safe", "never"], Action]] = {
    "refused": {"safe": "raise", "never": "raise"},
    "wrong clock": {"safe": "correct the clock", "never": "correct the clock"},
    "rate limited": {"safe": "wait", "never": "wait"},
    "banned": {"safe": "raise", "never": "raise"},
    "busy": {"safe": "back off", "never": "raise"},
    "not sent": {"safe": "back off", "never": "back off"},
    "hopeless": {"safe": "raise", "never": "raise"},
    "lost": {"safe": "back off", "never": "raise"},
    "failed": {"safe": "back off", "never": "raise"},
    "unreadable": {"safe": "raise", "never": "raise"},
}
"""What to do after an attempt, by its situation and by whether the operation is safe to repeat. *Never* is tried again
only where nothing can have been done."""

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0


def action(situation: Situation, *, repeatable: bool, number: int, attempts: int, cured: bool) -> Action:
    """What to do after the attempt of that number, when at most `attempts` are to be made.

    Args:
        situation: What became of the attempt.
        repeatable: The operation's mark.
        number: Of the attempt, from 1.
        attempts: How many a call may make.
        cured: Whether the clock was corrected during this call already; it is once at most.
    """
    chosen = RULES[situation]["safe" if repeatable else "never"]
    if number >= attempts or (chosen == "correct the clock" and cured):
        return "raise"
    return chosen


def pause(number: int) -> float:
    """Seconds before the attempt after this one: anything up to a bound that doubles each time (full jitter)."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(number - 1, 10)))  # noqa: S311 - not a secret
