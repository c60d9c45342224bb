"""What every vendor extension has; `docs/extensions.md` tells of them to people."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, get_args

from codegen.errors import Pointer

Level: TypeAlias = Literal["breaking", "risky", "compatible", "documentation"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""The worst first."""

TEXT = {"type": "string", "minLength": 1}
CODE = {"type": ["integer", "string"]}
COUNT = {"type": "integer", "minimum": 1}
DECIMAL = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}
SECONDS = {"type": "number", "exclusiveMinimum": 0}
MILLISECONDS = {"type": "integer", "minimum": 0}


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of an object that has these properties and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": [*required], "additionalProperties": False}


def list_of(items: dict[str, Any], **limits: int) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": items, **limits}


_HOLDERS = ("properties", "schemas", "$defs", "definitions", "allOf")
_PLACES = {"document": "the root of the document", "operation": "an operation"}


class Difference(NamedTuple):
    """A change of what an extension says."""

    rule: str
    detail: str = ""
    subject: str = ""
    """What changed, where it is not the thing at which the extension stands."""
    inside: Pointer = ()
    """Where it stands, from the extension's value."""


@dataclass(frozen=True)
class Extension:
    """A vendor extension."""

    key: str
    schema: dict[str, Any]
    places: tuple[str, ...] = field(kw_only=True)
    """The kinds of objects that it may stand at."""
    meaning: str = field(kw_only=True)
    """What it says, in a sentence or two, as Markdown."""
    of_property: bool = field(default=False, kw_only=True)
    """Whether a schema that it stands at must be a property's, or one that such a schema can refer to."""
    rules: tuple[tuple[str, Level, str], ...] = ()
    """The rules of its changes, each with its level and the reason for it."""
    differences: Callable[[Any, Any], Iterator[Difference]] | None = None
    """What differs between two values, where it is more than that they do; `None` stands for no value."""
    subject: str = ""
    """What a change is said to be of, where the extension stands at the root of a document."""

    @property
    def home(self) -> str:
        """The places, in words."""
        if self.of_property:
            return "the schema of a property"
        *others, last = (_PLACES.get(place, f"a {place}") for place in self.places)
        return f"{', '.join(others)} or {last}" if others else last

    def is_read_at(self, kind: str | None, pointer: Pointer) -> bool:
        """Whether it can stand at a thing of the kind, at the pointer; beside names of properties it is one of them."""
        if kind in (None, "{schema}"):
            return True
        return kind in self.places and (not self.of_property or pointer[-2] in _HOLDERS)

    def compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
        """What changed between two nodes that the extension may stand at."""
        before, after = old.get(self.key), new.get(self.key)
        if before == after or not self.rules:
            return
        if self.differences is None:
            yield Difference(self.rules[0][0], subject=self.subject)
        else:
            yield from self.differences(before, after)


def from_to(rule: str) -> Callable[[Any, Any], Iterator[Difference]]:
    """Differences that tell both values."""

    def differences(old: Any, new: Any) -> Iterator[Difference]:
        yield Difference(rule, f"{'none' if old is None else old} → {'none' if new is None else new}")

    return differences


class Operation(Protocol):
    """An operation that an extension names, as far as it asks about it."""

    @property
    def constant(self) -> str: ...
    @property
    def result_type(self) -> str: ...
    @property
    def is_public(self) -> bool: ...
    @property
    def repeatable(self) -> bool: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    def argument(self, wire_name: str) -> str | None: ...
    def result_field(self, wire_name: str, pointer: Pointer) -> str: ...


Find: TypeAlias = Callable[[str, Pointer], Operation]
"""Gives the operation of an operationId; faults at the pointer if there is none."""
