"""What an overlay's action reaches, by names that outlast a change of the document's order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from codegen.errors import Pointer

Label: TypeAlias = tuple[str, ...]
"""A pointer in which an item of a list that has a name, such as a parameter, is called by it."""


@dataclass(frozen=True)
class Hits:
    """One action of an overlay, and the nodes that it reached."""

    path: Path
    index: int
    """Which of the file's actions it is, from 0."""
    target: str
    nodes: tuple[Label, ...]


def label(tree: Any, pointer: Pointer) -> Label:
    """The label of the node at `pointer`."""
    parts: list[str] = []
    for part in pointer:
        tree = tree[part]
        parts.append(name_of(tree, part) if isinstance(part, int) else str(part))
    return tuple(parts)


def name_of(item: Any, index: int) -> str:
    """What an item of a list is called: by its name, or by its place."""
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(index)
