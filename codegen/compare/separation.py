"""Separation: a value that one document allows and the other does not, as a whole request or answer of an operation."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from codegen.compare.changes import Change
from codegen.compare.json_schema import JsonSchemas
from codegen.compare.routes import Route, routes
from codegen.compare.rules import Direction
from codegen.compare.samples import NoValueError, Samples, size
from codegen.compare.shape import Shapes
from codegen.compare.side import Node

_MOST_TRIED = 2_000
_OF_PROPERTY = re.compile("property-(added|removed|became)")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


class NotSeparableError(Exception):
    """No such value was found; the message says why."""


class Half:
    """The requests or answers of an operation, as one of the documents has them.

    Args:
        shapes: Of the document.
        schema: Of all of them.
        direction: Which way they go.
        closed: Whether what the document does not list counts as not allowed.

    Raises:
        ValueError: A schema is none.
    """

    def __init__(self, shapes: Shapes, schema: Any, direction: Direction, *, closed: bool) -> None:
        self.shapes, self.node, self.direction = shapes, Node(schema, ()), direction
        self.schemas = JsonSchemas(shapes.side, direction, closed=closed)
        self.whole = self.schemas.validator(schema)

    def said_at(self, change_place: Any) -> Any:
        """What the document says at a place of a change."""
        side = self.shapes.side
        return side.land(side.root.child(*change_place)).fields


@dataclass(frozen=True)
class Separation:
    """Looks for what `allows` takes and `refuses` does not."""

    allows: Half
    refuses: Half

    def of(self, change: Change, *, reverse: bool) -> tuple[Any, list[str]]:
        """The smallest whole that the change parts, and the path in it to where it does.

        Args:
            change: The change; `allows` is the old document, if not `reverse`.
            reverse: Whether it is the new one.

        Raises:
            NotSeparableError: There is none.
            ValueError: A schema on the way is none.
        """
        targets = (change.new, change.old) if reverse else (change.old, change.new)
        samples = Samples(self.allows.shapes, self.allows.direction)
        found = routes(
            samples,
            self.refuses.shapes,
            self.allows.node,
            self.refuses.node,
            targets,
            of_owner="property-became" in change.rule.id,
        )
        if not found or targets == (None, None):
            raise NotSeparableError("no operation that a client calls leads there")
        for route in found:
            if route.is_exact:
                for whole in _laid(samples, route, self._parting(samples, route, change)):
                    if self.allows.whole.is_valid(whole) and not self.refuses.whole.is_valid(whole):
                        return whole, route.path
        if not found[0].is_exact:
            return self._around(samples, found, self._names(change, targets)), []
        raise NotSeparableError("no value was found that only one of the documents allows")

    def _around(self, samples: Samples, found: list[Route], names: set[str]) -> Any:
        """The same of a part that the document describes by other means than schemas."""
        wholes = [whole for route in found for whole in _laid(samples, route, self._tried(samples, route))]
        for whole in sorted(wholes, key=size):
            if self.allows.whole.is_valid(whole) and _objects(self.refuses.whole, whole, names):
                return whole
        raise NotSeparableError("no request or answer was found that only one of the documents allows")

    def _parting(self, samples: Samples, route: Route, change: Change) -> Iterator[Any]:
        """The values at the end of the route by which the two schemas there part."""
        own = {str(place[-1]) for place in (change.old, change.new) if place and _OF_PROPERTY.search(change.rule.id)}
        holds = self.allows.schemas.validator(route.here.value)
        breaks = self.refuses.schemas.validator(route.there.value)
        for value in self._tried(samples, route):
            if holds.is_valid(value) and _objects(breaks, value, own):
                yield value

    def _tried(self, samples: Samples, route: Route) -> list[Any]:
        values = samples.around(route.here, [self.refuses.shapes.of(route.there)])
        return sorted(islice(values, _MOST_TRIED), key=size)

    def _names(self, change: Change, targets: tuple[Any, Any]) -> set[str]:
        """What a validator names when the change is what it objects to; empty where an operation has gone."""
        if self.refuses.node.value is False:
            return set()
        names = {change.detail, "body" if re.search("request-body|media-type", change.rule.id) else ""}
        for half, place in zip((self.allows, self.refuses), targets, strict=True):
            if place:
                names |= {str(place[-1]), str(half.said_at(place).get("name") or "")}
        return {word for name in names for word in (name, name.lower())} - {""}


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
