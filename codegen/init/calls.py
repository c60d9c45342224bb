"""The calls that the tests of a new repository begin with: some operations, with arguments and an answer that fit."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.extensions.envelope import ENVELOPE, ENVELOPES
from codegen.init.samples import NoSampleError, sample
from codegen.ir.api import Api
from codegen.ir.operation import Body, Operation, Parameter
from codegen.read.operations import DeclaredOperation, declared_operations
from codegen.read.references import resolve

_JSON = "application/json"
_MOST = 5
"""So many show how it is done; further ones are the team's."""


@dataclass(frozen=True)
class Call:
    """A call that a test makes, and what the server of the test answers."""

    method: str
    """Of the client."""
    arguments: Mapping[str, str]
    """Name → Python."""
    status: int
    answer: str
    """The body, as JSON; empty for none."""
    is_journalled: bool


def calls(tree: dict[str, Any], api: Api, schemes: tuple[str, ...]) -> list[Call]:
    """A few calls, those with the fewest arguments first; where there are schemes, such as they serve.

    An operation for which no fitting values can be made for sure is passed over.
    """
    found = [
        call
        for operation, given in zip(api.operations, declared_operations(tree), strict=True)
        if _is_served(operation, schemes)
        for call in _call(tree, operation, given)
    ]
    found.sort(key=lambda call: len(call.arguments))
    journalled = [call for call in found if call.is_journalled][:1]
    return [*journalled, *(call for call in found if call not in journalled)][:_MOST]


def _is_served(operation: Operation, schemes: tuple[str, ...]) -> bool:
    """Whether the first way to call it goes by the schemes, to the client's server, and without a file."""
    is_plain = not operation.own_server and not operation.takes_files
    return is_plain and (not schemes or (operation.security or ((),))[0] == schemes)


def _call(tree: dict[str, Any], operation: Operation, given: DeclaredOperation) -> Iterator[Call]:
    try:
        arguments = {one.name: _value(tree, given, one) for one in operation.arguments if one.required}
        status, answer = _answer(tree, given)
    except NoSampleError:
        return
    yield Call(operation.name, arguments, status, answer, operation.journal is not None)


def _value(tree: dict[str, Any], given: DeclaredOperation, argument: Parameter | Body) -> str:
    """An argument's value, as Python."""
    if isinstance(argument, Body):
        value = sample(tree, _content(tree, given).get(argument.media_type, {}).get("schema"))
        return f"convert({value!r}, {argument.type})" if argument.type.startswith("models.") else repr(value)
    value = sample(tree, _schema(tree, given, argument))
    if value in ("", []):
        raise NoSampleError  # in some places it would be no value at all
    return repr(str(value) if isinstance(value, float) else value)


def _content(tree: dict[str, Any], given: DeclaredOperation) -> dict[str, Any]:
    content: dict[str, Any] = resolve(tree, given.said.get("requestBody", {})).get("content", {})
    return content


def _schema(tree: dict[str, Any], given: DeclaredOperation, argument: Parameter) -> Any:
    for node in (*given.said.get("parameters", ()), *given.item.get("parameters", ())):
        said = resolve(tree, node)
        if (said["in"], said["name"]) == (argument.place, argument.wire_name):
            return said["schema"] if "schema" in said else _no_schema()
    for media in _content(tree, given).values():
        properties = resolve(tree, media.get("schema", {})).get("properties", {})
        if argument.wire_name in properties:
            return properties[argument.wire_name]
    return _no_schema()


def _no_schema() -> Any:
    raise NoSampleError


def _answer(tree: dict[str, Any], given: DeclaredOperation) -> tuple[int, str]:
    """The status of a success, and its body."""
    responses = given.said.get("responses") or {}
    status = min((key for key in map(str, responses) if key.startswith("2")), default=None)
    if status is None or not status.isdigit():
        raise NoSampleError
    said = resolve(tree, next(value for key, value in responses.items() if str(key) == status))
    content = said.get("content") or {}
    if not content:
        return int(status), ""
    if _JSON not in content:
        raise NoSampleError
    schema = content[_JSON].get("schema", {})
    return int(status), json.dumps(_enveloped(tree, given, schema))


def _enveloped(tree: dict[str, Any], given: DeclaredOperation, schema: Any) -> Any:
    value = sample(tree, schema)
    name = given.said.get(ENVELOPE.key)
    if name is None:
        return value
    envelope = tree[ENVELOPES.key][name]
    properties = resolve(tree, schema).get("properties", {})
    if not isinstance(value, dict) or envelope["result"] not in properties:
        raise NoSampleError
    result = value.get(envelope["result"]) or sample(tree, properties[envelope["result"]])
    return {**value, **envelope["success"], envelope["result"]: result}
