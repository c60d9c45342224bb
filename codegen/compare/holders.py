"""Holders: which operations lead to a schema that many share, the nearest first."""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property

from codegen.compare.side import Side
from codegen.errors import Pointer
from codegen.read.references import MORE_METHODS, reference_pointer, references

_COMPONENT = 3
"""The keys of a component's pointer."""


class Holders:
    """Who refers to whom in a document."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def nearest(self, pointer: Pointer) -> Iterator[Pointer]:
        """The operations, by their pointers, that lead to what stands there, those with the fewest references first."""
        seen: set[Pointer] = set()
        waiting = deque([pointer[:_COMPONENT]])
        while waiting:
            holder = waiting.popleft()
            if holder in seen:
                continue
            seen.add(holder)
            if holder[:1] == ("paths",):
                yield holder
            else:
                waiting.extend(self._of.get(holder, ()))

    @cached_property
    def _of(self) -> dict[Pointer, list[Pointer]]:
        found: dict[Pointer, list[Pointer]] = defaultdict(list)
        for node, pointer in references(self._side.tree):
            length = 4 if pointer[2:3] == (MORE_METHODS,) else _COMPONENT
            found[reference_pointer(node["$ref"])[:_COMPONENT]].append(pointer[:length])
        return found
