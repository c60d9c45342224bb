"""Whether a pattern may run for ever: whether a loop of it can go through the same text in several ways.

A backtracking matcher tries all of them before it gives up, and they double with each character. The pattern becomes
an automaton with a state for each of its characters (Glushkov's); two different ways from a state back to itself over
the same text are then a pair of states that is reached from twins, and leads back to twins.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import Any, TypeAlias

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

_MOST_COPIES = 64
"""A part that is repeated more often counts as repeated without end."""
_MOST_STATES = 500
_CATEGORIES = {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "WORD": r"\w", "NOT_WORD": r"\W", "SPACE": r"\s", "NOT_SPACE": r"\S"}
_USUAL = "0a_A -\n\x00\xe9\u4e00"

Ends: TypeAlias = "tuple[bool, frozenset[int], frozenset[int]]"
"""Of a part: whether it may be empty, and the states that it begins and ends with."""
_EMPTY: Ends = (True, frozenset(), frozenset())


@cache
def may_be_endless(pattern: str) -> bool:
    """Whether to match a text may take time that doubles with each character, as far as is known."""
    automaton = _Automaton(parser.parse(pattern, re.ASCII))
    return automaton.is_too_large or automaton.is_doubtful or automaton.is_ambiguous()


class _Automaton:
    def __init__(self, parsed: Any) -> None:
        self._alphabet = sorted({*map(ord, _USUAL), *_bounds(parsed)})
        self._sets: list[frozenset[int]] = []
        """State → the characters that it takes, of those that tell all sets apart."""
        self._next: dict[int, set[int]] = {}
        self._twice: set[tuple[int, int]] = set()
        """Steps that there are two ways to take."""
        self.is_too_large = self.is_doubtful = False
        self._sequence(parsed)

    def is_ambiguous(self) -> bool:
        """Whether any state has two ways back to itself over the same text."""
        before: dict[int, set[int]] = {}
        for state, others in self._next.items():
            for other in others:
                before.setdefault(other, set()).add(state)
        seen: set[int] = set()
        for state in range(len(self._sets)):
            loop = set() if state in seen else _reach(state, self._next) & _reach(state, before)
            seen |= loop
            if any(one in loop and other in loop for one, other in self._twice):
                return True
            twins = {(one, one) for one in loop}
            if _pairs(twins, self._next, self._sets, loop) & _pairs(twins, before, self._sets, loop) - twins:
                return True
        return False

    def _state(self, taken: Iterable[int]) -> Ends:
        self._sets.append(frozenset(taken))
        self.is_too_large = self.is_too_large or len(self._sets) > _MOST_STATES
        state = frozenset((len(self._sets) - 1,))
        return False, state, state

    def _connect(self, ends: frozenset[int], begins: frozenset[int]) -> None:
        for end, begin in product(ends, begins):
            known = self._next.setdefault(end, set())
            if begin in known:
                self._twice.add((end, begin))
            known.add(begin)

    def _sequence(self, parts: Any) -> Ends:
        whole = _EMPTY
        for operator, argument in parts:
            if self.is_too_large:
                break
            whole = self._behind(whole, self._part(str(operator), argument))
        return whole

    def _behind(self, one: Ends, other: Ends) -> Ends:
        self._connect(one[2], other[1])
        begins = one[1] | other[1] if one[0] else one[1]
        ends = one[2] | other[2] if other[0] else other[2]
        return one[0] and other[0], begins, ends

    def _part(self, operator: str, argument: Any) -> Ends:
        if operator in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY"):
            return self._state(char for char in self._alphabet if _takes(operator, argument, char))
        if operator == "SUBPATTERN":
            return self._sequence(argument[-1])
        if operator == "BRANCH":
            return self._branches(argument[1])
        if operator in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeated(*argument)
        if operator in ("ASSERT", "ASSERT_NOT"):
            self._sequence(argument[1])  # it matches apart, and what comes behind it does not follow it
        return _EMPTY

    def _branches(self, branches: Any) -> Ends:
        every = [self._sequence(branch) for branch in branches]
        self.is_doubtful = self.is_doubtful or sum(empty for empty, _, _ in every) > 1  # (a|a) is read as a(|)
        begins = frozenset().union(*(begins for _, begins, _ in every))
        return any(empty for empty, _, _ in every), begins, frozenset().union(*(ends for _, _, ends in every))

    def _repeated(self, least: int, most: int, body: Any) -> Ends:
        if most > _MOST_COPIES:
            empty, begins, ends = self._sequence(body)
            self._connect(ends, begins)
            return empty or not least, begins, ends
        begins = ends = before = _EMPTY[1]
        empty = True
        for number in range(1, most + 1):
            inner, firsts, lasts = self._sequence(body)
            self._connect(before, firsts)
            begins |= firsts if empty else frozenset()
            before = lasts | before if inner else lasts
            ends |= lasts if number >= least or inner else frozenset()
            empty = empty and inner
        return empty or not least, begins, ends


def _reach(state: int, step: dict[int, set[int]]) -> set[int]:
    """The states that at least one step leads to."""
    found: set[int] = set()
    waiting = [state]
    while waiting:
        new = step.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _pairs(
    twins: set[tuple[int, int]], step: dict[int, set[int]], sets: list[frozenset[int]], loop: set[int]
) -> set[tuple[int, int]]:
    """The pairs of states of a loop that one text leads to from twins."""
    found = set(twins)
    waiting = list(twins)
    while waiting:
        one, other = waiting.pop()
        for pair in product(step.get(one, set()) & loop, step.get(other, set()) & loop):
            if pair not in found and sets[pair[0]] & sets[pair[1]]:
                found.add(pair)
                waiting.append(pair)
    return found


def _bounds(parts: Any) -> Iterator[int]:
    """Characters at which the sets of a pattern may begin, and those beside them."""
    for item in parts:
        if isinstance(item, int):
            yield from (char for char in (item - 1, item, item + 1) if 0 <= char < 0x110000)
        elif isinstance(item, (tuple, list, parser.SubPattern)):
            yield from _bounds(item)


def _takes(operator: str, argument: Any, char: int) -> bool:
    if operator == "IN":
        negated = bool(argument) and str(argument[0][0]) == "NEGATE"
        return negated != any(_takes(str(kind), item, char) for kind, item in argument[negated:])
    if operator == "RANGE":
        return bool(argument[0] <= char <= argument[1])
    if operator == "CATEGORY":
        named = _CATEGORIES.get(str(argument).removeprefix("CATEGORY_"), ".")
        return bool(re.fullmatch(named, chr(char), re.ASCII))
    return (argument == char) != (operator == "NOT_LITERAL") if operator != "ANY" else chr(char) != "\n"
