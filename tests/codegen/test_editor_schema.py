"""The JSON Schema of the extensions: it takes what is documented, and refuses what the generator refuses."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs
import pytest
import yaml

from codegen.editor_schema import text
from codegen.errors import Fault
from codegen.extension_page import PAGE, SCHEMA, render
from codegen.extensions.registry import EXTENSIONS
from codegen.read.check import VERSIONS, inspect
from codegen.read.keywords import TABLE
from codegen.read.load import load, read_mapping

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
BLOCKS = [
    pytest.param(block, id=f"{page}-{number}")
    for page in ("extensions.md", "signing.md")
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", (DOCS / page).read_text(), re.DOTALL | re.M))
    if "x-sdk-" in block
]
SIGNED = {"type": "apiKey", "in": "query", "name": "signature"}
CODES = {"code": "code", "message": ["msg"], "codes": [{"code": 1, "meaning": "No."}]}

Edit: TypeAlias = Callable[[dict[str, Any], dict[str, Any], str], tuple[str, ...]]
"""Breaks an extension of a document; gives where that is seen, or nothing where it now stands in the info."""

GOOD: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "x-sdk-envelopes": {"standard": {"result": "data", "success": {"code": 0}}},
    "x-sdk-errors": CODES,
    "x-sdk-rates": {"limits": [{"name": "ip", "header": "X-Used", "window": 60}], "holds": []},
    "x-sdk-clock": {"operation": "getTime", "result": "time"},
    "x-sdk-reconcile": {"operation": "getThing", "reference": "id", "live": {"valid": True}},
    "paths": {
        "/things": {
            "post": {
                "operationId": "makeThing",
                "x-sdk-envelope": "standard",
                "x-sdk-repeat": "never",
                "x-sdk-idempotency": {"header": "Idempotency-Key"},
                "x-sdk-settle": {"operation": "getThing", "parameters": {"id": "id"}, "done": {"state": "done"}},
                "x-sdk-weight": {"ip": 1},
                "x-sdk-lockout": {"failures": 5, "window": 60},
                "x-sdk-journal": {"effect": "issues"},
                "x-sdk-command": "make-thing",
                "x-sdk-confirm": "Make a thing",
                "x-sdk-raises": [1],
                "x-sdk-name": "make",
                "deprecated": True,
                "x-sdk-deprecated": {"since": "2.0", "use": "getThing"},
                "parameters": [
                    {
                        "name": "amount",
                        "in": "query",
                        "x-sdk-unit": "cents",
                        "schema": {"type": "string", "pattern": "^[0-9]+$", "x-sdk-hint": "digits"},
                        "x-sdk-encryption": {
                            "argument": "encrypt",
                            "key": "getKey",
                            "algorithm": "RSA-OAEP-256",
                            "holds": "day",
                        },
                    }
                ],
                "responses": {"200": {"description": "It."}},
            }
        }
    },
    "components": {
        "securitySchemes": {"own": {**SIGNED, "x-sdk-signing": {"algorithm": "hmac-sha256", "sign": ["query"]}}},
        "schemas": {
            "Thing": {
                "properties": {
                    "x-sdk-mine": {"type": "string"},
                    "ends": {"type": "integer", "x-sdk-time": {"name": "ends_at", "unit": "seconds"}},
                }
            }
        },
    },
}


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_bytes()))


@pytest.fixture(scope="module")
def whole() -> Any:
    return jsonschema_rs.validator_for(json.loads(text(whole=True)))


def _extensions(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in EXTENSIONS:
            yield (*path, key)
        else:
            yield from _extensions(value, (*path, key))


def _misspelt_name(_: dict[str, Any], node: dict[str, Any], key: str) -> tuple[str, ...]:
    name = f"{key[:-2]}{key[-1]}{key[-2]}"
    node[name] = node.pop(key)
    return (name,)


def _misspelt_key(_: dict[str, Any], node: dict[str, Any], key: str) -> tuple[str, ...]:
    node[key] = {**(node[key] if isinstance(node[key], dict) else {}), "x-odd": {"odd": 1}}
    return (key,)


def _another_type(_: dict[str, Any], node: dict[str, Any], key: str) -> tuple[str, ...]:
    node[key] = 1.5
    return (key,)


def _another_place(document: dict[str, Any], node: dict[str, Any], key: str) -> tuple[str, ...]:
    document["info"][key] = node.pop(key)
    return ()


@pytest.mark.parametrize("block", BLOCKS)
def test_it_takes_the_examples_of_the_documentation(validator: Any, block: str) -> None:
    said = yaml.safe_load(block)
    if "overlay" not in said:
        action = {"target": "$", "update": said}
        said = {"overlay": "1.0.0", "info": {"title": "E", "version": "1"}, "actions": [action]}
    assert not [error.message for error in validator.iter_errors(said)]


@pytest.mark.parametrize("path", sorted((ROOT / "openapi").glob("*.y*ml")), ids=lambda path: path.name)
def test_it_takes_our_own_contract(whole: Any, path: Path) -> None:
    assert not [error.message for error in whole.iter_errors(read_mapping(path))]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_document_is_good_for_both(validator: Any, whole: Any, tmp_path: Path, version: str) -> None:
    document = {**GOOD, "openapi": f"{version}.0"}
    assert not [error.message for error in validator.iter_errors(document)]
    assert not [error.message for error in whole.iter_errors(document)]
    assert not faults(document, tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("broken", [{"title": "T"}, {"title": "T", "version": "1", "versoin": "1"}])
def test_the_whole_knows_openapi_too(whole: Any, validator: Any, version: str, broken: dict[str, str]) -> None:
    document = {**GOOD, "openapi": f"{version}.0", "info": broken}
    assert validator.is_valid(document)
    assert not whole.is_valid(document)


@pytest.mark.parametrize("edit", [_misspelt_name, _misspelt_key, _another_type, _another_place])
def test_what_the_generator_refuses_is_refused_at_the_same_places(validator: Any, tmp_path: Path, edit: Edit) -> None:
    document, places = copy.deepcopy(GOOD), set()
    for *parent, key in _extensions(GOOD):
        node = document
        for part in parent:
            node = node[part]
        where = edit(document, node, str(key))
        places.add((*parent, *where) if where else ("info", key))
    assert {path[-1] for path in _extensions(GOOD)} == EXTENSIONS.keys()
    for found in (
        {fault.pointer for fault in faults(document, tmp_path)},
        {tuple(error.instance_path) for error in validator.iter_errors(document)},
    ):
        assert {
            next((place for place in places if pointer[: len(place)] == place), pointer) for pointer in found
        } == places


def faults(document: dict[str, Any], folder: Path) -> list[Fault]:
    (folder / "spec.json").write_text(json.dumps(document))
    return [item for item in inspect(load(folder / "spec.json"), "warn") if isinstance(item, Fault)]


@pytest.mark.parametrize(
    "overlay",
    [
        {"overlay": "2.0.0"},
        {"overlay": "1.0.0", "acitons": []},
        {"overlay": "1.0.0", "actions": []},
        {"overlay": "1.0.0", "actions": [{"target": "$", "updat": {}}]},
        {"overlay": "1.0.0", "actions": [{"update": {}}]},
    ],
)
def test_an_overlay_that_is_none_is_refused(validator: Any, overlay: dict[str, Any]) -> None:
    said = {"info": {"title": "E", "version": "1"}, "actions": [{"target": "$", "update": {}}], **overlay}
    assert list(validator.iter_errors(said))


def test_the_pages_are_what_the_code_renders(codegen) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == render(page), "run: python -m codegen.extension_page"
    assert SCHEMA.read_text(encoding="utf-8") == text(whole=False), "run: python -m codegen.extension_page"
    assert codegen("schema").stdout == text(whole=True)
    assert all(f"| `{key}` | " in page for key in EXTENSIONS)
    assert {place for extension in EXTENSIONS.values() for place in extension.places} <= TABLE.keys()
