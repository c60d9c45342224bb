"""What a schema allows, in one form for every way to write it: OpenAPI 3.0 or later, inline or referred to, in parts
or whole. Schemas with the same shape mean the same.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codegen.compare.parts import UNIONS, alternatives, offers_null, parts
from codegen.compare.side import Node, Side
from codegen.errors import Pointer
from codegen.extensions.deprecated import DEPRECATED, SUNSET
from codegen.extensions.words import UNIT

Bound: TypeAlias = tuple[float, bool]
"""A limit, and whether the value itself is outside."""

LOWER = {"minLength": "min-length", "minItems": "min-items", "minProperties": "min-properties"}
UPPER = {"maxLength": "max-length", "maxItems": "max-items", "maxProperties": "max-properties"}
CONDITIONS = (
    "not if then else contains propertyNames patternProperties dependentSchemas "
    "unevaluatedProperties unevaluatedItems contentSchema"
).split()
"""Keywords whose old and new values cannot be ordered."""

_DESCRIBING = frozenset("$ref type properties items enum const allOf oneOf anyOf additionalProperties".split())

_MET_BY_ALL = frozenset({"", "^", "$", ".*", "^.*", ".*$", "(.*)", r"[\s\S]*", r"^[\s\S]*$"})
"""Patterns that every text meets; ``^.*$`` refuses line breaks."""

HIDDEN = "password"
"""The format that allows every value, and only says that it is to be hidden."""

TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array"})
REMARKS = ("title", "description", "example", "examples", "externalDocs")


@dataclass
class Shape:
    """What a schema allows."""

    node: Node
    types: frozenset[str] = TYPES
    own_types: frozenset[str] = TYPES
    """The types that it allows by itself, its alternatives aside."""
    nullable: bool = True
    enum: list[Any] | None = None
    lower: dict[str, Bound] = field(default_factory=dict)
    upper: dict[str, Bound] = field(default_factory=dict)
    steps: set[float] = field(default_factory=set)
    unique: bool = False
    patterns: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    closed: bool = False
    others: Node | None = None
    """The schema of properties that are not listed."""
    items: Node | None = None
    places: list[Node] = field(default_factory=list)
    """The schemas of the first items."""
    alternatives: list[Node] = field(default_factory=list)
    discriminator: Node | None = None
    dependencies: set[tuple[str, str]] = field(default_factory=set)
    conditions: dict[str, list[Node]] = field(default_factory=dict)
    default: list[Any] = field(default_factory=list)
    """The default, if there is one."""
    encoding: dict[str, Any] = field(default_factory=dict)
    xml: dict[str, Any] = field(default_factory=dict)
    unit: Any = None
    remarks: dict[str, Any] = field(default_factory=dict)
    lifecycle: dict[str, Any] = field(default_factory=dict)


def shape(side: Side, node: Node, above: tuple[Pointer, ...] = ()) -> Shape:
    """The shape of the schema at `node`; `above` are the unions that it stands in."""
    whole = Shape(node)
    null_is_added = False
    for part in parts(side, node, ()):
        if part.value is False:
            whole.types, whole.nullable = frozenset(), False
        _add(whole, side, part)
        null_is_added = null_is_added or part.fields.get("nullable") is True or offers_null(part)
    whole.own_types = whole.types
    if whole.alternatives and node.pointer not in above:
        forms = [shape(side, side.land(member), (*above, node.pointer)) for member in whole.alternatives]
        whole.types &= frozenset().union(*(form.types for form in forms))
        whole.nullable = whole.nullable and any(form.nullable for form in forms)
    whole.nullable = whole.nullable or null_is_added
    if whole.types == {"integer"}:
        _round(whole)
    return whole


def _round(whole: Shape) -> None:
    """Limits of whole numbers, as the first and the last that is allowed."""
    if "minimum" in whole.lower:
        limit, is_excluded = whole.lower["minimum"]
        whole.lower["minimum"] = (math.floor(limit) + 1 if is_excluded else math.ceil(limit), False)
    if "maximum" in whole.upper:
        limit, is_excluded = whole.upper["maximum"]
        whole.upper["maximum"] = (math.ceil(limit) - 1 if is_excluded else math.floor(limit), False)
    whole.steps.discard(1)


def _add(whole: Shape, side: Side, part: Node) -> None:
    said = part.fields
    _add_types(whole, side, said)
    _add_limits(whole, said)
    _add_properties(whole, part)
    _add_items(whole, part)
    _add_alternatives(whole, part)
    for keyword in CONDITIONS:
        if keyword in said and not (keyword == "contains" and _counts_nothing(said)):
            whole.conditions.setdefault(keyword, []).append(part.child(keyword))
    for given, wanted in (said.get("dependentRequired") or {}).items():
        whole.dependencies |= {(given, name) for name in wanted}
    if "default" in said and not whole.default:
        whole.default = [said["default"]]
    whole.encoding |= {key: said[key] for key in ("contentEncoding", "contentMediaType") if key in said}
    whole.xml = {**(said.get("xml") or {}), **whole.xml}
    whole.unit = whole.unit or said.get(UNIT.key)
    whole.remarks = {**{key: said[key] for key in REMARKS if said.get(key)}, **whole.remarks}
    if said.get("format") == HIDDEN:
        whole.remarks["secret"] = True
    whole.lifecycle = {
        **{key: said[key] for key in ("deprecated", SUNSET, DEPRECATED.key) if key in said},
        **whole.lifecycle,
    }


def _add_types(whole: Shape, side: Side, said: Mapping[str, Any]) -> None:
    values = [said["const"]] if "const" in said else said.get("enum")
    types = _types(side, said, values)
    if types is not None:
        whole.types &= types
        whole.nullable = whole.nullable and "null" in types
    if isinstance(values, list):
        listed = [value for value in values if value is not None]
        whole.enum = listed if whole.enum is None else [value for value in whole.enum if value in listed]


def _types(side: Side, said: Mapping[str, Any], values: list[Any] | None) -> frozenset[str] | None:
    """The types that a part allows, null among them; `None` where it does not say."""
    given = said.get("type")
    if isinstance(given, (str, list)):
        named = {given} if isinstance(given, str) else {name for name in given if isinstance(name, str)}
        named |= {"null"} if side.is_30 and said.get("nullable") is True else set()
        return frozenset(named | ({"integer"} if "number" in named else set()))
    if values:
        return frozenset(type_of(value) for value in values)
    if "properties" in said or isinstance(said.get("additionalProperties"), dict):
        return frozenset({"object"})
    return frozenset({"array"}) if "items" in said or "prefixItems" in said else None


def type_of(value: Any) -> str:
    """The type of a value that a document lists."""
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number", type(None): "null"}
    return names[type(value)]


def _add_limits(whole: Shape, said: Mapping[str, Any]) -> None:
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


def _add_counts(whole: Shape, said: Mapping[str, Any]) -> None:
    """How many items ``contains`` demands, one by itself, and how many it allows."""
    least = {"minContains": 1, **said}
    for keyword, limits, tighter in (("minContains", whole.lower, max), ("maxContains", whole.upper, min)):
        if _is_number(least.get(keyword)):
            limits[keyword] = _tighter(limits.get(keyword), (least[keyword], False), tighter)


def _counts_nothing(said: Mapping[str, Any]) -> bool:
    return said.get("minContains") == 0 and "maxContains" not in said


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


def _add_properties(whole: Shape, part: Node) -> None:
    for name in part.child("properties").fields:
        found = part.child("properties", name)
        whole.properties[name] = _joined(whole.properties.get(name), found)
    required = part.fields.get("required")
    if isinstance(required, list):
        whole.required |= {name for name in required if isinstance(name, str)}
    others = part.fields.get("additionalProperties")
    if others is False:
        whole.closed = True
    elif isinstance(others, dict) and others:
        whole.others = _joined(whole.others, part.child("additionalProperties"))


def _joined(known: Node | None, found: Node) -> Node:
    """What must hold where two parts speak of the same."""
    return found if known is None else Node({"allOf": [known.value, found.value]}, found.pointer)


def _add_items(whole: Shape, part: Node) -> None:
    if part.fields.get("items") not in (None, {}, True):
        whole.items = _joined(whole.items, part.child("items"))
    for index, _ in enumerate(part.fields.get("prefixItems") or ()):
        whole.places.append(part.child("prefixItems", index))


def _add_alternatives(whole: Shape, part: Node) -> None:
    for keyword in UNIONS:
        members = alternatives(part, keyword)
        if len(members) < 2:  # a single one is a part
            continue
        if whole.alternatives or all(_only_constrains(member.value) for member in members):
            whole.conditions.setdefault(keyword, []).extend(members)
        else:
            whole.alternatives = members
    if isinstance(part.fields.get("discriminator"), dict):
        whole.discriminator = part.child("discriminator")


def _only_constrains(schema: Any) -> bool:
    """Whether the schema is a condition on something else, such as ``required: [a]``."""
    return isinstance(schema, dict) and not schema.keys() & _DESCRIBING


class Shapes:
    """The shapes of the schemas of one document, each worked out once."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._known: dict[tuple[int, Pointer], Shape] = {}

    def of(self, node: Node) -> Shape:
        """The shape of the schema at `node`."""
        key = (id(node.value), node.pointer)  # the shape holds the node, so that its id stays its own
        if key not in self._known:
            self._known[key] = shape(self.side, node)
        return self._known[key]


def signature(side: Side, node: Node) -> tuple[Any, ...]:
    """What tells one alternative from another."""
    form = shape(side, node)
    return (form.types, frozenset(form.properties), frozenset(form.required), repr(form.enum))


def name_of(side: Side, node: Node) -> str | None:
    """The name that a document gives a schema: of the component that it is, or its title."""
    landed = side.land(node)
    if len(landed.pointer) > 1 and landed.pointer[-2] in ("schemas", "$defs", "definitions"):
        return str(landed.pointer[-1])
    title = landed.fields.get("title")
    return title if isinstance(title, str) and re.search(r"\S", title) else None
