"""Schemas with values that they allow, for Hypothesis."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Pair = tuple[Schema, st.SearchStrategy[Any]]
"""A schema, and what draws its values."""

NAMES = ["a", "b", "name", "class", "a-b", "A", "self", "copy", "json", "имя", "id_", "1st", "model_config", "$ref"]

_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
_whole = st.integers(-(2**63), 2**63 - 1)
_real = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-1000, 1000)
_digits = st.decimals(-(10**9), 10**9, places=2).map(str)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _text, lambda inner: st.lists(inner, max_size=2), max_leaves=4
)

SCALARS: tuple[Pair, ...] = (
    ({"type": "string"}, _text),
    ({"type": "string", "format": "password"}, _text.filter(bool)),
    ({"type": "string", "format": "decimal"}, _digits),
    ({"type": "string", "format": "uuid"}, st.uuids().map(str)),
    ({"type": "string", "format": "date"}, st.dates().map(str)),
    ({"type": "string", "format": "date-time"}, st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")),
    ({"type": "string", "format": "byte"}, st.binary(max_size=4).map(lambda data: base64.b64encode(data).decode())),
    ({"type": "integer"}, _whole),
    ({"type": "number"}, _real),
    ({"type": "boolean"}, st.booleans()),
    ({"type": "string", "enum": ["on", "off"]}, st.sampled_from(["on", "off"])),
    ({"type": "integer", "enum": [1, 2]}, st.sampled_from([1, 2])),
    ({"enum": ["a", 1, None, True]}, st.sampled_from(["a", 1, None, True])),
    ({"const": "fixed"}, st.just("fixed")),
    ({"type": ["string", "null"]}, st.none() | _text),
    ({"type": ["integer", "string"]}, _whole | _text),
    ({}, _json),
)


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Pair], extras: bool = True) -> Pair:
    """Objects with properties, some of which must be there, and with others perhaps."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    parts = {name: draw(inner) for name in names}
    required = [name for name in names if draw(st.booleans())]
    schema: Schema = {"type": "object", "properties": {name: part[0] for name, part in parts.items()}}
    schema |= {"required": required} if required else {}
    values = st.fixed_dictionaries(
        {name: parts[name][1] for name in required},
        optional={name: part[1] for name, part in parts.items() if name not in required},
    )
    more = draw(inner) if extras and draw(st.booleans()) else None
    if more is None:
        return schema, values
    others = st.dictionaries(st.sampled_from(["extra", "an other"]), more[1], max_size=2)
    return {**schema, "additionalProperties": more[0]}, st.builds(lambda own, rest: {**rest, **own}, values, others)


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Lists of one kind."""
    schema, values = draw(inner)
    return {"type": "array", "items": schema}, st.lists(values, max_size=2)


@st.composite
def tuples(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Lists with a kind for each place."""
    parts = draw(st.lists(inner, min_size=1, max_size=3))
    schema = {"type": "array", "prefixItems": [part[0] for part in parts], "minItems": len(parts), "items": False}
    return schema, st.tuples(*(part[1] for part in parts)).map(list)


@st.composite
def maps(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Objects whose keys nobody names."""
    schema, values = draw(inner)
    return {"type": "object", "additionalProperties": schema}, st.dictionaries(_text, values, max_size=2)


@st.composite
def nullables(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """What may be null."""
    schema, values = draw(inner)
    return {"anyOf": [schema, {"type": "null"}]}, st.none() | values


@st.composite
def tagged(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Objects told apart by a constant."""
    parts = draw(st.lists(objects(inner, extras=False), min_size=2, max_size=3))
    schemas, values = [], []
    for number, (schema, drawn) in enumerate(parts):
        tag = f"tag{number}"
        properties = {**schema["properties"], "kind": {"const": tag}}
        schemas.append({**schema, "properties": properties, "required": [*schema.get("required", []), "kind"]})
        values.append(drawn.map(lambda value, tag=tag: {**value, "kind": tag}))
    return {"oneOf": schemas}, st.one_of(values)


@st.composite
def untagged(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """Objects told apart by what must be there, beside a scalar."""
    first, second = draw(inner), draw(inner)
    cards = {"type": "object", "properties": {"number": {"type": "string"}, "more": first[0]}, "required": ["number"]}
    banks = {"type": "object", "properties": {"iban": {"type": "string"}, "rest": second[0]}, "required": ["iban"]}
    values = (
        st.fixed_dictionaries({"number": _text}, optional={"more": first[1]})
        | st.fixed_dictionaries({"iban": _text}, optional={"rest": second[1]})
        | st.integers(0, 9)
    )
    return {"anyOf": [cards, banks, {"type": "integer"}]}, values


@st.composite
def merged(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    """What keeps two schemas at once."""
    one, other = draw(objects(inner, extras=False)), draw(inner)
    second = {"type": "object", "properties": {"own": other[0]}}
    values = st.builds(
        lambda first, rest: {**first, **rest}, one[1], st.fixed_dictionaries({}, optional={"own": other[1]})
    )
    return {"allOf": [one[0], second]}, values


KINDS: tuple[Callable[..., st.SearchStrategy[Pair]], ...] = (
    objects,
    arrays,
    tuples,
    maps,
    nullables,
    tagged,
    untagged,
    merged,
)


def schemas(kinds: tuple[Callable[..., st.SearchStrategy[Pair]], ...] = KINDS) -> st.SearchStrategy[Pair]:
    """Schemas of every kind, in one another."""
    return st.recursive(
        st.sampled_from(SCALARS), lambda inner: st.one_of([kind(inner) for kind in kinds]), max_leaves=5
    )
