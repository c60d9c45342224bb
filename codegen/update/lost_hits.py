"""Which nodes an overlay's actions reached before and reach no more, and what has become of them."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from codegen.errors import Pointer, pointer_text
from codegen.read.hits import Hits, Label, name_of
from codegen.read.references import METHODS, node_at, reference_pointer
from codegen.read.source import place_of

_TOLD = 3
"""Of so many nodes it is told what has become of them."""


class Reached(Protocol):
    """A document under its overlays."""

    tree: dict[str, Any]
    hits: list[Hits]


@dataclass(frozen=True)
class Found:
    """Where the way of a label leads in the new document."""

    pointer: Pointer
    """As far as it leads."""
    reference: str | None = None
    """The last ``$ref`` on the way."""
    missing: str | None = None
    """What is not there, if it does not lead to the end."""
    near: str | None = None
    """What has the most similar name there."""


@dataclass(frozen=True)
class Loss:
    """An action that reaches less than it did."""

    action: Hits
    before: int
    reason: str

    @property
    def line(self) -> str:
        """Where the action is, how much it reached and reaches, and why."""
        return f"{place_of(self.action.path, ('actions', self.action.index))}: {self.counts}: {self.reason}"

    @property
    def counts(self) -> str:
        """How many nodes it reached, and how many it reaches."""
        return f"{self.before} → {len(self.action.nodes)}"


def losses(old: Reached, new: Reached) -> list[Loss]:
    """Every action that reaches less of the new document than it did of the old one."""
    return _losses(old, new, lambda _: True)


def strays(old: Reached, new: Reached) -> list[Loss]:
    """Every action that misses something that is still there."""
    return _losses(old, new, lambda label: follow(old, new, label).missing is None)


def _losses(old: Reached, new: Reached, counts: Callable[[Label], bool]) -> list[Loss]:
    found = []
    for was, action in pairs(old.hits, new.hits):
        lost = [node for node in was.nodes if node not in action.nodes and counts(node)]
        if lost and len(action.nodes) < len(was.nodes):
            found.append(Loss(action, len(was.nodes), _reasons(old, new, lost)))
    return found


def pairs(before: Iterable[Hits], after: Iterable[Hits]) -> Iterator[tuple[Hits, Hits]]:
    """Each action as it was and as it is; one whose target was corrected since is not among them."""
    known: dict[str, list[Hits]] = {}
    for old in before:
        known.setdefault(old.target, []).append(old)
    for action in after:
        if known.get(action.target):
            yield known[action.target].pop(0), action


def follow(old: Reached, new: Reached, label: Label) -> Found:
    """Follow a label of the old document through the new one, and through every ``$ref`` on its way."""
    pointer: Pointer = ()
    was: Any = old.tree
    node: Any = new.tree
    reference = None
    for part in label:
        was = _behind(old.tree, was, (), None)[0]
        node, pointer, reference = _behind(new.tree, node, pointer, reference)
        step = _step(new.tree, node, part)
        if step is None:
            return Found(pointer, reference, part, _near(was, node, part))
        pointer, node = (*pointer, step), node[step]
        before = _step(old.tree, was, part)
        was = None if before is None else was[before]
    _, pointer, reference = _behind(new.tree, node, pointer, reference)
    return Found(pointer, reference)


def _behind(tree: Any, node: Any, pointer: Pointer, reference: str | None) -> tuple[Any, Pointer, str | None]:
    """The node that a reference stands for, as far as it leads within the document."""
    seen = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"] not in seen:
        reference = node["$ref"]
        seen.add(reference)
        if not reference.startswith("#/"):
            break
        try:
            node = node_at(tree, reference_pointer(reference))
        except (KeyError, IndexError, ValueError, TypeError):  # the reference leads nowhere, which is said elsewhere
            break
        pointer = reference_pointer(reference)
    return node, pointer, reference


def _step(tree: Any, node: Any, part: str) -> str | int | None:
    """The key or the index under which the node holds what a label calls `part`."""
    if isinstance(node, dict):
        return part if part in node else None
    if not isinstance(node, list):
        return None
    names = (name_of(_behind(tree, item, (), None)[0], index) for index, item in enumerate(node))
    return next((index for index, name in enumerate(names) if name == part), None)


def _near(was: Any, node: Any, part: str) -> str | None:
    """What is new there and has the most similar name."""
    names = [str(key) for key in node if not isinstance(was, dict) or key not in was] if isinstance(node, dict) else []
    return next(iter(difflib.get_close_matches(part, names, n=1, cutoff=0.7)), None)


def _reasons(old: Reached, new: Reached, labels: Sequence[Label]) -> str:
    told = "; ".join(_reason(old, new, label) for label in labels[:_TOLD])
    more = len(labels) - _TOLD
    return f"{told}; and {more} more" if more > 0 else told


def _reason(old: Reached, new: Reached, label: Label) -> str:
    found = follow(old, new, label)
    if found.missing is None:
        where = f"is now behind a $ref to {found.reference}" if found.reference else "is there, but not as it was"
        return f"{_name(old.tree, label)} {where}"
    near = f"; {found.near!r} is new there" if found.near else ""
    return f"{_name(old.tree, label)} is gone: {pointer_text(found.pointer)} has no {found.missing!r}{near}"


def _name(tree: Mapping[str, Any], label: Label) -> str:
    """What a person calls a node: by its operation, and its last name there."""
    if len(label) < 3 or label[0] != "paths" or label[2] not in METHODS:
        return pointer_text(label)
    item = tree.get("paths", {}).get(label[1], {})
    operation = item.get(label[2], {}) if isinstance(item, dict) else {}
    own = operation.get("operationId") if isinstance(operation, dict) else None
    name = own if isinstance(own, str) else f"{label[2].upper()} {label[1]}"
    return f"{name}'s {label[-1]}" if len(label) > 3 else name
