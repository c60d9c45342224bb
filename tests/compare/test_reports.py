"""The reports of adjacent versions of documents of our own, as files that a person can read and judge."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from codegen.cli import main

REPORTS = Path(__file__).parent / "reports"

Tree = dict[str, Any]


def _json(schema: Tree) -> Tree:
    return {"content": {"application/json": {"schema": schema}}}


def _reference(name: str) -> Tree:
    return {"$ref": f"#/components/schemas/{name}"}


def _kind(name: str) -> tuple[Tree, Tree]:
    """The paths and the schema of one kind of thing."""
    plural, own = f"/{name.lower()}s", _reference(name)
    problem = {"description": "It cannot be", **_json(_reference("Problem"))}
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}
    mark = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    one = {"200": {"description": "It", **_json(own)}, "404": problem}
    many = {"200": {"description": "Some", **_json({"type": "array", "items": own})}}
    body = {"required": True, **_json(own)}
    paths = {
        plural: {
            "get": {"operationId": f"list{name}s", "parameters": [page], "responses": many},
            "post": {"operationId": f"make{name}", "requestBody": body, "responses": {"201": one["200"]}},
        },
        f"{plural}/{{id}}": {
            "parameters": [mark],
            "get": {"operationId": f"get{name}", "responses": one},
            "put": {"operationId": f"change{name}", "requestBody": body, "responses": one},
            "delete": {"operationId": f"drop{name}", "responses": {"204": {"description": "Gone"}}},
        },
    }
    fields = {f"{part}{number}": {"type": "string", "maxLength": 40} for part in ("name", "code") for number in (1, 2)}
    times = {"made": _reference("Moment"), "owner": _reference("Person"), "cost": _reference("Money")}
    schema = {
        "type": "object",
        "required": ["id", "name1"],
        "properties": {"id": {"type": "string"}, **fields, **times},
    }
    return paths, schema


def large() -> Tree:
    """Sixty kinds of things with five operations each, and what they share."""
    kinds = [_name(number) for number in range(60)]
    tree: Tree = {
        "openapi": "3.1.0",
        "info": {"title": "Fleet", "version": "1"},
        "servers": [{"url": "https://fleet.example"}],
        "security": [{"key": []}],
        "paths": {},
        "components": {
            "schemas": {
                "Moment": {"type": "string", "format": "date-time"},
                "Money": {
                    "type": "object",
                    "required": ["amount", "currency"],
                    "properties": {
                        "amount": {"type": "string", "format": "decimal"},
                        "currency": {"type": "string", "enum": ["EUR", "USD"]},
                    },
                },
                "Person": {"type": "object", "properties": {"name": {"type": "string"}, "mail": {"type": "string"}}},
                "Problem": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}},
            },
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        },
    }
    for kind in kinds:
        paths, schema = _kind(kind)
        tree["paths"] |= paths
        tree["components"]["schemas"][kind] = schema
    return tree


def _name(number: int) -> str:
    whats, parts = ("Truck", "Driver", "Route", "Depot", "Order", "Bill"), "ABCDEFGHIJ"
    return f"{whats[number // 10]}{parts[number % 10]}"


def changed(old: Tree) -> Tree:
    """The next version: the file in another order, parts in components, and a few things that count."""
    tree = copy.deepcopy(old)
    schemas = tree["components"]["schemas"]
    tree["info"]["version"] = "2"
    tree["components"]["parameters"] = {"Page": tree["paths"]["/truckas"]["get"]["parameters"][0]}
    for item in tree["paths"].values():
        if "post" in item:
            item["get"]["parameters"] = [{"$ref": "#/components/parameters/Page"}]
    schemas["Money"]["properties"]["currency"]["enum"] += ["GBP"]
    schemas["Person"]["properties"]["mail"] |= {"format": "email"}
    schemas["Problem"]["properties"]["advice"] = {"type": "string"}
    schemas["TruckA"]["properties"]["cost"] = {**_reference("Money"), "deprecated": True}
    schemas["TruckA"]["properties"]["name1"]["pattern"] = "^.*"
    schemas["DriverB"]["required"] += ["owner"]
    schemas["RouteC"]["properties"]["code1"] = {"$ref": "#/components/schemas/Code", "maxLength": 40}
    schemas["Code"] = {"type": "string"}
    tree["paths"]["/depotds/{id}"]["delete"]["security"] = []
    order = tree["paths"]["/orderes/{id}"]["put"]
    order["responses"] = {**order["responses"], "202": {"description": "Later"}}
    del tree["paths"]["/billfs/{id}"]["delete"]
    tree["paths"] = dict(reversed(tree["paths"].items()))
    return tree


def _check(name: str, told: str, request: pytest.FixtureRequest) -> None:
    golden = REPORTS / name
    if request.config.getoption("--update-golden"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("old", "new", "form"), [(1, 2, "text"), (2, 3, "text"), (2, 3, "markdown")])
def test_report_of_a_small_document(
    old: int,
    new: int,
    form: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(REPORTS)
    documents = [f"parcels-{number}.yaml" for number in (old, new)]
    views = ["--only", "wire"] if form == "text" else []
    assert main(["diff", *documents, "--format", form, *views]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    _check(f"parcels-{old}-{new}.{'txt' if form == 'text' else 'md'}", told.out, request)


def test_report_of_a_large_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    old = large()
    for name, tree in (("old.json", old), ("new.json", changed(old))):
        Path(name).write_text(json.dumps(tree, indent=1))
    assert main(["diff", "old.json", "new.json", "--format", "markdown", "--only", "wire"]) == 0
    _check("fleet.md", capsys.readouterr().out, request)
