"""Targets: the nodes that a JSONPath reaches, through references too, as if what they lead to stood there.

A descendant segment (``..``) does not go through references: it reaches what they lead to where that stands.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import jsonpath
from jsonpath.segments import JSONPathRecursiveDescentSegment

from codegen.errors import Fault, Pointer
from codegen.read.hits import Label, name_of
from codegen.read.load import Document
from codegen.read.references import BUNDLED, LONGEST_CHAIN, node_at, reference_pointer


@dataclass(frozen=True)
class Reached:
    """A node that a target reaches."""

    value: Any
    legs: tuple[Pointer, ...]
    """The way to it: from the root to a reference, from what that leads to on to the next, and from the last to it."""
    pointer: Pointer
    """Where it stands."""
    landings: tuple[Pointer, ...] = ()
    """What each of the references leads to."""

    def child(self, keys: Sequence[str | int]) -> "Reached":
        """The node below."""
        legs = (*self.legs[:-1], (*self.legs[-1], *keys))
        return Reached(node_at(self.value, tuple(keys)), legs, (*self.pointer, *keys), self.landings)


def find(document: Document, target: str, here: Pointer) -> list[Reached]:
    """The nodes that the target reaches, each way once.

    Raises:
        Fault: The target, which stands at `here`, is no JSONPath.
    """
    try:
        compiled = jsonpath.compile(target, strict=True)
        found = [Reached(document.tree, ((),), ())]
        for segment in getattr(compiled, "segments", ()):
            is_descent = isinstance(segment, JSONPathRecursiveDescentSegment)
            select = _descendants if is_descent else _children
            found = [inner for node in found for inner in select(document, segment, node)]
    except jsonpath.JSONPathError as error:
        raise Fault(f"{target} is not an RFC 9535 JSONPath: {error.args[0]}", here) from error
    return list({node.legs: node for node in found}.values())


def label_of(document: Document, node: Reached) -> Label:
    """The way to the node as the target goes, whatever references are on it."""
    parts: list[str] = []
    for start, leg in zip(((), *node.landings), node.legs, strict=True):
        pointer: Pointer = start
        for part in leg:
            pointer = (*pointer, part)
            item = _landed(document, pointer, node_at(document.tree, pointer))[1] if isinstance(part, int) else None
            parts.append(name_of(item, part) if isinstance(part, int) else str(part))
    return tuple(parts)


def _descendants(document: Document, segment: Any, node: Reached) -> Iterator[Reached]:
    start = node if not is_reference(node.value) else follow(document, node) or node
    return map(start.child, _select(document, segment, start.value))


def _children(document: Document, segment: Any, node: Reached) -> Iterator[Reached]:
    """What the segment selects of the node itself, else of what it refers to."""
    own = [keys for keys in _select(document, segment, _view(document, node)) if keys != ("$ref",)]
    if not own and is_reference(node.value):
        landed = follow(document, node)
        if landed is not None:
            yield from _children(document, segment, landed)
        return
    yield from map(node.child, own)


def _select(document: Document, segment: Any, value: Any) -> Iterator[tuple[str | int, ...]]:
    start = jsonpath.JSONPathMatch(filter_context={}, obj=value, parent=None, path="$", parts=(), root=document.tree)
    return (match.parts for match in segment.resolve([start]))


def is_reference(value: Any) -> bool:
    """Whether the node stands for another."""
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)


def follow(document: Document, node: Reached) -> Reached | None:
    """What a reference leads to; `None` where that is nothing, or the way there is endless."""
    pointer = landing(document, node.pointer, node.value["$ref"])
    if pointer is None or len(node.legs) > LONGEST_CHAIN:
        return None
    return Reached(node_at(document.tree, pointer), (*node.legs, ()), pointer, (*node.landings, pointer))


def landing(document: Document, place: Pointer, reference: str) -> Pointer | None:
    """The pointer that a reference means where it stands; `None` where it leads nowhere, or is no pointer."""
    address, _, fragment = reference.partition("#")
    root = place[:2] if place[:1] == (BUNDLED,) else ()
    if address:
        near = document.files[str(root[1])] if root else document.path
        mount = _mount(document, near.parent / unquote(address))
        if mount is None:
            return None
        root = mount
    if fragment and not fragment.startswith("/"):
        return None
    pointer = (*root, *reference_pointer(f"#{fragment}"))
    try:
        node_at(document.tree, pointer)
    except (KeyError, IndexError, ValueError, TypeError):
        return None
    return pointer


def _mount(document: Document, file: Path) -> Pointer | None:
    """Where a file is mounted."""
    wanted = os.path.normpath(file)
    if wanted == os.path.normpath(document.path):
        return ()
    return next(((BUNDLED, name) for name, path in document.files.items() if os.path.normpath(path) == wanted), None)


def _view(document: Document, node: Reached) -> Any:
    """The node as a filter is to see it."""
    return _seen(node.value, lambda place, value: _landed(document, place, value), node.pointer)


def _landed(document: Document, place: Pointer, value: Any) -> tuple[Pointer, Any]:
    for _ in range(LONGEST_CHAIN):
        pointer = landing(document, place, value["$ref"]) if is_reference(value) else None
        if pointer is None:
            break
        place, value = pointer, node_at(document.tree, pointer)
    return place, value


_Land: TypeAlias = Callable[[Pointer, Any], tuple[Pointer, Any]]


def _seen(value: Any, land: _Land, place: Pointer) -> Any:
    if isinstance(value, dict):
        return _MappingView(value, land, place)
    return _ListView(value, land, place) if isinstance(value, list) else value


class _View:
    """A node whose children are what they refer to."""

    def __init__(self, value: Any, land: _Land, place: Pointer) -> None:
        self._value = value
        self._land = land
        self._place = place

    def __len__(self) -> int:
        return len(self._value)

    def _child(self, key: Any) -> Any:
        place, value = self._land((*self._place, key), self._value[key])
        return _seen(value, self._land, place)


class _MappingView(_View, Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return self._child(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)


class _ListView(_View, Sequence[Any]):
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[inner] for inner in range(*index.indices(len(self)))]
        return self._child(index)
