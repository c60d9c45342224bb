"""Which operations there are, which became which, and those that the server calls."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.compare.changes import Changes
from codegen.compare.exchange import OTHER_WAY, Exchange
from codegen.compare.operation import Operation
from codegen.compare.rules import Direction
from codegen.compare.schemas import Schemas
from codegen.compare.security import SchemeNames
from codegen.compare.side import Node, Side
from codegen.read.operations import operations_of
from codegen.read.references import METHODS


@dataclass(frozen=True)
class Operations:
    """Compares the operations of two documents."""

    old: Side
    new: Side
    schemas: Schemas
    scheme_names: SchemeNames
    changes: Changes

    def compare(self) -> None:
        """Compare every operation that clients call, and every call that the server makes."""
        before, after = called(self.old), called(self.new)
        elsewhere = moved(before, after)
        for key, operation in before.items():
            if key not in after and key not in elsewhere:
                deprecated = operation.node.fields.get("deprecated") is True
                rule = "deprecated-operation-removed" if deprecated else "operation-removed"
                self.changes.add(rule, operation.name, old=operation.node.pointer)
        known = before.keys() | elsewhere.values() | _unread(self.old)
        for key, operation in after.items():
            if known.isdisjoint((key, key.partition(" ")[2])):
                self.changes.add("operation-added", operation.name, new=operation.node.pointer)
        for key, operation in before.items():
            other = after.get(elsewhere.get(key, key))
            if other is not None:
                self._compare_matched(operation, other, has_moved=key in elsewhere)
        self._compare_calls("webhook", dict(_webhooks(self.old)), dict(_webhooks(self.new)), "response")

    def _compare_matched(self, old: Operation, new: Operation, *, has_moved: bool) -> None:
        if has_moved:
            detail = f"{old.name} → {new.name}"
            self.changes.add("operation-moved", new.name, detail, old=old.node.pointer, new=new.node.pointer)
        elif old.path != new.path:
            detail = f"{old.path} → {new.path}"
            self.changes.add("path-parameter-renamed", new.name, detail, old=old.item.pointer, new=new.item.pointer)
        self._compare(old, new, "request")

    def _compare(self, old: Operation, new: Operation, direction: Direction) -> None:
        if old.node.is_unread:
            return
        Exchange(self.old, self.new, self.schemas, self.scheme_names, self.changes, old, new, direction).compare()
        before, after = dict(_callbacks(self.old, old)), dict(_callbacks(self.new, new))
        self._compare_calls("callback", before, after, OTHER_WAY[direction])

    def _compare_calls(
        self, kind: str, before: Mapping[str, Operation], after: Mapping[str, Operation], direction: Direction
    ) -> None:
        """What the server calls: what it sends is what a client reads."""
        for key in sorted(before.keys() - after.keys()):
            self.changes.add(f"{kind}-removed", before[key].name, old=before[key].node.pointer)
        for key, operation in after.items():
            if key in before:
                self._compare(before[key], operation, direction)
            else:
                self.changes.add(f"{kind}-added", operation.name, new=operation.node.pointer)


def _methods(side: Side, item: Node) -> Iterator[tuple[str, Node, Node]]:
    landed = side.land(item)
    for keys, _ in operations_of(landed.fields):
        yield keys[-1], landed, landed.child(*keys)


def called(side: Side) -> dict[str, Operation]:
    """The operations by method and path; the names of a path's parameters are no part of the path."""
    found = {}
    paths = side.root.child("paths")
    for path in paths.fields:
        if path.startswith("/"):
            for method, item, node in _methods(side, paths.child(path)):
                key = f"{method} {_bare(path)}"
                found[key] = Operation(f"{method.upper()} {path}", path, item, node)
    return found


def _bare(path: str) -> str:
    """The path without the names of its parameters."""
    return re.sub(r"{[^{}]*}", "{}", path)


def _unread(side: Side) -> set[str]:
    """The paths, and operations of paths, of which a document does not say what they are."""
    paths = side.root.child("paths")
    items = {path: side.land(paths.child(path)) for path in paths.fields}
    lost = {_bare(path) for path, item in items.items() if item.is_unread}
    return lost | {
        f"{method} {_bare(path)}"
        for path, item in items.items()
        for method in METHODS
        if method in item.fields and not isinstance(item.fields[method], dict)
    }


def moved(before: Mapping[str, Operation], after: Mapping[str, Operation]) -> dict[str, str]:
    """Old key → new key, of operations that are elsewhere under the same operationId."""
    new_ids = {operation.id: key for key, operation in after.items() if key not in before and operation.id}
    return {
        key: new_ids[operation.id]
        for key, operation in before.items()
        if key not in after and operation.id and operation.id in new_ids
    }


def _webhooks(side: Side) -> Iterator[tuple[str, Operation]]:
    hooks = side.root.child("webhooks")
    for name in hooks.fields:
        for method, item, node in _methods(side, hooks.child(name)):
            yield f"{method} {name}", Operation(f"webhook {name}", "", item, node)


def _callbacks(side: Side, operation: Operation) -> Iterator[tuple[str, Operation]]:
    callbacks = operation.node.child("callbacks")
    for name in callbacks.fields:
        addresses = side.land(callbacks.child(name))
        for address in addresses.fields:
            for method, item, node in _methods(side, addresses.child(address)):
                yield f"{name} {address} {method}", Operation(f"{operation.name}: callback {name}", "", item, node)
