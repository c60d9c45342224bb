"""Schemas of single values: what of them counts for a model."""

from collections.abc import Mapping
from typing import Any

from codegen.lower.forms import Schema

FORMATS = {"string": frozenset({"decimal", "password", "date-time", "date", "uuid"}), "number": frozenset({"decimal"})}
"""The formats that change a Python type; any other is a remark."""

_KINDS: Mapping[type, str] = {str: "string", int: "integer"}


def enum(schema: Schema, secret_type: str) -> Schema:
    """Those values of texts and numbers that are known, and any other."""
    values = [schema["const"]] if "const" in schema else schema["enum"]
    kinds = {_KINDS.get(type(value), "") for value in values if value is not None}
    if not kinds or not kinds <= {"string", "integer"} or not kinds <= set(_listed(schema.get("type", [*kinds]))):
        return scalar(schema, secret_type)
    others = [{"type": kind} for kind in sorted(kinds, reverse=True)]
    known = list(dict.fromkeys(value for value in values if value is not None))
    return {"anyOf": [{**(others[0] if len(others) == 1 else {}), "enum": known}, *others]}


def scalar(schema: Schema, secret_type: str) -> Schema:
    """A single value; plain JSON where the schema says no type."""
    kind = schema.get("type")
    if kind not in ("string", "integer", "number", "boolean", "null"):
        return {}
    form = schema.get("format")
    if form == "password" and kind == "string":
        return {"type": "string", "customTypePath": secret_type}
    return {"type": kind, "format": form} if form in FORMATS.get(kind, ()) else {"type": kind}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
