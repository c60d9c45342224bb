"""The parts of a schema: how a document puts together what must all hold, or what is one of several."""

import json
import marshal
from collections.abc import Iterator
from typing import Any

from codegen.compare.side import Node, Side

UNIONS = ("oneOf", "anyOf")


def travels(side: Side, node: Node, direction: str) -> bool:
    """Whether a property is sent in this direction at all."""
    hidden = "readOnly" if direction == "request" else "writeOnly"
    return not any(part.fields.get(hidden) is True for part in parts(side, node, ()))


def parts(side: Side, node: Node, above: tuple[Any, ...]) -> Iterator[Node]:
    """The schemas that must all hold: the node's own keywords, each part of its ``allOf``, its only alternative."""
    if node.pointer in above:
        return
    above = (*above, node.pointer)
    value = node.value
    is_reference = isinstance(value, dict) and isinstance(value.get("$ref"), str)
    if not (is_reference and side.is_30):
        yield node
    if is_reference:
        yield from parts(side, side.land(node), above)
    members = [node.child("allOf", index) for index, _ in enumerate(node.fields.get("allOf") or ())]
    for member in sorted(members, key=words):  # their order in the document means nothing
        yield from parts(side, member, above)
    for keyword in UNIONS:
        members = alternatives(node, keyword) if keyword in node.fields else []
        if len(members) == 1:
            yield from parts(side, members[0], above)


def words(node: Node) -> str:
    """What stands there, the same for every order of its keys."""
    return json.dumps(node.value, sort_keys=True, default=str)


def is_alike(one: Any, other: Any) -> bool:
    """Whether equal values are so in JSON too, where 1 is not true."""
    try:
        if marshal.dumps(one, 2) == marshal.dumps(other, 2):  # version 2 writes equal values as equal bytes
            return True
    except ValueError:
        pass  # a value that JSON has not
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def alternatives(part: Node, keyword: str) -> list[Node]:
    """The alternatives, without one that is just null: ``oneOf: [A, null]`` is A that may be null."""
    members = [part.child(keyword, index) for index, _ in enumerate(part.fields.get(keyword) or ())]
    return [member for member in members if not _is_null(member.value)]


def offers_null(part: Node) -> bool:
    """Whether null is one of the alternatives."""
    return any(_is_null(member) for keyword in UNIONS for member in part.fields.get(keyword) or ())


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and (schema.get("type") == "null" or schema.get("enum") == [None])
