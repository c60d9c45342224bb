"""``x-sdk-confirm``, at an operation: what a terminal asks before it is called."""

import re
from collections.abc import Mapping

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import TEXT, Extension, from_to
from codegen.text import one_line

CONFIRM = Extension(
    "x-sdk-confirm",
    TEXT,
    (("confirm-reworded", "documentation", "A terminal asks in other words before it calls an operation."),),
    from_to("confirm-reworded"),
    places=("operation",),
    meaning=(
        "What a terminal asks before it is called, such as `Issue a card of {amount} {token}`: in braces stand "
        "required parameters that are no secrets, by their names on the wire. The other arguments, the server and a "
        "question mark are added. Without it the summary is asked."
    ),
)

_HOLE = re.compile(r"\{([^{}]*)\}")


def question(
    said: str | None, otherwise: str, arguments: Mapping[str, str], pointer: Pointer, *, repeatable: bool
) -> str:
    """The question, with the names that arguments have in Python; empty for what is not asked about.

    Args:
        said: What the document says.
        otherwise: What is asked where it says nothing.
        arguments: Those that may be named: wire name → name in Python.
        pointer: Where it stands.
        repeatable: Whether the operation is safe to repeat.
    """
    if said is None:
        return "" if repeatable else _HOLE.sub(r"(\1)", one_line(otherwise)).rstrip(".")
    if repeatable:
        raise Fault(f"an operation that is safe to repeat is not asked about; leave {CONFIRM.key} out", pointer)
    unknown = [name for name in _HOLE.findall(said) if name not in arguments]
    if unknown:
        known = ", ".join(arguments) or "none"
        raise Fault(f"there is no required parameter {unknown[0]!r} that is no secret; there is {known}", pointer)
    return _HOLE.sub(lambda hole: f"{{{arguments[hole[1]]}}}", one_line(said))
