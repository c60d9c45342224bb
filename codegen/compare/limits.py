"""Limits: how small, how large, how many, and in which form a value may be, for every way to write it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Bound: TypeAlias = tuple[float, bool]
"""A limit, and whether the value itself is outside."""

LOWER = {"minLength": "min-length", "minItems": "min-items", "minProperties": "min-properties"}
UPPER = {"maxLength": "max-length", "maxItems": "max-items", "maxProperties": "max-properties"}
_MET_BY_ALL = frozenset({"", "^", "$", ".*", "^.*", ".*$", "(.*)", r"[\s\S]*", r"^[\s\S]*$"})
"""Patterns that every text meets; ``^.*$`` refuses line breaks."""

HIDDEN = "password"
"""The format that allows every value, and only says that it is to be hidden."""


@dataclass(kw_only=True)
class Limits:
    """What limits the values of a type."""

    lower: dict[str, Bound] = field(default_factory=dict)
    upper: dict[str, Bound] = field(default_factory=dict)
    steps: set[float] = field(default_factory=set)
    unique: bool = False
    patterns: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)


def add_limits(whole: Limits, said: Mapping[str, Any]) -> None:
    """What a part of a schema limits."""
    for keyword, exclusive, limits, tighter in (
        ("minimum", "exclusiveMinimum", whole.lower, max),
        ("maximum", "exclusiveMaximum", whole.upper, min),
    ):
        for limit in _bounds(said, keyword, exclusive):
            limits[keyword] = _tighter(limits.get(keyword), limit, tighter)
    for keyword in LOWER:
        if _is_number(said.get(keyword)) and said[keyword] > 0:
            whole.lower[keyword] = _tighter(whole.lower.get(keyword), (said[keyword], False), max)
    for keyword in UPPER:
        if _is_number(said.get(keyword)):
            whole.upper[keyword] = _tighter(whole.upper.get(keyword), (said[keyword], False), min)
    if "contains" in said:
        _add_counts(whole, said)
    if _is_number(said.get("multipleOf")):
        whole.steps.add(said["multipleOf"])
    whole.unique = whole.unique or said.get("uniqueItems") is True
    if isinstance(said.get("pattern"), str) and said["pattern"] not in _MET_BY_ALL:
        whole.patterns.add(said["pattern"])
    if isinstance(said.get("format"), str) and said["format"] != HIDDEN:
        whole.formats.add(said["format"])


def _add_counts(whole: Limits, said: Mapping[str, Any]) -> None:
    """How many items ``contains`` demands, one by itself, and how many it allows."""
    least = {"minContains": 1, **said}
    for keyword, limits, tighter in (("minContains", whole.lower, max), ("maxContains", whole.upper, min)):
        if _is_number(least.get(keyword)):
            limits[keyword] = _tighter(limits.get(keyword), (least[keyword], False), tighter)


def round_limits(whole: Limits) -> None:
    """Limits of whole numbers, as the first and the last that is allowed."""
    if "minimum" in whole.lower:
        limit, is_excluded = whole.lower["minimum"]
        whole.lower["minimum"] = (math.floor(limit) + 1 if is_excluded else math.ceil(limit), False)
    if "maximum" in whole.upper:
        limit, is_excluded = whole.upper["maximum"]
        whole.upper["maximum"] = (math.ceil(limit) - 1 if is_excluded else math.floor(limit), False)
    whole.steps.discard(1)


def _bounds(said: Mapping[str, Any], keyword: str, exclusive: str) -> Iterator[Bound]:
    """OpenAPI 3.0 marks a limit as exclusive, later versions give an exclusive limit of its own."""
    if _is_number(said.get(keyword)):
        yield said[keyword], said.get(exclusive) is True
    if _is_number(said.get(exclusive)):
        yield said[exclusive], True


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _tighter(one: Bound | None, other: Bound, choose: Any) -> Bound:
    if one is None or one[0] == other[0]:
        return other if one is None else (other[0], one[1] or other[1])
    chosen: Bound = choose(one, other)
    return chosen
