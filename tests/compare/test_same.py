"""Documents that mean the same give nothing, however they are written."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.compare.wire import compare
from codegen.read.load import load
from codegen.read.references import METHODS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "openapi/binance-gift-card-openapi.yml",
    Path(__file__).parent / "cases/parts.yaml",
    *sorted(ROOT.glob("tests/golden/*/spec.yaml")),
]
WITHOUT_ORDER = frozenset({"required", "enum", "tags", "security", "parameters", "oneOf", "anyOf", "allOf", "type"})

Tree = dict[str, Any]


def told(old: Tree, new: Tree) -> list[str]:
    changes = compare(old, new)
    return [
        f"{change.rule.id} {change.subject} {change.detail}"
        for change in changes
        if change.rule.id != "version-changed"
    ]


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.parent.name)
def tree(request: pytest.FixtureRequest) -> Tree:
    return load(request.param).tree


def shuffled(node: Any, chance: random.Random, key: str = "") -> Any:
    if isinstance(node, dict):
        items = list(node.items())
        chance.shuffle(items)
        return {name: shuffled(value, chance, name) for name, value in items}
    if isinstance(node, list):
        items = [shuffled(item, chance) for item in node]
        if key in WITHOUT_ORDER:
            chance.shuffle(items)
        return items
    return node


@pytest.mark.parametrize("seed", range(5))
def test_the_same_in_another_order(tree: Tree, seed: int) -> None:
    other = shuffled(tree, random.Random(seed))
    assert told(tree, other) == []
    assert told(other, tree) == []


def operations(tree: Tree) -> Iterator[Tree]:
    for item in tree.get("paths", {}).values():
        for method in METHODS:
            if method in item:
                yield item[method]


def move_into_components(tree: Tree) -> Tree:
    """Schemas, parameters, bodies, answers and headers that stood inline become components."""
    tree = copy.deepcopy(tree)
    components = tree.setdefault("components", {})
    count = 0

    def moved(kind: str, node: Any) -> Any:
        nonlocal count
        if not isinstance(node, dict) or "$ref" in node:
            return node
        count += 1
        components.setdefault(kind, {})[f"Moved{count}"] = node
        return {"$ref": f"#/components/{kind}/Moved{count}"}

    for operation in operations(tree):
        for parameter in operation.get("parameters", []):
            if "schema" in parameter:
                parameter["schema"] = moved("schemas", parameter["schema"])
        operation["parameters"] = [moved("parameters", one) for one in operation.get("parameters", [])]
        for answer in operation.get("responses", {}).values():
            for media in answer.get("content", {}).values():
                inner = media.get("schema", {}).get("properties", {})
                for name in inner:
                    inner[name] = moved("schemas", inner[name])
                if "schema" in media:
                    media["schema"] = moved("schemas", media["schema"])
            for name in answer.get("headers", {}):
                answer["headers"][name] = moved("headers", answer["headers"][name])
        operation["responses"] = {
            status: moved("responses", one) for status, one in operation.get("responses", {}).items()
        }
        if "requestBody" in operation:
            operation["requestBody"] = moved("requestBodies", operation["requestBody"])
    return tree


def move_parameters_to_the_path(tree: Tree) -> Tree:
    tree = copy.deepcopy(tree)
    for item in tree.get("paths", {}).values():
        methods = [method for method in METHODS if method in item]
        if len(methods) == 1:
            item["parameters"] = [*item.get("parameters", []), *item[methods[0]].pop("parameters", [])]
    return tree


def write_out_requirements(tree: Tree) -> Tree:
    tree = copy.deepcopy(tree)
    if "security" in tree:
        for operation in operations(tree):
            operation.setdefault("security", tree["security"])
    return tree


def wrap_in_parts(tree: Tree) -> Tree:
    """Every schema of an answer becomes an allOf of one."""
    tree = copy.deepcopy(tree)
    for operation in operations(tree):
        for answer in operation.get("responses", {}).values():
            for media in answer.get("content", {}).values():
                if "schema" in media:
                    media["schema"] = {"allOf": [media["schema"]]}
    return tree


@pytest.mark.parametrize(
    "change", [move_into_components, move_parameters_to_the_path, write_out_requirements, wrap_in_parts]
)
def test_the_same_written_in_another_place(tree: Tree, change: Callable[[Tree], Tree]) -> None:
    other = change(tree)
    assert other != tree or change is not move_into_components
    assert told(tree, other) == []
    assert told(other, tree) == []


PAIRS: list[tuple[str, Tree, str, Tree]] = [
    ("3.0.3", {"type": "string", "nullable": True}, "3.1.0", {"type": ["string", "null"]}),
    ("3.0.3", {"type": "string", "nullable": True}, "3.1.0", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ("3.0.3", {"type": "string"}, "3.1.0", {"type": ["string"]}),
    ("3.0.3", {"minimum": 1, "exclusiveMinimum": True}, "3.1.0", {"exclusiveMinimum": 1}),
    ("3.0.3", {"maximum": 1, "exclusiveMaximum": True}, "3.1.0", {"exclusiveMaximum": 1, "maximum": 3}),
    ("3.0.3", {"type": "string", "enum": ["a"]}, "3.1.0", {"const": "a"}),
    ("3.1.0", {"type": "number"}, "3.1.0", {"type": ["integer", "number"]}),
    ("3.1.0", {}, "3.1.0", {"description": ""}),
    ("3.0.3", {"type": "object", "additionalProperties": True}, "3.0.3", {"type": "object"}),
    ("3.0.3", {"type": "object", "additionalProperties": {}}, "3.0.3", {"type": "object"}),
    ("3.0.3", {"type": "array", "items": {}, "minItems": 0}, "3.0.3", {"type": "array", "items": {}}),
    (
        "3.0.3",
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        "3.0.3",
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "string"}}},
                {"required": ["a"], "properties": {"b": {"type": "string"}}},
            ]
        },
    ),
    ("3.0.3", {"oneOf": [{"type": "string"}]}, "3.0.3", {"type": "string"}),
    ("3.0.3", {"type": "string", "deprecated": False, "uniqueItems": False}, "3.0.3", {"type": "string"}),
    (
        "3.0.3",
        {"type": "string", "minLength": 1, "allOf": [{"minLength": 3}]},
        "3.0.3",
        {"type": "string", "minLength": 3},
    ),
]


def _document(version: str, schema: Tree) -> Tree:
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}
    return {"openapi": version, "info": {"title": "", "version": ""}, "paths": {"/a": {"post": operation}}}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair[3])[:40])
def test_the_same_in_other_words(pair: tuple[str, Tree, str, Tree]) -> None:
    one, other = _document(pair[0], pair[1]), _document(pair[2], pair[3])
    assert told(one, other) == []
    assert told(other, one) == []
