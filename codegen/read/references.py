"""The tree of a document: its operations' methods, and where its references stand and lead to."""

from collections.abc import Iterator
from typing import Any

from codegen.errors import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI: a header parameter of this name says nothing; others decide these headers."""

BUNDLED = "x-sdk-bundled"
"""The root key under which the files that the document refers to are mounted."""

LONGEST_CHAIN = 100
"""The most references that lead from one to the next."""

DATA_KEYS = frozenset({"example", "examples", "default", "enum", "const"})
"""Keys whose values are data: a ``$ref`` in there is text."""

_FREE_KEYS = frozenset(
    (
        "properties patternProperties $defs definitions paths webhooks callbacks schemas parameters responses "
        "headers requestBodies securitySchemes links content encoding pathItems"
    ).split()
)
"""Keys under which the document chooses the keys, so that ``default`` is a name there."""


def references(tree: object, pointer: Pointer = ()) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """Each node that is a reference, with its pointer. What is data or a foreign extension is not looked into."""
    if isinstance(tree, dict):
        if isinstance(tree.get("$ref"), str):
            yield tree, pointer
        names_are_free = bool(pointer) and pointer[-1] in _FREE_KEYS
        for key, value in tree.items():
            if names_are_free or key == BUNDLED or not (key in DATA_KEYS or key.startswith("x-")):
                yield from references(value, (*pointer, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from references(value, (*pointer, index))


def resolve(tree: dict[str, Any], node: Any) -> Any:
    """The node itself, or what its ``$ref`` leads to."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node = target(tree, node["$ref"])
    return node


def reference_pointer(reference: str) -> Pointer:
    """``#/components/schemas/A~1B`` → its keys."""
    parts = reference.removeprefix("#").split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def target(tree: Any, reference: str) -> Any:
    """What a reference names, itself a reference perhaps."""
    for part in reference_pointer(reference):
        tree = tree[int(part)] if isinstance(tree, list) else tree[part]
    return tree
