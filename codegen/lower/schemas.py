"""Hoisting: every schema that becomes a class gets a stable name, and a form that every model library can decode.

What comes from a server is read leniently: constraints are not kept, an optional property may be null or absent, an
enum takes unknown values. What cannot be decoded without guessing (a union of several objects, say) is left as plain
JSON values, and said in a warning.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from codegen import naming
from codegen.errors import Fault, Pointer, pointer_text
from codegen.extensions.words import NAME
from codegen.lower.annotations import CLASSES
from codegen.lower.descriptions import described
from codegen.lower.forms import Schema, categories, merged_parts, nullable, shape_of, without_null
from codegen.lower.names import Names
from codegen.read.references import reference_pointer, resolve, target

_Shape: TypeAlias = "Callable[[Hoister, Schema, str, Pointer], Schema]"

_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\ud800-\udfff]')

FORMATS = {"string": frozenset({"decimal", "password", "date-time", "date", "uuid"}), "number": frozenset({"decimal"})}
"""The formats that change a Python type; any other is a remark."""

_REMARKS = frozenset({"title", "description", "example", "examples"})


class Hoister:
    """Collects the schemas that need a class, in the order in which they are met."""

    def __init__(self, tree: dict[str, Any], secret_type: str, names: Names) -> None:
        self.schemas: dict[str, Schema] = {}
        self.warnings: list[str] = []
        self._tree = tree
        self.secret_type = secret_type
        self._names = names
        self._given: dict[str, dict[Pointer, Schema]] = {}
        """Class name → the schemas that it stands for, by their places."""
        self._waiting: deque[str] = deque()

    def lower(self, schema: Any, name: str, pointer: Pointer) -> Schema:
        """The normalised schema; objects in it become references to classes, named after `name`."""
        lowered = self._normal(schema, name, pointer)
        while self._waiting:
            class_name = self._waiting.popleft()
            home = next(iter(self._given[class_name]))
            self.schemas[class_name] = self._class(self._united(class_name), class_name, home)
        return lowered

    def fields(self, result: str) -> dict[str, bool]:
        """The fields of a result, or of each of its items, and whether each is secret."""
        found = re.search(r"models\.(\w+)", result)
        schema = self.schemas.get(found[1], {}) if found else {}
        return {
            naming.snake(name): isinstance(given, dict) and given.get("customTypePath") == self.secret_type
            for name, given in schema.get("properties", {}).items()
        }

    def _normal(self, schema: Any, name: str, pointer: Pointer) -> Schema:
        if not isinstance(schema, dict):
            return {}
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema["$ref"])
        return self._shaped(schema, name, pointer, _SHAPES)

    def _shaped(self, schema: Schema, name: str, pointer: Pointer, shapes: Mapping[str, _Shape]) -> Schema:
        merged, or_null = without_null(merged_parts(self._tree, schema))
        if "$ref" in merged:
            lowered = self._referred(merged["$ref"])
        else:
            lowered = shapes[shape_of(merged)](self, merged, name, pointer)
        return nullable(lowered) if or_null else lowered

    def _referred(self, reference: str) -> Schema:
        pointer = self._landing(reference)
        schema = resolve(self._tree, {"$ref": reference})
        if not isinstance(schema, dict):
            return {}
        name = naming.model(str(schema.get(NAME.key) or _last_name(pointer)))
        return self._hoist(schema, name, pointer)

    def _landing(self, reference: str) -> Pointer:
        """The pointer of what a chain of references leads to."""
        while True:
            pointer = reference_pointer(reference)
            node = target(self._tree, reference)
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return pointer
            reference = node["$ref"]

    def _hoist(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        given = self._given.setdefault(name, {})
        if pointer not in given:
            if not (given and all(NAME.key in other for other in (schema, *given.values()))):
                self._names.claim("class name", name, pointer)
            given[pointer] = schema
            self.schemas.setdefault(name, {})  # keeps the place in the order
            self._waiting.append(name)
        return {"$ref": CLASSES + name}

    def _united(self, name: str) -> Schema:
        """What the class stands for: all properties of the schemas that bear its name, required where all require."""
        given = self._given[name]
        if len(given) == 1:
            return next(iter(given.values()))
        merged = {pointer: merged_parts(self._tree, schema) for pointer, schema in given.items()}
        properties: Schema = {}
        for pointer, schema in merged.items():
            for key, value in schema.get("properties", {}).items():
                if _without_remarks(properties.setdefault(key, value)) != _without_remarks(value):
                    raise Fault(
                        f"another schema with the {NAME.key} {name} has {key!r} in another form; "
                        "give one of the schemas another name",
                        (*pointer, "properties", key),
                    )
        required = [key for key in properties if all(key in schema.get("required", ()) for schema in merged.values())]
        return {**next(iter(merged.values())), "properties": properties, "required": required}

    def _class(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        """The body of a class, or of an alias where the schema is no object."""
        lowered = self._shaped(schema, name, pointer, {**_SHAPES, "object": Hoister._object})
        text = described(schema)
        return {**lowered, "description": text} if text and "$ref" not in lowered else lowered

    def _hoisted_object(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        return self._hoist(schema, naming.model(str(schema.get(NAME.key) or name)), pointer)

    def _object(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        required = []
        properties = {}
        for key, value in schema["properties"].items():
            if _UNNAMEABLE.search(key):
                self.warnings.append(
                    f"{pointer_text(pointer)}: the property {key!a} is left out; no model can bear its name"
                )
                continue
            lowered = self._normal(value, name + naming.pascal(key), (*pointer, "properties", key))
            if _always_there(key, value, schema.get("required") or []):
                required.append(key)
            else:
                lowered = nullable(lowered)
            text = described(resolve(self._tree, value)) if isinstance(value, dict) else ""
            properties[key] = {**lowered, "description": text} if text else lowered
        return {"type": "object", "properties": properties, "required": required}

    def _mapping(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        values = schema.get("additionalProperties")
        if not isinstance(values, dict) or not values:
            return {"type": "object", "additionalProperties": True}
        lowered = self._normal(values, f"{name}Value", (*pointer, "additionalProperties"))
        return {"type": "object", "additionalProperties": lowered or True}

    def _array(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        return {"type": "array", "items": self._normal(schema.get("items"), f"{name}Item", (*pointer, "items"))}

    def _enum(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
        if texts and len(texts) == len([value for value in values if value is not None]):
            return {"anyOf": [{"type": "string", "enum": texts}, {"type": "string"}]}
        return self._scalar(schema, name, pointer)

    def _scalar(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        kind = schema.get("type")
        if kind not in ("string", "integer", "number", "boolean", "null"):
            return {}
        form = schema.get("format")
        if form == "password" and kind == "string":
            return {"type": "string", "customTypePath": self.secret_type}
        return {"type": kind, "format": form} if form in FORMATS.get(kind, ()) else {"type": kind}

    def _types(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        variants = [{**schema, "type": kind} for kind in schema["type"]]
        return self._union({"anyOf": variants}, name, pointer)

    def _union(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        keyword = "oneOf" if "oneOf" in schema else "anyOf"
        given = [variant for variant in schema[keyword] if isinstance(variant, dict)]
        found = [category for variant in given for category in categories(self._tree, variant)]
        clash = len(set(found)) < len(found) or "anything" in found
        if len(given) > 1 and clash:
            if set(found) == {"string"}:
                return {"type": "string"}
            if set(found) <= {"integer", "number"}:
                return {"type": "number"}
            self.warnings.append(
                f"{pointer_text(pointer)}: JSON cannot tell the variants of the {keyword} apart; plain values"
            )
            return {}
        variants = [
            self._normal(
                variant, name if len(given) == 1 else f"{name}Variant{number}", (*pointer, keyword, number - 1)
            )
            for number, variant in enumerate(given, start=1)
        ]
        return variants[0] if len(variants) == 1 else {"anyOf": variants}


_SHAPES: Mapping[str, _Shape] = {
    "object": Hoister._hoisted_object,
    "mapping": Hoister._mapping,
    "array": Hoister._array,
    "enum": Hoister._enum,
    "scalar": Hoister._scalar,
    "types": Hoister._types,
    "union": Hoister._union,
    "anything": lambda *_: {},
}
"""Shape of a schema → what normalises it."""


def _last_name(pointer: Pointer) -> str:
    """The name a reference's target is known by: its key, or its file's stem where it is a whole file."""
    last = str(pointer[-1])
    return last.rsplit("/", 1)[-1].split(".", 1)[0] if len(pointer) == 2 else last


def _without_remarks(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in _REMARKS}


def _always_there(key: str, schema: object, required: list[str]) -> bool:
    one_way = isinstance(schema, Mapping) and (schema.get("readOnly") or schema.get("writeOnly"))
    return key in required and not one_way
