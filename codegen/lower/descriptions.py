"""What a schema or a parameter says of itself in words."""

from collections.abc import Mapping
from typing import Any

from codegen.extensions.times import unit
from codegen.text import one_line, plain, sentence, wrapped


def described(schema: Mapping[str, Any]) -> str:
    """What a schema's description, unit and default say, wrapped."""
    tail = " ".join(part for part in (_unit(schema), _default(schema)) if part)
    return wrapped(plain(schema.get("description")), tail=tail)


def described_line(*schemas: Mapping[str, Any]) -> str:
    """The first description and the first unit of several schemas, on one line."""
    description = next((text for schema in schemas if (text := sentence(schema.get("description")))), "")
    counted = next((text for schema in schemas if (text := _unit(schema))), "")
    return " ".join(part for part in (description, counted) if part)


def _unit(schema: Mapping[str, Any]) -> str:
    text = one_line(unit(schema))
    return f"Unit: {text}." if text else ""


def _default(schema: Mapping[str, Any]) -> str:
    """What the server takes for a property that is left out."""
    value = schema.get("default")
    if value is None or isinstance(value, (dict, list)):
        return ""
    return f"Default: {one_line(str(value).lower() if isinstance(value, bool) else str(value))}."
