"""A request or an answer as one value with one schema, so that what differs is the difference of two schemas.

A request is ``{"path": {…}, "query": {…}, "header": {…}, "cookie": {…}, "body": {MEDIA TYPE: …}}``; an answer is
``{STATUS: {"headers": {…}, "body": {MEDIA TYPE: …}}}``. The schemas of a document stand in it as references.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from codegen.compare.operation import Operation, content_of, headers_of, is_required, parameters_of, written
from codegen.compare.side import Node, Side
from codegen.read.references import pointer_reference

PLACES = ("path", "query", "header", "cookie")
"""Where a parameter stands."""


def request_schema(side: Side, operation: Operation) -> dict[str, Any]:
    """What the operation takes; a parameter that it does not name is not taken."""
    found = parameters_of(side, operation)
    places = {place: _closed(_parameters(found, place)) for place in PLACES}
    body = side.land(operation.node.child("requestBody"))
    whole = {**places, **({"body": _content(body)} if content_of(body) else {})}
    required = [*PLACES, *(["body"] if body.fields.get("required") is True and "body" in whole else ())]
    return {**_closed(whole.items()), "required": required}


def answer_schema(side: Side, operation: Operation) -> dict[str, Any]:
    """What the operation answers, by status."""
    answers = operation.node.child("responses")
    statuses = {key: side.land(answers.child(key)) for key in answers.fields if not key.startswith("x-")}
    return _one_of((status, _answer(side, node)) for status, node in statuses.items())


def _answer(side: Side, node: Node) -> dict[str, Any]:
    headers = headers_of(side, node)
    schema = {
        "type": "object",
        "properties": {name: _reference(written(header)[1]) for name, header in headers.items()},
        "required": [name for name, header in headers.items() if is_required(header)],
    }
    body = {"body": _content(node)} if content_of(node) else {}
    return {**_closed({"headers": schema, **body}.items()), "required": ["headers", *body]}


def _parameters(found: Mapping[tuple[str, str], Node], place: str) -> Iterable[tuple[str, Any, bool]]:
    for (where, name), parameter in found.items():
        if where == place:
            yield name, _reference(written(parameter)[1]), is_required(parameter)


def _content(node: Node) -> dict[str, Any]:
    return _one_of((name, _reference(media.child("schema"))) for name, media in content_of(node).items())


def _one_of(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {**_closed(items), "minProperties": 1, "maxProperties": 1}


def _closed(items: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    listed = list(items)
    return {
        "type": "object",
        "properties": {name: schema for name, schema, *_ in listed},
        "required": [name for name, _, *required in listed if required == [True]],
        "additionalProperties": False,
    }


def _reference(schema: Node) -> Any:
    return {} if schema.value in (None, True) else {"$ref": pointer_reference(schema.pointer)}
