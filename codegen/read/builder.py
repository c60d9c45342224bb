"""Build: a tree of a parser's events, in which every node stands once, whatever aliases it was written with.

What a document could not mean is refused where it stands: numbers that are not finite, aliases that contain
themselves, and more levels or copies than a document has.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from codegen.errors import Pointer
from codegen.read.scalars import CORE, UNREAD, plain, tagged
from codegen.read.source import Position, position_of

DEEPEST = 200
"""The most levels that a document nests; the public ones have at most 24."""

MOST_COPIES = 500_000
"""The most nodes that a file's aliases may stand for."""

_TOO_DEEP = f"stands deeper than {DEEPEST} levels"


@dataclass(frozen=True)
class Parsed:
    """A tree, and where the parts of it that an alias or a merge key brought were written."""

    tree: Any
    origins: dict[Pointer, Pointer] = field(default_factory=dict)


class ParseError(Exception):
    """What is wrong with the text, and where."""

    def __init__(self, message: str, position: Position | None, pointer: Pointer = ()) -> None:
        super().__init__(message)
        self.message, self.position, self.pointer = message, position, pointer


@dataclass
class _Node:
    """A mapping or a list that is being built."""

    value: Any
    pointer: Pointer
    anchor: str | None
    before: int
    """How many nodes there were before it."""
    height: int = 1
    key: str | None = None
    """The key whose value comes next."""
    merges: bool = False
    """Whether that key is a merge key."""
    bases: list[Any] | None = None
    """What the merge key brought."""
    lists_bases: bool = False


@dataclass(frozen=True)
class _Anchored:
    """What an alias stands for."""

    value: Any
    pointer: Pointer
    size: int
    height: int
    text: str | None = None
    """As it was written, where it can be a key."""


class Builder:
    """Builds a tree of a parser's events, without recursion."""

    def __init__(self) -> None:
        self._root: list[Any] = []
        self._open: list[_Node] = []
        self._anchored: dict[str, _Anchored | None] = {}
        """By their names; `None` is one that is still open."""
        self._origins: dict[Pointer, Pointer] = {}
        self._count = self._copies = 0
        self._event: Any = None

    def build(self, events: Iterable[Any]) -> Parsed:
        takes = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._begin,
            yaml.SequenceStartEvent: self._begin,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
        }
        for event in events:
            self._event = event
            take = takes.get(type(event))
            if take is not None:
                take(event)
            elif self._root and isinstance(event, yaml.DocumentStartEvent):
                raise self._error("holds a second document")
        return Parsed(self._root[0] if self._root else None, self._origins)

    def _error(self, message: str) -> ParseError:
        return ParseError(message, position_of(self._event), self._here())

    def _here(self) -> Pointer:
        """Where the next value stands."""
        if not self._open:
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            return (*parent.pointer, len(parent.value))
        return parent.pointer if parent.key is None else (*parent.pointer, parent.key)

    def _wants_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and isinstance(self._open[-1].value, dict)

    def _scalar(self, event: Any) -> None:
        self._count += 1
        if self._wants_key():
            self._key(event.value, merges=event.value == "<<" and event.implicit[0])
            return
        value = self._value(event)
        if event.anchor:
            self._anchored[event.anchor] = _Anchored(value, self._here(), 1, 0, event.value)
        self._add(value, 0)

    def _key(self, key: str, *, merges: bool = False) -> None:
        parent = self._open[-1]
        if key in parent.value or (merges and parent.bases is not None):
            raise self._error(f"the key {key!r} stands twice in one mapping")
        if not merges:
            parent.value[key] = None  # keeps its place in the order
        parent.key, parent.merges = key, merges

    def _value(self, event: Any) -> Any:
        try:
            if event.implicit[0]:
                return plain(event.value)
            return event.value if event.tag in (None, "!") else tagged(event.tag, event.value)
        except ValueError as error:
            raise self._error(str(error)) from error

    def _alias(self, event: Any) -> None:
        anchored = self._anchored.get(event.anchor)
        if anchored is None:
            known = event.anchor in self._anchored
            problem = "is inside what it stands for" if known else "stands for nothing that was written before it"
            raise self._error(f"the alias *{event.anchor} {problem}")
        if self._wants_key():
            if anchored.text is None:
                raise self._error("a key must be text")
            self._key(anchored.text)
            return
        self._copies += anchored.size
        if self._copies > MOST_COPIES:
            raise self._error(f"the aliases of this file stand for more than {MOST_COPIES:,} nodes")
        if len(self._open) + anchored.height > DEEPEST:
            raise self._error(_TOO_DEEP)
        self._count += anchored.size
        self._origins[self._here()] = anchored.pointer
        self._add(_copied(anchored.value), anchored.height)

    def _begin(self, event: Any) -> None:
        if self._wants_key():
            raise self._error("a key must be text")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!", f"{CORE}{'map' if is_mapping else 'seq'}"):
            raise self._error(UNREAD.format(event.tag))
        if len(self._open) == DEEPEST:
            raise self._error(_TOO_DEEP)
        self._open.append(_Node({} if is_mapping else [], self._here(), event.anchor, self._count))
        self._count += 1
        if event.anchor:
            self._anchored[event.anchor] = None

    def _end(self, _: Any) -> None:
        node = self._open.pop()
        if node.bases is not None:
            node.value = self._merged(node, node.bases)
        if node.anchor:
            size = self._count - node.before
            self._anchored[node.anchor] = _Anchored(node.value, node.pointer, size, node.height)
        self._add(node.value, node.height)

    def _add(self, value: Any, height: int) -> None:
        if not self._open:
            self._root.append(value)
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.value, list):
            parent.value.append(value)
            return
        if parent.merges:
            parent.lists_bases = isinstance(value, list)
            parent.bases = value if isinstance(value, list) else [value]
            if not all(isinstance(base, dict) for base in parent.bases):
                raise self._error("a merge key << must name a mapping, or a list of mappings")
        else:
            parent.value[parent.key] = value
        parent.key, parent.merges = None, False

    def _merged(self, node: _Node, bases: list[dict[str, Any]]) -> dict[str, Any]:
        """The bases' keys, the first base's before the others', and over them the mapping's own."""
        merged: dict[str, Any] = {}
        for index, base in enumerate(bases):
            source: Pointer = (*node.pointer, "<<", index) if node.lists_bases else (*node.pointer, "<<")
            self._origins |= {(*node.pointer, key): (*source, key) for key in base.keys() - merged.keys()}
            merged = {**base, **merged}
        for key in node.value:
            self._origins.pop((*node.pointer, key), None)
        return {**merged, **node.value}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
