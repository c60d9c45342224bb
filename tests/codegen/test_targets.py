"""An overlay's targets go through references: what the vendor moves into a component is still what we know it to be."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import pipeline
from codegen.compare.wire import compare
from codegen.errors import InputError
from codegen.read.load import Document

Tree = dict[str, Any]

RESULT: Tree = {"type": "object", "properties": {"code": {"type": "string"}, "data": {"type": "object"}}}
RESULT["properties"]["data"]["properties"] = {"amount": {"type": "string"}, "id": {"type": "string"}}
WINDOW: Tree = {"name": "window", "in": "query", "schema": {"type": "integer"}}
ANSWER = ["responses", "200", "content", "application/json", "schema"]
OVERLAY = """overlay: 1.0.0
info: {title: O, version: '1'}
actions:
  - target: $.paths['/a'].get.responses['200'].content['application/json'].schema.properties.data
    update: {required: [amount], properties: {amount: {format: decimal}}}
  - target: $.paths['/a'].get.parameters[?@.name == 'window'].schema
    update: {maximum: 60}
"""


def operation(name: str) -> Tree:
    content = {"application/json": {"schema": copy.deepcopy(RESULT)}}
    answers = {"200": {"description": "OK", "content": content}}
    return {"operationId": name, "parameters": [copy.deepcopy(WINDOW)], "responses": answers}


def document() -> Tree:
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "paths": {"/a": {"get": operation("a")}, "/b": {"get": operation("b")}},
    }


def move(tree: Tree, keys: list[Any], reference: str, kind: str = "schemas") -> None:
    """Put the node into a component, and a reference in its place."""
    holder = tree
    for key in keys[:-1]:
        holder = holder[key]
    home = tree.setdefault("components", {}).setdefault(kind, {})
    home.setdefault(reference, holder[keys[-1]])
    holder[keys[-1]] = {"$ref": f"#/components/{kind}/{reference}"}


def read(folder: Path, tree: Tree, overlay: str = OVERLAY, name: str = "spec.yaml") -> Document:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(yaml.safe_dump(tree, sort_keys=False))
    (folder / "overlay.yaml").write_text(overlay)
    return pipeline.read(folder / name, [folder / "overlay.yaml"], "refuse")[0]


def told(old: Document, new: Document) -> list[str]:
    return [f"{change.rule.id}: {change.line}" for change in compare(old.tree, new.tree)]


MOVES: dict[str, list[tuple[list[Any], str, str]]] = {
    "the result": [(["paths", "/a", "get", *ANSWER, "properties", "data"], "Data", "schemas")],
    "a field": [(["paths", "/a", "get", *ANSWER, "properties", "data", "properties", "amount"], "Amount", "schemas")],
    "the schema": [(["paths", "/a", "get", *ANSWER], "Result", "schemas")],
    "both": [
        (["paths", "/a", "get", *ANSWER, "properties", "data"], "Data", "schemas"),
        (["paths", "/a", "get", *ANSWER], "Result", "schemas"),
    ],
    "the answer": [(["paths", "/a", "get", "responses", "200"], "Answer", "responses")],
    "the parameter": [(["paths", "/a", "get", "parameters", 0], "Window", "parameters")],
    "the parameter's schema": [(["paths", "/a", "get", "parameters", 0, "schema"], "Window", "schemas")],
    "the path": [(["paths", "/a"], "A", "pathItems")],
    "the result of both operations": [
        (["paths", name, "get", *ANSWER, "properties", "data"], "Data", "schemas") for name in ("/a", "/b")
    ],
    "the parameter of both operations": [
        (["paths", name, "get", "parameters", 0], "Window", "parameters") for name in ("/a", "/b")
    ],
}


@pytest.mark.parametrize("moved", MOVES)
def test_what_moves_behind_a_reference_is_still_reached(moved: str, tmp_path: Path) -> None:
    tree = document()
    for keys, reference, kind in MOVES[moved]:
        move(tree, keys, reference, kind)
    old, new = read(tmp_path / "old", document()), read(tmp_path / "new", tree)
    assert told(old, new) == []
    assert [hits.nodes for hits in new.hits] == [hits.nodes for hits in old.hits]


def test_a_file_beside_the_document_is_reached(tmp_path: Path) -> None:
    tree = document()
    data = tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"]
    data["properties"]["amount"] = {"$ref": "#/Amount"}
    tmp_path.joinpath("new").mkdir()
    (tmp_path / "new/data.yaml").write_text(yaml.safe_dump({"Data": data, "Amount": {"type": "string"}}))
    for name in ("/a", "/b"):
        schema = tree["paths"][name]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema["properties"]["data"] = {"$ref": "data.yaml#/Data"}
    assert told(read(tmp_path / "old", document()), read(tmp_path / "new", tree)) == []


def component(document: Document, name: str) -> Tree:
    found: Tree = document.tree["components"]["schemas"][name]
    return found


def test_a_component_that_only_the_target_uses_keeps_its_name(tmp_path: Path) -> None:
    tree = document()
    move(tree, ["paths", "/a", "get", *ANSWER, "properties", "data"], "Data")
    found = read(tmp_path, tree)
    assert component(found, "Data")["required"] == ["amount"]
    schema = found.tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"] == {"$ref": "#/components/schemas/Data"}


def test_a_component_that_all_targets_use_is_changed_once(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    found = read(tmp_path, tree, OVERLAY.replace("$.paths['/a']", "$.paths[*]"))
    assert component(found, "Data")["required"] == ["amount"]
    assert component(found, "Data")["properties"]["amount"] == {"type": "string", "format": "decimal"}


def test_what_others_use_too_is_copied(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    found = read(tmp_path, tree)
    assert component(found, "Data") == RESULT["properties"]["data"]
    schema = found.tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"]["required"] == ["amount"]


def test_a_schema_that_holds_itself_is_copied_once(tmp_path: Path) -> None:
    tree = document()
    move(tree, ["paths", "/a", "get", *ANSWER], "Result")
    component = tree["components"]["schemas"]["Result"]
    component["properties"]["more"] = {"$ref": "#/components/schemas/Result"}
    found = read(tmp_path, tree)
    assert "required" not in found.tree["components"]["schemas"]["Result"]["properties"]["data"]
    schema = found.tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"]["required"] == ["amount"]
    assert schema["properties"]["more"] == {"$ref": "#/components/schemas/Result"}


def test_words_stay_beside_a_reference(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    words = OVERLAY.replace("{required: [amount], properties: {amount: {format: decimal}}}", "{description: D}")
    found = read(tmp_path, tree, words)
    schema = found.tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"] == {"$ref": "#/components/schemas/Data", "description": "D"}


def test_only_the_target_is_removed(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", "parameters", 0], "Window", "parameters")
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    removal = OVERLAY.replace(".schema\n    update: {maximum: 60}", "\n    remove: true")
    removal = removal.replace("schema.properties.data\n", "schema.properties.data.properties.id\n")
    removal = removal.replace("update: {required: [amount], properties: {amount: {format: decimal}}}", "remove: true")
    found = read(tmp_path, tree, removal)
    assert found.tree["paths"]["/a"]["get"]["parameters"] == []
    assert found.tree["components"]["parameters"]["Window"] == WINDOW
    assert set(component(found, "Data")["properties"]) == {"amount", "id"}
    schema = found.tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]["data"]["properties"]) == {"amount"}


def test_each_part_of_a_copy_has_its_own_address(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    found = read(tmp_path, tree)
    data = ("paths", "/a", "get", *ANSWER, "properties", "data", "properties", "amount")
    assert found.home((*data, "type")) == (
        tmp_path / "spec.yaml",
        ("components", "schemas", "Data", "properties", "amount", "type"),
    )
    assert found.place((*data, "format")).file.endswith("overlay.yaml")


def test_what_stands_beside_a_reference_is_not_lost(tmp_path: Path) -> None:
    tree = document()
    for name in ("/a", "/b"):
        move(tree, ["paths", name, "get", *ANSWER, "properties", "data"], "Data")
    schema = tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema["properties"]["data"]["properties"] = {"more": {"type": "string"}}
    with pytest.raises(InputError, match=r"overlay.yaml:4:5: #/actions/0: the target is behind a \$ref beside which"):
        read(tmp_path, tree)
