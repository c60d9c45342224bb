"""What an overlay's action reaches, by names that outlast a change of the document's order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Label: TypeAlias = tuple[str, ...]
"""The way to a node in which an item of a list that has a name, such as a parameter, is called by it."""


@dataclass(frozen=True)
class Hits:
    """One action of an overlay, and the nodes that it reached."""

    path: Path
    index: int
    """Which of the file's actions it is, from 0."""
    target: str
    nodes: tuple[Label, ...]


def name_of(item: Any, index: int) -> str:
    """What an item of a list is called: by its name, or by its place."""
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(index)
