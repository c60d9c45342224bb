"""A document is read as it is written, or refused where it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from codegen import cli, pipeline

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"


def read(folder: Path, text: str, *overlays: str) -> tuple[dict, list[str]]:
    """The tree of a document, and the warnings."""
    (folder / "spec.yaml").write_text(text)
    paths = [folder / f"overlay{number}.yaml" for number, _ in enumerate(overlays)]
    for path, overlay in zip(paths, overlays, strict=True):
        path.write_text(overlay)
    document, warnings = pipeline.read(folder / "spec.yaml", paths, "refuse")
    return document.tree, warnings


def refusal(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str], name: str = "spec.yaml", *overlays: str
) -> str:
    """The message that the command line gives, without the folder."""
    (folder / name).write_text(text)
    given = []
    for number, overlay in enumerate(overlays):
        (folder / f"overlay{number}.yaml").write_text(overlay)
        given += ["--overlay", str(folder / f"overlay{number}.yaml")]
    assert cli.main(["lint", str(folder / name), "--schema-check", "refuse", *given]) == cli.WRONG
    out, err = capsys.readouterr()
    assert out == ""
    return err.replace(f"{folder}/", "").removeprefix("codegen: ").strip()


MERGES = """
x-base: &base {id: {type: string}, at: {type: integer}}
x-more: &more {at: {type: boolean}, more: {type: number}}
x-one: {<<: *base, name: {type: string}}
x-two: {name: 1, <<: [*base, *more], id: own}
x-inline: {<<: {a: 1}}
x-text: {'<<': 1}
"""


def test_merge_keys_are_read_and_an_explicit_key_wins(tmp_path: Path) -> None:
    tree, _ = read(tmp_path, HEAD + MERGES)
    assert list(tree["x-one"]) == ["id", "at", "name"]
    assert tree["x-two"] == {"id": "own", "at": {"type": "integer"}, "more": {"type": "number"}, "name": 1}
    assert (tree["x-inline"], tree["x-text"]) == ({"a": 1}, {"<<": 1})


SHARED = """openapi: 3.0.0
info: {title: T, version: '1'}
paths:
  /x:
    get: &get
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}}
  /y:
    get: *get
  /z:
    get: {<<: *get, operationId: getZ}
"""
ALIASED = """overlay: 1.0.0
info: {title: O, version: '1'}
actions:
  - {target: "$.paths['/x'].get.responses['200']", update: {description: other}}
  - {target: "$.paths['/y'].get.responses['200'].content", remove: true}
"""


def test_an_overlay_reaches_its_target_only(tmp_path: Path) -> None:
    tree, _ = read(tmp_path, SHARED, ALIASED)
    answers = [tree["paths"][path]["get"]["responses"]["200"] for path in ("/x", "/y", "/z")]
    assert [answer["description"] for answer in answers] == ["other", "ok", "ok"]
    assert ["content" in answer for answer in answers] == [True, False, True]


@pytest.mark.parametrize("path", ["/y", "/z"])
def test_what_an_alias_brought_has_the_place_where_it_was_written(tmp_path: Path, path: str) -> None:
    (tmp_path / "spec.yaml").write_text(SHARED)
    document, _ = pipeline.read(tmp_path / "spec.yaml", (), "refuse")
    place = document.place(("paths", path, "get", "responses", "200", "description"))
    assert (place.line, place.column, place.pointer[1]) == (6, 27, path)


BOMB = "x-0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"x-{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x-a: &a {b: [*a]}", "spec.yaml:4:14: #/x-a/b/0: the alias *a is inside what it stands for"),
        ("x-a: &a {<<: *a}", "spec.yaml:4:14: #/x-a/<<: the alias *a is inside what it stands for"),
        ("x-a: *b", "spec.yaml:4:6: #/x-a: the alias *b stands for nothing that was written before it"),
        ("x-a: {<<: 1}", "spec.yaml:4:11: #/x-a/<<: a merge key << must name a mapping, or a list of mappings"),
        ("x-a: {b: 1, b: 2}", "spec.yaml:4:13: #/x-a: the key 'b' stands twice in one mapping"),
        ("x-a: [.inf]", "spec.yaml:4:7: #/x-a/0: .inf is no number that JSON can write"),
        ("x-a: .nan", "spec.yaml:4:6: #/x-a: .nan is no number that JSON can write"),
        ("x-a: -1e400", "spec.yaml:4:6: #/x-a: -1e400 is more than a number can be"),
        ("x-a: 1" + "0" * 5000, "spec.yaml:4:6: #/x-a: is a number of more than 1000 digits"),
        ("x-a: !!binary aGk=", "spec.yaml:4:6: #/x-a: the tag 'tag:yaml.org,2002:binary' is not read"),
        ("x-a: !odd {}", "spec.yaml:4:6: #/x-a: the tag '!odd' is not read; write a plain value"),
        ("---\na: 1", "spec.yaml:4:1: holds a second document"),
        (BOMB, "#/x-5/3: the aliases of this file stand for more than 500,000 nodes"),
        ("x-a: " + "[" * 50_000 + "]" * 50_000, "0/0: stands deeper than 200 levels"),
        ("x-0: &a0 [1]\n" + "".join(f"x-{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300)), "deeper than 200 levels"),
    ],
)
def test_what_yaml_cannot_mean_is_refused_where_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert message in refusal(tmp_path, HEAD + text + "\n", capsys)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1e400", "spec.json:2:26: #/x-😀/a/0: 1e400 is more than a number can be"),
        ("NaN", "spec.json:2:26: #/x-😀/a/0: .nan is no number that JSON can write"),
        ("1" * 5000, "spec.json:2:26: #/x-😀/a/0: is a number of more than 1000 digits"),
        ('{"b": 1, "b": 2}', "spec.json:2:35: #/x-😀/a/0: the key 'b' stands twice in one mapping"),
        ("[" * 50_000 + "]" * 50_000, "/0: stands deeper than 200 levels"),
    ],
)
def test_what_json_cannot_mean_is_refused_where_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str, message: str
) -> None:
    text = '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"},\n\t"x-\\ud83d\\ude00": {"a":[%s]}}'
    assert message in refusal(tmp_path, text % value, capsys, "spec.json")


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
def test_a_chain_of_schemas_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keyword: str
) -> None:
    parts = [{"type": "object", "properties": {"a": {"type": "string"}}}]
    schemas = {f"C{n}": {keyword: [{"$ref": f"#/components/schemas/C{n + 1}"}, *parts]} for n in range(2000)}
    answer = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/C0"}}}}
    tree = {
        "openapi": "3.0.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": answer}}}},
        "components": {"schemas": {**schemas, "C2000": parts[0]}},
    }
    text = json.dumps(tree)
    assert "its schemas hold one another through too many levels" in refusal(tmp_path, text, capsys, "spec.json")
    chain = {f"C{n}": {"$ref": f"#/components/schemas/C{n + 1}"} for n in range(2000)}
    text = json.dumps({**tree, "components": {"schemas": {**chain, "C2000": {}}}})
    assert "leads through more than 100 references" in refusal(tmp_path, text, capsys, "spec.json")


LAID = """openapi: 3.1.0
info: {title: T, version: '1'}
tags: [{name: a}, {name: b}, {name: c}]
paths:
  /x:
    get:
      tags: [a, b]
      parameters: [{name: a, in: query, schema: {type: string}}, {name: b, in: query, schema: {type: string}}]
      responses: {'204': {description: ok}}
"""


def overlay(*actions: str, root: str = "") -> str:
    lines = "".join(f"  - {action}\n" for action in actions)
    return f"overlay: 1.1.0\ninfo: {{title: O, version: '1'}}\n{root}actions:\n{lines}"


def test_a_node_that_is_reached_twice_is_changed_once(tmp_path: Path) -> None:
    tree, _ = read(tmp_path, LAID, overlay("""{target: "$.paths['/x']['get','get'].tags", update: [new]}"""))
    assert tree["paths"]["/x"]["get"]["tags"] == ["a", "b", "new"]
    tree, _ = read(tmp_path, LAID, overlay("""{target: "$.paths['/x'].get['tags','tags']", remove: true}"""))
    assert "tags" not in tree["paths"]["/x"]["get"]
    tree, _ = read(tmp_path, LAID, overlay("""{target: "$..[?@.name == 'a']", remove: true}"""))
    assert [tag["name"] for tag in tree["tags"]] == ["b", "c"]
    assert [given["name"] for given in tree["paths"]["/x"]["get"]["parameters"]] == ["b"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("""{target: "$.tags", update: null}""", "overlay0.yaml:4: #/actions/0/update: null cannot be merged"),
        ("""{target: "$.info", update: text}""", "overlay0.yaml:4: #/actions/0/update: the target is a mapping"),
        (
            """{target: "$.paths['/x']", update: {get: null}}""",
            "overlay0.yaml:4: #/actions/0/update/get: null cannot",
        ),
        ("""{target: "$.tags", copy: 1}""", "overlay0.yaml:4: #/actions/0/copy: copy must match one node"),
        ("""{target: "$.tags", update: {title: t}}""", "overlay0.yaml:4: #/tags/3: is not valid OpenAPI 3.1"),
        (
            """{target: "$.tags[0]", remove: true}\n  - {target: "$.tags", update: 1}""",
            "overlay0.yaml:5: #/tags/2: ",
        ),
        (
            """{target: "$.paths['/x'].get.parameters", update: {in: query}}""",
            "overlay0.yaml:4: #/paths/~1x/get/parameters/2: is not valid OpenAPI",
        ),
    ],
)
def test_a_fault_of_an_overlay_has_the_overlays_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str, message: str
) -> None:
    found = refusal(tmp_path, LAID, capsys, "spec.yaml", overlay(action))
    assert re.sub(r"^([^:]+:\d+):\d+", r"\1", found).startswith(message)


def test_what_moved_in_a_list_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(LAID)
    more = """{target: "$.tags", update: [{name: d}]}"""
    (tmp_path / "overlay.yaml").write_text(overlay(more, """{target: "$.tags[?@.name != 'a']", remove: true}""", more))
    document, _ = pipeline.read(tmp_path / "spec.yaml", [tmp_path / "overlay.yaml"], "refuse")
    places = [document.place(("tags", index, "name")) for index in range(len(document.tree["tags"]))]
    assert [(Path(place.file).name, place.line, place.column) for place in places] == [
        ("spec.yaml", 3, 9),
        ("overlay.yaml", 6, 34),
    ]


def test_what_an_overlay_extends_is_compared(tmp_path: Path) -> None:
    action = "{target: $.tags, remove: true}"
    _, warnings = read(tmp_path, LAID, overlay(action, root="extends: https://example.com/v1/spec.yaml\n"))
    assert warnings == []
    _, warnings = read(tmp_path, LAID, overlay(action, root="extends: ./other.yaml\nodd: 1\n"))
    assert [warning.partition("overlay0.yaml:")[2] for warning in warnings] == [
        "4:1: #/odd: an overlay has no key 'odd'; it is passed over",
        "3:1: #/extends: the overlay extends ./other.yaml, and is laid over spec.yaml all the same",
    ]
