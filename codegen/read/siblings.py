"""Siblings: what stands beside a ``$ref`` is laid together with what that leads to, where it counts, or warned of."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from codegen.errors import Pointer
from codegen.read.load import Document
from codegen.read.operations import operations_of
from codegen.read.references import BUNDLED, METHODS, MORE_METHODS, TreeNode, node_at, reference_pointer

_REMARKS = frozenset({"$ref", "summary", "description"})
"""What may stand beside any reference."""

_SAYS_NOTHING = _REMARKS | frozenset(
    (
        "title default example examples deprecated externalDocs readOnly writeOnly $comment $defs definitions "
        "$id $anchor $dynamicAnchor $schema"
    ).split()
)
"""What changes nothing of which values a schema allows."""

_OF_SCHEMAS = frozenset(
    (
        "type format enum const properties items additionalProperties allOf anyOf oneOf not nullable pattern "
        "minLength maxLength minimum maximum minItems maxItems default readOnly writeOnly"
    ).split()
)

_ITEMS = ("paths", "webhooks", "pathItems")


def lay_siblings(document: Document, nodes: Sequence[TreeNode]) -> list[tuple[Pointer, str]]:
    """Make them count, in place; what is to be warned of.

    In OpenAPI 3.1 and later, a schema's siblings hold together with what it refers to: an ``allOf`` of both. A path
    item and an operation are what they refer to, with their own keys over it.
    """
    counts = not str(document.tree.get("openapi")).startswith("3.0")
    ignored: dict[tuple[str, ...], list[Pointer]] = {}
    for node in nodes:
        if not node.can_refer or not isinstance(node.value.get("$ref"), str) or _is_called(node):
            continue
        beside = sorted(key for key in node.value.keys() - _REMARKS if not key.startswith("x-"))
        if counts and _is_schema(node, beside):
            _intersect(document, node)
        elif beside:
            ignored.setdefault(tuple(beside), []).append(node.pointer)
    remarks = [(pointers[0], _remark(keys, len(pointers) - 1)) for keys, pointers in ignored.items()]
    return [*remarks, *_lay_path_items(document)]


def _remark(keys: tuple[str, ...], others: int) -> str:
    more = f", here and at {others} more places" if others else ""
    return f"OpenAPI passes over what stands beside this $ref: {', '.join(keys)}{more}; allOf lays both together"


def _is_called(node: TreeNode) -> bool:
    """Whether it is a path item or an operation."""
    pointer = node.pointer
    return node.kind == "object" and (
        pointer[-1:] in [(method,) for method in METHODS]
        or pointer[-2:-1] in [(name,) for name in (*_ITEMS, MORE_METHODS)]
        or pointer[-3:-2] == ("callbacks",)
    )


def _is_schema(node: TreeNode, beside: list[str]) -> bool:
    is_likely = isinstance(node.value.get("required"), list) or not _OF_SCHEMAS.isdisjoint(beside)
    return node.kind == "schema" or (is_likely and node.kind == "object" and _is_own(node.pointer))


def _is_own(pointer: Pointer) -> bool:
    """Whether OpenAPI does not say what stands there: in a file of its own, or under a foreign key."""
    return pointer[:1] == (BUNDLED,) or any(str(key).startswith("x-") for key in pointer)


def _intersect(document: Document, node: TreeNode) -> None:
    schema = node.value
    if all(key in _SAYS_NOTHING or key.startswith("x-") for key in schema):
        return
    parts = schema.setdefault("allOf", [])
    if isinstance(parts, list):
        moved = (*node.pointer, "allOf", len(parts), "$ref")
        document.patches[moved] = document.home((*node.pointer, "$ref"))
        parts.append({"$ref": schema.pop("$ref")})


def _lay_path_items(document: Document) -> Iterator[tuple[Pointer, str]]:
    for pointer, item in _path_items(document.tree):
        if item.keys() - _REMARKS and isinstance(item.get("$ref"), str):
            yield from _expand(document, item, pointer)
        landing, landed = _landing(document.tree, pointer, item)
        for keys, operation in operations_of(landed):
            if isinstance(operation.get("$ref"), str):
                yield from _expand(document, operation, (*landing, *keys))


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
    while isinstance(node.get("$ref"), str):
        pointer = reference_pointer(node["$ref"])
        try:
            node = node_at(tree, pointer)
        except (KeyError, IndexError, ValueError, TypeError):
            return pointer, {}  # the check refuses it
        if not isinstance(node, dict) or pointer in seen:
            return pointer, {}
        seen.add(pointer)
    return pointer, node


def _expand(document: Document, node: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Lay what the node refers to under its own keys."""
    landing, landed = _landing(document.tree, pointer, node)
    if not landed:
        return
    del node["$ref"]
    for key, value in landed.items():
        if key not in node:
            inner = (*pointer, key)
            node[key], document.patches[inner] = copy.deepcopy(value), document.home((*landing, key))
        elif node[key] != value and key not in _REMARKS:
            yield (*pointer, key), f"{key} stands here and in what the $ref beside it leads to; this one is taken"
