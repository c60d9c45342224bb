"""One of the two documents: where its references lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.extensions.registry import EXTENSIONS
from codegen.read.references import LONGEST_CHAIN, UNREAD, reference_pointer

_REMARKS = frozenset(
    {"$ref", "summary", "description", "title", "example", "examples", "deprecated", "externalDocs", "x-sunset"}
)
"""Keys that beside a ``$ref`` change nothing of what it means on the wire."""


@dataclass(frozen=True)
class Node:
    """A node of a document and its place."""

    value: Any
    pointer: Pointer

    def child(self, *keys: str | int) -> "Node":
        """The node below, or one of `None`."""
        value = self.value
        for key in keys:
            value = _member(value, key)
        return Node(value, (*self.pointer, *keys))

    @property
    def is_unread(self) -> bool:
        """Whether something stands there of which nobody knows what it means."""
        return UNREAD in self.value if isinstance(self.value, dict) else self.value is not None

    @property
    def fields(self) -> dict[str, Any]:
        """The node's mapping; an empty one where it is none."""
        return self.value if isinstance(self.value, dict) else {}


ANYTHING = Node({}, ("anything",))
"""What a document says where it says nothing; it stands nowhere."""


class Side:
    """A document to compare."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.is_30 = str(tree.get("openapi", "")).startswith("3.0")

    @property
    def root(self) -> Node:
        """The whole document."""
        return Node(self.tree, ())

    def land(self, node: Node) -> Node:
        """What a chain of references leads to; the node itself where it is none."""
        seen = 0
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str) and seen < LONGEST_CHAIN:
            node = self._target(reference_pointer(node.value["$ref"]))
            seen += 1
        return node

    def is_reference(self, schema: Any) -> bool:
        """Whether the schema allows what its ``$ref`` leads to: OpenAPI 3.0 passes over what stands beside one."""
        if not (isinstance(schema, dict) and isinstance(schema.get("$ref"), str)):
            return False
        return self.is_30 or not any(
            key not in _REMARKS and not (key.startswith("x-") and key not in EXTENSIONS) for key in schema
        )

    def beside(self, schema: Node) -> set[str]:
        """What a reference says beside what it leads to."""
        is_said = self.is_reference(schema.value) and not self.is_30
        return {key for key in schema.value if key in _REMARKS and key != "$ref"} if is_said else set()

    def said(self, schema: Node, keys: Iterable[str]) -> dict[str, Any]:
        """What a reference says, or what it leads to, under each key."""
        own = {key: schema.value[key] for key in self.beside(schema)}
        landed = self.arrive(schema).fields
        return {key: own.get(key, landed.get(key)) for key in keys}

    def arrive(self, schema: Node) -> Node:
        """What a chain of references leads to beside which nothing stands that counts."""
        seen = 0
        while self.is_reference(schema.value) and seen < LONGEST_CHAIN:
            schema = self._target(reference_pointer(schema.value["$ref"]))
            seen += 1
        return schema

    def expanded(self, value: Any, above: tuple[str, ...] = ()) -> Any:
        """The value with its references written out; one that leads round ends where it began."""
        if isinstance(value, list):
            return [self.expanded(item, above) for item in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            return {} if reference in above else self.expanded(self.land(Node(value, ())).value, (*above, reference))
        return {key: self.expanded(item, above) for key, item in value.items() if key not in _REMARKS}

    def _target(self, pointer: Pointer) -> Node:
        node: Any = self.tree
        for part in pointer:
            node = _member(node, part)
        return Node(node, pointer)


def _member(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and str(key).isdigit() and int(key) < len(value):
        return value[int(key)]
    return None
