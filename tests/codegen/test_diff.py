"""`diff` tells what changed between two documents, wherever they are, in every form."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

OLD = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: https://api.example}]
paths:
  /cards:
    post:
      operationId: createCard
      parameters:
        - {name: amount, in: query, required: true, schema: {type: string}}
        - {name: note, in: query, schema: {type: string}}
      responses:
        '200':
          description: A card
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Card'}
    get:
      operationId: listCards
      responses:
        '200':
          description: Cards
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Card'}}
components:
  schemas:
    Card:
      type: object
      required: [number]
      properties:
        number: {type: string}
        state: {type: string, enum: [open, spent]}
"""
NEW = (
    OLD.replace("        - {name: note, in: query, schema: {type: string}}\n", "")
    .replace("enum: [open, spent]", "enum: [open, spent, '@mention | <b>']")
    .replace("        number: {type: string}\n", "        number: {type: string, description: Its number}\n")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    return tmp_path


def test_the_same_document_gives_nothing(folder: Path, codegen) -> None:
    done = codegen("diff", "old.yaml", "old.yaml", "--fail-on", "documentation", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "no changes\n")
    assert "codegen: warning" not in done.stderr


def test_text_tells_what_why_and_where(folder: Path, codegen) -> None:
    done = codegen("diff", "old.yaml", "new.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "breaking: POST /cards: query parameter note [parameter-removed]\n"
        "    A parameter was removed: sending it has no effect or is refused.\n"
        "    such as POST /cards?amount=a&note=a (valid before, not now)\n"
        "    at old.yaml:10:11: #/paths/~1cards/post/parameters/1\n"
        "breaking: SdkClient.create_card(note) [python-argument-removed]\n"
        "    An argument is gone: calls that pass it fail.\n"
        "breaking: raw.RawOperations.create_card(note) [python-argument-removed]\n"
        "    An argument is gone: calls that pass it fail.\n"
        'risky: Card.state ("@mention | <b>") [response-enum-value-added]\n'
        "    A value was added to a list: answers may hold what a reader did not have to expect.\n"
        '    such as 200 {"number":"a","state":"@mention | <b>"} (valid now, not before)\n'
        "    at new.yaml:31:9: #/components/schemas/Card/properties/state\n"
        "    in GET /cards, POST /cards\n"
        "documentation: Card.number (description) [documentation-changed]\n"
        "    at new.yaml:30:9: #/components/schemas/Card/properties/number\n"
        "    in GET /cards, POST /cards\n"
        "3 breaking, 1 risky, 1 documentation\n"
    )


@pytest.mark.parametrize(
    ("only", "level", "code"),
    [
        ((), "breaking", 1),
        (("--only", "wire"), "breaking", 1),
        (("--only", "python"), "breaking", 1),
        (("--only", "python"), "documentation", 1),
    ],
)
def test_fail_on(folder: Path, codegen, only: tuple[str, ...], level: str, code: int) -> None:
    assert codegen("diff", "old.yaml", "new.yaml", *only, "--fail-on", level, cwd=folder).returncode == code


def test_fail_on_passes_what_is_milder(folder: Path, codegen) -> None:
    (folder / "new.yaml").write_text(
        OLD.replace("{name: note, in: query,", "{name: note, in: query, deprecated: true,")
    )
    assert codegen("diff", "old.yaml", "new.yaml", "--fail-on", "risky", cwd=folder).returncode == 0
    assert codegen("diff", "old.yaml", "new.yaml", "--fail-on", "compatible", cwd=folder).returncode == 1


def test_markdown_is_safe_in_a_pull_request(folder: Path, codegen) -> None:
    done = codegen("diff", "old.yaml", "new.yaml", "--format", "markdown", cwd=folder)
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if "response-enum-value-added" in line)
    acted_on = re.sub(r"(`+).*?\1", "", row)  # in code nothing is
    assert "<b>" not in acted_on
    assert "@mention" not in acted_on
    cells = row.replace("\\|", "").split("|")
    assert len(cells) == 5  # three cells between their bars


def test_json_is_for_programs(folder: Path, codegen) -> None:
    done = codegen("diff", "old.yaml", "new.yaml", "--format", "json", "--only", "wire", cwd=folder)
    told = json.loads(done.stdout)
    assert told["summary"] == {"breaking": 1, "risky": 1, "compatible": 0, "documentation": 1}
    assert told["changes"][0] == {
        "rule": "parameter-removed",
        "level": "breaking",
        "subject": "POST /cards: query parameter note",
        "detail": "",
        "reason": "A parameter was removed: sending it has no effect or is refused.",
        "operations": [],
        "witness": {
            "request": {"path": {}, "query": {"amount": "a", "note": "a"}, "header": {}, "cookie": {}},
            "shown": "POST /cards?amount=a&note=a",
            "valid": "before",
            "described": False,
        },
        "place": {"file": "old.yaml", "line": 10, "column": 11, "pointer": "/paths/~1cards/post/parameters/1"},
    }


def _accept(folder: Path, **changes: str) -> None:
    entry = {"rule": "parameter-removed", "at": "POST /cards: *", "reason": "unused", "until": "2099-01-01"} | changes
    (folder / "accepted.yaml").write_text(json.dumps({"accepted": [entry]}))


def test_an_accepted_change_does_not_fail(folder: Path, codegen) -> None:
    _accept(folder)
    arguments = ("diff", "old.yaml", "new.yaml", "--only", "wire", "--fail-on", "breaking", "--accept", "accepted.yaml")
    done = codegen(*arguments, cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "accepted until 2099-01-01: unused" in done.stdout
    assert "(1 accepted)" in done.stdout


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "2020-01-01"}, "ended on 2020-01-01: it no longer counts"),
        ({"at": "GET /cards: *"}, "meets no change: delete it"),
    ],
)
def test_an_exception_that_does_nothing_is_said(folder: Path, codegen, changes: dict[str, str], said: str) -> None:
    _accept(folder, **changes)
    arguments = ("diff", "old.yaml", "new.yaml", "--only", "wire", "--fail-on", "breaking", "--accept", "accepted.yaml")
    done = codegen(*arguments, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule": "no-such-rule"}, "accepted.yaml:1:16: #/accepted/0/rule: 'no-such-rule' is no rule"),
        ({"until": "soon"}, "accepted.yaml:1:"),
        ({"until": "2026-02-30"}, "until: 2026-02-30 is no date of the calendar"),
        ({"reason": ""}, "accepted.yaml:1:"),
    ],
)
def test_a_wrong_exception_is_refused(folder: Path, codegen, changes: dict[str, str], said: str) -> None:
    _accept(folder, **changes)
    done = codegen("diff", "old.yaml", "new.yaml", "--accept", "accepted.yaml", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository whose last revision but one has the old document in a folder, with a file that it names."""
    inner = folder / "api"
    inner.mkdir()
    (folder / "old.yaml").unlink()
    (folder / "new.yaml").unlink()
    (inner / "api.yaml").write_text(OLD.replace("'#/components/schemas/Card'", "card.yaml"))
    (inner / "card.yaml").write_text("type: object\nproperties:\n  number: {type: string}\n")

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    (inner / "card.yaml").write_text("type: object\nproperties:\n  number: {type: integer}\n")
    git("commit", "-am", "two")
    return folder


@pytest.mark.parametrize("inside", [False, True])
def test_revisions_of_git_are_read_with_what_lies_beside_them(repository: Path, codegen, inside: bool) -> None:
    cwd, old = (repository / "api", "HEAD~1:./api.yaml") if inside else (repository, "HEAD~1:api/api.yaml")
    new = "api.yaml" if inside else "api/api.yaml"
    done = codegen("diff", old, new, "--only", "wire", cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert "number (string → integer) [response-type-changed]" in done.stdout
    back = codegen("diff", new, old, "--only", "wire", cwd=cwd)
    assert "at HEAD~1:" in back.stdout


@pytest.mark.parametrize("name", ["HEAD~1:api/gone.yaml", "nowhere:api/api.yaml", "gone.yaml"])
def test_what_is_not_there_is_said(repository: Path, codegen, name: str) -> None:
    done = codegen("diff", name, "api/api.yaml", cwd=repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"codegen: {name}: ")


def test_overlays_are_laid_over_both_or_over_each(folder: Path, codegen) -> None:
    head = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n  - target: $.paths['/cards'].post\n    update: "
    (folder / "never.yaml").write_text(head + "{x-sdk-repeat: never}\n")
    (folder / "safe.yaml").write_text(head + "{x-sdk-repeat: safe}\n")
    both = codegen("diff", "old.yaml", "old.yaml", "--overlay", "safe.yaml", cwd=folder)
    assert both.stdout == "no changes\n"
    arguments = ("--only", "wire", "--old-overlay", "never.yaml", "--overlay", "safe.yaml")
    each = codegen("diff", "old.yaml", "old.yaml", *arguments, cwd=folder)
    assert "risky: POST /cards [repeat-allowed]" in each.stdout
    assert "at old.yaml:6:5: #/paths/~1cards/post" in each.stdout


def test_what_python_cannot_tell_does_not_keep_the_wire_from_being_told(folder: Path, codegen) -> None:
    twice = NEW.replace("operationId: listCards", "x-sdk-name: create").replace(
        "operationId: createCard", "x-sdk-name: create"
    )
    (folder / "new.yaml").write_text(twice)
    done = codegen("diff", "old.yaml", "new.yaml", cwd=folder)
    assert done.returncode == 0
    assert "parameter-removed" in done.stdout
    assert "what changes in Python is not told: new.yaml:" in done.stderr


def test_a_published_document_that_nobody_can_correct_is_compared_with_a_warning(codegen, tmp_path: Path) -> None:
    broken = OLD.replace("number: {type: string}", "number: {$ref: '#/components/schemas/Number'}")
    (tmp_path / "old.yaml").write_text(broken)
    (tmp_path / "new.yaml").write_text(NEW)
    done = codegen("diff", "old.yaml", "new.yaml", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "old.yaml:31:9: #/components/schemas/Card/properties/number: $ref" in done.stderr
    assert "leads nowhere; what it concerns may be told wrongly" in done.stderr
    assert "parameter-removed" in done.stdout
    refused = codegen("diff", "new.yaml", "old.yaml", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "leads nowhere" in refused.stderr
