# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The result of a call, shown."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from ..bulk.results import fields_of
from ..core.operation import Operation
from ..core.wire import plain_decimals
from .layout import cell, print_facts, print_tabbed, print_table
from .screen import out, print_bytes


def result_values(operation: Operation[Any], result: Any, *, secrets: bool) -> Any:
    """A result as values that JSON has, by the names that Python has for them."""
    if isinstance(result, (list, tuple)):
        return [_values(operation, item, secrets=secrets) for item in result]
    return _values(operation, result, secrets=secrets)


def print_result(operation: Operation[Any], result: Any, *, secrets: bool, indent: int = 0) -> None:
    """Show a result: an object with a name and a value on each line, objects as rows, a file as it is."""
    values = result_values(operation, result, secrets=secrets)
    if isinstance(result, bytes):
        print_bytes(result)
    elif isinstance(values, list) and operation.fields:
        first = next(iter(operation.fields))
        _print_rows(operation, [item if isinstance(item, dict) else {first: item} for item in values])
    elif isinstance(values, dict) and operation.fields:
        print_facts({**values, **_times(result)}, indent=indent)
    else:
        out.say("Done." if result is None else str(result), indent=indent)


def _print_rows(operation: Operation[Any], rows: list[dict[str, Any]]) -> None:
    found = [[row.get(name) for name in operation.fields] for row in rows]
    if out.is_seen:
        print_table(dict.fromkeys(operation.fields, "left"), [[*map(cell, row)] for row in found])
        return
    for row in found:
        print_tabbed(row)


def _times(result: Any) -> dict[str, datetime]:
    """The times that a model gives beside the numbers that count them."""
    names = [name for name, value in vars(type(result)).items() if isinstance(value, property)]
    given = {name: getattr(result, name) for name in names}
    return {name: value for name, value in given.items() if isinstance(value, datetime)}


def hides_secrets(operation: Operation[Any], result: Any) -> bool:
    """Whether a part of it is masked where secrets are not shown."""
    return result is not None and any(operation.fields.values())


def _values(operation: Operation[Any], result: Any, *, secrets: bool) -> Any:
    if isinstance(result, bytes):
        return base64.b64encode(result).decode()
    if not operation.fields or result is None or isinstance(result, str):
        return plain_decimals(result)
    return fields_of(result, operation.fields, secrets=secrets)
