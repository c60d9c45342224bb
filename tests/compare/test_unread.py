"""What could not be read of the old document is told as a doubt, and nothing of it is graded."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import pipeline
from codegen.compare.wire import compare

Tree = dict[str, Any]

LOST = "leads nowhere"
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
CONTENT = {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}
POST: Tree = {
    "operationId": "post",
    "security": [{"key": []}],
    "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
    "requestBody": {"required": True, "content": CONTENT},
    "responses": {
        "200": {"description": "OK", "content": CONTENT, "headers": {"X-A": {"schema": {"type": "string"}}}},
    },
}

UNREAD: dict[str, tuple[list[Any], Any, str]] = {
    "path": (["paths", "/a"], {"$ref": "#/components/pathItems/Gone"}, LOST),
    "operation": (["paths", "/a", "post"], {"$ref": "#/x-operations/Gone"}, LOST),
    "operation that is none": (["paths", "/a", "post"], None, "is not valid OpenAPI"),
    "parameter": (["paths", "/a", "post", "parameters", 0], {"$ref": "#/components/parameters/Gone"}, LOST),
    "parameter without a schema": (["paths", "/a", "post", "parameters", 0, "schema"], None, "is not valid OpenAPI"),
    "body": (["paths", "/a", "post", "requestBody"], {"$ref": "#/components/requestBodies/Gone"}, LOST),
    "answer": (["paths", "/a", "post", "responses", "200"], {"$ref": "#/components/responses/Gone"}, LOST),
    "content": (["paths", "/a", "post", "responses", "200", "content"], [], "is not valid OpenAPI"),
    "header": (
        ["paths", "/a", "post", "responses", "200", "headers", "X-A"],
        {"$ref": "#/components/headers/Gone"},
        LOST,
    ),
    "schema": (
        ["paths", "/a", "post", "requestBody", "content", "application/json", "schema"],
        {"$ref": "#/components/schemas/Gone"},
        LOST,
    ),
    "property": (
        ["paths", "/a", "post", "requestBody", "content", "application/json", "schema", "properties", "a"],
        {"$ref": "#/components/schemas/Gone"},
        LOST,
    ),
    "scheme": (["paths", "/a", "post", "security"], [{"gone": []}], "is not in components/securitySchemes"),
}


def document() -> Tree:
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "paths": {"/a": {"post": copy.deepcopy(POST)}},
        "components": {"securitySchemes": {"key": KEY}},
    }


@pytest.mark.parametrize("part", UNREAD)
def test_nothing_is_graded_of_what_was_not_read(part: str, tmp_path: Path) -> None:
    keys, value, doubt = UNREAD[part]
    old = document()
    holder: Any = old
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = value
    documents = []
    for name, tree in (("old", old), ("new", document())):
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(tree, sort_keys=False))
        documents.append(pipeline.read(path, [], "warn", published=name == "old"))
    (before, doubts), (after, more) = documents
    assert any(doubt in said for said in doubts)
    assert more == []
    assert [f"{change.rule.id}: {change.line}" for change in compare(before.tree, after.tree, doubts)] == []
