"""The form of a schema: null set apart, and what JSON shapes its values may have."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from codegen.lower.intersection import merged_parts
from codegen.read.references import resolve

Schema: TypeAlias = dict[str, Any]


_OF_OBJECTS = frozenset({"properties", "additionalProperties", "patternProperties"})


def shape_of(schema: Schema) -> str:
    """What kind of thing the schema is, in the order in which its keywords count."""
    kind = schema.get("type")
    if ("oneOf" in schema or "anyOf" in schema) and not _only_constrains(schema):
        return "union"
    if isinstance(kind, list):
        return "types"
    if "enum" in schema or "const" in schema:
        return "enum"
    if kind == "object" or (kind is None and schema.keys() & _OF_OBJECTS):
        return "object" if schema.get("properties") else "mapping"
    if kind == "array" or (kind is None and schema.keys() & {"items", "prefixItems"}):
        return "tuple" if _is_tuple(schema) else "array"
    return "scalar" if kind in ("string", "integer", "number", "boolean", "null") else "anything"


def _is_tuple(schema: Schema) -> bool:
    """Whether an array has one length, and a schema for each item."""
    first = schema.get("prefixItems")
    if not isinstance(first, list) or schema.get("minItems") != len(first):
        return False
    return schema.get("items") is False or schema.get("maxItems") == len(first)


def categories(tree: Schema, schema: Schema, seen: tuple[int, ...] = ()) -> list[str]:
    """What JSON shapes a value of the schema may have; two variants of one shape cannot be told apart."""
    schema = resolve(tree, schema)
    if not isinstance(schema, dict) or id(schema) in seen:
        return ["anything"]
    merged, _ = whole(tree, schema)
    if "$ref" in merged:
        return categories(tree, merged, (*seen, id(schema)))
    shape = shape_of(merged)
    if shape == "union":
        variants = merged.get("oneOf") or merged.get("anyOf") or []
        return [found for variant in variants for found in categories(tree, variant, (*seen, id(schema)))]
    if shape == "types":
        return [found for kind in merged["type"] for found in categories(tree, {**merged, "type": kind}, seen)]
    if shape == "enum":
        only_texts = all(isinstance(value, str) for value in merged.get("enum", ()))
        return [merged.get("type") or ("string" if only_texts else "anything")]
    if merged.get("format") == "decimal" and merged.get("type") == "number":
        return ["number", "string"]  # a Decimal is read from either
    return {"mapping": ["object"], "tuple": ["array"], "scalar": [str(merged.get("type"))]}.get(shape, [shape])


def without_null(schema: Schema) -> tuple[Schema, bool]:
    """The schema without the ways of saying null, and whether it said so."""
    or_null = schema.get("nullable") is True
    kind = schema.get("type")
    if isinstance(kind, list):
        others = [item for item in kind if item != "null"]
        or_null = or_null or "null" in kind
        schema = {**schema, "type": others[0] if len(others) == 1 else others or "null"}
    for keyword in ("oneOf", "anyOf"):
        variants = schema.get(keyword)
        if isinstance(variants, list):
            others = [item for item in variants if not _is_null(item)]
            or_null = or_null or len(others) < len(variants)
            schema = {**schema, keyword: others}
    if isinstance(schema.get("enum"), list) and None in schema["enum"] and len(schema["enum"]) > 1:
        or_null, schema = True, {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return schema, or_null


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") in ("null", ["null"])
        or ("const" in schema and schema["const"] is None)
        or schema.get("enum") == [None]
    )


def whole(tree: Schema, schema: Schema) -> tuple[Schema, bool]:
    """The schema with its parts laid together and its null apart, and whether there was one.

    Of a union of one, that one is a part.
    """
    merged, or_null = without_null(merged_parts(tree, schema))
    for keyword in ("oneOf", "anyOf"):
        variants = merged.get(keyword)
        if isinstance(variants, list) and len(variants) < 2:
            rest = {key: value for key, value in merged.items() if key != keyword}
            merged, again = whole(tree, {**rest, "allOf": variants} if variants else rest)
            return merged, or_null or again
    return merged, or_null


def nullable(schema: Schema) -> Schema:
    """The normalised schema, or null."""
    if not schema:
        return schema
    if "anyOf" in schema:
        already = {"type": "null"} in schema["anyOf"]
        return schema if already else {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def without_nullable(schema: Schema) -> Schema:
    """The normalised schema without its null."""
    if {"type": "null"} not in schema.get("anyOf", ()):
        return schema
    others = [each for each in schema["anyOf"] if each != {"type": "null"}]
    return others[0] if len(others) == 1 and schema.keys() == {"anyOf"} else {**schema, "anyOf": others}


def extensible(schema: Schema, further: Schema, taken: Iterable[str]) -> Schema:
    """The normalised object with a field for the properties that have no name."""
    name = "additional_properties"
    while name in {*taken, *schema["properties"]}:
        name += "_"
    field = {
        "type": "object",
        "additionalProperties": further or True,
        "default": {},
        "description": "The other properties, by name.",
    }
    return {**schema, "properties": {**schema["properties"], name: field}, "extensible": True}


def _only_constrains(schema: Schema) -> bool:
    """Whether the alternatives say no more than which properties go together."""
    variants = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return bool(schema.get("properties")) and all(
        isinstance(variant, dict) and variant.keys() <= {"required", "not", "title", "description"}
        for variant in variants
    )
