"""Values of a schema: the smallest, and those at which two schemas may part. Made from the schemas, never by chance."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from codegen.compare.limits import Bound
from codegen.compare.matching import matching
from codegen.compare.parts import travels
from codegen.compare.rules import Direction
from codegen.compare.shape import Shape, Shapes
from codegen.compare.side import ANYTHING, Node

_FORMATS = {
    "date-time": "2000-01-01T00:00:00Z",
    "date": "2000-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "a@a.example",
    "uri": "https://a.example",
    "url": "https://a.example",
    "hostname": "a.example",
    "ipv4": "192.0.2.1",
    "ipv6": "::1",
    "decimal": "1",
}
_TEXTS = ("a", "", "0", "A", "-1", "1.5", " ", "é", *_FORMATS.values())
_NUMBERS = (0, 1, -1, 2, 10, 0.5, 2**31, -(2**31) - 1, 2**63)
_PREFERRED = ("string", "integer", "number", "boolean", "object", "array")
_DEEPEST = 30
_LONGEST = 10_000
"""The longest text or list that is made."""


class NoValueError(Exception):
    """The schema has no value that can be made."""


def size(value: Any) -> int:
    """How large a value is."""
    return len(json.dumps(value, ensure_ascii=False))


class Samples:
    """Values of the schemas of one document, as they travel in one direction."""

    def __init__(self, shapes: Shapes, direction: Direction) -> None:
        self.shapes, self.direction = shapes, direction

    def smallest(self, node: Node, depth: int = 0) -> Any:
        """The smallest value, as far as can be told.

        Raises:
            NoValueError: There is none, or it is too large.
        """
        if depth > _DEEPEST:
            raise NoValueError("it holds itself")
        form = self.shapes.of(node)
        if form.enum is not None:
            return form.enum[0] if form.enum else self._null(form)  # the first is what lasts longest
        if form.alternatives:
            return self._alternative(form, depth)
        return self._of_type(form, _type(form), depth)

    def around(self, node: Node, bounds: Iterable[Shape]) -> Iterator[Any]:
        """Values at the edges of what the shapes allow, some of which the schema at `node` has."""
        form, others = self.shapes.of(node), list(bounds)
        for makes in (self._listed, self._texts, self._numbers, self._lists, self._objects):
            yield from makes(form, [form, *others])
        yield from (None, True, [], {})

    def travelling(self, form: Shape) -> dict[str, Node]:
        """The properties that are sent in this direction."""
        return {name: node for name, node in form.properties.items() if travels(self.shapes.side, node, self.direction)}

    def object_of(self, form: Shape, depth: int = 0) -> dict[str, Any]:
        """The smallest object of the shape, alternatives aside."""
        travelling = self.travelling(form)
        hidden = form.properties.keys() - travelling.keys()
        names = sorted(form.required - hidden)
        least = int(form.lower.get("minProperties", (0, False))[0])
        names += [name for name in travelling if name not in names][: max(0, least - len(names))]
        names += [f"a{index}" for index in range(max(0, min(least, _LONGEST) - len(names)))]
        return {name: self.smallest(travelling.get(name, form.others or ANYTHING), depth + 1) for name in names}

    def _null(self, form: Shape) -> None:
        if not form.nullable:
            raise NoValueError("it allows no value")

    def _alternative(self, form: Shape, depth: int) -> Any:
        found = []
        for member in form.alternatives:
            try:
                value = self.smallest(member, depth + 1)
            except NoValueError:
                continue
            if isinstance(value, dict):
                value = {**self.object_of(form, depth), **value}
            found.append(value)
        if not found:
            raise NoValueError("no alternative allows a value")
        return min(found, key=size)

    def _of_type(self, form: Shape, kind: str | None, depth: int) -> Any:
        if kind == "string":
            return _text(form)
        if kind in ("integer", "number"):
            return _number(form, whole=kind == "integer")
        if kind == "object":
            return self.object_of(form, depth)
        if kind == "array":
            count = int(form.lower.get("minItems", (0, False))[0])
            return self._list(form, count, depth)
        return False if kind == "boolean" else self._null(form)

    def _list(self, form: Shape, count: int, depth: int = 0) -> list[Any]:
        if count > _LONGEST:
            raise NoValueError("it is too long")
        nodes = [*form.places, *[form.items or ANYTHING] * (count - len(form.places))][:count]
        if not form.unique or count < 2:
            return [self.smallest(node, depth + 1) for node in nodes]
        listed: list[Any] = []
        for node in nodes:
            fresh = (value for value in self.around(node, ()) if value not in listed)
            listed.append(next(fresh))
        return listed

    def _listed(self, form: Shape, forms: list[Shape]) -> Iterator[Any]:
        for one in forms:
            yield from one.enum or ()
        for member in form.alternatives:
            yield from self._made(member)
        conditions = [node for one in forms for nodes in one.conditions.values() for node in nodes]
        for node in (form.node, *conditions):
            yield from self._made(node)

    def _made(self, node: Node) -> Iterator[Any]:
        try:
            yield self.smallest(node)
        except NoValueError:
            return

    def _texts(self, form: Shape, forms: list[Shape]) -> Iterator[str]:
        if "string" not in form.types:
            return
        patterned = [text for one in forms for pattern in sorted(one.patterns) for text in matching(pattern)]
        for length in _edges(forms, "minLength", "maxLength"):
            for text in dict.fromkeys(("a", *patterned)):
                yield text[:length] + (text[-1:] or "a") * (length - len(text))
        yield from (*patterned, *_TEXTS)

    def _numbers(self, form: Shape, forms: list[Shape]) -> Iterator[float]:
        if not form.types & {"integer", "number"}:
            return
        yield from _NUMBERS
        limits = [limit[0] for one in forms for limit in _limits(one, "minimum", "maximum")]
        steps = [step for one in forms for step in one.steps]
        yield from steps
        for limit in limits:
            yield from (limit, limit - 1, limit + 1, limit - 0.5, limit + 0.5)
            yield from (limit + sign * step for step in steps for sign in (1, -1))

    def _lists(self, form: Shape, forms: list[Shape]) -> Iterator[list[Any]]:
        if "array" not in form.types:
            return
        for count in _edges(forms, "minContains", "maxContains"):
            for node in form.conditions.get("contains", ()):
                yield from (value * count for value in ([item] for item in self._made(node)))
        for length in [1, 2, *_edges(forms, "minItems", "maxItems")]:
            try:
                yield self._list(form, length)
                if length == 2:
                    yield self._list(form, 1) * 2
            except (NoValueError, StopIteration):
                continue

    def _objects(self, form: Shape, forms: list[Shape]) -> Iterator[dict[str, Any]]:
        if "object" not in form.types:
            return
        try:
            least = self.object_of(form)
        except NoValueError:
            return
        yield least
        demanded = {pair for one in forms for pair in one.dependencies}
        for given, wanted in sorted(demanded):
            yield dict.fromkeys(
                (given, *(name for key, name in sorted(demanded) if key == given and name != wanted)), "a"
            )
        listed = {name: None for one in forms for name in (*one.properties, *(pair[0] for pair in one.dependencies))}
        made = {name: list(self._made(form.properties.get(name, form.others or ANYTHING))) for name in listed}
        for name, values in made.items():
            yield from ({**base, name: value} for value in values for base in (least, {}))
            yield {key: value for key, value in least.items() if key != name}
        for value in (0, "a", *self._made(form.others or ANYTHING)):
            yield {**least, "other": value}
        for count in _edges(forms, "minProperties", "maxProperties"):
            spare = {
                **{name: values[0] for name, values in made.items() if values},
                **{f"a{n}": 0 for n in range(count)},
            }
            more = [name for name in spare if name not in least][: max(0, count - len(least))]
            yield {**least, **{name: spare[name] for name in more}}


def _type(form: Shape) -> str | None:
    types = form.types
    if form.properties or form.required:
        types = types & {"object"} or types
    elif form.items or form.places:
        types = types & {"array"} or types
    return next((name for name in _PREFERRED if name in types), None)


def _text(form: Shape) -> str:
    for pattern in sorted(form.patterns):
        for text in matching(pattern):
            return text
    for name in sorted(form.formats & _FORMATS.keys()):
        return _FORMATS[name]
    least, most = form.lower.get("minLength", (1, False))[0], form.upper.get("maxLength", (1, False))[0]
    if least > _LONGEST:
        raise NoValueError("it is too long")
    return "a" * int(min(least, most) if most else 0)


def _number(form: Shape, *, whole: bool) -> float:
    step = max(form.steps, default=1 if whole else 0.5)
    low, high = form.lower.get("minimum"), form.upper.get("maximum")
    tried = [0, *(limit[0] + sign * step for limit in (low, high) if limit for sign in (0, 1, -1))]
    for value in tried:
        fits = (not whole or value == int(value)) and _is_within(value, low, high)
        if fits:
            return int(value) if value == int(value) else value
    raise NoValueError("no number was found")


def _is_within(value: float, low: Bound | None, high: Bound | None) -> bool:
    above = low is None or value > low[0] or (value == low[0] and not low[1])
    return above and (high is None or value < high[0] or (value == high[0] and not high[1]))


def _limits(form: Shape, lower: str, upper: str) -> list[Bound]:
    return [limit for limit in (form.lower.get(lower), form.upper.get(upper)) if limit is not None]


def _edges(forms: list[Shape], lower: str, upper: str) -> list[int]:
    """The lengths around each limit."""
    around = {int(limit[0]) + step for form in forms for limit in _limits(form, lower, upper) for step in (-1, 0, 1)}
    return sorted(length for length in around if 0 <= length <= _LONGEST)
