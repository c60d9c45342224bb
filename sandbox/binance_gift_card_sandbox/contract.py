"""The contract that requests are checked against: the document that the SDK beside us was generated from.

It ships in the SDK's package as `openapi.json`, so the sandbox and the SDK cannot disagree about it. What is
wrong with a parameter is told by the vendor's code for it.
"""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.signing import WRITTEN

SDK = "binance_gift_card"
CODES = {"minLength": -1105, "pattern": -1100, "type": -1102}
OTHERWISE_WRONG = -1130
ATTEMPTS = ("code", "referenceNo")
"""What a malformed one of these is answered with, nobody has published: it is a wrong attempt, the worst,
and its pattern is a rule of the client's."""
METHODS = ("get", "post", "put", "delete", "patch")

Tree = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation, in whichever place a request may carry it."""

    name: str
    required: bool
    schema: Tree
    malformed: int | None = None  # answers whatever is wrong with the value; None: the schema's keyword decides

    def check(self, text: str | None) -> None:
        if text is None and self.required:
            raise Refusal(-1102, self.name)
        if text == "":
            raise Refusal(-1105, self.name)
        if text is None:
            return
        error = next(self._validator.iter_errors(self._value(text)), None)
        if error is not None:
            raise Refusal(self.malformed or CODES.get(str(error.schema_path[-1]), OTHERWISE_WRONG), self.name)

    def _value(self, text: str) -> object:
        is_integer = self.schema.get("type") == "integer" and text.isascii() and text.lstrip("-").isdigit()
        return int(text) if is_integer else text

    @cached_property
    def _validator(self) -> Any:
        return jsonschema_rs.validator_for(self.schema)


@dataclass(frozen=True)
class Operation:
    name: str  # its operationId
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    weight: Mapping[str, int]  # of the limits by address ("ip") and by account ("uid")
    signed: bool

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(parameter.name for parameter in self.parameters)


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document, in its order."""
    document = json.loads(document_path().read_text(encoding="utf-8"))
    return tuple(_operations(document))


def document_path() -> Path:
    """Found without importing the SDK, which would be most of the sandbox's start."""
    found = importlib.util.find_spec(SDK)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the sandbox answers by the contract of {SDK}, which is not installed", name=SDK)
    return Path(found.submodule_search_locations[0]) / "openapi.json"


def signing_parameters() -> tuple[Parameter, ...]:
    """What every signed operation takes, for those that the document does not have."""
    return tuple(_parameter({}, name, name != "recvWindow", {}) for name in WRITTEN)


def _operations(document: Tree) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield Operation(
                    name=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    parameters=tuple(_parameters(document, operation)),
                    weight=operation.get("x-sdk-weight", {}),
                    signed=bool(operation.get("security")),
                )


def _parameters(document: Tree, operation: Tree) -> Iterator[Parameter]:
    for reference in operation.get("parameters", ()):
        parameter = _resolved(document, reference)
        yield _parameter(document, parameter["name"], parameter.get("required", False), parameter["schema"])
    for media in operation.get("requestBody", {}).get("content", {}).values():
        form = _resolved(document, media["schema"])
        for name, schema in form["properties"].items():
            yield _parameter(document, name, name in form.get("required", ()), schema)


def _parameter(document: Tree, name: str, required: bool, schema: Tree) -> Parameter:
    if name in WRITTEN:
        return Parameter(name, required, {"pattern": WRITTEN[name].pattern}, WRITTEN[name].malformed)
    found = _resolved(document, schema)
    if name in ATTEMPTS:
        found = {keyword: value for keyword, value in found.items() if keyword != "pattern"}
    return Parameter(name, required, found)


def _resolved(document: Tree, node: Any) -> Any:
    """The node, or what it refers to inside the document."""
    while "$ref" in node:
        steps = node["$ref"].removeprefix("#/").split("/")
        node = document
        for step in steps:
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node
