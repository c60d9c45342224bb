"""The parts of a multipart body: files, JSON, and texts."""

from collections.abc import Mapping
from typing import Any

from codegen.errors import Pointer
from codegen.facts import Expression
from codegen.ir.operation import Json, Part, Plain
from codegen.lower.context import Context
from codegen.lower.media import is_json
from codegen.lower.values import ANYTHING, Value, Values, flat

_UNION = ("oneOf", "anyOf")


def part_of(context: Context, schema: Any, encoding: Mapping[str, Any], pointer: Pointer) -> tuple[Value, Part]:
    """What is given for a part of a body, and what writes it."""
    named = str(encoding.get("contentType", ""))
    media_type = named if named and not any(character in named for character in "*,") else None
    if is_file(context.tree, schema, encoding):
        several = flat(context.tree, schema).get("type") == "array"
        types = ("Sequence[Uploadable]" if several else "Uploadable",)
        return Value(types, ANYTHING.kind), Part(media_type=media_type)
    value = Values(context.tree, context.warn).of(schema, pointer)
    if media_type and is_json(media_type):
        return value, Part(value=Json(), media_type=media_type)
    encode = Expression("wire.content" if isinstance(value.kind, Plain) else "encode")
    return value, Part(value=value.kind, encode=encode, media_type=media_type)


def is_file(tree: dict[str, Any], schema: Any, encoding: Mapping[str, Any]) -> bool:
    """Whether a part of that schema is a file, or several."""
    said = flat(tree, schema)
    variants = [flat(tree, variant) for keyword in _UNION for variant in said.get(keyword) or ()]
    if variants:
        return all(is_file(tree, variant, encoding) for variant in variants if variant.get("type") != "null")
    if said.get("type") == "array" or "items" in said:
        return is_file(tree, said.get("items", {}), encoding)
    named = str(encoding.get("contentType", ""))
    if said.get("type", "string") != "string" or "properties" in said or "enum" in said or "const" in said:
        return False
    is_bytes = "contentMediaType" in said or (named and not named.startswith(("text/plain", "application/json")))
    is_text = "contentEncoding" in said or said.get("format") == "byte" or "style" in encoding
    return said.get("format") == "binary" or bool(is_bytes and not is_text)
