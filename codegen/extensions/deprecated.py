"""``x-sdk-deprecated``, beside ``deprecated: true``: since when, and what to use instead."""

from collections.abc import Callable, Mapping
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import TEXT, Extension, closed
from codegen.text import one_line

SUNSET = "x-sunset"
"""The day from which on something may be gone."""

DEPRECATED = Extension(
    "x-sdk-deprecated",
    closed({}, {"since": TEXT, "use": TEXT}),
    (("deprecation-reworded", "documentation", "It is said in other words since when it is deprecated, or why."),),
    places=("operation", "parameter", "schema"),
    meaning=(
        "Beside `deprecated: true`: since which version, and the operation (its operationId) or the parameter to use "
        "instead; both are told to whoever calls it or passes it."
    ),
)


def deprecation(
    said: Mapping[str, Any], subject: str, version: str, find: Callable[[str, Pointer], str], pointer: Pointer
) -> str:
    """What a caller is told of a thing that is deprecated; nothing where it is not.

    Args:
        said: What the document says of it.
        subject: What it is called in Python.
        version: That of the document.
        find: What the thing to use instead is called in Python; faults at the pointer if there is none.
        pointer: Where it stands.
    """
    more = said.get(DEPRECATED.key)
    if said.get("deprecated") is not True:
        if more is not None:
            raise Fault(f"{DEPRECATED.key} stands beside deprecated: true", (*pointer, DEPRECATED.key))
        return ""
    more = more or {}
    since = f"since {one_line(more['since'])}" if "since" in more else f"as of version {version} of the API"
    instead = f": use {find(more['use'], (*pointer, DEPRECATED.key, 'use'))} instead" if "use" in more else ""
    sunset = f" From {one_line(str(said[SUNSET]))} on it may be gone." if SUNSET in said else ""
    return f"{subject} is deprecated {since}{instead}.{sunset}"
