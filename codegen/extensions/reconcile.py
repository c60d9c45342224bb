"""``x-sdk-reconcile``, at the root: how the journal is held against the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.errors import Fault
from codegen.extensions.extension import COUNT, DECIMAL, TEXT, Extension, Find, closed
from codegen.facts import Expression

RECONCILE = Extension(
    "x-sdk-reconcile",
    closed(
        {"operation": TEXT, "reference": TEXT, "live": {"type": "object", "minProperties": 1}},
        {
            "noun": {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2},
            "month": closed({}, {"count": COUNT, "amount": DECIMAL, "token": TEXT}),
        },
    ),
    (("reconciliation-changed", "compatible", "The journal is held against the server in another way."),),
    places=("document",),
    meaning="How the [journal](journal.md) is held against the server.",
    subject="reconciliation",
)


@dataclass(frozen=True, kw_only=True)
class Reconciling:
    """The fact for the runtime."""

    check: Expression
    """The operation that tells of a thing whether it is live."""
    argument: str
    live: Mapping[str, Any]
    count: int | None = None
    amount: str | None = None
    token: str | None = None
    noun: tuple[str, str] = ("entry", "entries")


def reconciling(said: Mapping[str, Any] | None, find: Find) -> Reconciling | None:
    """The operation must be safe to repeat, and need the reference alone."""
    if said is None:
        return None
    key, reference = RECONCILE.key, said["reference"]
    operation = find(said["operation"], (key, "operation"))
    argument = operation.argument(reference)
    if argument is None or set(operation.required) - {argument}:
        message = f"the operation that checks must need the parameter {reference!r} and no other"
        raise Fault(message, (key, "reference"))
    if not operation.repeatable:
        raise Fault("the operation that checks must be safe to repeat", (key, "operation"))
    live = {operation.result_field(name, (key, "live", name)): value for name, value in said["live"].items()}
    optional = {**({"noun": tuple(said["noun"])} if "noun" in said else {}), **said.get("month", {})}
    return Reconciling(check=Expression(operation.constant), argument=argument, live=live, **optional)
