# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a terminal is told of that the API calls deprecated."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..core.operation import Operation
from .screen import warn

_LEAD = "Deprecated:"


def tell_deprecated(operation: Operation[Any], given: Mapping[str, Any]) -> None:
    """Say that an operation is deprecated, or which of the arguments that were given."""
    told = [operation.deprecated, *(one.deprecated for one in operation.parameters if one.name in given)]
    for message in filter(None, told):
        warn(_LEAD, message)


@contextmanager
def deprecations_told() -> Iterator[None]:
    """Say what the package warns of as deprecated, which Python would keep from a command's user."""
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always", DeprecationWarning)
        yield
    for one in recorded:
        if one.category is DeprecationWarning:
            warn(_LEAD, str(one.message))
        else:
            warnings.showwarning(one.message, one.category, one.filename, one.lineno)
