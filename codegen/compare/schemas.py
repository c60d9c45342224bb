"""Compare two schemas in one direction, and what they refer to.

A schema that several operations share is compared once; a change in it is told once, with the operations that it
touches. Whatever both documents say in the same words is passed over, and only its references are followed.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from codegen.compare.aspects import (
    ASPECTS,
    ChangeRecorder,
    Pair,
    Spread,
    compare_discriminators,
    compare_null,
    compare_remarks,
    compare_types,
    types_of,
)
from codegen.compare.changes import Change, Changes
from codegen.compare.layout import becomes_list
from codegen.compare.lifecycle import compare_lifecycle
from codegen.compare.parts import is_alike, travels, words
from codegen.compare.rules import Direction
from codegen.compare.shape import REMARKS, Shape, name_of, shape, signature
from codegen.compare.side import ANYTHING, Node, Side
from codegen.errors import Pointer
from codegen.read.references import UNREAD, reference_pointer, references

_Key = tuple[Pointer, Pointer, Direction, bool, Spread]


class Schemas:
    """Compares the schemas of two documents."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        self._waiting: deque[tuple[_Key, Pair]] = deque()
        self._found: dict[_Key, Changes] = {}
        self._shared_by: dict[_Key, set[_Key | str]] = defaultdict(set)
        """Which schemas and operations hold a shared schema."""
        self._referred: dict[int, tuple[Any, list[str]]] = {}
        self._same_words = old.is_30 == new.is_30

    def compare(self, pair: Pair, direction: Direction, operation: str, changes: Changes) -> None:
        """Compare what stands at one place of an operation; what is not shared goes into `changes`."""
        _Walk(self, direction, operation, changes).compare(pair)
        while self._waiting:
            key, pair = self._waiting.popleft()
            _Walk(self, key[2], key, self._found[key]).compare_landed(pair)

    def shared(self) -> Iterator[Change]:
        """The changes of shared schemas, each with the operations that it touches."""
        merged: dict[tuple[str, str, str], Change] = {}
        for key, changes in self._found.items():
            if changes.found:
                touched = self._operations(key)
                for name, change in changes.found.items():
                    before = merged.get(name, change)
                    every = tuple(dict.fromkeys((*before.operations, *touched)))
                    merged[name] = replace(change, operations=every)
        yield from merged.values()

    def visit(self, pair: Pair, direction: Direction, holder: _Key | str) -> None:
        """Note that `holder` refers to a pair of schemas, which is compared once."""
        old, new = self.old.arrive(pair.old), self.new.arrive(pair.new)
        if UNREAD in old.fields or UNREAD in new.fields:
            return
        key: _Key = (old.pointer, new.pointer, direction, pair.null_is_told, pair.spread)
        self._shared_by[key].add(holder)
        if key not in self._found:
            self._found[key] = Changes()
            name = None
            if not (_adds_to(self.old, pair.old, new.pointer) or _adds_to(self.new, pair.new, old.pointer)):
                name = name_of(self.new, new) or name_of(self.old, old)
            label = name or pair.label
            self._waiting.append((key, replace(pair, old=old, new=new, label=label)))

    def follow(self, old: Node, new: Node, direction: Direction, holder: _Key | str) -> None:
        """Visit what two nodes of the same words refer to."""
        known = self._referred.get(id(new.value))
        if known is None:
            known = (new.value, sorted({node["$ref"] for node, _ in references(new.value)}))
            self._referred[id(new.value)] = known
        for reference in known[1]:
            node = {"$ref": reference}
            self.visit(Pair(Node(node, old.pointer), Node(node, new.pointer), reference), direction, holder)

    def says_the_same(self, old: Node, new: Node) -> bool:
        """Whether both are the same words in the same version of OpenAPI."""
        return self._same_words and bool(old.value == new.value) and is_alike(old.value, new.value)

    def _operations(self, key: _Key) -> tuple[str, ...]:
        seen: set[_Key | str] = set()
        waiting: list[_Key | str] = [key]
        while waiting:
            holder = waiting.pop()
            if holder not in seen:
                seen.add(holder)
                waiting += self._shared_by[holder] if isinstance(holder, tuple) else ()
        return tuple(sorted(holder for holder in seen if isinstance(holder, str)))


@dataclass(frozen=True)
class _Walk:
    """Goes through one pair of schemas, in one direction."""

    schemas: Schemas
    direction: Direction
    holder: _Key | str
    changes: Changes

    def compare(self, pair: Pair) -> None:
        """Compare a pair, of which either may be a reference."""
        if UNREAD in pair.old.fields or UNREAD in pair.new.fields:
            return
        if self.schemas.says_the_same(pair.old, pair.new):
            self.schemas.follow(pair.old, pair.new, self.direction, self.holder)
            return
        old, new = self.schemas.old, self.schemas.new
        leads = old.is_reference(pair.old.value), new.is_reference(pair.new.value)
        beside = old.beside(pair.old) | new.beside(pair.new)
        if not any(leads) or (beside and not all(leads)):
            self._compare_shapes(pair)
            return
        if beside:
            self._compare_beside(pair, beside)
        self.schemas.visit(pair, self.direction, self.holder)

    def _compare_beside(self, pair: Pair, keys: set[str]) -> None:
        """Compare what two references say beside what they lead to: words, and how long it will be there."""
        before, after = self.schemas.old.said(pair.old, keys), self.schemas.new.said(pair.new, keys)
        compare_lifecycle(self.changes, pair.label, before, after, pair.old.pointer, pair.new.pointer)
        changed = [key for key in REMARKS if before.get(key) != after.get(key)]
        if changed:
            ChangeRecorder(self.changes, self.direction, pair).documentation(changed)

    def compare_landed(self, pair: Pair) -> None:
        """Compare a pair of which neither is a reference any more."""
        if self.schemas.says_the_same(pair.old, pair.new):
            self.schemas.follow(pair.old, pair.new, self.direction, self.holder)
        else:
            self._compare_shapes(pair)

    def _compare_shapes(self, pair: Pair) -> None:
        old, new = shape(self.schemas.old, pair.old), shape(self.schemas.new, pair.new)
        say = ChangeRecorder(self.changes, self.direction, pair)
        compare_lifecycle(self.changes, pair.label, old.lifecycle, new.lifecycle, pair.old.pointer, pair.new.pointer)
        compare_remarks(say, old, new)
        if pair.spread == "value" and self.direction == "request" and becomes_list(self.schemas.new, old, new, pair):
            self.changes.add("value-became-list", pair.label, old=pair.old.pointer, new=pair.new.pointer)
            return
        if bool(old.alternatives) != bool(new.alternatives):
            compare_null(say, old, new)
            self._compare_alternatives(say, old, new)
            return
        if not compare_types(say, old, new):
            return
        for compare in ASPECTS:
            compare(say, old, new)
        self._compare_properties(say, old, new)
        self._compare_others(say, old, new)
        self._compare_items(say, old, new)
        self._compare_alternatives(say, old, new)
        self._compare_conditions(say, old, new)

    def _compare_properties(self, say: ChangeRecorder, old: Shape, new: Shape) -> None:
        before = self._travelling(self.schemas.old, old)
        after = self._travelling(self.schemas.new, new)
        for name in sorted(before.keys() - after.keys()):
            kind = "required-property-removed" if name in old.required else "property-removed"
            say.of(kind, f"{say.pair.label}.{name}", old=before[name].pointer, new=None)
        for name in sorted(after.keys() - before.keys()):
            kind = "required-property-added" if name in new.required else "property-added"
            say.of(kind, f"{say.pair.label}.{name}", old=None, new=after[name].pointer)
        for name in sorted(after.keys() & before.keys()):
            label = f"{say.pair.label}.{name}"
            if (name in old.required) != (name in new.required):
                kind = "property-became-required" if name in new.required else "property-became-optional"
                say.of(kind, label, old=before[name].pointer, new=after[name].pointer)
            spread: Spread = "value" if say.pair.spread == "fields" else ""
            self.compare(Pair(before[name], after[name], label, spread=spread))

    def _travelling(self, side: Side, form: Shape) -> dict[str, Node]:
        demanded = {name: ANYTHING for name in form.required if name not in form.properties}
        described = {name: node for name, node in form.properties.items() if travels(side, node, self.direction)}
        return {**demanded, **described}

    def _compare_others(self, say: ChangeRecorder, old: Shape, new: Shape) -> None:
        if old.closed != new.closed:
            say("other-properties-forbidden" if new.closed else "other-properties-allowed")
        elif old.others or new.others:
            self.compare(Pair(old.others or ANYTHING, new.others or ANYTHING, f"{say.pair.label}.*"))

    def _compare_items(self, say: ChangeRecorder, old: Shape, new: Shape) -> None:
        for index in range(max(len(old.places), len(new.places))):
            before = old.places[index] if index < len(old.places) else old.items or ANYTHING
            after = new.places[index] if index < len(new.places) else new.items or ANYTHING
            self.compare(Pair(before, after, f"{say.pair.label}[{index}]"))
        if old.items or new.items:
            self.compare(Pair(old.items or ANYTHING, new.items or ANYTHING, f"{say.pair.label}[]"))

    def _compare_alternatives(self, say: ChangeRecorder, old: Shape, new: Shape) -> None:
        if not (old.alternatives or new.alternatives):
            return
        before, after = old.alternatives or [say.pair.old], new.alternatives or [say.pair.new]
        pairs, gone, come = matched(self.schemas.old, self.schemas.new, before, after)
        for member in gone:
            say.of("alternative-removed", say.pair.label, _named(self.schemas.old, member), member.pointer, None)
        for member in come:
            say.of("alternative-added", say.pair.label, _named(self.schemas.new, member), None, member.pointer)
        for one, other in pairs:
            self.compare(Pair(one, other, f"{say.pair.label}|{_named(self.schemas.new, other)}", null_is_told=True))
        told = {name_of(self.schemas.old, node) for node in gone} | {name_of(self.schemas.new, node) for node in come}
        compare_discriminators(say, old.discriminator, new.discriminator, told)

    def _compare_conditions(self, say: ChangeRecorder, old: Shape, new: Shape) -> None:
        for keyword in sorted(old.conditions.keys() | new.conditions.keys()):
            before = [self.schemas.old.expanded(node.value) for node in old.conditions.get(keyword, ())]
            after = [self.schemas.new.expanded(node.value) for node in new.conditions.get(keyword, ())]
            if before == after:
                continue
            if not before or not after:
                say("condition-added" if after else "condition-removed", keyword)
            else:
                say("condition-changed", keyword)


def _adds_to(side: Side, schema: Node, pointer: Pointer) -> bool:
    """Whether a schema lays something beside what stands at the pointer, so that a change of it is its own."""
    parts = [] if side.is_reference(schema.value) else [schema.value, *(schema.fields.get("allOf") or ())]
    given = [part["$ref"] for part in parts if isinstance(part, dict) and isinstance(part.get("$ref"), str)]
    return any(reference_pointer(reference) == pointer for reference in given)


def matched(
    old_side: Side, new_side: Side, old: list[Node], new: list[Node]
) -> tuple[list[tuple[Node, Node]], list[Node], list[Node]]:
    """Which alternative became which: by name, then by what it holds, then, if as many are left, by their order."""
    pairs: list[tuple[Node, Node]] = []
    tests: tuple[Callable[[Side, Node], Any], ...] = (name_of, lambda side, node: words(side.land(node)), signature)
    for test in tests:
        left = []
        for one in old:
            key = test(old_side, one)
            other = None if key is None else next((node for node in new if test(new_side, node) == key), None)
            if other is None:
                left.append(one)
            else:
                pairs.append((one, other))
                new = [node for node in new if node is not other]
        old = left
    if len(old) == len(new):
        return [*pairs, *zip(old, new, strict=True)], [], []
    return pairs, old, new


def _named(side: Side, node: Node) -> str:
    return name_of(side, node) or types_of(shape(side, node))
