"""``x-sdk-idempotency``, at an operation: the header in which the server takes an idempotency key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import SECONDS, TEXT, Difference, Extension, closed

_LEAST = 32
"""Characters that a digest needs, so that no two keys have the same."""


def _differences(old: Any, new: Any) -> Iterator[Difference]:
    if old is None:
        yield Difference("idempotency-began")
    elif new is None:
        yield Difference("idempotency-ended")
    else:
        yield Difference("idempotency-changed")


IDEMPOTENCY = Extension(
    "x-sdk-idempotency",
    closed(
        {"header": TEXT},
        {
            "keeps": SECONDS,
            "format": {"enum": ["text", "uuid"]},
            "length": {"type": "integer", "minimum": _LEAST},
        },
    ),
    (
        (
            "idempotency-began",
            "risky",
            "Calls send an idempotency key, and may be repeated with it: it must be heeded.",
        ),
        (
            "idempotency-ended",
            "risky",
            "Calls send no idempotency key any more: one that is repeated may be done twice.",
        ),
        (
            "idempotency-changed",
            "risky",
            "Idempotency keys go out in another way: the server may not know earlier ones.",
        ),
    ),
    _differences,
    places=("operation",),
    meaning="The header in which the server takes an idempotency key, and for how long it knows one.",
)


@dataclass(frozen=True, kw_only=True)
class Idempotency:
    """The fact for the runtime."""

    header: str
    repeats: bool = False
    keeps: float | None = None
    uuid: bool = False
    length: int = 255


def idempotency(
    said: Mapping[str, Any] | None, repeat: str | None, declared: Sequence[tuple[Mapping[str, Any], Pointer]]
) -> Idempotency | None:
    """How keys are sent; the document's own parameter of that header may say which it takes.

    Args:
        said: The extension's value.
        repeat: What ``x-sdk-repeat`` says.
        declared: The operation's parameters, with their places.

    Raises:
        Fault: The header takes less than a key needs.
    """
    if said is None:
        return None
    schema: Mapping[str, Any] = {}
    for declaration, pointer in declared:
        if is_key(said, declaration):
            schema = declaration.get("schema") or {}
            if schema.get("maxLength", _LEAST) < _LEAST:
                raise Fault(f"an idempotency key needs at least {_LEAST} characters", (*pointer, "schema", "maxLength"))
    keeps = said.get("keeps")
    return Idempotency(
        header=said["header"],
        repeats=repeat == "safe" or (repeat is None and keeps is not None),
        keeps=keeps,
        uuid=said.get("format", schema.get("format")) == "uuid",
        length=min(said.get("length", 255), schema.get("maxLength", 255)),
    )


def is_key(said: Mapping[str, Any], declaration: Mapping[str, Any]) -> bool:
    """Whether a parameter is the header of the key, so that it is no argument."""
    place, name = declaration.get("in"), str(declaration.get("name"))
    return place == "header" and name.lower() == str(said["header"]).lower()
