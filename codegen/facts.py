"""Facts: dataclasses that the generated package states as calls of the runtime's classes of the same names."""

import dataclasses
from collections.abc import Mapping
from typing import Any

GENERATOR_ONLY = {"generator_only": True}
"""The metadata of a field that is for the generator only."""


class Expression(str):
    """Python already; any other text is printed as a literal."""

    __slots__ = ()


def expression(value: Any) -> str:
    """A value as Python writes it; the only way in which the document's text becomes an expression.

    Of a dataclass the fields that are not at their defaults are stated.
    """
    if isinstance(value, Expression):
        return value
    if dataclasses.is_dataclass(value):
        fields = [
            field
            for field in dataclasses.fields(value)
            if field.metadata is not None and not field.metadata.get("generator_only")
        ]
        given = {field.name: getattr(value, field.name) for field in fields}
        changed = {field.name: given[field.name] for field in fields if given[field.name] != field.default}
        return f"{type(value).__name__}({keywords(changed)})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{expression(key)}: {expression(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(expression, value))}{',' if len(value) == 1 else ''})"
    return ascii(value)


def keywords(values: Mapping[str, Any]) -> str:
    """A mapping as keyword arguments."""
    return ", ".join(f"{name}={expression(value)}" for name, value in values.items())
