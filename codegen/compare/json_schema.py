"""What a document allows in one direction, as JSON Schema 2020-12, for a validator that nobody here wrote."""

import re
from collections.abc import Mapping
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


class JsonSchemas:
    """The schemas of a document, each converted once.

    Args:
        side: The document.
        direction: What does not travel in this direction is left out.
        closed: Whether an object has only what is listed, as nobody reads more of it.
    """

    def __init__(self, side: Side, direction: Direction, *, closed: bool = False) -> None:
        self._side, self._direction, self._closed = side, direction, closed
        self._names: dict[str, str] = {}
        self._definitions: dict[str, Any] = {}

    def validator(self, schema: Any) -> jsonschema_rs.Validator:
        """What tells whether a value is valid.

        Raises:
            ValueError: A schema of the document is none, such as a pattern that nobody can read.
        """
        converted = self._convert(schema, is_part=False)
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
                converted[key] = {name: self._convert(item, is_part=False) for name, item in value.items()}
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
            self._definitions[self._names[name]] = self._convert(landed.value, is_part=is_part)
        local = {"$ref": f"#/$defs/{self._names[name]}"}
        return local if self._side.is_30 else {**beside, **local}

    def _leave_out(self, schema: Mapping[str, Any], converted: dict[str, Any]) -> None:
        """Take what does not travel in this direction out of the properties."""
        said = schema.get("properties")
        kept = {
            name
            for name, value in (said.items() if isinstance(said, dict) else ())
            if travels(self._side, Node(value, ("",)), self._direction)
        }
        gone = set(said or ()) - kept
        if gone:
            converted["properties"] = {name: converted["properties"][name] for name in said or () if name in kept}
            converted["required"] = [name for name in converted.get("required", ()) if name not in gone]

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
