"""What a schema or a parameter says of itself in words."""

from collections.abc import Mapping
from typing import Any

from codegen.extensions.words import UNIT
from codegen.text import one_line, plain, sentence, wrapped


def described(schema: Mapping[str, Any]) -> str:
    """What a schema's description and unit say, wrapped."""
    parts = [plain(schema.get("description")), _unit(schema)]
    return wrapped("\n\n".join(part for part in parts[:1] if part), tail=parts[1])


def described_line(*schemas: Mapping[str, Any]) -> str:
    """The first description and the first unit of several schemas, on one line."""
    description = next((text for schema in schemas if (text := sentence(schema.get("description")))), "")
    unit = next((text for schema in schemas if (text := _unit(schema))), "")
    return " ".join(part for part in (description, unit) if part)


def _unit(schema: Mapping[str, Any]) -> str:
    unit = one_line(schema.get(UNIT.key))
    return f"Unit: {unit}." if unit else ""
