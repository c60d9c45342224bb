"""Faults on demand: a rule says which calls they hit, and what happens to those."""

import random
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

Kind = Literal[
    "delay-before", "delay-after", "drop-before", "drop-after", "error-before", "error-after", "malformed", "cut"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
BEFORE = frozenset({"drop-before", "error-before"})
DROPS = frozenset({"drop-before", "drop-after"})
ERRORS = frozenset({"error-before", "error-after"})
MAX_DELAY_MS = 3_600_000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule. Of the calls to `operation`, `skip` go through first and then `times` are hit."""

    kind: Kind
    """What happens to the call:

    - `delay-before`: waits, then executes and answers.
    - `delay-after`: executes at once, then waits and answers.
    - `drop-before`: closes the connection without executing.
    - `drop-after`: executes, then closes the connection without an answer.
    - `error-before`: answers an error without executing.
    - `error-after`: executes, then answers an error.
    - `malformed`: executes, then answers 200 with a body that is not the answer.
    - `cut`: executes, then closes the connection in the middle of the answer.
    """
    operation: str = "*"
    """The operation: as the contract calls it, createGiftCard, or as Python does, create_gift_card; * is every one."""
    delay_ms: int = 0
    """How long to wait first; with any kind."""
    status: int | None = None
    """The HTTP status of an error: 503 unless told otherwise. With a malformed body: 200."""
    code: int | None = None
    """The error's code, as JSON: -1007 is the timeout of unknown outcome. None: HTML, as a proxy sends it."""
    body: str | None = None
    """The body of an error or a malformed answer, instead of ours."""
    skip: int = 0
    """How many of those calls go through first."""
    times: int | None = 1
    """How many calls it hits then. None: all, until it is taken away."""
    chance: float = 1.0
    """The share of those calls that it hits, at random by the sandbox's seed."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of: {', '.join(KINDS)}")
        if not 0 <= self.delay_ms <= MAX_DELAY_MS:
            raise ValueError("delay_ms must be from 0 to an hour")
        if self.kind.startswith("delay") and not self.delay_ms:
            raise ValueError("a delay needs delay_ms")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status must be from 200 to 599")
        if self.skip < 0 or (self.times is not None and self.times < 1):
            raise ValueError("skip must be at least 0, and times at least 1 or null")
        if not 0 < self.chance <= 1:
            raise ValueError("chance must be above 0 and at most 1")

    @property
    def executes(self) -> bool:
        """Whether the operation is done all the same."""
        return self.kind not in BEFORE


@dataclass
class _Rule:
    fault: Fault
    to_skip: int
    left: int | None


def _in_python(name: str) -> str:
    """The name of an operation as Python code has it: create_gift_card for createGiftCard."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


class Faults:
    """The rules in force, in the order in which they were added; the first that hits a call is the only one."""

    def __init__(self, operations: Iterable[str], seed: str) -> None:
        names = sorted(operations)
        self._operations = {**{_in_python(name): name for name in names}, **{name: name for name in names}, "*": "*"}
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self.reseed(seed)

    def reseed(self, seed: str) -> None:
        self._random = random.Random(f"{seed}/faults")  # noqa: S311  it must be repeatable

    def add(self, fault: Fault) -> None:
        """ValueError when the contract has no such operation."""
        operation = self._operations.get(fault.operation)
        if operation is None:
            known = ", ".join(sorted({*self._operations.values()} - {"*"}))
            raise ValueError(f"there is no operation {fault.operation!r}; there are: {known}, and * for all")
        fault = replace(fault, operation=operation)
        with self._lock:
            self._rules.append(_Rule(fault, fault.skip, fault.times))

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def waiting(self) -> list[Fault]:
        """What has not been used up."""
        with self._lock:
            return [rule.fault for rule in self._rules]

    def take(self, operation: str) -> Fault | None:
        """The fault for this call, if there is one."""
        with self._lock:
            for rule in self._rules:
                if rule.fault.operation in ("*", operation) and self._hits(rule):
                    return rule.fault
        return None

    def _hits(self, rule: _Rule) -> bool:
        if rule.to_skip:
            rule.to_skip -= 1
            return False
        if rule.fault.chance < 1 and self._random.random() >= rule.fault.chance:
            return False
        if rule.left is not None:
            rule.left -= 1
            if not rule.left:
                self._rules.remove(rule)
        return True
