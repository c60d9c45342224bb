"""Expand: what stands as a ``$ref`` where nobody looks for one becomes what that leads to, under its own keys.

Those are operations, path items with keys beside the ``$ref``, media types, and whole mappings, such as the paths or
the properties, that are kept in a file of their own.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from codegen.errors import Pointer
from codegen.read.load import Document
from codegen.read.operations import operations_of
from codegen.read.references import TreeNode, node_at, reference_pointer, tree_nodes

_REMARKS = frozenset({"$ref", "summary", "description"})


def expand(document: Document, nodes: Sequence[TreeNode]) -> list[tuple[Pointer, str]]:
    """Do so in place; what is to be warned of."""
    expansion = _Expansion(document)
    for node in nodes:
        if _is_expanded(node):
            expansion.lay(node.value, node.pointer)
    for pointer, item in _path_items(document.tree):
        expansion.lay_item(pointer, item)
    return expansion.remarks


class _Expansion:
    def __init__(self, document: Document) -> None:
        self.remarks: list[tuple[Pointer, str]] = []
        self._document = document
        self._busy: set[int] = set()

    def lay_item(self, pointer: Pointer, item: dict[str, Any]) -> None:
        if item.keys() - _REMARKS and _is_reference(item):
            self.lay(item, pointer)
        landing, landed = _landing(self._document.tree, pointer, item)
        for keys, operation in operations_of(landed):
            if _is_reference(operation):
                self.lay(operation, (*landing, *keys))

    def lay(self, node: dict[str, Any], pointer: Pointer) -> None:
        """Lay what the node refers to, expanded itself, under the node's own keys."""
        landing, landed = _landing(self._document.tree, pointer, node)
        if not landed or id(node) in self._busy:
            return  # the check refuses it
        self._busy.add(id(node))
        for inner in tree_nodes(landed, landing):
            if _is_expanded(inner):
                self.lay(inner.value, inner.pointer)
        del node["$ref"]
        for key, value in landed.items():
            here = (*pointer, key)
            if key not in node:
                node[key], self._document.patches[here] = copy.deepcopy(value), self._document.home((*landing, key))
            elif node[key] != value and key not in _REMARKS:
                self.remarks.append((here, f"{key} stands here and in what the $ref leads to; this one is taken"))


def _is_reference(node: dict[str, Any]) -> bool:
    return isinstance(node.get("$ref"), str)


def _is_expanded(node: TreeNode) -> bool:
    """Whether it is a mapping of named things, or a media type."""
    is_media_type = node.kind == "object" and node.pointer[-2:-1] == ("content",)
    return (node.is_mapping or is_media_type) and _is_reference(node.value)


def _path_items(tree: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for home in (("paths",), ("webhooks",), ("components", "pathItems")):
        owner: Any = tree
        for key in home:
            owner = owner.get(key) if isinstance(owner, dict) else None
        for name, item in owner.items() if isinstance(owner, dict) else ():
            if isinstance(item, dict):
                yield (*home, name), item


def _landing(tree: dict[str, Any], pointer: Pointer, node: dict[str, Any]) -> tuple[Pointer, dict[str, Any]]:
    """Where a chain of references ends, and what stands there; nothing where it does not end."""
    seen = set()
    while _is_reference(node):
        pointer = reference_pointer(node["$ref"])
        try:
            node = node_at(tree, pointer)
        except (KeyError, IndexError, ValueError, TypeError):
            return pointer, {}
        if not isinstance(node, dict) or pointer in seen:
            return pointer, {}
        seen.add(pointer)
    return pointer, node
