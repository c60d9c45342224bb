"""``allOf``: a schema laid together with its parts, so that it takes what all of them take."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from codegen.extensions.words import NAME
from codegen.read.references import resolve

Schema: TypeAlias = dict[str, Any]

REMARKS = frozenset("title description example examples default deprecated readOnly writeOnly xml externalDocs".split())
"""Keywords that say nothing of what a schema takes."""

_ITS_OWN = frozenset({"discriminator", NAME.key, "$id", "$anchor", "$defs", "nullable"})
"""Keywords that a part keeps for itself."""

_KINDS = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def merged_parts(tree: Schema, schema: Schema, seen: tuple[int, ...] = ()) -> Schema:
    """The schema with its ``allOf`` laid into it."""
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    own = {key: value for key, value in schema.items() if key != "allOf"}
    telling = [part for part in (*parts, own) if isinstance(part, dict) and part.keys() - REMARKS - {"nullable"}]
    if len(telling) == 1 and "$ref" in telling[0]:
        remarks = {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}
        return {**remarks, **own, "$ref": telling[0]["$ref"]}
    merged: Schema = {}
    for part in parts:
        inner = resolve(tree, part)
        if isinstance(inner, dict) and id(inner) not in seen:
            whole = with_null_as_type(merged_parts(tree, inner, (*seen, id(schema), id(inner))))
            left_out = _ITS_OWN | _unions_of_heirs(tree, inner, {*seen, id(schema)})
            merged = intersection(merged, {key: value for key, value in whole.items() if key not in left_out})
    return intersection(merged, own)


def _unions_of_heirs(tree: Schema, base: Schema, heirs: set[int]) -> set[str]:
    """The unions of a base whose variants extend it, of which one is being laid together."""
    return {
        keyword
        for keyword in ("oneOf", "anyOf")
        if any(id(resolve(tree, variant)) in heirs for variant in base.get(keyword) or ())
    }


def with_null_as_type(schema: Schema) -> Schema:
    """OpenAPI 3.0's ``nullable`` as JSON Schema says it."""
    if schema.get("nullable") is not True or "type" not in schema:
        return schema
    return {**schema, "type": list(dict.fromkeys([*_listed(schema["type"]), "null"]))}


def intersection(one: Schema, other: Schema) -> Schema:
    """A schema that takes what both take; of remarks, the other's count."""
    merged = {**one, **other}
    for key in one.keys() & other.keys():
        if one[key] != other[key] and key in _MEETINGS:
            merged[key] = _MEETINGS[key](one[key], other[key])
    if merged.get("type") == []:
        del merged["type"]
    for keyword in ("oneOf", "anyOf"):
        if keyword in one and keyword in other and one[keyword] != other[keyword]:
            merged[keyword] = [{"allOf": [variant, {keyword: other[keyword]}]} for variant in one[keyword]]
    return merged


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _types(one: Any, other: Any) -> Any:
    wide, narrow = _listed(one), _listed(other)
    both = [kind for kind in _KINDS if _takes(wide, kind) and _takes(narrow, kind)]
    both = sorted(kind for kind in both if not (kind == "integer" and "number" in both))
    return both[0] if len(both) == 1 else both


def _takes(kinds: list[Any], kind: str) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _properties(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **other, **{key: both(one[key], other[key]) for key in one if key in other}}


def both(one: Any, other: Any) -> Any:
    """One schema for a value that has to fit two; one of them, where the other says nothing more."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other if one is True else one
    if one == other or not one.keys() - REMARKS:
        return {**one, **other}
    if not other.keys() - REMARKS and "$ref" not in one:
        return {**one, **other}
    return {"allOf": [one, other]}


def _values(one: list[Any], other: list[Any]) -> list[Any]:
    return [value for value in one if value in other] or one


_MEETINGS: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "properties": _properties,
    "patternProperties": _properties,
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "enum": _values,
    "items": both,
    "additionalProperties": both,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
"""Keyword → what of its values holds when both hold."""


def leaves(schema: Schema) -> Iterator[str]:
    """What an ``allOf`` is made of, however its parts are nested."""
    for part in schema["allOf"]:
        if isinstance(part, dict) and part.keys() == {"allOf"}:
            yield from leaves(part)
        else:
            yield from _identity(part)
    yield from _identity({key: value for key, value in schema.items() if key != "allOf"})


def _identity(part: Any) -> Iterator[str]:
    """What tells the part from others: what it refers to, or the places in memory of what it holds."""
    for key, value in part.items() if isinstance(part, dict) else ():
        yield f"{key} {value if key == '$ref' else id(value)}"
