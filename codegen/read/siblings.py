"""Siblings: what stands beside a ``$ref`` is laid together with what that leads to, where it counts, or warned of."""

from collections.abc import Sequence

from codegen.errors import Pointer
from codegen.read.load import Document
from codegen.read.references import BUNDLED, METHODS, MORE_METHODS, TreeNode

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

    In OpenAPI 3.1 and later, a schema's siblings hold together with what it refers to: an ``allOf`` of both.
    """
    counts = not str(document.tree.get("openapi")).startswith("3.0")
    ignored: dict[tuple[str, ...], list[Pointer]] = {}
    for node in nodes:
        if not isinstance(node.value.get("$ref"), str) or _becomes_its_target(node):
            continue
        beside = sorted(key for key in node.value.keys() - _REMARKS if not key.startswith("x-"))
        if counts and _is_schema(node, beside):
            _intersect(document, node)
        elif beside:
            ignored.setdefault(tuple(beside), []).append(node.pointer)
    return [(pointers[0], _remark(keys, len(pointers) - 1)) for keys, pointers in ignored.items()]


def _remark(keys: tuple[str, ...], others: int) -> str:
    more = f", here and at {others} more places" if others else ""
    return f"OpenAPI passes over what stands beside this $ref: {', '.join(keys)}{more}; allOf lays both together"


def _becomes_its_target(node: TreeNode) -> bool:
    """Whether it becomes what it refers to: a mapping of names, a media type, a path item or an operation."""
    pointer = node.pointer
    is_named = pointer[-2:-1] in [(name,) for name in (*_ITEMS, MORE_METHODS, "content")]
    return node.is_mapping or (
        node.kind == "object"
        and (
            is_named
            or pointer[-1:] in [(method,) for method in METHODS]
            or pointer[-3:-2] == ("callbacks",)
            or any(str(key).startswith("/") for key in pointer[-1:])
        )
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
