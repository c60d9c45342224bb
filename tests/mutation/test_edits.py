"""Small edits of the gift card's document: each changes exactly the elements of the package that it must."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen import pipeline
from codegen.read.load import Document
from codegen.settings import Options, Settings, read
from tests.mutation.elements import changed

ROOT = Path(__file__).parents[2]
Tree = dict[str, Any]

CLIENTS = {"client.GiftCardClient.{}", "async_client.AsyncGiftCardClient.{}"}
RAW = {"raw.RawOperations.{}", "async_raw.AsyncRawOperations.{}"}
COMMAND = {"_commands.{}_"}
DOORS = CLIENTS | RAW | COMMAND
PACKAGE = {"__init__", "__init__.__all__"}
FACTS = {"_operations.CONSTANT"}


def _of(operation: str, *groups: set[str]) -> set[str]:
    names = {name.format(operation) for group in groups for name in group}
    return {name.replace("CONSTANT", operation.upper()) for name in names}


def _operation(tree: Tree, name: str) -> Tree:
    return next(said for item in tree["paths"].values() for said in item.values() if said.get("operationId") == name)


def _parameter(tree: Tree, operation: str, name: str) -> Tree:
    return next(item for item in _operation(tree, operation)["parameters"] if item["name"] == name)


def _result(tree: Tree, operation: str) -> Tree:
    schema = _operation(tree, operation)["responses"]["200"]["content"]["application/json"]["schema"]
    return schema["properties"]["data"]


def _add(**parameter: Any) -> Callable[[Tree], object]:
    return lambda tree: _operation(tree, "buyGiftCard")["parameters"].append(
        {"in": "query", "schema": {"type": "string"}, **parameter}
    )


def _say(operation: str, parameter: str, **said: Any) -> Callable[[Tree], object]:
    return lambda tree: _parameter(tree, operation, parameter).update(said)


def _limit(parameter: str, **said: Any) -> Callable[[Tree], object]:
    return lambda tree: _parameter(tree, "buyGiftCard", parameter)["schema"].update(said)


def _tell(operation: str, **said: Any) -> Callable[[Tree], object]:
    return lambda tree: _operation(tree, operation).update(said)


def _property(name: str, schema: Tree | None) -> Callable[[Tree], object]:
    def edit(tree: Tree) -> None:
        properties = _result(tree, "buyGiftCard")["properties"]
        properties.pop(name, None)
        properties.update({} if schema is None else {name: schema})

    return edit


def _move(path: str, to: str) -> Callable[[Tree], object]:
    return lambda tree: tree["paths"].update({to: tree["paths"].pop(path)})


def _rename(operation: str, to: str) -> Callable[[Tree], object]:
    return lambda tree: _operation(tree, operation).update(operationId=to)


def _drop(operation: str, parameter: str) -> Callable[[Tree], object]:
    return lambda tree: _operation(tree, operation)["parameters"].remove(_parameter(tree, operation, parameter))


def _as_put(tree: Tree) -> None:
    item = tree["paths"]["/sapi/v1/giftcard/buyCode"]
    item["put"] = item.pop("post")


def _reverse(tree: Tree) -> None:
    tree["paths"] = dict(reversed(tree["paths"].items()))


def _new_operation(tree: Tree) -> None:
    schema = {"type": "object", "properties": {"fee": {"type": "string"}}}
    responses = {"200": {"description": "It.", "content": {"application/json": {"schema": schema}}}}
    tree["paths"]["/sapi/v1/giftcard/fee"] = {"get": {"operationId": "fetchFee", "responses": responses}}


def _error_code(tree: Tree) -> None:
    tree["x-sdk-errors"]["codes"].append({"code": -18099, "name": "FrozenError", "meaning": "The card is frozen."})


BUY = "buy_gift_card"
BUY_CODE = "/sapi/v1/giftcard/buyCode"
ROWS = {"_commands.{}_of_many"}
BULK = {"bulk.BulkOperations.buy", "async_bulk.AsyncBulkOperations.buy"}
ARGUMENT = _of(BUY, DOORS, FACTS, ROWS)
"""What shows an argument: the clients, their full answers, the commands for one call and for many, and the facts."""
IMPORTS = {"client", "async_client", "raw", "async_raw"}
ADDS, REMOVES, CHANGES = "adds", "removes", "changes"

EDITS: dict[str, tuple[Callable[[Tree], object], set[str], str]] = {
    "an optional parameter": (_add(name="label"), ARGUMENT, ADDS),
    "a required parameter": (_add(name="label", required=True), ARGUMENT, ADDS),
    "a header": (_add(name="X-Label", **{"in": "header"}), ARGUMENT, ADDS),
    "a cookie": (_add(name="label", **{"in": "cookie"}), ARGUMENT, ADDS),
    "a secret": (_add(name="pin", schema={"type": "string", "format": "password"}), ARGUMENT, ADDS),
    "a list": (
        _add(name="tags", schema={"type": "array", "items": {"type": "string"}}),
        ARGUMENT | IMPORTS | {"_operations", "_runtime/core/styles.py"},
        ADDS,
    ),
    "one parameter less": (_drop("buyGiftCard", "recvWindow"), ARGUMENT, REMOVES),
    "a parameter's text": (_say("buyGiftCard", "faceToken", description="It."), _of(BUY, CLIENTS, COMMAND), CHANGES),
    "a parameter that must be": (_say("buyGiftCard", "recvWindow", required=True), _of(BUY, DOORS, FACTS), CHANGES),
    "a parameter that may be": (
        _say("verifyGiftCard", "referenceNo", required=False),
        _of("verify_gift_card", DOORS, FACTS)
        | {"bulk.BulkOperations.verify", "async_bulk.AsyncBulkOperations.verify", "_commands.verify_gift_card_of_many"},
        CHANGES,
    ),
    "a parameter's type": (_limit("faceToken", type="integer"), _of(BUY, CLIENTS, RAW, FACTS), CHANGES),
    "a parameter's choices": (
        _limit("faceToken", enum=["A", "B"]),
        _of(BUY, CLIENTS, RAW, COMMAND, FACTS) | {"raw", "async_raw", "_commands"},
        CHANGES,
    ),
    "a parameter's length": (_limit("faceToken", maxLength=7), _of(BUY, CLIENTS, FACTS), ADDS),
    "a parameter's pattern": (_limit("faceToken", pattern="^[A-Z]+$"), _of(BUY, FACTS), ADDS),
    "a property": (_property("fee", {"type": "string"}), {"models.GiftCard.fee", *_of(BUY, FACTS)}, ADDS),
    "an operation": (
        _new_operation,
        {*_of("fetch_fee", DOORS, FACTS), "models.FetchFeeResponse", "models.FetchFeeResponse.fee"},
        ADDS,
    ),
    "an operation's name": (
        _rename("buyGiftCard", "purchase"),
        {*ARGUMENT, *_of("purchase", DOORS, FACTS, ROWS), *BULK, "_operations.JOURNALLED"},
        CHANGES,
    ),
    "an operation's path": (_move(BUY_CODE, "/sapi/v2/giftcard/buyCode"), _of(BUY, FACTS), CHANGES),
    "an operation's method": (_as_put, _of(BUY, FACTS), CHANGES),
    "an operation's summary": (_tell("buyGiftCard", summary="Get a card"), _of(BUY, DOORS, ROWS) | BULK, CHANGES),
    "an operation's text": (_tell("buyGiftCard", description="Gets a card."), _of(BUY, CLIENTS, COMMAND), CHANGES),
    "an operation's weight": (_tell("buyGiftCard", **{"x-sdk-weight": {"ip": 7}}), _of(BUY, FACTS), CHANGES),
    "an operation's security": (_tell("buyGiftCard", security=[]), ARGUMENT, CHANGES),
    "a deprecation": (
        _tell("buyGiftCard", deprecated=True),
        _of(BUY, DOORS, FACTS, BULK) | IMPORTS | {"bulk", "async_bulk"},
        ADDS,
    ),
    "an error code": (
        _error_code,
        {"_operations.ERRORS", "errors", "errors.FrozenError", "errors.__all__", "__init__._HOMES", *PACKAGE},
        ADDS,
    ),
    "a server": (
        lambda tree: tree["servers"].append({"url": "https://b.example"}),
        {"client.SERVERS", "async_client.SERVERS"},
        ADDS,
    ),
    "the document's version": (lambda tree: tree["info"].update(version="9"), {"_about.SPEC_VERSION"}, CHANGES),
    "the document's text": (
        lambda tree: tree["info"].update(description="All."),
        {"client.GiftCardClient", "async_client.AsyncGiftCardClient"},
        CHANGES,
    ),
    "an order": (_reverse, {"_operations.JOURNALLED"}, ADDS),
    "a component that nobody uses": (
        lambda tree: tree["components"].setdefault("schemas", {}).update({"Alone": {"type": "object"}}),
        set(),
        ADDS,
    ),
    "somebody else's extension": (_tell("buyGiftCard", **{"x-owner": "me"}), set(), ADDS),
    "an example": (_say("buyGiftCard", "faceToken", example="BNB"), set(), ADDS),
    "a tag": (_tell("buyGiftCard", tags=["Other"]), set(), ADDS),
}
"""What is edited → the edit, the elements that it changes, and whether it only adds or removes words there."""


@pytest.fixture(scope="module")
def contract() -> tuple[Document, Settings, dict[str, str]]:
    settings = replace(read(Options(config=ROOT / "pyproject.toml")), remembers=False)
    document, _ = pipeline.read(settings.spec, settings.overlays, settings.schema_check)
    return document, settings, pipeline.generate(copy.deepcopy(document), settings)[0]


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_changes_what_it_must_and_nothing_else(contract: Any, name: str) -> None:
    document, settings, before = contract
    edit, expected, direction = EDITS[name]
    mutant = copy.deepcopy(document)
    edit(mutant.tree)
    found = changed(before, pipeline.generate(mutant, settings)[0])
    assert set(found) == expected
    assert direction != ADDS or not [name for name, (lost, _) in found.items() if lost]
    assert direction != REMOVES or not [name for name, (_, gained) in found.items() if gained]
