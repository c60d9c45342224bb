"""Behind references: where an overlay's action is laid onto what a target reaches through them.

It is laid onto what the references lead to where nobody else refers to that: where each reference to it is on the way
of the same target. Else the target gets a copy of its own, so that an overlay changes its target only.
"""

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from codegen.errors import Fault, Pointer
from codegen.read.load import Document
from codegen.read.references import BUNDLED, DATA_KEYS, node_at, pointer_reference, references
from codegen.read.targets import Reached, follow, is_reference, landing

_BESIDE = frozenset({"$ref", "summary", "description"})
"""What may stand beside any reference."""


class Part(NamedTuple):
    """What an update says of one node."""

    node: Reached
    update: Any
    source: tuple[Path, Pointer]
    """Where it is written."""


def spread(document: Document, node: Reached, update: Any, source: tuple[Path, Pointer]) -> list[Part]:
    """The update in parts: what it says of a reference is said of what that leads to."""
    while is_reference(node.value) and _is_of_target(update):
        landed = follow(document, node)
        if landed is None:
            break
        node = landed
    if not (isinstance(update, dict) and isinstance(node.value, dict)):
        return [Part(node, update, source)]
    behind: list[Part] = []
    rest = _without(document, node, update, source, behind)
    return [*([Part(node, rest, source)] if rest or not update else []), *behind]


def _without(
    document: Document, node: Reached, update: dict[str, Any], source: tuple[Path, Pointer], behind: list[Part]
) -> dict[str, Any]:
    """The update without what it says of references below the node; those parts are put into `behind`."""
    rest: dict[str, Any] = {}
    for key, value in update.items():
        written = (source[0], (*source[1], key))
        old = node.value.get(key) if key not in DATA_KEYS else None
        if is_reference(old) and _is_of_target(value):
            behind += spread(document, node.child((key,)), value, written)
        elif isinstance(old, dict) and isinstance(value, dict):
            inner = _without(document, node.child((key,)), value, written, behind)
            rest |= {key: inner} if inner or not value else {}
        else:
            rest[key] = value
    return rest


def _is_of_target(update: Any) -> bool:
    """Whether it says more than what may stand beside a reference, and leads it nowhere else."""
    return isinstance(update, dict) and "$ref" not in update and not update.keys() <= _BESIDE


def says(old: Any, update: Any) -> bool:
    """Whether merging `update` into `old` would add nothing."""
    if isinstance(old, dict) and isinstance(update, dict):
        return all(key in old and says(old[key], value) for key, value in update.items())
    if isinstance(old, list):
        return all(item in old for item in (update if isinstance(update, list) else [update]))
    return type(old) is type(update) and bool(old == update)


def settle(document: Document, reached: Sequence[Reached], here: Pointer) -> list[Pointer]:
    """Where each of the nodes stands when nothing else is reached by changing it.

    Raises:
        Fault: A copy would lose something; `here` is the action.
    """
    ways = [_Way(node.legs, node.landings) for node in reached]
    users = _Users(document, here) if any(way.landings for way in ways) else None
    while users is not None and (groups := _next(ways)):
        starts = {place: users.own(place, pointer, places) for pointer, places in groups.items() for place in places}
        ways = [way.after(starts[way.legs[0]]) if way.is_in(groups) else way for way in ways]
    return [way.legs[0] for way in ways]


class _Way(NamedTuple):
    """What is left of the way to a node: to each reference on it, and what these lead to."""

    legs: tuple[Pointer, ...]
    landings: tuple[Pointer, ...]

    def is_in(self, groups: dict[Pointer, set[Pointer]]) -> bool:
        return bool(self.landings) and self.landings[0] in groups

    def after(self, start: Pointer) -> "_Way":
        """The way when its first reference is behind it."""
        return _Way((start + self.legs[1], *self.legs[2:]), self.landings[1:])


def _next(ways: Sequence[_Way]) -> dict[Pointer, set[Pointer]]:
    """What the first references lead to, and where those stand; not yet what a way comes to later."""
    groups: dict[Pointer, set[Pointer]] = {}
    for way in ways:
        if way.landings:
            groups.setdefault(way.landings[0], set()).add(way.legs[0])
    later = {pointer for way in ways for pointer in way.landings[1:]}
    return {pointer: places for pointer, places in groups.items() if pointer not in later} or groups


class _Users:
    """Which references lead where."""

    def __init__(self, document: Document, here: Pointer) -> None:
        self._document = document
        self._here = here
        self._targets: dict[Pointer, Pointer] = {}
        self._note(references(document.tree))

    def _note(self, found: Iterable[tuple[dict[str, Any], Pointer]]) -> None:
        for node, place in found:
            pointer = landing(self._document, place, node["$ref"])
            if pointer is not None:
                self._targets[place] = pointer

    def own(self, place: Pointer, pointer: Pointer, places: set[Pointer]) -> Pointer:
        """Where what stands at `pointer` may be changed for all of `places`, of which this is one."""
        is_kept = pointer[0] in ("components", BUNDLED) or str(pointer[0]).startswith("x-")
        if is_kept and all(_apart(other, pointer) for user, other in self._targets.items() if user not in places):
            return pointer
        self._copy(place, pointer)
        return place

    def _copy(self, place: Pointer, pointer: Pointer) -> None:
        """Write what the reference leads to in its place."""
        document = self._document
        node = node_at(document.tree, place)
        value = copy.deepcopy(node_at(document.tree, pointer))
        beside = {key: (said, document.home((*place, key))) for key, said in node.items() if key != "$ref"}
        inner = [(item, (*pointer, *inside)) for item, inside in references(value)]
        for item, stood in inner:
            led_to = landing(document, stood, item["$ref"])
            if led_to is not None and BUNDLED in (stood[0], place[0]):  # it means another file there
                item["$ref"] = pointer_reference(led_to)
        moved = {key: home for key, home in document.patches.items() if key[: len(pointer)] == pointer}
        document.patches[place] = document.home(pointer)
        document.patches |= {place + key[len(pointer) :]: home for key, home in moved.items()}
        clash = next((key for key in beside if key in value and key not in _BESIDE), None)
        if clash is not None:
            raise Fault(
                f"the target is behind a $ref beside which {clash} stands too; put both into an allOf", self._here
            )
        node.clear()
        node.update(value)
        for key, (said, home) in beside.items():
            here = (*place, key)
            node[key], document.patches[here] = said, home
        self._targets.pop(place, None)
        self._note((item, (*place, *inside)) for item, inside in references(node))


def _apart(one: Pointer, other: Pointer) -> bool:
    """Whether neither holds the other."""
    length = min(len(one), len(other))
    return one[:length] != other[:length]
