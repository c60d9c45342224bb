"""Which of the normalised schemas are more than a library of models reads by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.lower.annotations import CLASSES

_TIMES = ("date-time", "date", "uuid")


def is_class(schema: Mapping[str, Any]) -> bool:
    """Whether the normalised schema is a class, and no alias."""
    return "properties" in schema


def needs_completion(schemas: Mapping[str, Any]) -> bool:
    """Whether the runtime has to complete some of the models: unions, further properties, optional times, circles."""
    return bool(rings(schemas)) or any(
        "tags" in schema or "extensible" in schema or any(map(_is_time, schema.get("properties", {}).values()))
        for schema in schemas.values()
    )


def rings(schemas: Mapping[str, Any]) -> set[str]:
    """The aliases that hold themselves, with no class between."""
    needs = needed_aliases(schemas)
    return {name for name in needs if name in _reached(needs[name], needs)}


def needed_aliases(schemas: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each alias, and the aliases that it refers to."""
    given = {name: schema for name, schema in schemas.items() if not is_class(schema)}
    return {name: [other for other in references(schema) if other in given] for name, schema in given.items()}


def _is_time(schema: Mapping[str, Any]) -> bool:
    return any(each.get("format") in _TIMES for each in schema.get("anyOf", ()))


def references(schema: Any) -> Iterator[str]:
    """The names of what a normalised schema refers to."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(CLASSES)
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def _reached(names: list[str], needs: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs[name]
    return found
