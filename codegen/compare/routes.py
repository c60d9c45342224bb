"""Routes: the way from a whole request or answer down to the schemas that a change is about, in both documents."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.compare.parts import parts
from codegen.compare.samples import NoValueError, Samples
from codegen.compare.schemas import matched
from codegen.compare.shape import Shape, Shapes
from codegen.compare.side import ANYTHING, Node, Side
from codegen.errors import Pointer

_MOST_VISITED = 5_000
_MOST_ROUTES = 3


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


def routes(
    samples: Samples,
    other: Shapes,
    here: Node,
    there: Node,
    targets: tuple[Pointer | None, Pointer | None],
    *,
    of_owner: bool,
) -> list[Route]:
    """The routes to where the targets stand; without one to the outermost parts.

    Args:
        samples: Of the document of `here`.
        other: The document of `there`.
        here: The whole request or answer where a value is to be valid.
        there: The same in the other document.
        targets: Where the change stands in both, `None` where it does not.
        of_owner: Whether it is about the object whose property stands there.
    """
    side = samples.shapes.side
    exact: list[Route] = []
    outer: list[Route] = []
    waiting: deque[tuple[Node, Node, tuple[_Step, ...]]] = deque([(here, there, ())])
    seen: set[tuple[Pointer, Pointer]] = set()
    while waiting and len(seen) < _MOST_VISITED and len(exact) < _MOST_ROUTES:
        one, two, steps = waiting.popleft()
        mine, theirs = samples.shapes.of(one), other.of(two)
        beside = ({}, {}) if of_owner else (theirs.properties, mine.properties)
        if _stands(side, mine, targets[0], beside[0]) and _stands(other.side, theirs, targets[1], beside[1]):
            exact.append(Route(one, two, steps, is_exact=True))
        if _is_outer(one):
            outer.append(Route(one, two, steps, is_exact=False))
        for step, inner, across in _below(samples, one, mine, other.side, two, theirs):
            key = (side.land(inner).pointer, other.side.land(across).pointer)
            if key not in seen or _is_outer(inner):
                seen.add(key)
                waiting.append((inner, across, (*steps, step)))
    return exact or outer


def _stands(side: Side, form: Shape, target: Pointer | None, beside: Mapping[str, Node]) -> bool:
    """Whether the target stands at the schema, or is a property or an alternative of it that the other has not."""
    if target is None:
        return True
    own = [form.node, *parts(side, form.node, ()), *form.alternatives]
    listed = [node for name, node in form.properties.items() if name not in beside]
    return [*map(str, target)] in [[*map(str, node.pointer)] for node in (*own, *listed)]


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
