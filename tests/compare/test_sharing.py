"""What several operations share is told once, and in the directions in which it travels."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest

from codegen.compare.accepted import Acceptance
from codegen.compare.changes import Change
from codegen.compare.wire import compare
from codegen.errors import Place

Tree = dict[str, Any]
CARD = {"$ref": "#/components/schemas/Card"}


def _json(schema: Tree) -> Tree:
    return {"content": {"application/json": {"schema": schema}}}


def _document(card: Tree) -> Tree:
    ok = {"200": {"description": "OK", **_json(CARD)}}
    many = {"200": {"description": "OK", **_json({"type": "array", "items": {"$ref": "#/components/schemas/Page"}})}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/cards": {"post": {"requestBody": _json(CARD), "responses": ok}, "get": {"responses": many}},
            "/other": {"get": {"responses": {"200": {"description": "OK"}}}},
        },
        "components": {"schemas": {"Card": card, "Page": {"type": "object", "properties": {"card": CARD}}}},
    }


def _changes(old: Tree, new: Tree) -> dict[str, Change]:
    found = compare(_document({"type": "object", **old}), _document({"type": "object", **new}))
    assert len({change.rule.id for change in found}) == len(found)
    return {change.rule.id: change for change in found}


def test_a_change_of_a_shared_schema_is_told_once_a_direction_with_all_that_it_touches() -> None:
    found = _changes(
        {"properties": {"n": {"type": "string"}}}, {"properties": {"n": {"type": "string", "maxLength": 9}}}
    )
    assert {name: change.operations for name, change in found.items()} == {
        "request-max-length-lowered": ("POST /cards",),
        "response-max-length-lowered": ("GET /cards", "POST /cards"),
    }
    assert {change.subject for change in found.values()} == {"Card.n"}
    assert {change.new for change in found.values()} == {("components", "schemas", "Card", "properties", "n")}


@pytest.mark.parametrize(("mark", "direction"), [("readOnly", "response"), ("writeOnly", "request")])
def test_a_property_counts_only_where_it_travels(mark: str, direction: str) -> None:
    found = _changes(
        {"properties": {"n": {"type": "string", mark: True}}}, {"properties": {"n": {"type": "integer", mark: True}}}
    )
    assert list(found) == [f"{direction}-type-changed"]


def test_a_property_that_no_longer_travels_is_removed_there() -> None:
    found = _changes(
        {"properties": {"n": {"type": "string"}}}, {"properties": {"n": {"type": "string", "readOnly": True}}}
    )
    assert list(found) == ["request-property-removed"]


def test_schemas_that_hold_themselves_are_compared_once() -> None:
    old = {"properties": {"next": CARD, "n": {"type": "string"}}}
    new = {"properties": {"next": CARD, "n": {"type": "boolean"}}}
    assert set(_changes(old, new)) == {"request-type-changed", "response-type-changed"}


@pytest.mark.parametrize("kind", ["callbacks", "webhooks"])
def test_what_the_server_sends_is_read(kind: str) -> None:
    def document(schema: Tree) -> Tree:
        tree = _document({"type": "object"})
        call = {"post": {"requestBody": _json(schema), "responses": {"200": {"description": "OK", **_json(schema)}}}}
        if kind == "webhooks":
            tree["webhooks"] = {"done": call}
        else:
            tree["paths"]["/other"]["get"]["callbacks"] = {"done": {"{$request.query.u}": call}}
        return tree

    old, new = {"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}
    found = {change.rule.id: change.subject for change in compare(document(old), document(new))}
    assert set(found) == {"request-enum-value-added", "response-enum-value-added"}
    assert found["response-enum-value-added"].endswith("done: body")
    assert found["request-enum-value-added"].endswith("done: answer 200")


def test_comparing_changes_neither_document() -> None:
    old, new = _document({"type": "object"}), _document({"type": "string"})
    kept = copy.deepcopy((old, new))
    compare(old, new)
    assert (old, new) == kept


def test_a_property_that_is_demanded_and_not_described_counts() -> None:
    described = {"properties": {"a": {"type": "string"}}}
    found = _changes(described, {**described, "required": ["b"]})
    assert set(found) == {"request-required-property-added", "response-required-property-added"}
    assert {change.subject for change in found.values()} == {"Card.b"}


def test_that_a_text_is_secret_restricts_nothing() -> None:
    plain, secret = ({"properties": {"a": {"type": "string", **more}}} for more in ({}, {"format": "password"}))
    assert set(_changes(plain, secret)) == {"documentation-changed"}


def test_what_a_stream_is_made_of_counts() -> None:
    def document(item: Tree) -> Tree:
        tree = _document({"type": "object"}) | {"openapi": "3.2.0"}
        content = {"application/jsonl": {"itemSchema": item}}
        tree["paths"]["/other"]["get"]["responses"]["200"]["content"] = content
        return tree

    found = compare(document({"type": "integer"}), document({"type": "string"}))
    assert [(change.rule.id, change.subject) for change in found] == [
        ("response-type-changed", "GET /other: answer 200, each item")
    ]


def _shared(version: int) -> Tree:
    """Three operations that share a demand, a parameter of all, one of a path, and an answer."""
    window = {"name": "window", "in": "query", "schema": {"type": "integer", "maximum": 90 // version}}
    mine = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 40 // version}}
    header = {"schema": {"type": "string"}, **({"required": True} if version == 1 else {})}
    answers = {"200": {"$ref": "#/components/responses/Done"}}
    operation = {"parameters": [{"$ref": "#/components/parameters/Window"}], "responses": answers}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "security": [{"key": []}] if version == 1 else [{"key": [], "other": []}],
        "paths": {
            "/a": {"get": operation},
            "/b/{id}": {"parameters": [mine], "get": operation, "put": operation},
        },
        "components": {
            "parameters": {"Window": window},
            "responses": {"Done": {"description": "OK", "headers": {"X-A": header}}},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "other": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def test_what_stands_once_is_told_once() -> None:
    every = ("GET /a", "GET /b/{id}", "PUT /b/{id}")
    assert {(change.rule.id, change.subject): change.operations for change in compare(_shared(1), _shared(2))} == {
        ("security-more-demanded", "security"): every,
        ("request-maximum-lowered", "query parameter window"): every,
        ("request-max-length-lowered", "path parameter id"): every[1:],
        ("response-header-became-optional", "answer 200, header x-a"): every,
    }


@pytest.mark.parametrize(
    ("at", "is_covered"),
    [("query parameter window", True), ("*: query parameter window", True), ("GET /a: query parameter window", False)],
)
def test_what_is_told_once_is_accepted_for_all_that_it_touches(at: str, is_covered: bool) -> None:
    change = next(item for item in compare(_shared(1), _shared(2)) if item.rule.id == "request-maximum-lowered")
    until, place = datetime.date(2030, 1, 1), Place("accepted.yaml", (), 1, 1)
    assert Acceptance(change.rule.id, at, "why", until, place).covers(change) is is_covered
