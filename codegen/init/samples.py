"""The least value that a schema allows, made by construction; what is no plain case is left to people."""

import math
from collections.abc import Mapping
from typing import Any

from codegen.read.references import resolve

_FORMATS = {
    "date-time": "2024-01-02T03:04:05Z",
    "date": "2024-01-02",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "email": "a@example.com",
    "uri": "https://example.com/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "YQ==",
    "decimal": "1.5",
}
_ASIDE = ("not", "if", "patternProperties", "dependentSchemas", "dependentRequired", "contains", "multipleOf")
"""What may forbid the value that everything else allows."""
_LEAST, _MOST = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
_DEEPEST = 20


class NoSampleError(Exception):
    """No value could be made that the schema allows for sure."""


def sample(tree: dict[str, Any], schema: Any, *, depth: int = 0) -> Any:
    """A small value of the schema.

    Raises:
        NoSampleError: It asks for more than is known here.
    """
    said = _whole(tree, schema, depth)
    if "const" in said:
        return said["const"]
    for value in (*said.get("enum", ()), *_examples(said)):
        if value is not None:
            return value
    if any(key in said for key in _ASIDE):
        raise NoSampleError
    kinds = said.get("type", "object" if "properties" in said else "string")
    kind = next((one for one in kinds if one != "null"), "null") if isinstance(kinds, list) else kinds
    return (
        _object(tree, said, depth)
        if kind == "object"
        else _array(tree, said, depth)
        if kind == "array"
        else _scalar(kind, said)
    )


def _examples(said: Mapping[str, Any]) -> list[Any]:
    """What the document shows of it, which is taken at its word."""
    examples = said.get("examples")
    shown = examples if isinstance(examples, list) else ()
    return [*shown, *(said[key] for key in ("example", "default") if key in said)]


def _whole(tree: dict[str, Any], schema: Any, depth: int) -> dict[str, Any]:
    """The schema with its reference followed, its parts laid together, and the first of its variants taken."""
    said = resolve(tree, schema)
    if said is True:
        return {}
    if depth > _DEEPEST or not isinstance(said, dict):
        raise NoSampleError
    parts = [*said.get("allOf", ())]
    for union in ("oneOf", "anyOf"):
        variants = [one for one in said.get(union, ()) if resolve(tree, one) != {"type": "null"}]
        parts += variants[:1]
    whole = {key: value for key, value in said.items() if key not in ("allOf", "oneOf", "anyOf")}
    for part in parts:
        whole = _both(whole, _whole(tree, part, depth + 1))
    return whole


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    joined = {**other, **one}
    if "properties" in one and "properties" in other:
        joined["properties"] = {**other["properties"], **one["properties"]}
    if "required" in one and "required" in other:
        joined["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    return joined


def _object(tree: dict[str, Any], said: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties, required = said.get("properties") or {}, said.get("required") or []
    if len(required) < said.get("minProperties", 0):
        raise NoSampleError
    return {name: sample(tree, properties.get(name, {}), depth=depth + 1) for name in required}


def _array(tree: dict[str, Any], said: Mapping[str, Any], depth: int) -> list[Any]:
    least = said.get("minItems", 0)
    if "prefixItems" in said or (least > 1 and said.get("uniqueItems")):
        raise NoSampleError
    return [sample(tree, said.get("items", {}), depth=depth + 1)] * least


def _scalar(kind: str, said: Mapping[str, Any]) -> Any:
    if kind in ("boolean", "null"):
        return True if kind == "boolean" else None
    return _text(said) if kind == "string" else _number(said)


def _text(said: Mapping[str, Any]) -> str:
    text = _FORMATS.get(said.get("format", ""), "a").ljust(said.get("minLength", 0), "a")
    if "pattern" in said or len(text) > said.get("maxLength", len(text)):
        raise NoSampleError
    return text


def _number(said: Mapping[str, Any]) -> int:
    least = max(_bound(said, *_LEAST, 1), 1)
    for value in (math.ceil(least), math.floor(least) + 1):
        if _is_within(value, said):
            return value
    raise NoSampleError


def _bound(said: Mapping[str, Any], usual: str, exclusive: str, otherwise: float) -> float:
    """A bound by either of its keys; OpenAPI 3.0 has true or false for the second."""
    found = said.get(exclusive)
    bound: float = said.get(usual, otherwise) if found is None or isinstance(found, bool) else found
    return bound


def _is_within(value: int, said: Mapping[str, Any]) -> bool:
    least, most = (_bound(said, *keys) for keys in ((*_LEAST, -math.inf), (*_MOST, math.inf)))
    is_above = value > least if said.get(_LEAST[1]) not in (None, False) else value >= least
    return is_above and (value < most if said.get(_MOST[1]) not in (None, False) else value <= most)
