"""``x-sdk-time``, at a property that counts time since the epoch: the model has it as a `datetime` as well."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import Extension, closed
from codegen.extensions.words import UNIT
from codegen.naming import METHODS_OF_MODELS

TIME = Extension(
    "x-sdk-time",
    closed(
        {
            "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "unit": {"enum": ["seconds", "milliseconds", "microseconds", "nanoseconds"]},
        }
    ),
    places=("schema",),
    of_property=True,
    meaning=(
        "The property counts time since the epoch in that unit. The model gives it by that name as a `datetime` in UTC "
        "as well, and `x-sdk-unit` need not say it again."
    ),
)
"""What a change of it means is told of the package, and of the unit."""

USED_BY_TIMES = frozenset({"datetime", "property"})
"""Names that no field can have beside a time: what gives the time uses them."""

_COUNTS = frozenset({"integer", "number", "string"})
_NO_COUNTS = frozenset({"password", "date-time", "date", "uuid"})


@dataclass(frozen=True, kw_only=True)
class Time:
    """The fact for the models."""

    name: str
    field: str
    """The field that counts it."""
    unit: str


def time(schema: Mapping[str, Any], field: str, taken: Collection[str], pointer: Pointer) -> Time:
    """How a model gives the time.

    Args:
        schema: That of the property, laid together, without its null.
        field: What the field is called.
        taken: The names that a model's field cannot have.
        pointer: Where the property stands.

    Raises:
        Fault: The property counts nothing, or the name is taken.
    """
    said, kind, at = schema[TIME.key], schema.get("type"), (*pointer, TIME.key)
    if not {kind} <= _COUNTS or schema.get("format") in _NO_COUNTS:
        raise Fault("the property must be a number, or digits as text, that is no secret", at)
    name = said["name"]
    if name in taken or name in METHODS_OF_MODELS or iskeyword(name):
        raise Fault(f"the name {name} is taken in this model; give another", (*at, "name"))
    return Time(field=field, **said)


def check_milliseconds(times: Iterable[Time], field: str, pointer: Pointer) -> None:
    """See that a field which is read as milliseconds does not count anything else.

    Raises:
        Fault: It does.
    """
    for found in times:
        if found.field == field and found.unit != "milliseconds":
            raise Fault(f"milliseconds are wanted here, and {TIME.key} says that this counts {found.unit}", pointer)


def unit(said: Mapping[str, Any]) -> Any:
    """What a schema says that its values are counted in."""
    counted = said.get(TIME.key)
    return said.get(UNIT.key) or (f"{counted['unit']} since the epoch" if isinstance(counted, dict) else None)
