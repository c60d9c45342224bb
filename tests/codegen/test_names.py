"""A name that two things want is no end: the author's own have it, others get one of their place, and that is said."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codegen import pipeline
from codegen.cli import main
from codegen.ir.api import Api
from codegen.lower.api import lower
from codegen.read.load import Document, load
from codegen.settings import Options, read
from codegen.trial import prove

ROOT = Path(__file__).parent.parent.parent
WARNINGS = ROOT / "tests" / "warnings"
CASES = sorted(path.parent for path in WARNINGS.glob("*/spec.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_warning(
    case: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(case)
    code = main(["lint", "spec.yaml"])
    told = capsys.readouterr()
    expected = case / "stderr.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(told.err, encoding="utf-8")
    assert told.err == expected.read_text(encoding="utf-8")
    assert code == 0
    assert told.err.startswith("codegen: warning: ")


def _lowered(document: Document) -> Api:
    return lower(document, read(Options(spec=document.path, package="p")))


def _names(api: Api) -> dict[str, Any]:
    """Every name, by what it is of and not by the order in which it was met."""
    operations = {
        (one.path, one.method): (one.name, {(item.place, item.wire_name): item.name for item in one.parameters})
        for one in api.operations
    }
    fields = {kind: dict(sorted(names.items())) for kind, names in api.field_names.items()}
    credentials = sorted(option.name for option in api.client_options)
    return {"operations": operations, "fields": fields, "classes": sorted(api.schemas), "credentials": credentials}


def _shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, Mapping):
        items = [(key, _shuffled(value, chance)) for key, value in node.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(node, list):
        items = [_shuffled(item, chance) for item in node]
        return (
            chance.sample(items, len(items))
            if all(isinstance(item, dict) and "in" in item for item in items)
            else items
        )
    return node


def test_the_order_of_the_document_moves_no_name() -> None:
    document = load(WARNINGS / "names-of-all-kinds" / "spec.yaml")
    names = _names(_lowered(document))
    for seed in range(20):
        document.tree = _shuffled(document.tree, random.Random(seed))
        assert _names(_lowered(document)) == names, seed


def test_names_are_what_a_reader_expects() -> None:
    api = _lowered(load(WARNINGS / "names-of-all-kinds" / "spec.yaml"))
    assert {one.path + " " + one.method: one.name for one in api.operations} == {
        "/pets GET": "get_pets",
        "/pets/ GET": "get_pets_2",
        "/pets/{id} POST": "post_pets_id",
        "/pets/{id} PUT": "put_pets_id",
        "/told GET": "save_pet",
        "/%D0%B8%D0%BC%D1%8F GET": "sozdat",
    }
    saving = next(one for one in api.operations if one.method == "POST")
    assert [item.name for item in saving.parameters] == [
        "id",
        "id_in_query",
        "id_in_header",
        "born_lt",
        "born_gt",
        "born",
        "body",
    ]
    assert saving.body is not None
    assert saving.body.name == "request_body"
    assert api.field_names["Pet"] == {
        "tag": "tag",
        "t": "t",
        "fooBar": "foo_bar_2",
        "foo_bar": "foo_bar",
        "+1": "n1",
        "-1": "minus_1",
        "имя": "imya",
        "фамилия": "familiya",
        "field": "field_",
    }


def _words(package: Path) -> list[str]:
    """Every name that the modules of a package have or import, at their top, in their classes and functions."""
    found: set[str] = set(dir(builtins)) | set(keyword.kwlist)
    for file in package.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
    return sorted(found)


@pytest.mark.proof  # takes 10 seconds
@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
def test_nothing_that_a_package_calls_by_any_name_breaks_it(tmp_path: Path, models: str) -> None:
    """An operation, an argument, a schema, a property and a form's field for every name that the modules have."""
    words = _words(ROOT / "generated" / "binance_gift_card")
    properties = {word: {"type": "string", "format": "date"} for word in words}
    inner = {word: {"type": "object", "properties": {"a": {"type": "integer"}}} for word in words}

    def answer(name: str) -> dict[str, Any]:
        schema = {"$ref": f"#/components/schemas/{name}"}
        return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}

    form = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": properties}}}}
    paths: dict[str, Any] = {
        f"/{index}": {
            "post": {
                "operationId": word,
                "x-sdk-journal": {},
                "parameters": [{"name": word, "in": "query", "schema": {"type": "string", "format": "password"}}],
                "responses": answer(word),
            }
        }
        for index, word in enumerate(words)
    }
    paths["/form"] = {
        "post": {"operationId": "sendForm", "x-sdk-journal": {}, "requestBody": form, "responses": answer("a")}
    }
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"a": {"type": "object", "properties": {**inner}}, **inner}},
    }
    tree["components"]["schemas"]["AllOfThem"] = {"type": "object", "properties": properties}  # type: ignore[index]
    paths["/them"] = {"get": {"operationId": "getThem", "responses": answer("AllOfThem")}}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(tree))
    settings = read(Options(spec=spec, package="p", models=models))
    document, _ = pipeline.read(spec, (), "warn")
    written, _ = pipeline.generate(document, settings)
    prove(written, settings, document)
