"""Separation: a value that one document allows and the other does not, as a whole request or answer of an operation."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from codegen.compare.changes import Change
from codegen.compare.json_schema import validator
from codegen.compare.routes import Reach, Route, outer_routes
from codegen.compare.rules import SCHEMAS, Direction
from codegen.compare.samples import NoValueError, Samples, size
from codegen.compare.shape import Shapes
from codegen.compare.side import Node
from codegen.errors import Pointer

_MOST_TRIED = 2_000
_MOST_LAID = 200
_OF_PROPERTY = re.compile("property-(added|removed|became)")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


class NotSeparableError(Exception):
    """No such value was found; the message says why."""


@dataclass(frozen=True)
class Half:
    """The requests or answers of an operation, as one of the documents has them."""

    shapes: Shapes
    """Of the document."""
    schema: Any
    """Of all of them."""
    direction: Direction

    @property
    def node(self) -> Node:
        """The schema, which stands nowhere in the document."""
        return Node(self.schema, ())

    def said_at(self, place: Pointer) -> Any:
        """What the document says at a place of it."""
        side = self.shapes.side
        return side.land(side.root.child(*place)).fields


@dataclass(frozen=True)
class Separation:
    """Looks for what `allows` takes and `refuses` does not."""

    allows: Half
    refuses: Half

    def _routes(self, change: Change, *, reverse: bool) -> list[Route]:
        if change.rule.group != SCHEMAS:
            return outer_routes(*self._ends)
        targets = (change.new, change.old) if reverse else (change.old, change.new)
        if targets == (None, None):
            return []
        return self._reach.routes(targets, of_owner="property-became" in change.rule.id)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(*self._ends)

    @property
    def _ends(self) -> tuple[Samples, Shapes, Node, Node]:
        return self._samples, self.refuses.shapes, self.allows.node, self.refuses.node

    def of(self, change: Change, *, reverse: bool, closed: bool) -> tuple[Any, list[str]]:
        """The smallest whole that the change parts, and the path in it to where it does.

        Args:
            change: The change.
            reverse: Whether `allows` is the new document.
            closed: Whether what a document does not list counts as not allowed.

        Raises:
            NotSeparableError: There is none.
            ValueError: A schema on the way is none.
        """
        found = self._routes(change, reverse=reverse)
        if not found:
            raise NotSeparableError("no operation that a client calls leads there")
        for route in found:
            wholes = self._wholes(route, change, closed=closed)
            allows, refuses = self._validators(self.allows.schema, self.refuses.schema, wholes, closed=closed)
            for whole in wholes:
                if allows.is_valid(whole) and (
                    not refuses.is_valid(whole) if route.is_exact else _objects(refuses, whole, self._names(change))
                ):
                    return whole, route.path if route.is_exact else []
        raise NotSeparableError("no value was found that only one of the documents allows")

    @property
    def _samples(self) -> Samples:
        return Samples(self.allows.shapes, self.allows.direction)

    def _validators(self, one: Any, other: Any, values: list[Any], *, closed: bool) -> tuple[Any, Any]:
        direction = self.allows.direction
        return (
            validator(self.allows.shapes.side, one, direction, values, closed=closed),
            validator(self.refuses.shapes.side, other, direction, values, closed=closed),
        )

    def _wholes(self, route: Route, change: Change, *, closed: bool) -> list[Any]:
        """Whole requests or answers, the smallest first, by what the two schemas at the end of the route part."""
        values = self._tried(route)
        if route.is_exact:
            own = {str(at[-1]) for at in (change.old, change.new) if at and _OF_PROPERTY.search(change.rule.id)}
            here, there = self._validators(route.here.value, route.there.value, values, closed=closed)
            values = [value for value in values if here.is_valid(value) and _objects(there, value, own)]
        return sorted(_laid(self._samples, route, values[:_MOST_LAID]), key=size)

    def _tried(self, route: Route) -> list[Any]:
        values = self._samples.around(route.here, [self.refuses.shapes.of(route.there)])
        return sorted(islice(values, _MOST_TRIED), key=size)

    def _names(self, change: Change) -> set[str]:
        """What a validator names when the change is what it objects to; empty where an operation has gone."""
        if self.refuses.schema is False:
            return set()
        names = {change.detail, "body" if re.search("request-body|media-type", change.rule.id) else ""}
        for place in filter(None, (change.old, change.new)):
            names |= {str(place[-1]), *(str(half.said_at(place).get("name")) for half in (self.allows, self.refuses))}
        return {word for name in names for word in (name, name.lower())} - {"", "none", "None"}


def _laid(samples: Samples, route: Route, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        with contextlib.suppress(NoValueError):
            yield route.laid(samples, value)


def _objects(validator: Any, whole: Any, names: set[str]) -> bool:
    """Whether the validator objects to the whole, and if there are names, to one of them."""
    for error in validator.iter_errors(whole):
        quoted = {name for pair in _QUOTED.findall(error.message) for name in pair}
        if not names or names & (quoted | {str(step) for step in error.instance_path}):
            return True
    return False
