"""Witness: the smallest request or answer that one document allows and the other does not, for a change of the wire.

It is made from the schemas of the change, laid into the smallest request or answer around it, and then held against
the schemas of both documents by a validator that nobody here wrote. What cannot be shown so says why.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Literal, TypeAlias

from codegen.compare.changes import Change
from codegen.compare.exchange_schema import answer_schema, request_schema
from codegen.compare.exchange_text import answer_text, request_text
from codegen.compare.holders import Holders
from codegen.compare.operation import Operation
from codegen.compare.operations import called, moved
from codegen.compare.rules import Direction
from codegen.compare.separation import Half, NotSeparableError, Separation
from codegen.compare.shape import Shapes
from codegen.compare.side import Side

MOST = 200
"""So many changes of a report have one; a person reads fewer."""
_MOST_OPERATIONS = 3
"""In so many operations that share a schema it is looked for."""

When: TypeAlias = Literal["before", "now"]

_OTHER: Mapping[When, When] = {"before": "now", "now": "before"}
_ORDERS: Mapping[Direction, tuple[tuple[When, bool], ...]] = {
    "request": (("before", False), ("before", True)),
    "response": (("now", False), ("now", True), ("before", True)),
}
"""Under which document it is to be valid, and whether what that does not list counts as not allowed; best first."""

_OF_REQUESTS = ("request-", "required-request-", "parameter-", "required-parameter-")
_OF_ANSWERS = ("response-", "required-response-", "success-status-", "error-status-")
_OF_WHOLE = ("operation-removed", "operation-moved", "deprecated-operation-removed")
_OF_MEANING = re.compile(
    r"(parameter-(style|media-type|empty-value)|request-part-encoding"
    r"|(request|response)-(unit|encoding|xml|default|discriminator))-"
)
"""What changes how a value is written or what it means, and not which values there are."""


@dataclass(frozen=True)
class Witness:
    """A request or an answer that was valid and is not, or the other way round."""

    shown: str
    """As one line."""
    kind: Direction
    value: Any
    """All of it: its parts by where they stand."""
    valid: When
    """Under which of the documents it is valid."""
    is_described: bool
    """Whether the other document merely does not describe it."""

    @property
    def when(self) -> str:
        """In words, under which document it is valid."""
        word = "described" if self.is_described else "valid"
        return f"{word} {self.valid}, not {_OTHER[self.valid]}"

    @property
    def line(self) -> str:
        """What it is, and when it is valid."""
        return f"{self.shown} ({self.when})"


def witnesses(
    changes: Sequence[Change], old: Mapping[str, Any], new: Mapping[str, Any], *, is_doubtful: bool
) -> dict[Change, Witness | str]:
    """For each change of the wire that is breaking or risky its witness, or why it has none.

    Args:
        changes: What was found.
        old: The one document.
        new: What it became.
        is_doubtful: Whether either breaks OpenAPI's schema, so that anything may stand anywhere.
    """
    grave = [change for change in changes if change.rule.level in ("breaking", "risky") and _is_of_wire(change)]
    search = _Search(Side(dict(old)), Side(dict(new)), is_doubtful=is_doubtful)
    found: dict[Change, Witness | str] = {change: search.of(change) for change in grave[:MOST]}
    return found | dict.fromkeys(grave[MOST:], f"only the first {MOST} changes of a report have one")


def _is_of_wire(change: Change) -> bool:
    return not change.rule.id.startswith("python-")


class _Search:
    def __init__(self, old: Side, new: Side, *, is_doubtful: bool) -> None:
        self._is_doubtful = is_doubtful
        before, after = called(old), called(new)
        elsewhere = moved(before, after)
        self._shapes: Mapping[When, Shapes] = {"before": Shapes(old), "now": Shapes(new)}
        self._holders: Mapping[When, Holders] = {"before": Holders(old), "now": Holders(new)}
        self._operations: dict[str, dict[When, Operation]] = {}
        for key, operation in before.items():
            other = after.get(elsewhere.get(key, key))
            self._operations[(other or operation).name] = {"before": operation, **({"now": other} if other else {})}
        for operation in after.values():
            self._operations.setdefault(operation.name, {"now": operation})
        self._separation = cache(self._separated)

    def of(self, change: Change) -> Witness | str:
        kind = _kind(change)
        if kind is None:
            return "it is not about which requests and answers are valid"
        reason = "no operation that a client calls leads there"
        for name in self._named(change)[:_MOST_OPERATIONS]:
            for valid, closed in _ORDERS[kind]:
                try:
                    return self._found(change, kind, name, valid, closed=closed)
                except NotSeparableError as error:
                    reason = str(error)
                except ValueError:  # of the validator: the document was checked by a laxer one
                    reason = "a schema on the way to it cannot be read by a validator"
                except (AttributeError, KeyError, TypeError):
                    if not self._is_doubtful:
                        raise
                    reason = "a document breaks OpenAPI's schema on the way to it"
        return reason

    def _named(self, change: Change) -> list[str]:
        """The operations that the change touches, those first that are nearest to it."""
        known = self._operations
        if not change.operations:
            own = [name for name in known if change.subject == name or change.subject.startswith(f"{name}: ")]
            return sorted(own, key=len, reverse=True)
        when: When = "before" if change.old else "now"
        names = {operations[when].node.pointer: name for name, operations in known.items() if when in operations}
        nearest = (names.get(pointer, "") for pointer in self._holders[when].nearest(change.old or change.new or ()))
        touched = [name for name in change.operations if name in known]
        return list(islice((name for name in nearest if name in touched), _MOST_OPERATIONS)) or touched

    def _found(self, change: Change, kind: Direction, name: str, valid: When, *, closed: bool) -> Witness:
        separation = self._separation(name, kind, valid, is_gone=change.rule.id in _OF_WHOLE)
        whole, path = separation.of(change, reverse=valid == "now", closed=closed)
        operation = self._operations[name].get(valid)
        if kind == "request" and operation is not None:
            shown = request_text(operation.name, whole, path)
        else:
            shown = answer_text(whole, path)
        return Witness(shown, kind, whole, valid, closed)

    def _separated(self, name: str, kind: Direction, valid: When, *, is_gone: bool) -> Separation:
        """What is valid under the one document and not under the other."""
        allows = self._half(name, kind, valid)
        return Separation(
            allows, Half(self._shapes[_OTHER[valid]], False, kind) if is_gone else self._half(name, kind, _OTHER[valid])
        )

    def _half(self, name: str, kind: Direction, when: When) -> Half:
        operation, shapes = self._operations[name].get(when), self._shapes[when]
        make = request_schema if kind == "request" else answer_schema
        return Half(shapes, False if operation is None else make(shapes.side, operation), kind)


def _kind(change: Change) -> Direction | None:
    """Whether the change is one of requests or of answers; `None` where it is neither."""
    rule = change.rule.id
    if _OF_MEANING.match(rule):
        return None
    if rule.startswith(_OF_ANSWERS):
        return "response"
    return "request" if rule.startswith(_OF_REQUESTS) or rule in _OF_WHOLE else None
