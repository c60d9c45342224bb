"""Values of schemas: the least that a schema allows, or all that it names, the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.documents.merge import merge
from tests.documents.text import matching
from tests.documents.tree import at

_FORMATS = {
    "date-time": "2024-01-02T03:04:05Z",
    "date": "2024-01-02",
    "time": "03:04:05Z",
    "duration": "P1D",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "email": "a@example.com",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "YQ==",
    "decimal": "1.5",
}
UNDESCRIBED = "undescribed"
"""The value of what must be there and is described nowhere: no model names it, and it is reached as unknown."""

_DEEPEST = 40
_FULL_DEPTH = 4
"""How deep a value may have what it need not have."""


class NoSampleError(Exception):
    """No value of the schema could be made."""


class Samples:
    """Values of the schemas of one document, that go one way.

    Args:
        tree: The document.
        foreign: ``readOnly`` in requests, ``writeOnly`` in answers.
        full: Whether values have what they need not have.
        turn: Which variant of a union is taken, counted round.
    """

    def __init__(self, tree: Mapping[str, Any], foreign: str, *, full: bool, turn: int = 0) -> None:
        self._tree = tree
        self._foreign = foreign
        self._full = full
        self._turn = turn
        self._old = str(tree.get("openapi", "")).startswith("3.0")

    def of(self, schema: Any, depth: int = 0) -> Any:
        """A value of the schema."""
        if depth > _DEEPEST:
            raise NoSampleError("it contains itself")
        if schema is False:
            raise NoSampleError("it allows nothing")
        schema = self._whole(schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            values = [value for value in schema["enum"] if value is not None] or [None]
            return values[self._turn % len(values)]
        return self._typed(schema, depth)

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties of an object, with those of its parts and of the variant whose turn it is."""
        return self._whole(schema, 0).get("properties") or {}

    def _whole(self, schema: Any, depth: int) -> dict[str, Any]:
        """The schema with references followed, parts merged, and one variant of each union taken."""
        if depth > _DEEPEST:
            raise NoSampleError("it contains itself")
        if not isinstance(schema, dict):
            return {}
        if isinstance(schema.get("$ref"), str):
            siblings = {} if self._old else {key: value for key, value in schema.items() if key != "$ref"}
            target = self._whole(at(self._tree, schema["$ref"]), depth + 1)
            return merge(target, self._whole(siblings, depth + 1)) if siblings else target
        whole = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf", "discriminator")}
        for part in schema.get("allOf") or ():
            whole = merge(self._whole(_untagged(self._tree, part), depth + 1), whole)
        for keyword in ("oneOf", "anyOf"):
            variants = [
                item
                for item in schema.get(keyword) or ()
                if not (isinstance(item, dict) and item.get("type") == "null")
            ]
            if variants:
                whole = merge(whole, self._variant(schema, variants, depth))
        if schema.get("discriminator") and not (schema.get("oneOf") or schema.get("anyOf")):
            children = schema["discriminator"].get("mapping") or self._children(schema)
            whole = merge(whole, self._child(schema["discriminator"], children, depth)) if children else whole
        return whole

    def _children(self, base: dict[str, Any]) -> dict[str, str]:
        """Tag → the reference of each component that has the base for a part."""
        named = (self._tree.get("components") or {}).get("schemas") or {}
        return {
            name: f"#/components/schemas/{name}"
            for name, schema in named.items()
            for part in (schema.get("allOf") or () if isinstance(schema, dict) else ())
            if isinstance(part, dict) and "$ref" in part and at(self._tree, part["$ref"]) is base
        }

    def _variant(self, schema: dict[str, Any], variants: list[Any], depth: int) -> dict[str, Any]:
        """The variant whose turn it is, or the next that does not contain itself."""
        turn = self._turn if depth < _FULL_DEPTH * 2 else 0
        variant = variants[turn % len(variants)]
        whole = self._whole(variant, depth + 1)
        tag = (schema.get("discriminator") or {}).get("propertyName")
        reference = variant.get("$ref") if isinstance(variant, dict) else None
        if tag and reference:
            mapping = schema["discriminator"].get("mapping") or {}
            name = reference.rsplit("/", 1)[-1]
            value = next((key for key, target in mapping.items() if target in (reference, name)), name)
            whole = _tagged(whole, tag, value)
        return whole

    def _child(self, discriminator: dict[str, Any], children: dict[str, str], depth: int) -> dict[str, Any]:
        """A schema that a tag of the base names."""
        every = list(children.items())
        value, target = every[self._turn % len(every)]
        reference = target if target.startswith("#") else f"#/components/schemas/{target}"
        child = self._whole(_untagged(self._tree, {"$ref": reference}), depth + 1)
        return _tagged(child, discriminator["propertyName"], value)

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kinds = [item for item in kind if item != "null"] or ["null"]
            kind = kinds[self._turn % len(kinds)]
        if kind is None:
            kind = next((found for key, found in _IMPLIED.items() if key in schema), None)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, depth)
        if kind in ("integer", "number"):
            return _number(schema, kind)
        return {"boolean": True, "null": None}[kind] if kind in ("boolean", "null") else _text(schema)

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties, required = schema.get("properties") or {}, schema.get("required") or []
        made = {}
        for name, inner in properties.items():
            if self._is_foreign(inner):
                continue
            if name in required:
                made[name] = self.of(inner, depth + 1)
            elif self._full and depth < _FULL_DEPTH and '"' not in name:  # which no model can name: it is warned of
                try:
                    made[name] = self.of(inner, depth + 1)
                except NoSampleError:
                    continue
        for name in required:
            if name not in properties:
                more = schema.get("additionalProperties", True)
                made[name] = self.of(more, depth + 1) if isinstance(more, dict) else UNDESCRIBED
        least = schema.get("minProperties", 0)
        wanted = max(least - len(made), 1 if self._full and isinstance(schema.get("additionalProperties"), dict) else 0)
        for number in range(wanted if depth < _FULL_DEPTH or least else 0):
            made[f"extra {number}"] = self.of(schema.get("additionalProperties", True), depth + 1)
        return made

    def _is_foreign(self, schema: Any) -> bool:
        while isinstance(schema, dict):
            if schema.get(self._foreign):
                return True
            if not isinstance(schema.get("$ref"), str):
                return False
            schema = at(self._tree, schema["$ref"])
        return False

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        before = [self.of(item, depth + 1) for item in schema.get("prefixItems") or ()]
        wanted = max(least - len(before), 1 if self._full and depth < _FULL_DEPTH and not before else 0)
        if schema.get("maxItems") is not None:
            wanted = min(wanted, max(0, schema["maxItems"] - len(before)))
        if schema.get("items") is False:
            wanted = 0
        try:
            return before + [self.of(schema.get("items", True), depth + 1) for _ in range(wanted)]
        except NoSampleError:
            if least:
                raise
            return before


_IMPLIED = {
    "properties": "object",
    "additionalProperties": "object",
    "required": "object",
    "items": "array",
    "prefixItems": "array",
    "minimum": "number",
}


def _untagged(tree: Mapping[str, Any], schema: Any) -> Any:
    """A base without its children: they are what has it for a part."""
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        schema = at(tree, schema["$ref"])
    is_base = (
        isinstance(schema, dict) and "discriminator" in schema and not (schema.get("oneOf") or schema.get("anyOf"))
    )
    return {key: value for key, value in schema.items() if key != "discriminator"} if is_base else schema


def _tagged(schema: dict[str, Any], tag: str, value: str) -> dict[str, Any]:
    inner = (schema.get("properties") or {}).get(tag)
    if isinstance(inner, dict) and ("const" in inner or len(inner.get("enum", ())) == 1):
        return schema
    properties = {**(schema.get("properties") or {}), tag: {"const": value}}
    return {**schema, "properties": properties, "required": list(dict.fromkeys([*(schema.get("required") or []), tag]))}


def _number(schema: dict[str, Any], kind: str) -> Any:
    value: Any = 1 if kind == "integer" or "multipleOf" in schema else 1.5
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(above, bool):
        low, above = (None, low) if above else (low, None)
    if isinstance(below, bool):
        high, below = (None, high) if below else (high, None)
    step: Any = schema.get("multipleOf") or 1
    value = step if "multipleOf" in schema else value
    for bound, beyond in ((low, 0), (above, step)):
        if bound is not None and value < bound + beyond:
            value = bound + beyond
            value += -value % step if "multipleOf" in schema else 0
    for bound, beyond in ((high, 0), (below, step)):
        if bound is not None and value > bound - beyond:
            value = bound - beyond if beyond == 0 or low is None else (low + bound) / 2
    return int(value) if kind == "integer" else value


def _text(schema: dict[str, Any]) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        return matching(str(schema["pattern"])) if not least else matching(str(schema["pattern"]), least)
    text = _FORMATS.get(str(schema.get("format")), "text")
    text += "x" * (least - len(text))
    return text if most is None else text[:most]
