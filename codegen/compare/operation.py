"""One operation of a document: its parameters, and what its bodies, parameters and headers are written as."""

import re
from dataclasses import dataclass

from codegen.compare.side import Node, Side
from codegen.read.references import IGNORED_HEADERS


@dataclass(frozen=True)
class Operation:
    """An operation, and the path item that it stands in."""

    name: str
    """``POST /cards``"""
    path: str
    item: Node
    node: Node

    @property
    def id(self) -> str | None:
        """The operationId."""
        said = self.node.fields.get("operationId")
        return said if isinstance(said, str) else None


def parameters_of(side: Side, operation: Operation) -> dict[tuple[str, str], Node]:
    """The parameters by place and name; those of the path by their order in it, which is what a server sees."""
    places = re.findall(r"{([^{}]*)}", operation.path)
    found = {}
    for owner in (operation.item, operation.node):
        for index, _ in enumerate(owner.fields.get("parameters") or ()):
            parameter = side.land(owner.child("parameters", index))
            place, name = str(parameter.fields.get("in")), str(parameter.fields.get("name"))
            if place == "path" and name in places:
                found[place, str(places.index(name))] = parameter
            elif place != "header":
                found[place, name] = parameter
            elif name.lower() not in IGNORED_HEADERS:
                found[place, name.lower()] = parameter
    return found


def is_required(node: Node) -> bool:
    """Whether a parameter, a body or a header must be there."""
    return node.fields.get("required") is True or node.fields.get("in") == "path"


def written(parameter: Node) -> tuple[str | None, Node]:
    """The media type that a parameter or a header is written as, if it is, and its schema."""
    for media_type in parameter.child("content").fields:
        return media_type, parameter.child("content", media_type, "schema")
    return None, parameter.child("schema")


def content_of(node: Node) -> dict[str, Node]:
    """Media type → what is said of it; spaces, case and the charset in the name of one mean nothing."""
    content = node.child("content")
    return {re.sub(r"\s|;\s*charset=[^;]*", "", name.lower()): content.child(name) for name in content.fields}


def headers_of(side: Side, answer: Node) -> dict[str, Node]:
    """Name in small letters → the header."""
    headers = answer.child("headers")
    return {name.lower(): side.land(headers.child(name)) for name in headers.fields if name.lower() != "content-type"}
