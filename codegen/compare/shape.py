"""What a schema allows, in one form for every way to write it: OpenAPI 3.0 or later, inline or referred to, in parts
or whole. Schemas with the same shape mean the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.compare.limits import HIDDEN, Limits, add_limits, round_limits
from codegen.compare.parts import UNIONS, alternatives, offers_null, parts
from codegen.compare.side import Node, Side
from codegen.errors import Pointer
from codegen.extensions.deprecated import DEPRECATED, SUNSET
from codegen.extensions.times import unit

CONDITIONS = (
    "not if then else contains propertyNames patternProperties dependentSchemas "
    "unevaluatedProperties unevaluatedItems contentSchema"
).split()
"""Keywords whose old and new values cannot be ordered."""

_DESCRIBING = frozenset("$ref type properties items enum const allOf oneOf anyOf additionalProperties".split())

TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array"})
REMARKS = ("title", "description", "example", "examples", "externalDocs")


@dataclass
class Shape(Limits):
    """What a schema allows."""

    node: Node
    types: frozenset[str] = TYPES
    own_types: frozenset[str] = TYPES
    """The types that it allows by itself, its alternatives aside."""
    nullable: bool = True
    enum: list[Any] | None = None
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
        round_limits(whole)
    return whole


def _add(whole: Shape, side: Side, part: Node) -> None:
    said = part.fields
    _add_types(whole, side, said)
    add_limits(whole, said)
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
    whole.unit = whole.unit or unit(said)
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


def _counts_nothing(said: Mapping[str, Any]) -> bool:
    return said.get("minContains") == 0 and "maxContains" not in said


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
