"""``x-sdk-lockout``, at an operation: how wrong attempts lock it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.extensions.extension import CODE, SECONDS, Extension, closed, list_of

LOCKOUT = Extension(
    "x-sdk-lockout",
    closed(
        {"failures": {"type": "integer", "minimum": 2}, "window": SECONDS},
        {"wrong": list_of(CODE), "result": {"type": "object", "minProperties": 1}, "locked": CODE},
    ),
    (("lockout-changed", "compatible", "Wrong attempts lock an operation in another way."),),
    places=("operation",),
    meaning="How wrong attempts lock it.",
)


@dataclass(frozen=True, kw_only=True)
class Lockout:
    """The fact for the runtime."""

    failures: int
    window: float
    wrong: tuple[int | str, ...] = ()
    result: Mapping[str, Any] | None = None
    locked: int | str | None = None


def lockout(
    said: Mapping[str, Any] | None,
    pointer: Pointer,
    documented: Callable[[int | str, Pointer], object],
    field: Callable[[str, Pointer], str],
) -> Lockout | None:
    """Its codes must be documented, and its fields stand in the result."""
    if said is None:
        return None
    wrong = said.get("wrong", ())
    for index, code in enumerate(wrong):
        documented(code, (*pointer, "wrong", index))
    if "locked" in said:
        documented(said["locked"], (*pointer, "locked"))
    result = {field(name, (*pointer, "result", name)): value for name, value in said.get("result", {}).items()}
    return Lockout(**{**said, "wrong": tuple(wrong), "result": result or None})
