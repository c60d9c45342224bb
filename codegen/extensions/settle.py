"""``x-sdk-settle``, at an operation: how to find out what became of a call whose outcome is unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import CODE, SECONDS, TEXT, Extension, closed
from codegen.facts import Expression

KEY = "$key"
"""What stands for the call's idempotency key, as it goes out."""
_VALUE = {"type": ["string", "integer", "boolean"]}
_LOOKS = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]},
}
_FROM = {"type": "object", "minProperties": 1, "additionalProperties": TEXT}

SETTLE = Extension(
    "x-sdk-settle",
    closed(
        {"operation": TEXT, "parameters": _FROM, "done": _LOOKS},
        {
            "failed": _LOOKS,
            "same": _FROM,
            "absent": closed({}, {"status": {"type": "integer"}, "code": CODE, "after": SECONDS}),
        },
    ),
    (("settling-changed", "risky", "What became of a call of unknown outcome is found out in another way."),),
    places=("operation",),
    meaning="The operation that tells what became of a call whose outcome is unknown, and what its answers mean.",
)

Given: TypeAlias = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Settling:
    """The fact for the runtime."""

    ask: Expression
    arguments: Mapping[str, Given]
    done: Mapping[str, tuple[Any, ...]]
    failed: Mapping[str, tuple[Any, ...]] | None = None
    same: Mapping[str, Given] | None = None
    absent_status: int | None = None
    absent_code: int | str | None = None
    after: float | None = None
    fits: bool = False


class Asked(Protocol):
    """The operation that is asked, as far as the extension looks at it."""

    @property
    def name(self) -> str: ...
    @property
    def constant(self) -> str: ...
    @property
    def repeatable(self) -> bool: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    def takes_text(self, wire_name: str) -> str | None: ...
    def result_field(self, wire_name: str, pointer: Pointer) -> str: ...


def settling(
    said: Mapping[str, Any],
    pointer: Pointer,
    asked: Asked,
    given: Callable[[str], Given | None],
    *,
    fits: bool,
) -> Settling:
    """How to find out.

    Args:
        said: The extension's value.
        pointer: Where it stands.
        asked: The operation that it names.
        given: Where a name stands in a call of the operation itself; `None` if nowhere.
        fits: Whether a result of the one is one of the other.

    Raises:
        Fault: That operation cannot be asked so, or something is named that is not there.
    """

    def place(name: str, *where: str) -> Given:
        found = given(name)
        if found is None:
            raise Fault(f"the operation sends no {name!r} as one plain text", (*pointer, *where))
        return found

    if not asked.repeatable:
        raise Fault("the operation that is asked must be safe to repeat", (*pointer, "operation"))
    arguments = {}
    for wire_name, name in said["parameters"].items():
        argument = asked.takes_text(wire_name)
        if argument is None:
            raise Fault(
                f"{asked.name} has no parameter {wire_name!r} that is text", (*pointer, "parameters", wire_name)
            )
        arguments[argument] = place(name, "parameters", wire_name)
    missing = set(asked.required) - arguments.keys()
    if missing:
        raise Fault(f"{asked.name} needs {', '.join(sorted(missing))} as well", (*pointer, "parameters"))

    def looks(part: str) -> dict[str, tuple[Any, ...]]:
        return {
            asked.result_field(name, (*pointer, part, name)): tuple(value) if isinstance(value, list) else (value,)
            for name, value in said.get(part, {}).items()
        }

    absent = said.get("absent", {})
    if "absent" in said and not {"status", "code"} & absent.keys():
        raise Fault("a status or a code has to tell that there is no such thing", (*pointer, "absent"))
    return Settling(
        ask=Expression(f"lambda: {asked.constant}"),
        arguments=arguments,
        done=looks("done"),
        failed=looks("failed") or None,
        same={
            asked.result_field(name, (*pointer, "same", name)): place(source, "same", name)
            for name, source in said.get("same", {}).items()
        }
        or None,
        absent_status=absent.get("status"),
        absent_code=absent.get("code"),
        after=absent.get("after"),
        fits=fits,
    )
