"""A document's tree: what its references lead to, and its operations. Written apart from the generator's own reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


@dataclass(frozen=True)
class Node:
    """A value of the tree, and where it stands once references are followed."""

    value: Any
    pointer: str
    """A JSON pointer as a fragment."""

    def get(self, key: object, tree: Mapping[str, Any]) -> Node:
        """What stands under a key, its references followed."""
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        inner = self.value[key] if isinstance(self.value, list) else (self.value or {}).get(key)  # type: ignore[call-overload,index]
        return follow(tree, Node(inner, f"{self.pointer}/{escaped}"))

    def items(self, tree: Mapping[str, Any]) -> Iterator[tuple[str, Node]]:
        """Each key with what stands under it."""
        for key in self.value if isinstance(self.value, dict) else range(len(self.value or ())):
            yield key, self.get(key, tree)


def follow(tree: Mapping[str, Any], node: Node) -> Node:
    """What a reference leads to; a node that is none is itself. It is `Samples` that keeps siblings of a `$ref`."""
    while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
        pointer = node.value["$ref"]
        node = Node(at(tree, pointer), pointer)
    return node


def at(tree: Mapping[str, Any], pointer: str) -> Any:
    """What a pointer names."""
    found: Any = tree
    for part in unquote(pointer.removeprefix("#")).split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


@dataclass(frozen=True)
class Given:
    """An operation as the document gives it."""

    method: str
    path: str
    node: Node
    parameters: tuple[Node, ...]

    @property
    def said(self) -> dict[str, Any]:
        """What the document says of it."""
        said: dict[str, Any] = self.node.value
        return said


def operations(tree: Mapping[str, Any]) -> Iterator[Given]:
    """Each operation of the document."""
    for path, item in Node(tree.get("paths") or {}, "#/paths").items(tree):
        if not path.startswith("/") or not isinstance(item.value, dict):
            continue
        own = {method: item.get(method, tree) for method in METHODS if method in item.value}
        more = dict(item.get("additionalOperations", tree).items(tree)) if "additionalOperations" in item.value else {}
        for method, node in {**own, **more}.items():
            every = [
                parameter
                for owner in (item, node)
                for _, parameter in owner.get("parameters", tree).items(tree)
                if isinstance(parameter.value, dict)
            ]
            latest = {(found.value.get("in"), found.value.get("name")): found for found in every}
            yield Given(method.upper(), path, node, tuple(latest.values()))
