"""Patches: what an overlay puts into a document or takes away, and where each node was written nevertheless."""

import bisect
from pathlib import Path
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.read.load import Document
from codegen.read.references import DATA_KEYS


def merge(document: Document, pointer: Pointer, old: Any, update: Any, source: tuple[Path, Pointer]) -> Any:
    """Objects merge, lists are appended to, anything else is replaced; `source` is where the update was written.

    Raises:
        Fault: It would put null in the place of more.
    """
    path, here = source
    if isinstance(old, dict) and isinstance(update, dict):
        for key, value in update.items():
            inner, written = (*pointer, key), (path, (*here, key))
            if key in old:
                old[key] = merge(document, inner, old[key], value, written)
            else:
                old[key], document.patches[inner] = value, written
        return old
    if update is None and isinstance(old, (dict, list)) and not DATA_KEYS & {pointer[-1]}:
        raise Fault("null cannot be merged into what the document has there; to take that away, use remove: true", here)
    if isinstance(old, list):
        items = update if isinstance(update, list) else [update]
        document.patches |= {
            (*pointer, len(old) + index): (path, (*here, index)) if update is items else source
            for index, _ in enumerate(items)
        }
        return [*old, *items]
    document.patches[pointer] = source
    return update


def follow_removal(document: Document, removed: set[Pointer]) -> None:
    """Keep the homes right of what has moved in a list because others before it were taken away."""
    gaps: dict[Pointer, list[int]] = {}
    for pointer in sorted((item for item in removed if item), key=len):
        index = pointer[-1]
        if isinstance(index, int) and not _is_within(pointer[:-1], removed):
            bisect.insort(gaps.setdefault(pointer[:-1], []), index)
    homes: dict[Pointer, tuple[Path, Pointer]] = {}
    for parent, indices in gaps.items():
        length = len(_node(document.tree, _moved(parent, gaps))) + len(indices)
        homes |= {(*parent, index): document.home((*parent, index)) for index in range(indices[0] + 1, length)}
    homes |= document.patches
    document.patches = {
        _moved(pointer, gaps): home for pointer, home in homes.items() if not _is_within(pointer, removed)
    }


def _moved(pointer: Pointer, gaps: dict[Pointer, list[int]]) -> Pointer:
    """Where the node stands now."""
    parts = [
        part - bisect.bisect(gaps.get(pointer[:depth], ()), part) if isinstance(part, int) else part
        for depth, part in enumerate(pointer)
    ]
    return tuple(parts)


def _is_within(pointer: Pointer, removed: set[Pointer]) -> bool:
    return any(pointer[:length] in removed for length in range(len(pointer) + 1))


def _node(tree: Any, pointer: Pointer) -> Any:
    for part in pointer:
        tree = tree[part]
    return tree
