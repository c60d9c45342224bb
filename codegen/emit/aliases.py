"""Aliases: the models that are no objects. A union of objects says how it is read; what holds itself is quoted."""

import re
from collections.abc import Mapping
from typing import Any

from codegen.emit.docstring import docstring
from codegen.lower.annotations import annotation
from codegen.lower.completion import needed_aliases, rings

_IMPORTS = (
    "from datetime import date, datetime",
    "from decimal import Decimal",
    "from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias",
    "from uuid import UUID",
)


_MOST_LISTS = 2


def aliases(schemas: Mapping[str, Any], completion: str, model: str) -> tuple[str, str]:
    """The imports of the aliases, and their definitions, each after those that it needs.

    Args:
        schemas: The normalised schemas, classes among them.
        completion: The module of the runtime that reads unions.
        model: The module of the runtime that knows secrets.
    """
    needs, circular = needed_aliases(schemas), rings(schemas)
    order: dict[str, None] = {}
    for name in sorted(needs):
        _place(name, needs, order)
    if not order:
        return "", ""
    text = "\n\n".join(_definition(name, schemas[name], circular=name in circular) for name in order)
    words = set(re.findall(r"\w+", text))
    ours = (f"from ._runtime.{completion} import OneOf", f"from ._runtime.{model} import Secret")
    imports = [line for line in (*_IMPORTS, *ours) if words & set(line.partition(" import ")[2].split(", "))]
    return "\n".join(imports), f"\n\n{text}\n"


def _place(
    name: str, needs: Mapping[str, list[str]], order: dict[str, None], above: frozenset[str] = frozenset()
) -> None:
    if name in order or name in above:
        return
    for other in needs[name]:
        _place(other, needs, order, above | {name})
    order[name] = None


def _definition(name: str, schema: Mapping[str, Any], *, circular: bool) -> str:
    kind = annotation(schema, "")
    text = f"\n{docstring(schema['description'])}" if schema.get("description") else ""
    if not circular and "tags" not in schema:
        return f"{name}: TypeAlias = {kind}{text}"
    variants = [annotation(variant, "") for variant in schema["anyOf"]] if "anyOf" in schema else [kind]
    tags = ", ".join(f"{value!a}: {annotation(variant, '')}" for value, variant in schema.get("tags", {}).items())
    order = f"OneOf(lambda: ({', '.join(variants)}{',' if len(variants) == 1 else ''})"
    order += f", {schema['tag']!a}, lambda: {{{tags}}})" if tags else ")"
    whole = f"{kind} | Any" if "tags" in schema else kind
    kinds = [variant.get("type") for variant in schema.get("anyOf", ())]
    if not circular and "object" not in kinds and kinds.count("array") < _MOST_LISTS:  # msgspec takes no more
        return f"{name}: TypeAlias = Annotated[{whole}, {order}]{text}"
    return f"if TYPE_CHECKING:\n    {name}: TypeAlias = {whole!a}\nelse:\n    {name} = Annotated[Any, {order}]{text}"
