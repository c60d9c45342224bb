"""The Python type of a normalised schema."""

from collections.abc import Mapping
from typing import Any

CLASSES = "#/components/schemas/"
"""What a reference to a class begins with."""

_SCALARS = {
    ("string", None): "str",
    ("string", "decimal"): "Decimal",
    ("string", "date-time"): "datetime",
    ("string", "date"): "date",
    ("string", "uuid"): "UUID",
    ("integer", None): "int",
    ("number", None): "float",
    ("number", "decimal"): "Decimal",
    ("boolean", None): "bool",
    ("null", None): "None",
}


def annotation(schema: Mapping[str, Any]) -> str:
    """The Python type of a normalised schema, as the modules beside the models write it."""
    if "$ref" in schema:
        return "models." + str(schema["$ref"]).removeprefix(CLASSES)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(annotation(variant) for variant in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list[{annotation(schema['items'])}]"
    if schema.get("type") == "object":
        values = schema["additionalProperties"]
        return f"dict[str, {'Any' if values is True else annotation(values)}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    return _SCALARS.get((str(schema.get("type")), schema.get("format")), "Any")
