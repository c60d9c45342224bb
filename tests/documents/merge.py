"""Two schemas that a value must both keep, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What keeps both: properties laid together, bounds at their narrowest; of the rest, the other's."""
    merged = {**one, **other}
    for key in one.keys() & other.keys():
        join = _JOINS.get(key)
        merged[key] = join(one[key], other[key]) if join is not None else other[key]
    return merged


def _properties(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = {name: {"allOf": [one[name], other[name]]} for name in one if name in other and one[name] != other[name]}
    return {**one, **other, **both}


def _types(one: Any, other: Any) -> Any:
    ones, others = ([kinds] if isinstance(kinds, str) else list(kinds) for kinds in (one, other))
    common = [kind for kind in ones if kind in others or (kind == "integer" and "number" in others)]
    common += [kind for kind in others if kind == "integer" and "number" in ones and kind not in common]
    return common[0] if len(common) == 1 else common or other


def _both(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {"allOf": [one, other]}
    return one if isinstance(one, dict) else other


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    "properties": _properties,
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "type": _types,
    "enum": lambda one, other: [value for value in one if value in other],
    "items": _both,
    "additionalProperties": _both,
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
}
