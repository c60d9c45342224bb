"""Propose how an overlay could be corrected for a document in which some of its actions reach nothing."""

import difflib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jsonpath

from codegen.errors import InputError, Pointer
from codegen.read.hits import Hits
from codegen.read.load import load, read_mapping
from codegen.read.overlay import overlay
from codegen.read.source import locate_all, read_text
from codegen.update.lost_hits import Found, Reached, follow

_ROUNDS = 5
"""A correction may bring a later action to reach nothing; so often this is looked after."""

_SCRATCH = -1
"""The number of what is only tried."""


def correct(spec: Path, overlays: Sequence[Path], old: Reached, folder: Path) -> list[Path]:
    """Copies of the overlays, in `folder`, corrected as far as it can be told how; the overlays where it cannot.

    Args:
        spec: The document in which actions reach nothing.
        overlays: What is laid over it.
        old: The document before, under its overlays.
        folder: An empty folder.
    """
    corrected, before = list(overlays), {hits.target: hits for hits in old.hits if hits.nodes}
    for _ in range(_ROUNDS):
        document = load(spec)
        overlay(document, corrected, strict=False)
        fruitless = [hits for hits in document.hits if not hits.nodes]
        texts = {path: read_text(path) for path in corrected}
        for hits in reversed(fruitless):  # so that removing one does not move another
            if hits.target in before:
                ways = [follow(old, document, node) for node in before[hits.target].nodes]
                texts[hits.path] = _text(texts[hits.path], hits, _target(hits.target, ways, document.tree), folder)
        if all(text == read_text(path) for path, text in texts.items()):
            break
        corrected = [_written(folder, index, path.name, texts[path]) for index, path in enumerate(corrected)]
    return corrected


def patch(overlays: Sequence[Path], corrected: Sequence[Path], base: Path) -> str:
    """What `git apply` in the folder `base` makes the correction of; nothing where there is none."""
    parts: list[str] = []
    for path, other in zip(overlays, corrected, strict=True):
        name = path.resolve().relative_to(base).as_posix() if path.resolve().is_relative_to(base) else path.name
        old, new = (read_text(file).splitlines(keepends=True) for file in (path, other))
        parts += difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in parts)


def _written(folder: Path, index: int, name: str, text: str) -> Path:
    path = folder / str(index) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _text(text: str, hits: Hits, target: str | None, folder: Path) -> str:
    """The overlay's text with the action's new target, or without the action; as it was where neither is safe."""
    path = _written(folder, _SCRATCH, hits.path.name, text)
    changed = _without(path, text, hits.index) if target is None else _with_target(path, text, hits.index, target)
    return changed if _is_only(path, changed, hits.index, target) else text


def _target(target: str, ways: Sequence[Found], tree: dict[str, Any]) -> str | None:
    """Where the action should lead now; `None` when nothing is there any more that it could be about."""
    places = {way.pointer for way in ways}
    if all(way.missing is None for way in ways) and len(places) == 1:
        return _path(places.pop())
    for old, new in _renamed(ways):
        said = target.replace(old, new)
        if said != target and jsonpath.findall(said, tree):
            return said
    return None


def _renamed(ways: Iterable[Found]) -> list[tuple[str, str]]:
    """What is gone, and what has the most similar name in its place."""
    return list(dict.fromkeys((way.missing, way.near) for way in ways if way.missing and way.near))


def _path(pointer: Pointer) -> str:
    """A JSONPath that reaches one node."""
    return "$" + "".join(f".{part}" if str(part).isidentifier() else f"[{part!r}]" for part in pointer)


def _with_target(path: Path, text: str, index: int, target: str) -> str:
    """The text with another target, which is written in one line."""
    pointer: Pointer = ("actions", index, "target")
    line = locate_all(path, [pointer])[pointer][0] - 1
    lines = text.splitlines(keepends=True)
    before, _, old = lines[line].partition("target:")
    end = old[len(old.rstrip("\r\n")) :]
    quoted = json.dumps(target, ensure_ascii=False) if _needs_quotes(target) else target
    lines[line] = f"{before}target: {quoted}{end}"
    return "".join(lines)


def _needs_quotes(target: str) -> bool:
    return any(mark in target for mark in (": ", " #", "{", "}")) or target != target.strip()


def _without(path: Path, text: str, index: int) -> str:
    """The text without the lines of an action; the remarks before the next one stay."""
    here: Pointer = ("actions", index)
    after: Pointer = ("actions", index + 1)
    found = locate_all(path, [here, after])
    lines = text.splitlines(keepends=True)
    start = found[here][0] - 1
    end = found[after][0] - 1 if index + 1 < len(read_mapping(path)["actions"]) else len(lines)
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return "".join(lines[:start] + lines[end:])


def _is_only(path: Path, changed: str, index: int, target: str | None) -> bool:
    """Whether the change did to the overlay what was meant, and nothing else."""
    wanted = read_mapping(path)
    if target is None:
        del wanted["actions"][index]
    else:
        wanted["actions"][index]["target"] = target
    if not wanted["actions"]:
        return False
    try:
        path.write_text(changed, encoding="utf-8", newline="")
        return read_mapping(path) == wanted
    except InputError:
        return False
