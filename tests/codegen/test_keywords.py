"""Each keyword of OpenAPI and JSON Schema is in the table, and the table is what the generator and its page go by."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from codegen.cli import main
from codegen.read.keywords import TABLE, TREATMENTS, page, unread

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = Path(str(importlib.util.find_spec("openapi_spec_validator").origin)).parent / "resources" / "schemas"  # type: ignore[union-attr]
KINDS = {
    "server-variable": "server variable",
    "path-item": "path item",
    "external-documentation": "external documentation",
    "request-body": "request body",
    "media-type": "media type",
    "security-scheme": "security scheme",
}
JSON_SCHEMA = (
    "$id $schema $ref $anchor $dynamicRef $dynamicAnchor $vocabulary $comment $defs prefixItems items contains "
    "additionalProperties properties patternProperties dependentSchemas propertyNames if then else allOf anyOf oneOf "
    "not unevaluatedItems unevaluatedProperties type const enum multipleOf maximum exclusiveMaximum minimum "
    "exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains maxProperties "
    "minProperties required dependentRequired title description default deprecated readOnly writeOnly examples format "
    "contentMediaType contentEncoding contentSchema"
).split()
"""The keywords of JSON Schema 2020-12: core, applicators, unevaluated, validation, annotations, format and content."""


def _published(version: str) -> dict[str, set[str]]:
    schema = json.loads((SCHEMAS / version / "schema.json").read_text())
    kinds = {name.lower(): set(node.get("properties", ())) for name, node in schema["$defs"].items()}
    found = {KINDS.get(name, name): keywords for name, keywords in kinds.items()}
    return {"document": set(schema["properties"]), **{kind: found[kind] for kind in found if kind in TABLE}}


@pytest.mark.parametrize("version", ["v3.1", "v3.2"])
def test_every_keyword_of_openapi_is_in_the_table(version: str) -> None:
    for kind, keywords in _published(version).items():
        assert keywords <= TABLE[kind].keys(), kind


def test_every_keyword_of_schemas_is_in_the_table() -> None:
    old = json.loads((SCHEMAS / "v3.0" / "schema.json").read_text())["definitions"]["Schema"]["properties"]
    assert {*JSON_SCHEMA, *old} <= TABLE["schema"].keys()


def test_the_table_is_whole() -> None:
    for rows in TABLE.values():
        for row in rows.values():
            assert row.treatment in TREATMENTS
            assert row.below.strip("[]{}") in {"", *TABLE}
            assert row.note or row.treatment != "warned"


def test_the_page_is_the_table(request: pytest.FixtureRequest) -> None:
    file = ROOT / "docs" / "openapi.md"
    if request.config.getoption("--update-golden"):
        file.write_text(page(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page()


def _filled(kind: str, depth: int = 0) -> dict[str, Any]:
    """An object with each of its keywords, and one that nobody knows."""
    made: dict[str, Any] = {"nobodyKnows": 1, "x-mine": {"nobodyKnows": 1}}
    for key, row in TABLE[kind].items():
        if key != "$ref" and (depth < 2 or not row.below):
            inner = _filled(row.below.strip("[]{}"), depth + 1) if row.below else {"a": 1}
            made[key] = [inner] if row.below[:1] == "[" else {"a": inner} if row.below[:1] == "{" else inner
    return made


def test_what_is_not_read_is_warned_of_wherever_it_stands() -> None:
    for kind, way in _ways().items():
        tree: Any = _filled(kind)
        for key in reversed(way):
            tree = [tree] if key == 0 else {key: tree}
        told = {notice.pointer[-1] for notice in unread(tree) if notice.pointer[:-1] == way}
        assert told == {"nobodyKnows", *(key for key, row in TABLE[kind].items() if row.treatment == "warned")}, kind


def _ways() -> dict[str, tuple[Any, ...]]:
    """Where an object of each kind may stand."""
    found: dict[str, tuple[Any, ...]] = {"document": ()}
    waiting = ["document"]
    while waiting:
        above = waiting.pop(0)
        for key, row in TABLE[above].items():
            below = row.below.strip("[]{}")
            if below and below not in found:
                found[below] = (*found[above], key, *({"[": (0,), "{": ("a",)}.get(row.below[0], ())))
                waiting.append(below)
    assert found.keys() == TABLE.keys()
    return found


def test_the_gift_card_has_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    spec, overlay = ROOT / "openapi" / "binance-gift-card-openapi.yml", ROOT / "openapi" / "overlay.yaml"
    assert main(["lint", str(spec), "--overlay", str(overlay), "--strict"]) == 0
    assert capsys.readouterr().err == ""
