"""A document is read as it is written, or refused where it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from codegen import cli, pipeline, settings
from codegen.lower.api import lower
from codegen.read.load import Document
from codegen.read.references import resolve

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


FILES = {
    "spec.yaml": """openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {$ref: 'parts/my%20operation.yaml'}}
  /b:
    $ref: parts/item.yaml
    parameters: [{name: q, in: query, schema: {type: string}}]
    delete: {operationId: deleteB, responses: {'204': {description: ok}}}
components:
  schemas:
    Anchored: {$anchor: here, type: object, properties: {q: {type: integer}}}
    Known: {$id: 'https://example.com/known', type: object, $defs: {In: {type: boolean}}}
    Uses:
      type: object
      properties:
        page: {$ref: '#/components/schemas/Uses/$defs/Page%5BItem%5D'}
        anchored: {$ref: '#here'}
        known: {$ref: 'https://example.com/known#/$defs/In'}
        both: {$ref: '#/components/schemas/Known', required: [p], properties: {p: {type: string}}}
        remark: {$ref: '#/components/schemas/Known', description: d}
        dynamic: {$dynamicRef: '#T'}
        data: {const: {$ref: nowhere.yaml}}
      $defs: {T: {$dynamicAnchor: T, type: number}, 'Page[Item]': {type: object}}
    Big: {$ref: 'parts/scalars.yaml#/x-more/Big'}
    Other: {$defs: {T: {$dynamicAnchor: T}}}
""",
    "parts/my operation.yaml": """
operationId: getA
parameters: [{$ref: 'more/parameters.yaml#/limit'}]
responses: {'200': {$ref: '#/x-ok'}}
x-ok: {description: ok, content: {application/json: {schema: {$ref: '../spec.yaml#/components/schemas/Uses'}}}}
""",
    "parts/item.yaml": """
get: {operationId: getB, responses: {'200': {description: ok}}}
delete: {operationId: other, responses: {'200': {description: ok}}}
""",
    "parts/more/parameters.yaml": """
limit: {$ref: '#/real', required: true}
real: {name: limit, in: query, schema: {$ref: '../scalars.yaml#small'}}
""",
    "parts/scalars.yaml": "Small: {$anchor: small, type: integer, maximum: 9}\nx-more: {Big: {$ref: '#/Small'}}\n",
}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, list[str]]:
    """A document of several files."""
    folder = tmp_path_factory.mktemp("linked")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    document, warnings = pipeline.read(folder / "spec.yaml", (), "refuse")
    return document, [warning.replace(f"{folder}/", "") for warning in warnings]


def test_references_are_uris(linked: tuple[Document, list[str]]) -> None:
    tree = linked[0].tree
    uses = tree["components"]["schemas"]["Uses"]["properties"]
    assert {name: resolve(tree, uses[name]).get("type") for name in ("page", "anchored", "known", "dynamic")} == {
        "page": "object",
        "anchored": "object",
        "known": "boolean",
        "dynamic": "number",
    }
    assert uses["data"]["const"] == {"$ref": "nowhere.yaml"}
    answer = resolve(tree, tree["paths"]["/a"]["get"]["responses"]["200"])
    assert resolve(tree, answer["content"]["application/json"]["schema"])["properties"] is uses
    limit = resolve(tree, tree["paths"]["/a"]["get"]["parameters"][0])
    assert resolve(tree, limit["schema"])["maximum"] == 9
    assert resolve(tree, tree["components"]["schemas"]["Big"])["maximum"] == 9


def test_what_stands_beside_a_reference_counts(linked: tuple[Document, list[str]]) -> None:
    document, warnings = linked
    uses = document.tree["components"]["schemas"]["Uses"]["properties"]
    known = {"$ref": "#/components/schemas/Known"}
    assert uses["both"] == {"required": ["p"], "properties": {"p": {"type": "string"}}, "allOf": [known]}
    assert uses["remark"] == {**known, "description": "d"}
    assert document.tree["paths"]["/b"].keys() == {"parameters", "get", "delete"}
    assert document.tree["paths"]["/b"]["delete"]["operationId"] == "deleteB"
    assert [re.sub(r":\d+:\d+", "", warning) for warning in warnings] == [
        "spec.yaml: #/components/schemas/Uses/properties/dynamic: $dynamicRef '#T' is read as $ref; the 1 other "
        "$dynamicAnchor of that name, which could take its place, are not",
        "parts/more/parameters.yaml: #/limit: OpenAPI passes over what stands beside this $ref: required; allOf "
        "lays both together",
        "spec.yaml: #/paths/~1b/delete: delete stands here and in what the $ref leads to; this one is taken",
    ]


def test_what_a_reference_brought_has_the_place_where_it_was_written(linked: tuple[Document, list[str]]) -> None:
    for pointer, file, line in (
        (("paths", "/a", "get", "operationId"), "my operation.yaml", 2),
        (("paths", "/b", "get", "responses"), "item.yaml", 2),
        (("paths", "/b", "delete", "operationId"), "spec.yaml", 8),
        (("components", "schemas", "Uses", "properties", "both", "allOf", 0, "$ref"), "spec.yaml", 19),
    ):
        place = linked[0].place(pointer)
        assert (Path(place.file).name, place.line) == (file, line)


def test_openapi_32_has_an_address_of_its_own(tmp_path: Path) -> None:
    text = """openapi: 3.2.0
$self: https://example.com/api/v1.yaml
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    A: {$ref: 'v1.yaml#/components/schemas/B'}
    B: {$ref: 'https://example.com/api/v1.yaml#/components/schemas/C'}
    C: {$ref: 'beside.yaml#/D'}
"""
    (tmp_path / "beside.yaml").write_text("D: {type: integer}\n")
    tree, _ = read(tmp_path, text)
    assert resolve(tree, tree["components"]["schemas"]["A"]) == {"type": "integer"}


BESIDE = """openapi: {version}
info: {{title: T, version: '1'}}
paths:
  /a:
    get:
      responses:
        '200': {{description: ok, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'{more}}}}}}}}}
components:
  schemas:
    A: {{type: object, properties: {{p: {{type: string}}}}}}
"""


@pytest.mark.parametrize(("version", "counts"), [("3.0.3", False), ("3.1.0", True)])
def test_diff_tells_what_changed_beside_a_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, counts: bool
) -> None:
    (tmp_path / "old.yaml").write_text(BESIDE.format(version=version, more=""))
    (tmp_path / "new.yaml").write_text(BESIDE.format(version=version, more=", required: [p]"))
    assert cli.main(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--only", "wire"]) == cli.DONE
    assert ("property-became-required" in capsys.readouterr().out) is counts
    _, warnings = read(tmp_path, BESIDE.format(version=version, more=", required: [p]"))
    assert [("passes over what stands beside this $ref: required" in warning) for warning in warnings] == (
        [] if counts else [True]
    )


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("#nowhere", "$ref '#nowhere' leads nowhere: there is no $anchor 'nowhere'"),
        ("#/components/schemas/B%2", "$ref '#/components/schemas/B%2' leads nowhere"),
        ("gone%20file.yaml#/A", "$ref 'gone%20file.yaml#/A' names a file that is not there"),
        ("http://[a", "$ref 'http://[a' is no URI"),
        ("urn:example:a", "$ref 'urn:example:a' is not fetched; copy the file beside the document and name it there"),
        ("../other.yaml", "$ref '../other.yaml' leaves the document's folder"),
    ],
)
def test_a_reference_to_nothing_is_refused_where_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reference: str, message: str
) -> None:
    text = HEAD + f"components: {{schemas: {{A: {{$ref: '{reference}'}}}}}}\n"
    assert refusal(tmp_path, text, capsys) == f"spec.yaml:4:24: #/components/schemas/A: {message}"


@pytest.mark.parametrize("method", ["CONNECT", "CO PY", "CO\\rPY"])
def test_a_method_that_no_client_can_send_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    operation = "{responses: {'204': {description: ok}}}"
    text = "openapi: 3.2.0\ninfo: {title: T, version: '1'}\npaths: {/a: {additionalOperations: {\"%s\": %s}}}\n"
    (tmp_path / "spec.yaml").write_text(text % (method, operation))
    assert cli.main(["lint", str(tmp_path / "spec.yaml"), "--schema-check", "warn"]) == cli.WRONG
    assert "is no method that a client can send to a path" in capsys.readouterr().err


def test_whole_mappings_and_media_types_may_stand_elsewhere(tmp_path: Path) -> None:
    text = """openapi: 3.2.0
info: {title: T, version: '1'}
paths: {$ref: paths.yaml}
components:
  schemas: {$ref: schemas/index.yaml}
  mediaTypes:
    shared: {schema: {$ref: '#/components/schemas/Pet'}}
"""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "index.yaml").write_text(
        "Pet: {$ref: Pet.yaml}\nGet: {properties: {get: {$ref: Pet.yaml}}}\n"
    )
    (tmp_path / "schemas" / "Pet.yaml").write_text(
        "type: object\nproperties: {$ref: '#/x-all'}\nx-all: {a: {type: string}}\n"
    )
    answer = (
        "{'200': {description: ok, content: {application/json: {$ref: 'spec.yaml#/components/mediaTypes/shared'}}}}"
    )
    (tmp_path / "paths.yaml").write_text(f"/a: {{get: {{operationId: getA, responses: {answer}}}}}\n")
    tree, warnings = read(tmp_path, text)
    schema = tree["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert resolve(tree, schema)["properties"] == {"a": {"type": "string"}}
    assert (list(tree["components"]["schemas"]), warnings) == (["Pet", "Get"], [])


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_extensions_beside_a_reference_count_for_an_argument(version: str, tmp_path: Path) -> None:
    text = f"""openapi: {version}
info: {{title: T, version: '1'}}
servers: [{{url: 'https://a.example'}}]
paths:
  /x:
    get:
      operationId: x
      parameters:
        - {{name: w, in: query, schema: {{$ref: '#/components/schemas/N', x-sdk-unit: seconds}}}}
        - {{name: h, in: query, schema: {{$ref: '#/components/schemas/S', x-sdk-hint: four digits}}}}
        - {{name: p, in: query, schema: {{$ref: '#/components/schemas/S'}}}}
      responses: {{'204': {{description: Done}}}}
components: {{schemas: {{N: {{type: integer}}, S: {{type: string, pattern: '^[0-9]{{4}}$'}}}}}}
"""
    (tmp_path / "spec.yaml").write_text(text)
    document, _ = pipeline.read(tmp_path / "spec.yaml", [], "refuse")
    api = lower(document, settings.read(settings.Options(spec=tmp_path / "spec.yaml", package="p")))
    window, hinted, plain = api.operations[0].parameters
    assert window.meaning == "Unit: seconds."
    assert (hinted.limits.hint, plain.limits.hint) == ("four digits", "4 digits")


@pytest.mark.parametrize(
    "written",
    [
        "$ref: other.yaml#/A",
        "$ref: 'other.yaml#/A'",
        "'$ref':\n        other.yaml#/A",
        '"\\x24ref": "other.yaml#/A"',
        '"\\u0024ref": "other.yaml#/A"',
        '"$r\\x65f": other.yaml#/A',
        '? "$re\\\n          f"\n      : other.yaml#/A',
        "? $ref\n      : other.yaml#/A",
        "? >-\n        $ref\n      : other.yaml#/A",
        "$ref: !!str other.yaml#/A",
        "$ref: *elsewhere",
        '{"$ref" :"other.yaml#/A"}',
    ],
)
def test_another_file_is_read_however_its_name_is_written(tmp_path: Path, written: str) -> None:
    (tmp_path / "other.yaml").write_text("A: {type: boolean}\n", encoding="utf-8")
    schemas = f"components:\n  schemas:\n    Own: {{$ref: '#/components/schemas/It'}}\n    It:\n      {written}\n"
    text = f"openapi: 3.1.0\ninfo: {{title: &elsewhere other.yaml#/A, version: '1'}}\npaths: {{}}\n{schemas}"
    document = read(tmp_path, text)[0]
    assert resolve(document, document["components"]["schemas"]["Own"]) == {"type": "boolean"}
