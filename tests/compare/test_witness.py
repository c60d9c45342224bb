"""What breaks, or may, is shown by a request or an answer that one of the documents has and the other has not."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from codegen.compare.exchange_text import answer_text
from codegen.compare.matching import matching
from codegen.compare.wire import compare
from codegen.compare.witness import MOST, Witness, witnesses
from tests.compare.test_rules import OTHERS, PLACES, SCHEMAS, document

Tree = dict[str, Any]

MEANING = {
    *("unit-changed", "encoding-changed", "xml-changed", "default-added", "default-changed", "default-removed"),
    *("discriminator-added", "discriminator-removed", "discriminator-changed"),
    *("discriminator-value-added", "discriminator-value-removed"),
}
"""Kinds of change that are not about which values there are."""
UNBOUNDED = {"response-format-widened"}
"""From a float to a double: JSON Schema knows one kind of fraction."""
NOT_OF_VALUES = {
    *("callback-added", "callback-removed", "webhook-added", "webhook-removed"),
    *("sunset-brought-forward", "sunset-unreadable"),
    *("parameter-style-changed", "parameter-media-type-changed", "parameter-empty-value-forbidden"),
    *("request-part-encoding-changed", "operation-servers-changed"),
}


def shown(old: Tree, new: Tree) -> dict[str, Witness | str]:
    found = witnesses(compare(old, new), old, new, is_doubtful=False)
    return {change.rule.id: witness for change, witness in found.items()}


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("place", PLACES)
def test_a_grave_change_of_a_schema_is_shown(kind: str, place: str) -> None:
    case, (_, put) = SCHEMAS[kind], PLACES[place]
    version = case.get("only", "3.1")
    told = shown(document(version, put(case["old"])), document(version, put(case["new"])))
    for rule, witness in told.items():
        if rule.partition("-")[2] in MEANING:
            assert witness == "it is not about which requests and answers are valid"
        elif rule in UNBOUNDED:
            assert witness == "no value was found that only one of the documents allows"
        else:
            assert isinstance(witness, Witness), (rule, witness)


@pytest.mark.parametrize("rule", OTHERS)
def test_a_grave_change_of_anything_else_is_shown_or_says_why_not(rule: str) -> None:
    case = OTHERS[rule]
    version = case.get("only", "3.1")
    told = shown(document(version, case.get("old", {})), document(version, case.get("new", {})))
    of_values = rule.startswith(("request-", "required-", "parameter-", "operation-", "deprecated-op", "response-"))
    if rule in told and (of_values or "-status-" in rule) and rule not in NOT_OF_VALUES:
        assert isinstance(told[rule], Witness), (rule, told[rule])
    elif rule in told:
        assert told[rule] == "it is not about which requests and answers are valid"


BODIES: list[tuple[str, Tree, Tree, bool]] = [
    (kind, case["old"], case["new"], valid_before)
    for kind, case in SCHEMAS.items()
    for place, valid_before in (("body", True), ("answer", False))
    if case.get("only", "3.1") == "3.1" and kind not in MEANING and "$ref" not in repr(case)
]


@pytest.mark.parametrize(("kind", "old", "new", "valid_before"), BODIES)
def test_a_validator_alone_says_the_same(kind: str, old: Tree, new: Tree, valid_before: bool) -> None:
    put = PLACES["body" if valid_before else "answer"][1]
    told = shown(document("3.1", put(old)), document("3.1", put(new)))
    witness = told.get(f"{'request' if valid_before else 'response'}-{kind}")
    if not isinstance(witness, Witness) or witness.is_described:
        return
    whole = witness.value if valid_before else witness.value["200"]
    value = whole["body"]["application/json"]
    allows, refuses = (old, new) if witness.valid == "before" else (new, old)
    assert jsonschema_rs.Draft202012Validator(allows, validate_formats=True).is_valid(value)
    if not kind.startswith("format"):  # int32 and float mean nothing to JSON Schema
        assert not jsonschema_rs.Draft202012Validator(refuses, validate_formats=True).is_valid(value)


def _api(card: Tree) -> Tree:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Card"}}}
    post = {
        "operationId": "createCard",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 7}},
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "", "content": content}},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": {"/shops/{id}/cards": {"post": post}},
        "components": {"schemas": {"Card": card}},
    }


CARD: Tree = {
    "type": "object",
    "required": ["token", "parts"],
    "properties": {
        "token": {"type": "string", "pattern": "^[A-Z]{3,5}$"},
        "parts": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["amount"],
                "properties": {"amount": {"type": "string"}},
            },
        },
        "code": {"type": "string", "format": "password", "readOnly": True},
        "state": {"type": "string", "enum": ["open", "spent"], "nullable": True},
    },
}


def _edited(edit: Callable[[Tree], object]) -> Tree:
    card = copy.deepcopy(CARD)
    edit(card["properties"])
    return card


ADDRESS = "/shops/00000000-0000-4000-8000-000000000000/cards"
LINES = {
    "a limit deep inside": (
        lambda its: its["parts"]["items"]["properties"]["amount"].update(maxLength=3),
        "request-max-length-lowered",
        f'POST {ADDRESS} x-trace: 7 {{"parts":[{{"amount":"aaaa"}}],"token":"AAA"}} (valid before, not now)',
    ),
    "a pattern": (
        lambda its: its["token"].update(pattern="^[A-Z]{4,5}$"),
        "request-pattern-changed",
        f'POST {ADDRESS} x-trace: 7 {{"parts":[{{"amount":"a"}}],"token":"AAA"}} (valid before, not now)',
    ),
    "a value that answers did not have": (
        lambda its: its["state"]["enum"].append("gone"),
        "response-enum-value-added",
        '200 {"parts":[{"amount":"a"}],"token":"AAA","state":"gone"} (valid now, not before)',
    ),
    "what only answers have": (
        lambda its: its["code"].update(maxLength=1, minLength=1),
        None,
        "",
    ),
    "null": (
        lambda its: its["state"].pop("nullable"),
        "request-null-forbidden",
        f'POST {ADDRESS} x-trace: 7 {{"parts":[{{"amount":"a"}}],"token":"AAA","state":null}} (valid before, not now)',
    ),
    "a property that answers no longer have": (
        lambda its: its.pop("code"),
        "response-property-removed",
        '200 {"parts":[{"amount":"a"}],"token":"AAA","code":"a"} (described before, not now)',
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_it_is_whole_small_and_about_the_change(name: str) -> None:
    edit, rule, line = LINES[name]
    told = shown(_api(CARD), _api(_edited(edit)))
    if rule is None:
        assert told == {}
    else:
        witness = told[rule]
        assert isinstance(witness, Witness), witness
        assert witness.line == line


def test_of_two_changes_at_once_each_has_its_own() -> None:
    def edit(its: Tree) -> None:
        its["token"].update(maxLength=4)
        its["state"].pop("enum")

    told = shown(_api(CARD), _api(_edited(edit)))
    assert {rule: witness.line for rule, witness in told.items() if isinstance(witness, Witness)} == {
        "request-max-length-lowered": (
            f'POST {ADDRESS} x-trace: 7 {{"parts":[{{"amount":"a"}}],"token":"AAAAA"}} (valid before, not now)'
        ),
        "response-enum-removed": '200 {"parts":[{"amount":"a"}],"token":"AAA","state":""} (valid now, not before)',
    }


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{3}-\\d+$",
        "^(?:ab|c){2}$",
        "^[^a0]x*$",
        "^\\W\\s.$",
        "^(a{100}){99}$",
        "^(?=a)a?b$",
        r"^[\w.]+@a\.example$",
    ],
)
def test_a_text_is_made_for_a_pattern(pattern: str) -> None:
    (text,) = matching(pattern)
    assert re.search(pattern, text) or pattern == "^(?=a)a?b$"  # a look ahead is held against the schemas like all else


@pytest.mark.parametrize("pattern", ["(((a{999}){999}){999}){999}", "[^a0A _%~\\n-]", "\\p{L}", "(", "(a)\\1"])
def test_where_none_can_be_made_there_is_none(pattern: str) -> None:
    assert matching(pattern) == []


def test_a_long_body_is_shown_where_it_matters() -> None:
    whole = {"200": {"body": {"application/json": {"many": ["a" * 200], "data": [{"x": 1, "y": "b" * 200}]}}}}
    assert answer_text(whole, ["200", "body", "application/json", "data", "0", "x"]) == '200 {"data":[{"x":1,…}],…}'


def test_a_report_of_very_many_says_where_it_ends() -> None:
    def api(kind: str) -> Tree:
        return {
            "openapi": "3.1.0",
            "info": {"title": "", "version": ""},
            "paths": {
                f"/a{number}": {
                    "get": {
                        "parameters": [{"name": "p", "in": "query", "schema": {"type": kind}}],
                        "responses": {"200": {"description": ""}},
                    }
                }
                for number in range(MOST + 1)
            },
        }

    told = list(
        witnesses(compare(api("string"), api("integer")), api("string"), api("integer"), is_doubtful=False).values()
    )
    assert all(isinstance(witness, Witness) for witness in told[:MOST])
    assert told[MOST:] == [f"only the first {MOST} changes of a report have one"]


def test_schemas_that_refer_to_one_another_in_a_long_chain_do_not_hide_it() -> None:
    def chained(kind: str) -> Tree:
        schemas: Tree = {
            f"S{index}": {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/S{index + 1}"}}}
            for index in range(600)
        }
        whole = {"$ref": "#/components/schemas/S0"}
        answer = {"description": "", "content": {"application/json": {"schema": whole}}}
        tree = document("3.1", {"operation": {"responses": {"200": answer}}})
        schemas["S0"]["properties"]["own"] = {"type": kind}
        return {**tree, "components": {"schemas": {**schemas, "S600": {"type": "string"}}}}

    (witness,) = shown(chained("string"), chained("boolean")).values()
    assert isinstance(witness, Witness)
    assert (witness.kind, witness.valid) == ("response", "now")
