"""`lint` says all that is wrong at once, each with its place, for people and for programs."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import pipeline
from codegen.cli import main
from codegen.errors import InputError
from codegen.lower.api import lower
from codegen.settings import Options, read

FAULTS = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      security: [{nobody: []}]
      x-sdk-envelope: none
      responses: {'204': {description: ok}}
  /b/{id}:
    get:
      operationId: b
      x-sdk-repeat: nevr
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Gone'}}}}}
  /c:
    get:
      operationId: c
      parameters: [{name: q, in: query, schema: {type: string, if: {minLength: 1}, requred: true}}]
      x-sdk-repaet: safe
      responses: {'204': {description: ok}}
"""
BROKEN = """\
openapi: 3.0.3
info: {title: T, version: '1'}
servers: [{url: https://a.example}]
security: [{key: []}]
paths:
  /a/{id}:
    post:
      operationId: a
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: K}}
  schemas:
    A:
      type: object
      required: [b]
      properties:
        b: {type: array, items: {enum: [x, y]}}
        c: {allOf: [{type: object, properties: {d: {type: integer}}}]}
"""
NOTICES = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["lint", "spec.yaml", "--format", "json", *options]) == 2
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_all_faults_are_said_with_their_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(FAULTS)
    found = {(item["rule"], item["line"], item["level"]) for item in _found(capsys)["findings"]}
    assert found == {
        ("refused", 7, "error"),  # the scheme
        ("refused", 8, "error"),  # the envelope
        ("refused", 11, "error"),  # {id}
        ("extension", 13, "error"),
        ("reference", 14, "error"),
        ("keyword", 18, "warning"),
        ("unknown-keyword", 18, "warning"),
        ("extension", 19, "error"),
    }
    assert main(["lint", "spec.yaml"]) == 2
    told = capsys.readouterr().err
    assert (
        "codegen: spec.yaml:19:7: #/paths/~1c/get/x-sdk-repaet: there is no extension 'x-sdk-repaet'; x-sdk-rep" in told
    )
    assert "codegen: warning: spec.yaml:18:" in told


def test_a_fault_has_pointer_and_advice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(FAULTS)
    found = next(item for item in _found(capsys)["findings"] if item["line"] == 19)
    assert found["pointer"] == "#/paths/~1c/get/x-sdk-repaet"
    assert (found["file"], found["column"]) == ("spec.yaml", 7)
    assert found["advice"] == "x-sdk-repeat may be meant"


def test_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(FAULTS)
    assert main(["lint", "spec.yaml", "--format", "sarif"]) == 2
    log = json.loads(capsys.readouterr().out)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"] == {"uri": "spec.yaml"}
        assert physical["region"]["startLine"] > 1
        assert physical["region"]["startColumn"] >= 1


@pytest.mark.parametrize("text", ["a: [", "swagger: '2.0'", "[]", "openapi: 4.0.0\n"])
def test_what_is_no_document_is_a_finding_too(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (folder / "spec.yaml").write_text(text)
    (found,) = _found(capsys)["findings"]
    assert found["level"] == "error"
    assert found["file"] == "spec.yaml"


def test_strict_stops_at_a_warning_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(NOTICES + "    A: {type: object, requred: [a]}\n")
    (folder / "codegen.toml").write_text('[tool.codegen]\nspec = "spec.yaml"\npackage = "p"\nstrict = true\n')
    assert main(["lint", "spec.yaml"]) == 0
    assert main(["lint", "spec.yaml", "--strict"]) == 2
    assert main(["generate", "--config", "codegen.toml"]) == 2
    assert main(["generate", "--spec", "spec.yaml", "--package", "p", "--strict"]) == 2
    assert "1 warning; with strict none may be left" in capsys.readouterr().err
    assert not (folder / "generated").exists()


def test_many_warnings_of_one_kind_are_folded_for_people_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(NOTICES + "".join(f"    A{n}: {{requred: [a]}}\n" for n in range(60)))
    assert main(["lint", "spec.yaml"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[-1].endswith("(and 57 more like it)")
    assert main(["lint", "spec.yaml", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 60


def test_a_breach_of_openapi_warns_and_refuses_where_that_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text("openapi: 3.1.0\ninfo: {title: T}\npaths: {}\n")
    assert main(["lint", "spec.yaml"]) == 0
    assert "codegen: warning: spec.yaml:2:1: #/info: is not valid OpenAPI 3.1" in capsys.readouterr().err
    assert main(["lint", "spec.yaml", "--schema-check", "refuse"]) == 2
    assert 'or set schema-check = "warn"' in capsys.readouterr().err


def _nodes(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from _nodes(value, (*place, key))


def test_a_broken_document_is_refused_or_read(folder: Path) -> None:
    tree = yaml.safe_load(BROKEN)
    for place in _nodes(tree):
        for value in (None, 1, [], {}, [1]):
            broken = copy.deepcopy(tree)
            node = broken
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = value
            (folder / "spec.yaml").write_text(json.dumps(broken))
            with contextlib.suppress(InputError):
                document, _ = pipeline.read(folder / "spec.yaml", (), "warn")
                lower(document, read(Options(spec=folder / "spec.yaml", package="p")))


SEVERAL = """\
openapi: 3.1.0
info: {title: T, version: '1'}
x-sdk-errors: {code: code, message: [msg], codes: []}
paths:
  /a/{id}:
    post:
      operationId: a
      x-sdk-raises: [7]
      x-sdk-lockout: {failures: 3, window: 600, wrong: [8]}
      security: [{one: [], two: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: 'b c', in: header, schema: {type: string}}
        - {name: f, in: query, content: {text/csv: {schema: {type: string}}}}
        - {name: g, in: query, content: {text/xml: {schema: {type: string}}}}
      responses: {'200': {description: ok}}
components:
  securitySchemes:
    one: {type: apiKey, in: query, name: sign}
    two: {type: apiKey, in: query, name: sign, x-sdk-signing: {algorithm: hmac-sha256}}
"""


def _lines(capsys: pytest.CaptureFixture[str]) -> list[int]:
    """Those of errors, in the order in which they are told."""
    return [item["line"] for item in _found(capsys)["findings"] if item["level"] == "error"]


def test_several_faults_of_one_operation_are_said_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = folder / "spec.yaml"
    spec.write_text(SEVERAL)
    assert _lines(capsys) == [20, 13]
    spec.write_text(SEVERAL.replace("'b c'", "b").replace("one: [], two", "two"))
    assert _lines(capsys) == [14, 15]
    spec.write_text(SEVERAL.replace("'b c'", "b").replace("one: [], two", "two").replace("text/", "application/json;"))
    assert _lines(capsys) == [9, 8]
