"""``x-sdk-clock``, at the root: the operation that tells the server's time."""

from collections.abc import Mapping

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import TEXT, Extension, Find, closed
from codegen.facts import Expression

CLOCK = Extension(
    "x-sdk-clock",
    closed({"operation": TEXT, "result": TEXT}),
    (("clock-changed", "compatible", "Another operation tells the server's time."),),
    places=("document",),
    meaning="The operation that tells the server's time.",
    subject="clock",
)


def clock(said: Mapping[str, str] | None, find: Find) -> tuple[Expression, str] | None:
    """The operation's constant, and the field of its result."""
    if said is None:
        return None
    here: Pointer = (CLOCK.key, "operation")
    operation = find(said["operation"], here)
    if operation.required or not operation.is_public:
        raise Fault("the operation that tells the time must need no credential and no argument", here)
    field = operation.result_field(said["result"], (CLOCK.key, "result"))
    return Expression(f"_operations.{operation.constant}"), field
