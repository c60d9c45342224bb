"""Overlay: OpenAPI Overlay 1.0 and 1.1 actions, applied in order. An action that matches nothing stops the build."""

import copy
import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonpath

from codegen.errors import Fault, InputError, Pointer, shown
from codegen.read.behind import says, settle, spread
from codegen.read.hits import Hits
from codegen.read.load import Document, read_parsed
from codegen.read.patches import follow_removal, merge
from codegen.read.source import place_of
from codegen.read.targets import find, label_of

ROOT_KEYS = {"overlay", "info", "extends", "actions"}
ACTION_KEYS = {"target", "description", "update", "remove", "copy"}


def overlay(document: Document, paths: Sequence[Path], *, strict: bool = True) -> None:
    """Lay each overlay over the document's tree, in place; unless `strict`, what matches nothing is passed over.

    Raises:
        InputError: An overlay is malformed, or an action's target matches nothing.
    """
    for path in paths:
        try:
            for index, action in enumerate(_actions(document, path)):
                _apply(document, action, path, ("actions", index), strict=strict)
        except Fault as fault:
            raise InputError(fault.message, place_of(path, fault.pointer)) from fault


def _actions(document: Document, path: Path) -> list[dict[str, Any]]:
    parsed = read_parsed(path)
    tree, document.origins[path] = parsed.tree, parsed.origins
    version = str(tree.get("overlay", ""))
    if not re.fullmatch(r"1\.[01]\.\d+", version):
        found = f"overlay: {version}" if version else "no version"
        raise InputError(f"is not an OpenAPI Overlay 1.0 or 1.1 ({found} at its root)", path)
    actions = tree.get("actions")
    if "actions" in tree and actions is None:
        actions = []  # so a new overlay begins: nothing but comments below it
    elif not isinstance(actions, list) or not actions:
        raise Fault("must have a list of actions", ("actions",))
    for index, action in enumerate(actions):
        _check(action, ("actions", index))
    _check_root(document, path, tree)
    return actions


def _check_root(document: Document, path: Path, tree: dict[str, Any]) -> None:
    for key in tree:
        if key not in ROOT_KEYS and not key.startswith("x-"):
            message = f"an overlay has no key {key!r}; it is passed over"
            document.warnings.append(("overlay", place_of(path, (key,)), message))
    extends = tree.get("extends")
    if extends is not None and _file_name(str(extends)) != document.path.name:
        message = f"the overlay extends {extends}, and is laid over {document.path.name} all the same"
        document.warnings.append(("overlay", place_of(path, ("extends",)), message))


def _file_name(reference: str) -> str:
    return unquote(re.split("[?#]", reference)[0]).rsplit("/", 1)[-1]


def _check(action: object, here: Pointer) -> None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise Fault("an action must be a mapping with a target", here)
    unknown = [key for key in action if key not in ACTION_KEYS and not key.startswith("x-")]
    if unknown:
        raise Fault(f"an action has no key {unknown[0]!r}; it knows {', '.join(sorted(ACTION_KEYS))}", here)
    if sum((action.get("remove") is True, "update" in action, "copy" in action)) != 1:
        raise Fault("an action must do one thing: update, copy, or remove: true", here)


def _apply(document: Document, action: dict[str, Any], path: Path, here: Pointer, *, strict: bool) -> None:
    matches = find(document, action["target"], (*here, "target"))
    reached = tuple(label_of(document, node) for node in matches)
    document.hits.append(Hits(path, int(here[-1]), action["target"], reached))
    if not matches and not strict:
        return
    if not matches:
        raise Fault(
            f"the target {action['target']} matches nothing in {shown(document.path)}; "
            f"the document may have changed: {_advice(document.tree, action['target'])}",
            (*here, "target"),
        )
    if action.get("remove"):
        _remove(document, sorted(set(settle(document, matches, here)), key=_depth_first))
        return
    value, source = _value(document, action, path, here)
    parts = [part for node in matches for part in spread(document, node, value, source)]
    if all(says(part.node.value, part.update) for part in parts):
        document.needless.append(place_of(path, here))
    wanted = [part for part in parts if not (part.node.landings and says(part.node.value, part.update))]
    pointers = settle(document, [part.node for part in wanted], here)
    laid = {(pointer, part.source): part for pointer, part in zip(pointers, wanted, strict=True)}
    for pointer, source in sorted(laid, key=lambda item: _depth_first(item[0])):
        _update(document, pointer, laid[pointer, source].update, source)


def _value(
    document: Document, action: dict[str, Any], path: Path, here: Pointer
) -> tuple[object, tuple[Path, Pointer]]:
    """What is laid onto the target, and where it was written."""
    if "update" in action:
        return action["update"], (path, (*here, "update"))
    source, here = action["copy"], (*here, "copy")
    matches = find(document, source, here) if isinstance(source, str) else []
    if len(matches) != 1:
        raise Fault(f"copy must match one node, and {source} matches {len(matches)}", here)
    return copy.deepcopy(matches[0].value), document.home(matches[0].pointer)


def _update(document: Document, pointer: Pointer, value: object, source: tuple[Path, Pointer]) -> None:
    old = _node(document.tree, pointer)
    if isinstance(old, dict) and not isinstance(value, dict):
        raise Fault("the target is a mapping, into which only a mapping can be merged", source[1])
    merged = merge(document, pointer, old, copy.deepcopy(value), source)
    if pointer:
        _node(document.tree, pointer[:-1])[pointer[-1]] = merged


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


def _node(tree: Any, pointer: Pointer) -> Any:
    for part in pointer:
        tree = tree[part]
    return tree


def _remove(document: Document, pointers: Iterable[Pointer]) -> None:
    for pointer in pointers:
        if pointer:
            del _node(document.tree, pointer[:-1])[pointer[-1]]
        else:
            document.tree.clear()
    follow_removal(document, set(pointers))


def _depth_first(pointer: Pointer) -> tuple[Any, ...]:
    """Deeper and later nodes first, so that removing one does not move another."""
    return (-len(pointer), *((0, -part, "") if isinstance(part, int) else (1, 0, part) for part in pointer))
