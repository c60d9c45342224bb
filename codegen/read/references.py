"""The tree of a document: its operations' methods, and where its references stand and lead to."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urljoin

from codegen.errors import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

MORE_METHODS = "additionalOperations"
"""OpenAPI 3.2: the key of a path item under which other methods stand."""

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI: a header parameter of this name says nothing; others decide these headers."""

BUNDLED = "x-sdk-bundled"
"""The root key under which the files that the document refers to are mounted."""

UNREAD = "x-sdk-unread"
"""The key of what stands in the place of a reference that leads nowhere: nobody knows what was meant."""

LONGEST_CHAIN = 100
"""The most references that lead from one to the next."""

DATA_KEYS = frozenset({"example", "examples", "default", "enum", "const"})
"""Keys whose values are data: a ``$ref`` in there is text."""

_NAMED_SCHEMAS = frozenset("schemas properties patternProperties $defs definitions dependentSchemas".split())
"""Keys under which the document names schemas, so that ``default`` is a name there."""

_NAMED_OBJECTS = frozenset(
    (
        "paths webhooks callbacks parameters responses headers requestBodies securitySchemes links content encoding "
        "pathItems mediaTypes additionalOperations"
    ).split()
)
"""Keys under which it names what is no schema."""

_SCHEMAS = frozenset(
    (
        "schema itemSchema items additionalItems prefixItems contains allOf anyOf oneOf not if then else propertyNames "
        "additionalProperties unevaluatedItems unevaluatedProperties contentSchema"
    ).split()
)
"""Keys under which a schema stands, or a list of them."""

_KINDS = {
    **dict.fromkeys(_NAMED_SCHEMAS, "schemas"),
    **dict.fromkeys((*_NAMED_OBJECTS, BUNDLED), "objects"),
    **dict.fromkeys(_SCHEMAS, "schema"),
}

_SINGLE = {"schemas": "schema", "objects": "object"}
"""The kind of what the document names, by the kind of the mapping."""

_LINKING = frozenset({"$ref", "$dynamicRef", "discriminator", "$id", "$anchor", "$dynamicAnchor"})
"""Keys of what refers to something, or can be referred to by a name of its own."""

_CONTAINERS = (dict, list)


class TreeNode(NamedTuple):
    """A mapping in a document."""

    value: dict[str, Any]
    pointer: Pointer
    kind: str
    """``schema``, ``object``, or ``schemas`` and ``objects`` where the document chooses the keys."""
    base: str
    """The URI that its references are relative to."""

    @property
    def is_mapping(self) -> bool:
        """Whether the document chooses its keys."""
        return self.kind in ("schemas", "objects")


def tree_nodes(tree: object, pointer: Pointer = (), base: str = "", seen: set[int] | None = None) -> Iterator[TreeNode]:
    """Each mapping that refers to something or can be referred to by a name of its own, in the document's order.

    What is data or a foreign extension is not looked into, unless a local reference leads there. Of every mapping that
    was looked into, the `id` is put into `seen`.
    """
    seen = set() if seen is None else seen
    led_to: list[Pointer] = [()]
    for inner in led_to:
        start = tree if not inner else _found(tree, inner)
        if id(start) not in seen:
            for node in _walk(start, (*pointer, *inner), base, seen):
                yield node
                reference = node.value.get("$ref")
                if isinstance(reference, str) and reference.startswith("#/"):
                    led_to += filter(is_passed_over, [reference_pointer(reference)])


def is_passed_over(pointer: Pointer) -> bool:
    """Whether what stands there is data or a foreign extension, unless a reference leads to it."""
    return any(key in DATA_KEYS or str(key).startswith("x-") for key in pointer[pointer[:1] == (BUNDLED,) :])


def _found(tree: object, pointer: Pointer) -> object:
    try:
        return node_at(tree, pointer)
    except (KeyError, IndexError, ValueError, TypeError):
        return None


def _walk(tree: object, pointer: Pointer, base: str, seen: set[int]) -> Iterator[TreeNode]:
    waiting: list[tuple[Any, Pointer, str, str]] = [(tree, pointer, "object", base)]
    while waiting:  # the last is the next, so that what is below goes in from its end
        node, pointer, kind, base = waiting.pop()
        inner = _SINGLE.get(kind)
        if isinstance(node, dict):
            seen.add(id(node))
            if inner is None and isinstance(node.get("$id"), str):
                base = uri_from(base, node["$id"])
            if not _LINKING.isdisjoint(node):
                yield TreeNode(node, pointer, kind, base)
            for key in reversed(node):
                value = node[key]
                if isinstance(value, _CONTAINERS):
                    below = inner or _KINDS.get(key) or _kind_of_other(key)
                    if below is not None:
                        waiting.append((value, (*pointer, key), below, base))
        elif isinstance(node, list):
            for index in reversed(range(len(node))):
                if isinstance(node[index], _CONTAINERS):
                    waiting.append((node[index], (*pointer, index), inner or kind, base))


def uri_from(base: str, reference: str) -> str:
    """The URI that a reference means where `base` is; `base` where it is none."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return base


def _kind_of_other(key: str) -> str | None:
    return None if key in DATA_KEYS or key.startswith("x-") else "object"


def references(tree: object) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """Each node that is a reference, with its pointer. What is data or a foreign extension is not looked into."""
    for found in tree_nodes(tree):
        if isinstance(found.value.get("$ref"), str):
            yield found.value, found.pointer


def resolve(tree: dict[str, Any], node: Any) -> Any:
    """The node itself, or what its ``$ref`` leads to."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node = target(tree, node["$ref"])
    return node


@lru_cache(maxsize=10_000)
def reference_pointer(reference: str) -> Pointer:
    """``#/components/schemas/A~1B%20C`` → its keys; a fragment of a URI may be percent-encoded."""
    keys = unquote(reference.removeprefix("#")).split("/")[1:]
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in keys)


def pointer_reference(pointer: Pointer) -> str:
    """The reference to what stands at the pointer."""
    keys = (str(key).replace("~", "~0").replace("/", "~1") for key in pointer)
    return "#" + "".join(f"/{quote(key, safe=_BARE)}" for key in keys)


_BARE = "~!$&'()*+,;=:@?"
"""What a URI's fragment holds as it is, beside letters, digits and ``-._``."""


def target(tree: Any, reference: str) -> Any:
    """What a reference names, itself a reference perhaps."""
    return node_at(tree, reference_pointer(reference))


def node_at(tree: Any, pointer: Pointer) -> Any:
    """The node that stands at the pointer.

    Raises:
        KeyError, IndexError, ValueError, TypeError: There is none.
    """
    for key in pointer:
        tree = tree[int(key)] if isinstance(tree, list) else tree[key]
    return tree
