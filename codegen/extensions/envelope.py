"""``x-sdk-envelopes``, at the root, and ``x-sdk-envelope``, at an operation: how results are wrapped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen import naming
from codegen.extensions.extension import TEXT, Difference, Extension, closed, from_to


def _differences(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    before, after = old or {}, new or {}
    for name in sorted(before.keys() & after.keys()):
        keys = [key for key in ("result", "success") if before[name].get(key) != after[name].get(key)]
        if keys:
            yield Difference("envelope-changed", ", ".join(keys), f"envelope {name}", (name,))


ENVELOPE = Extension(
    "x-sdk-envelope",
    TEXT,
    (("envelope-changed", "breaking", "The result, or what tells success, stands elsewhere in an answer."),),
    from_to("envelope-changed"),
    places=("operation",),
    meaning="The success answers are wrapped in the envelope of that name.",
)
ENVELOPES = Extension(
    "x-sdk-envelopes",
    {
        "type": "object",
        "additionalProperties": closed({"result": TEXT, "success": {"type": "object", "minProperties": 1}}),
    },
    ENVELOPE.rules,
    _differences,
    places=("document",),
    meaning="Ways in which results are wrapped, by their names.",
)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The fact for the runtime."""

    result: str
    success: Mapping[str, Any]


def constant(name: str) -> str:
    """The constant of the envelope of that name."""
    return naming.constant(naming.snake(name)) + "_ENVELOPE"
