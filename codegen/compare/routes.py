"""Routes: the way from a whole request or answer down to the schemas that a change is about, in both documents."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from codegen.compare.parts import parts
from codegen.compare.samples import NoValueError, Samples
from codegen.compare.schemas import matched
from codegen.compare.shape import Shape, Shapes
from codegen.compare.side import ANYTHING, Node, Side
from codegen.errors import Pointer

_MOST_VISITED = 1_000
_MOST_ROUTES = 3

_Place: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class _Step:
    owner: Node
    kind: str
    """``property``, ``item`` or ``alternative``."""
    key: Any = None


@dataclass(frozen=True)
class Route:
    """The way down to a pair of schemas."""

    here: Node
    """In the document under which a value is to be valid."""
    there: Node
    """In the other one."""
    steps: tuple[_Step, ...]
    is_exact: bool
    """Whether the change is about this very schema; else it is about a part of a request or an answer around it."""

    @property
    def path(self) -> list[str]:
        """The keys of the values on the way."""
        return ["0" if step.kind == "item" else str(step.key) for step in self.steps if step.kind != "alternative"]

    def laid(self, samples: Samples, value: Any) -> Any:
        """The smallest whole value that has `value` at the end of the route.

        Raises:
            NoValueError: There is none.
        """
        for step in reversed(self.steps):
            form = samples.shapes.of(step.owner)
            if step.kind == "property":
                value = {**samples.object_of(form), step.key: value} if not form.upper else {step.key: value}
            elif step.kind == "item":
                count = max(int(form.lower.get("minItems", (1, False))[0]), step.key + 1)
                if count > 100:
                    raise NoValueError("it is too long")
                value = [value] * count if not form.places else [*map(samples.smallest, form.places[: step.key]), value]
            elif isinstance(value, dict):
                value = {**samples.object_of(form), **value}
        return value


class Reach:
    """All schemas that a request or an answer leads to, by where they stand.

    Args:
        samples: Of the document of `here`.
        other: The document of `there`.
        here: The whole request or answer where a value is to be valid.
        there: The same in the other document.
    """

    def __init__(self, samples: Samples, other: Shapes, here: Node, there: Node) -> None:
        self._samples, self._other = samples, other
        self._sides = samples.shapes.side, other.side
        self._visits: list[tuple[Route, tuple[Shape, Shape]]] = []
        self._at: tuple[dict[_Place, list[int]], dict[_Place, list[int]]] = ({}, {})
        self._waiting: deque[tuple[Node, Node, tuple[_Step, ...]]] = deque([(here, there, ())])
        self._seen: set[tuple[Pointer, Pointer]] = set()

    def routes(self, targets: tuple[Pointer | None, Pointer | None], *, of_owner: bool) -> list[Route]:
        """The shortest routes to where the targets stand in both documents, `None` where it stands in one alone.

        With `of_owner` to the objects whose property stands there.
        """
        ends = [None if target is None else _place(target) for target in targets]
        visits = [at.get(end, []) for at, end in zip(self._at, ends, strict=True) if end is not None]
        both = sorted(set(visits[0]).intersection(*visits))
        known = (self._visits[index] for index in both)
        found = [route for route, forms in known if self._is_end(forms, ends, of_owner=of_owner)]
        while not found and self._waiting and len(self._visits) < _MOST_VISITED:  # no further than it has to
            route, forms = self._visit()
            found += [route] if self._is_end(forms, ends, of_owner=of_owner) else []
        return found[:_MOST_ROUTES]

    def _visit(self) -> tuple[Route, tuple[Shape, Shape]]:
        one, two, steps = self._waiting.popleft()
        route, forms = Route(one, two, steps, is_exact=True), (self._samples.shapes.of(one), self._other.of(two))
        for at, side, form in zip(self._at, self._sides, forms, strict=True):
            for node in {id(node): node for node in (*_own(side, form), *form.properties.values())}.values():
                at.setdefault(_place(node.pointer), []).append(len(self._visits))
        self._visits.append((route, forms))
        for step, inner, match in _below(self._samples, one, forms[0], self._other.side, two, forms[1]):
            key = (self._sides[0].land(inner).pointer, self._sides[1].land(match).pointer)
            if key not in self._seen:
                self._seen.add(key)
                self._waiting.append((inner, match, (*steps, step)))
        return route, forms

    def _is_end(self, forms: tuple[Shape, Shape], ends: list[_Place | None], *, of_owner: bool) -> bool:
        """Whether each end is the schema itself, or a property of it that the other has not."""
        for side, form, other, end in zip(self._sides, forms, reversed(forms), ends, strict=True):
            beside = {} if of_owner else other.properties
            listed = [node for name, node in form.properties.items() if name not in beside]
            if end is not None and end not in [_place(node.pointer) for node in (*_own(side, form), *listed)]:
                return False
        return True


def _own(side: Side, form: Shape) -> list[Node]:
    return [form.node, *parts(side, form.node, ()), *form.alternatives]


def _place(pointer: Pointer) -> _Place:
    """A pointer that is the same whether an index is a number or a text."""
    return tuple(map(str, pointer))


def outer_routes(samples: Samples, other: Shapes, here: Node, there: Node) -> list[Route]:
    """The routes to the parts of a request or an answer that a document describes by other means than schemas."""
    found = [Route(here, there, (), is_exact=False)]
    for route in found:
        mine, theirs = samples.shapes.of(route.here), other.of(route.there)
        for step, inner, match in _below(samples, route.here, mine, other.side, route.there, theirs):
            if _is_outer(inner):
                found.append(Route(inner, match, (*route.steps, step), is_exact=False))
    return found


def _is_outer(node: Node) -> bool:
    """Whether the node is none of a document, but of the whole request or answer."""
    return node.pointer[:1] in [(), ("properties",)] and "$ref" not in node.fields


def _below(
    samples: Samples, one: Node, mine: Shape, other: Side, two: Node, theirs: Shape
) -> Iterator[tuple[_Step, Node, Node]]:
    for name, node in samples.travelling(mine).items():
        yield _Step(one, "property", name), node, theirs.properties.get(name, theirs.others or ANYTHING)
    if mine.others:
        yield _Step(one, "property", "other"), mine.others, theirs.others or ANYTHING
    for index, node in enumerate(mine.places):
        yield _Step(one, "item", index), node, theirs.places[index] if index < len(theirs.places) else ANYTHING
    if mine.items:
        yield _Step(one, "item", len(mine.places)), mine.items, theirs.items or ANYTHING
    if mine.alternatives:
        pairs, _, _ = matched(samples.shapes.side, other, mine.alternatives, theirs.alternatives or [two])
        for node, across in pairs:
            yield _Step(one, "alternative"), node, across
