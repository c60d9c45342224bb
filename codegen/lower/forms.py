"""The form of a schema: its parts laid together, null set apart, and what JSON shapes its values may have."""

from typing import Any, TypeAlias

from codegen.read.references import resolve

Schema: TypeAlias = dict[str, Any]


def shape_of(schema: Schema) -> str:
    """What kind of thing the schema is, in the order in which its keywords count."""
    kind = schema.get("type")
    if ("oneOf" in schema or "anyOf" in schema) and not _only_constrains(schema):
        return "union"
    if isinstance(kind, list):
        return "types"
    if "enum" in schema or "const" in schema:
        return "enum"
    if kind == "object" or (kind is None and ("properties" in schema or "additionalProperties" in schema)):
        return "object" if schema.get("properties") else "mapping"
    if kind == "array" or (kind is None and "items" in schema):
        return "array"
    return "scalar" if kind in ("string", "integer", "number", "boolean", "null") else "anything"


def merged_parts(tree: Schema, schema: Schema, seen: tuple[int, ...] = ()) -> Schema:
    """The schema with its ``allOf`` laid into it."""
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    own = {key: value for key, value in schema.items() if key != "allOf"}
    shapely = own.keys() & {"type", "properties", "oneOf", "anyOf", "enum", "required", "items"}
    if len(parts) == 1 and not shapely and isinstance(parts[0], dict) and "$ref" in parts[0]:
        return {**own, **parts[0]}
    merged: Schema = {}
    for part in (*parts, own):
        inner = resolve(tree, part)
        if isinstance(inner, dict) and id(inner) not in seen:
            merged = _overlaid(merged, merged_parts(tree, inner, (*seen, id(schema), id(inner))))
    return merged


def categories(tree: Schema, schema: Schema, seen: tuple[int, ...] = ()) -> list[str]:
    """What JSON shapes a value of the schema may have; two variants of one shape cannot be told apart."""
    schema = resolve(tree, schema)
    if not isinstance(schema, dict) or id(schema) in seen:
        return ["anything"]
    merged, _ = without_null(merged_parts(tree, schema))
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
    return {"mapping": ["object"], "scalar": [str(merged.get("type"))]}.get(shape, [shape])


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
            others = [item for item in variants if item != {"type": "null"}]
            or_null = or_null or len(others) < len(variants)
            schema = {**schema, keyword: others}
    return schema, or_null


def nullable(schema: Schema) -> Schema:
    """The normalised schema, or null."""
    if not schema:
        return schema
    if "anyOf" in schema:
        already = {"type": "null"} in schema["anyOf"]
        return schema if already else {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _overlaid(base: Schema, part: Schema) -> Schema:
    properties = {**base.get("properties", {}), **part.get("properties", {})}
    required = list(dict.fromkeys([*base.get("required", []), *part.get("required", [])]))
    merged = {**base, **part}
    if properties:
        merged["properties"] = properties
    if required:
        merged["required"] = required
    return merged


def _only_constrains(schema: Schema) -> bool:
    """Whether the alternatives say no more than which properties go together."""
    variants = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return bool(schema.get("properties")) and all(
        isinstance(variant, dict) and variant.keys() <= {"required", "not", "title", "description"}
        for variant in variants
    )
