"""Whether a value is one that a schema of the document allows, as another program sees it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

_DATA = frozenset({"example", "examples", "default", "enum", "const"})
_HOME = "urn:document"


class Validity:
    """The schemas of one document, in the words of JSON Schema 2020-12."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        old = str(tree.get("openapi", "")).startswith("3.0")
        self._registry = jsonschema_rs.Registry([(_HOME, _modern(dict(tree), old))])
        self._validator = cache(self._build)

    def objection(self, pointer: str, value: Any) -> str | None:
        """What is wrong with a value of the schema at the pointer; `None` if nothing is, or nobody can tell."""
        validator = self._validator(pointer)
        error = next(validator.iter_errors(value), None) if validator is not None else None
        return None if error is None else str(error.message)

    def _build(self, pointer: str) -> Any:
        try:
            return jsonschema_rs.validator_for(
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": _HOME + pointer},
                registry=self._registry,
            )
        except (ValueError, jsonschema_rs.ReferencingError):
            return None  # a pattern, say, that this program does not know


def _modern(node: Any, old: bool, free: bool = False) -> Any:
    if isinstance(node, list):
        return [_modern(item, old) for item in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: value if key in _DATA and not free else _modern(value, old, key in ("properties", "schemas"))
        for key, value in node.items()
        if key != "$id" or free
    }
    if not free:
        _one_way(made)
        if old:
            _with_null(made)
    return made


def _one_way(schema: dict[str, Any]) -> None:
    """What goes one way only is not required of what goes the other."""
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        bound = [
            name
            for name in required
            if not isinstance(properties.get(name), dict)
            or not (properties[name].get("readOnly") or properties[name].get("writeOnly"))
        ]
        schema["required"] = bound


def _with_null(schema: dict[str, Any]) -> None:
    """OpenAPI 3.0's own words: `nullable`, and bounds that are flags; siblings of a reference do not count."""
    if isinstance(schema.get("$ref"), str):
        for key in [key for key in schema if key != "$ref"]:
            del schema[key]
    if schema.get("nullable") is True:
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*schema["enum"], None]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(exclusive), bool):
            strict = schema.pop(exclusive)
            if strict and bound in schema:
                schema[exclusive] = schema.pop(bound)
