"""Whatever a document holds, comparing it ends, and in the same words every time."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.compare.wire import compare
from codegen.compare.witness import witnesses
from codegen.errors import InputError
from codegen.read.check import check
from codegen.read.load import Document, load
from codegen.read.references import BUNDLED

ROOT = Path(__file__).parents[2]
SOMEWHERE = ROOT / "openapi" / "overlay.yaml"
SOURCES = [load(path).tree for path in sorted(ROOT.glob("tests/golden/*/spec.yaml"))]

Tree = dict[str, Any]


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in items for place in ((*path, key), *_places(value, (*path, key)))]


PLACES = [_places(tree) for tree in SOURCES]
VALUES = (None, True, 0, 1.5, "", "text", [], {}, [{}], {"type": "object"}, {"$ref": "#/info"}, {"a": None})


def _changed(tree: Tree, place: tuple[Any, ...], value: Any, *, delete: bool) -> Tree:
    tree = copy.deepcopy(tree)
    node: Any = tree
    for key in place[:-1]:
        node = node[key]
    if delete:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return tree


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_document_that_is_let_in_is_compared(data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(SOURCES) - 1))
    place = data.draw(st.sampled_from(PLACES[which]))
    value = data.draw(st.sampled_from(VALUES))
    tree = _changed(SOURCES[which], place, value, delete=data.draw(st.booleans()))
    files = dict.fromkeys(SOURCES[which].get(BUNDLED, ()), SOMEWHERE)
    try:
        doubts = check(Document(copy.deepcopy(tree), SOMEWHERE, files), schema_check="warn")
    except InputError:
        return
    other = SOURCES[data.draw(st.integers(0, len(SOURCES) - 1))]
    for one, two in ((SOURCES[which], tree), (tree, SOURCES[which]), (tree, other)):
        is_doubtful = bool(doubts or BUNDLED in one or BUNDLED in two)
        try:
            changes = compare(one, two, doubts)
        except InputError:
            assert is_doubtful
        else:
            witnesses(changes[:3], one, two, is_doubtful=is_doubtful)


ROUND: list[Tree] = [
    {"A": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}},
    {"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"allOf": [{"$ref": "#/components/schemas/A"}]}},
    {"A": {"oneOf": [{"$ref": "#/components/schemas/A"}]}},
    {"A": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}},
    {"A": {"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/A"}}, {"type": "null"}]}},
    {"A": {"not": {"$ref": "#/components/schemas/A"}}},
    {"A": {"$ref": "#/components/schemas/A"}},
    {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
    {"A": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/A"}}},
    {"A": {"type": "string"}},
]


def _document(schemas: Tree) -> Tree:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}
    paths = {"/a": {"post": operation}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "", "version": ""},
        "paths": paths,
        "components": {"schemas": schemas},
    }


@pytest.mark.parametrize("one", range(len(ROUND)))
@pytest.mark.parametrize("other", range(len(ROUND)))
def test_schemas_that_lead_round_end(one: int, other: int) -> None:
    old, new = _document(ROUND[one]), _document(ROUND[other])
    found = compare(old, new)
    witnesses(found, old, new, is_doubtful=False)
    assert (found == []) or one != other


def test_any_two_documents_can_be_compared() -> None:
    for old in SOURCES:
        for new in SOURCES:
            assert (compare(old, new) == []) is (old == new)


def test_the_words_do_not_depend_on_the_run() -> None:
    specs = sorted(str(path) for path in ROOT.glob("tests/golden/*/spec.yaml"))
    command = [sys.executable, "-m", "codegen", "diff", specs[0], specs[1], "--only", "wire", "--format", "json"]
    said = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["changes"]
        said.add(done.stdout)
    assert len(said) == 1
