"""Every rule fires where it should, at its level and in its direction, and not where it should not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

from codegen.compare.rules import RULES
from codegen.compare.wire import compare
from codegen.read.check import check
from codegen.read.load import Document, read_mapping

CASES = Path(__file__).parent / "cases"
SCHEMAS: dict[str, dict[str, Any]] = read_mapping(CASES / "schemas.yaml")
OTHERS: dict[str, dict[str, Any]] = read_mapping(CASES / "others.yaml")
VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}

Tree = dict[str, Any]


def base(version: str) -> Tree:
    return {
        "openapi": VERSIONS[version],
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "paths": {"/a": {"post": {"operationId": "a", "responses": {"200": {"description": "OK"}}}}},
        "components": {
            "schemas": {
                "A": {
                    "type": "object",
                    "required": ["k", "l"],
                    "properties": {"k": {"enum": ["A"]}, "l": {"enum": ["A"]}},
                },
                "B": {
                    "type": "object",
                    "required": ["k", "l"],
                    "properties": {"k": {"enum": ["B"]}, "l": {"enum": ["B"]}},
                },
            },
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "oauth": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "https://a.example/token",
                            "scopes": {"read": "Read", "write": "Write"},
                        }
                    },
                },
            },
        },
    }


def laid_over(tree: Any, part: Any) -> Any:
    if not (isinstance(tree, dict) and isinstance(part, dict)):
        return copy.deepcopy(part)
    merged = {**tree}
    for key, value in part.items():
        merged[key] = laid_over(tree.get(key), value)
    return merged


def document(version: str, said: Tree) -> Tree:
    """The base with what a case says laid over it."""
    parts = {key: value for key, value in said.items() if key != "operation"}
    operation = {"paths": {"/a": {"post": said.get("operation", {})}}}
    tree: Tree = laid_over(laid_over(base(version), operation), parts)
    return tree


def _in_body(schema: Tree) -> Tree:
    return {"operation": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}


def _in_property(schema: Tree) -> Tree:
    return _in_body({"type": "object", "properties": {"it": schema}})


def _in_parameter(schema: Tree) -> Tree:
    return {"operation": {"parameters": [{"name": "p", "in": "query", "schema": schema}]}}


def _in_answer(schema: Tree) -> Tree:
    return {"operation": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}


def _in_list_of_answers(schema: Tree) -> Tree:
    return _in_answer({"type": "array", "items": {"allOf": [schema]}})


def _in_header(schema: Tree) -> Tree:
    return {"operation": {"responses": {"200": {"headers": {"X-A": {"schema": schema}}}}}}


PLACES: dict[str, tuple[tuple[str, str], Callable[[Tree], Tree]]] = {
    "body": (("request", "response"), _in_body),
    "property": (("request", "response"), _in_property),
    "parameter": (("request", "response"), _in_parameter),
    "answer": (("response", "request"), _in_answer),
    "list of answers": (("response", "request"), _in_list_of_answers),
    "header": (("response", "request"), _in_header),
}


def _versions(case: Tree) -> list[str]:
    return [case["only"]] if "only" in case else list(VERSIONS)


@cache
def hold_honest(case: str) -> None:
    """A case must be a document."""
    with NamedTemporaryFile("w", suffix=".json") as file:
        file.write(case)
        file.flush()
        check(Document(json.loads(case), Path(file.name)), schema_check="refuse")


def fired(old: Tree, new: Tree) -> dict[str, str]:
    for tree in (old, new):
        hold_honest(json.dumps(tree))
    return {change.rule.id: change.rule.level for change in compare(old, new)}


SCHEMA_CASES = [
    pytest.param(kind, version, place, id=f"{kind}-{version}-{place}")
    for kind, case in SCHEMAS.items()
    for version in _versions(case)
    for place in PLACES
]


@pytest.mark.parametrize(("kind", "version", "place"), SCHEMA_CASES)
def test_a_schema_rule_fires_in_its_direction_alone(kind: str, version: str, place: str) -> None:
    case = SCHEMAS[kind]
    (direction, other), put = PLACES[place]
    rule = RULES[f"{direction}-{kind}"]
    found = fired(document(version, put(case["old"])), document(version, put(case["new"])))
    assert found.get(rule.id) == rule.level
    assert not [name for name in found if name.startswith(f"{other}-")]
    one, two = case.get("silent") or (case["new"], case["old"])
    assert rule.id not in fired(document(version, put(one)), document(version, put(two)))
    assert fired(document(version, put(case["new"])), document(version, put(copy.deepcopy(case["new"])))) == {}


@pytest.mark.parametrize(
    ("rule", "version"), [(rule, version) for rule, case in OTHERS.items() for version in _versions(case)]
)
def test_a_rule_fires_and_does_not(rule: str, version: str) -> None:
    case = OTHERS[rule]
    old, new = document(version, case.get("old", {})), document(version, case.get("new", {}))
    assert fired(old, new).get(rule) == RULES[rule].level
    one, two = case["silent"] if "silent" in case else (case.get("new", {}), case.get("old", {}))
    assert rule not in fired(document(version, one), document(version, two))


def test_every_rule_of_the_wire_has_a_case() -> None:
    directed = {f"{direction}-{kind}" for kind in SCHEMAS for direction in ("request", "response")}
    wire = {rule for rule in RULES if not rule.startswith("python-")}
    assert directed | OTHERS.keys() == wire
    assert not directed & OTHERS.keys()


def test_what_narrows_a_request_breaks_and_what_narrows_an_answer_does_not() -> None:
    for kind in ("minimum-raised", "enum-value-removed", "type-narrowed", "property-became-required"):
        assert RULES[f"request-{kind}"].level == "breaking"
        assert RULES[f"response-{kind}"].level == "compatible"
    assert RULES["response-enum-value-added"].level == "risky"
