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


def annotation(schema: Mapping[str, Any], home: str = "models.") -> str:
    """The Python type of a normalised schema, as the modules beside the models write it, or as the `home` of them."""
    if "$ref" in schema:
        return home + str(schema["$ref"]).removeprefix(CLASSES)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(annotation(variant, home) for variant in schema["anyOf"]))
    if "prefixItems" in schema:
        return f"tuple[{', '.join(annotation(item, home) for item in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list[{annotation(schema['items'], home)}]"
    if schema.get("type") == "object":
        values = schema["additionalProperties"]
        return f"dict[str, {'Any' if values is True else annotation(values, home)}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(ascii, schema['enum']))}]"
    if "customTypePath" in schema:
        return str(schema["customTypePath"]).rpartition(".")[2] if not home else "str"
    return _SCALARS.get((str(schema.get("type")), schema.get("format")), "Any")
