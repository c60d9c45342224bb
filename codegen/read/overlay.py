"""Overlay: OpenAPI Overlay 1.0 and 1.1 actions, applied in order. An action that matches nothing stops the build."""

import copy
import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonpath

from codegen.errors import Fault, InputError, Pointer, shown
from codegen.read.load import Document, read_mapping
from codegen.read.source import place_of

_KEYS = {"target", "description", "update", "remove", "copy"}


def overlay(document: Document, paths: Sequence[Path], *, strict: bool = True) -> None:
    """Lay each overlay over the document's tree, in place; unless `strict`, what matches nothing is passed over.

    Raises:
        InputError: An overlay is malformed, or an action's target matches nothing.
    """
    for path in paths:
        try:
            for index, action in enumerate(_actions(path)):
                _apply(document, action, path, ("actions", index), strict=strict)
        except Fault as fault:
            raise InputError(fault.message, place_of(path, fault.pointer)) from fault


def _actions(path: Path) -> list[dict[str, Any]]:
    tree = read_mapping(path)
    version = str(tree.get("overlay", ""))
    if not re.fullmatch(r"1\.[01]\.\d+", version):
        found = f"overlay: {version}" if version else "no version"
        raise InputError(f"is not an OpenAPI Overlay 1.0 or 1.1 ({found} at its root)", path)
    actions = tree.get("actions")
    if not isinstance(actions, list) or not actions:
        raise Fault("must have a list of actions", ("actions",))
    for index, action in enumerate(actions):
        _check(action, ("actions", index))
    return actions


def _check(action: object, here: Pointer) -> None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise Fault("an action must be a mapping with a target", here)
    unknown = [key for key in action if key not in _KEYS and not key.startswith("x-")]
    if unknown:
        raise Fault(f"an action has no key {unknown[0]!r}; it knows {', '.join(sorted(_KEYS))}", here)
    if sum((action.get("remove") is True, "update" in action, "copy" in action)) != 1:
        raise Fault("an action must do one thing: update, copy, or remove: true", here)


def _apply(document: Document, action: dict[str, Any], path: Path, here: Pointer, *, strict: bool) -> None:
    matches = _match(document.tree, action["target"], (*here, "target"))
    if not matches and not strict:
        return
    if not matches:
        raise Fault(
            f"the target {action['target']} matches nothing in {shown(document.path)}; "
            f"the document may have changed: {_advice(document.tree, action['target'])}",
            (*here, "target"),
        )
    if action.get("remove"):
        for pointer in sorted(matches, key=_depth_first):
            _remove(document.tree, pointer)
        return
    value = action["update"] if "update" in action else _copied(document.tree, action["copy"], (*here, "copy"))
    if all(_says(_node(document.tree, pointer), value) for pointer in matches):
        document.needless.append(place_of(path, here))
    for pointer in matches:
        _change(document, pointer, lambda old: _merged(old, copy.deepcopy(value)))
        document.patches.append((pointer, path, (*here, "update")))


def _match(tree: dict[str, Any], target: str, here: Pointer) -> list[Pointer]:
    try:
        return [tuple(match.parts) for match in jsonpath.finditer(target, tree, strict=True)]
    except jsonpath.JSONPathError as error:
        raise Fault(f"{target} is not an RFC 9535 JSONPath: {error.args[0]}", here) from error


def _advice(tree: dict[str, Any], target: str) -> str:
    """How far the target still leads, and what there may have taken the place of what it names."""
    segments = [str(segment) for segment in getattr(jsonpath.compile(target), "segments", ())]
    for length in range(len(segments) - 1, -1, -1):
        reached = "$" + "".join(segments[:length])
        found = jsonpath.findall(reached, tree)
        if found:
            missing = segments[length]
            names = [name for node in found if isinstance(node, dict) for name in node]
            near = difflib.get_close_matches(missing.strip("[]'\""), names, n=1)
            meant = f"; {near[0]!r} is there" if near else ""
            return f"there is no {missing} in {reached}{meant}; correct the target or delete the action"
    return "correct the target or delete the action"


def _says(old: Any, update: Any) -> bool:
    """Whether merging `update` into `old` would add nothing."""
    if isinstance(old, dict) and isinstance(update, dict):
        return all(key in old and _says(old[key], value) for key, value in update.items())
    if isinstance(old, list):
        return all(item in old for item in (update if isinstance(update, list) else [update]))
    return type(old) is type(update) and bool(old == update)


def _copied(tree: dict[str, Any], source: str, here: Pointer) -> object:
    matches = _match(tree, source, here)
    if len(matches) != 1:
        raise Fault(f"copy must match one node, and {source} matches {len(matches)}", here)
    return _node(tree, matches[0])


def _node(tree: Any, pointer: Pointer) -> Any:
    for part in pointer:
        tree = tree[part]
    return tree


def _change(document: Document, pointer: Pointer, change: Callable[[Any], Any]) -> None:
    if not pointer:
        document.tree = change(document.tree)
        return
    parent = _node(document.tree, pointer[:-1])
    parent[pointer[-1]] = change(parent[pointer[-1]])


def _remove(tree: dict[str, Any], pointer: Pointer) -> None:
    if not pointer:
        tree.clear()
        return
    del _node(tree, pointer[:-1])[pointer[-1]]


def _depth_first(pointer: Pointer) -> tuple[Any, ...]:
    """Deeper and later nodes first, so that removing one does not move another."""
    return (-len(pointer), *((0, -part, "") if isinstance(part, int) else (1, 0, part) for part in pointer))


def _merged(old: Any, update: Any) -> Any:
    """Objects merge, lists are appended to, anything else is replaced."""
    if isinstance(old, dict) and isinstance(update, dict):
        for key, value in update.items():
            old[key] = _merged(old[key], value) if key in old else value
        return old
    if isinstance(old, list):
        return [*old, *(update if isinstance(update, list) else [update])]
    return update
