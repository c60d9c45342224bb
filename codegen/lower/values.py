"""How a parameter's schema becomes an argument: its Python type, its writer and its limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.words import HINT
from codegen.lower.patterns import in_python
from codegen.read.references import resolve

Schema = Mapping[str, Any]

_SCALARS: dict[tuple[str, str | None], tuple[str, str]] = {
    ("string", None): ("str", "text"),
    ("string", "decimal"): ("Decimal | str | int", "decimal"),
    ("string", "date-time"): ("datetime", "date_time"),
    ("string", "date"): ("date", "date"),
    ("integer", None): ("int", "integer"),
    ("number", None): ("Decimal | float | int", "number"),
    ("number", "decimal"): ("Decimal | str | int", "decimal"),
    ("boolean", None): ("bool", "boolean"),
}
"""Type and format → annotation and writer."""

_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    HINT.key: "hint",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "minItems": "min_items",
    "maxItems": "max_items",
}
"""The document's constraints → the runtime's."""

_OF_TEXT = ("min_length", "max_length", "pattern", "hint")

_SEPARATORS = {"form": "comma", "simple": "comma", "spaceDelimited": "space", "pipeDelimited": "pipe"}


_DEEPEST = 100
_SHOWN_DEPTH = 7
"""How deep a schema may nest before it must contain itself, and how much of its pointer is worth showing."""


@dataclass(frozen=True)
class Value:
    """A schema as an argument."""

    type: str
    writer: str
    style: str | None
    limits: Mapping[str, Any]
    secret: bool


def value_of(tree: dict[str, Any], schema: Any, declaration: Schema, place: str, pointer: Pointer) -> Value:
    """What an argument for the schema is; `declaration` says how its parts are laid out."""
    if len(pointer) > _DEEPEST:
        raise Fault("the schema contains itself, and an argument cannot be written of it", pointer[:_SHOWN_DEPTH])
    schema = _plain(tree, schema, pointer)
    kind = schema.get("type")
    limits = _limits(schema, pointer)
    if kind == "array" or (kind is None and "items" in schema):
        item = value_of(tree, schema.get("items", {}), {}, place, (*pointer, "items"))
        writer = item.writer if item.style is None else "anything"
        style = _style(declaration, place, pointer)
        return Value(f"Sequence[{item.type}]", writer, style, {**item.limits, **limits}, item.secret)
    if kind == "object" or "properties" in schema:
        return Value("Mapping[str, Any]", "anything", _object_style(declaration, place, pointer), {}, False)
    secret = schema.get("format") == "password"
    values = schema.get("enum")
    if values and all(isinstance(value, str) for value in values):
        choices = tuple(dict.fromkeys(values))
        return Value(f"Literal[{', '.join(map(repr, choices))}]", "text", None, {**limits, "choices": choices}, secret)
    annotation, writer = _scalar(tree, schema, pointer)
    return Value(annotation, writer, None, limits, secret)


def _plain(tree: dict[str, Any], schema: Any, pointer: Pointer) -> dict[str, Any]:
    """The schema with its reference followed, its ``allOf`` opened and its null dropped."""
    found = resolve(tree, schema)
    plain: dict[str, Any] = dict(found) if isinstance(found, dict) else {}
    for part in plain.pop("allOf", ()):
        if len(pointer) > _DEEPEST:
            raise Fault("the schema contains itself, and an argument cannot be written of it", pointer[:_SHOWN_DEPTH])
        plain = {**_plain(tree, part, (*pointer, "allOf")), **plain}
    kind = plain.get("type")
    if isinstance(kind, list):
        others = [item for item in kind if item != "null"]
        plain.pop("type")
        plain |= {"type": others[0]} if len(others) == 1 else {}
    return plain


def _scalar(tree: dict[str, Any], schema: Schema, pointer: Pointer) -> tuple[str, str]:
    variants = [
        _plain(tree, variant, (*pointer, "oneOf")) for variant in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
    ]
    if variants:
        found = [
            value_of(tree, variant, {}, "query", (*pointer, "oneOf")).type
            for variant in variants
            if variant.get("type") != "null"
        ]
        if any(annotation.startswith(("Sequence", "Mapping")) for annotation in found):
            return "Any", "anything"
        return " | ".join(dict.fromkeys(found)), "anything"
    kind, form = schema.get("type"), schema.get("format")
    fallback = _SCALARS.get((str(kind), None), ("str | int | Decimal | bool", "anything"))
    return _SCALARS.get((str(kind), form), fallback)


def _style(declaration: Schema, place: str, pointer: Pointer) -> str:
    usual = "simple" if place in ("path", "header") else "form"
    style = declaration.get("style", usual)
    if style == "deepObject":
        return "deep"
    if style not in _SEPARATORS:
        raise Fault(
            f"the style {style!r} of a list is not written; {', '.join(_SEPARATORS)} and deepObject are", pointer
        )
    return "repeat" if declaration.get("explode", style == "form") and style == "form" else _SEPARATORS[style]


def _object_style(declaration: Schema, place: str, pointer: Pointer) -> str:
    if declaration.get("style") == "deepObject" or place == "form":
        return "deep"
    if "content" in declaration:
        return "json"
    if declaration.get("style", "form") == "form" and place == "query" and declaration.get("explode", True):
        return "spread"
    raise Fault(
        "an object is written in a query only, in style form (exploded) or deepObject, or as JSON content", pointer
    )


def _limits(schema: Schema, pointer: Pointer) -> dict[str, Any]:
    limits = {_LIMITS[key]: value for key, value in schema.items() if key in _LIMITS}
    if schema.get("type", "string") != "string":  # of what is no text, these demand nothing
        limits = {name: value for name, value in limits.items() if name not in _OF_TEXT}
    for exclusive, bound in (("above", "minimum"), ("below", "maximum")):  # OpenAPI 3.0 says it with a flag
        flag = limits.get(exclusive)
        if isinstance(flag, bool):
            del limits[exclusive]
            if flag and bound in limits:
                limits[exclusive] = limits.pop(bound)
    if "pattern" in limits:
        limits["pattern"] = _pattern(str(limits["pattern"]), (*pointer, "pattern"))
    return limits


def _pattern(pattern: str, pointer: Pointer) -> str:
    """The pattern in Python's words."""
    try:
        return in_python(pattern)
    except ValueError as error:
        raise Fault(
            f"the pattern {pattern!r} cannot be checked: {error}; change it or remove it, in an overlay for instance",
            pointer,
        ) from error
