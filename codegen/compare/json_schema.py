"""What a document allows in one direction, as JSON Schema 2020-12, for a validator that nobody here wrote."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from codegen.compare.parts import travels
from codegen.compare.rules import Direction
from codegen.compare.side import Node, Side

_ONE = frozenset("items contains not if then else propertyNames additionalProperties unevaluatedItems".split())
_LISTED = frozenset("allOf anyOf oneOf prefixItems".split())
_NAMED = frozenset("properties patternProperties dependentSchemas".split())
_PLAIN = frozenset(
    (
        "type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern "
        "format minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required "
        "dependentRequired"
    ).split()
)
_RANGES = {"int32": 2**31, "int64": 2**63}
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def validator(
    side: Side, schema: Any, direction: Direction, values: Iterable[Any], *, closed: bool
) -> jsonschema_rs.Validator:
    """What tells of each of the values whether it is valid.

    Args:
        side: The document.
        schema: Of the values; its references are those of the document.
        direction: What does not travel in this direction is left out.
        values: All that will be asked about: a property that none of them has is not looked at, so that of a large
            document only a small part is read.
        closed: Whether an object has only what is listed, as nobody reads more of it.

    Raises:
        ValueError: A schema of the document is none, such as a pattern that nobody can read.
    """
    return _Conversion(side, direction, frozenset(_keys(values)), closed=closed).validator(schema)


def _keys(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from value
            yield from _keys(value.values())
        elif isinstance(value, list):
            yield from _keys(value)


class _Conversion:
    def __init__(self, side: Side, direction: Direction, names: frozenset[str], *, closed: bool) -> None:
        self._side, self._direction, self._known, self._closed = side, direction, names, closed
        self._names: dict[str, str] = {}
        self._definitions: dict[str, Any] = {}
        self._waiting: list[tuple[str, Any, bool]] = []

    def validator(self, schema: Any) -> jsonschema_rs.Validator:
        converted = self._convert(schema, is_part=False)
        while self._waiting:  # one after the other: a chain of references may be longer than Python's stack
            name, value, is_part = self._waiting.pop()
            self._definitions[name] = self._convert(value, is_part=is_part)
        return jsonschema_rs.Draft202012Validator(
            {"$ref": "#/$defs/it", "$defs": {**self._definitions, "it": converted}},
            validate_formats=True,
            formats={"decimal": lambda text: _DECIMAL.fullmatch(text) is not None},
        )

    def _convert(self, schema: Any, *, is_part: bool) -> Any:
        if not isinstance(schema, dict):
            return schema is not False
        converted = {key: schema[key] for key in schema if key in _PLAIN}
        for key, value in schema.items():
            if key in _ONE:
                converted[key] = self._convert(value, is_part=False)
            elif key in _LISTED and isinstance(value, list):
                converted[key] = [self._convert(item, is_part=key != "prefixItems") for item in value]
            elif key in _NAMED and isinstance(value, dict):
                listed = value if key == "patternProperties" else value.keys() & self._known
                converted[key] = {name: self._convert(value[name], is_part=False) for name in listed}
        if isinstance(schema.get("$ref"), str):
            converted = self._with_reference(schema["$ref"], converted, is_part=is_part)
        self._leave_out(schema, converted)
        if self._closed and not is_part and converted.keys() & {"properties", "allOf"}:
            converted.setdefault("unevaluatedProperties", False)
        return self._as_later(schema, converted)

    def _with_reference(self, reference: str, beside: dict[str, Any], *, is_part: bool) -> dict[str, Any]:
        name = f"{reference}{' part' if is_part else ''}"
        if name not in self._names:
            self._names[name] = f"s{len(self._names)}"
            landed = self._side.land(Node({"$ref": reference}, ()))
            self._waiting.append((self._names[name], landed.value, is_part))
        local = {"$ref": f"#/$defs/{self._names[name]}"}
        return local if self._side.is_30 else {**beside, **local}

    def _leave_out(self, schema: Mapping[str, Any], converted: dict[str, Any]) -> None:
        """Take what does not travel in this direction out of the properties."""
        said = schema.get("properties")
        required = converted.get("required", ())
        if not isinstance(said, dict):
            return
        for name in said.keys() & {*self._known, *required}:
            if not travels(self._side, Node(said[name], ("",)), self._direction):
                converted["properties"].pop(name, None)
                converted["required"] = [other for other in converted.get("required", ()) if other != name]

    def _as_later(self, schema: Mapping[str, Any], converted: dict[str, Any]) -> dict[str, Any]:
        """Say as JSON Schema does what OpenAPI 3.0, or a format of numbers, says in its own words."""
        for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            flag = converted.get(exclusive)
            if isinstance(flag, bool):
                del converted[exclusive]
                if flag and limit in converted:
                    converted[exclusive] = converted.pop(limit)
        reach = _RANGES.get(str(schema.get("format")))
        if reach is not None:
            converted = {"allOf": [converted, {"minimum": -reach, "maximum": reach - 1}]}
        return {"anyOf": [converted, {"type": "null"}]} if schema.get("nullable") is True else converted
