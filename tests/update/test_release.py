"""Which version a change becomes, judged against what was released last, and what its entry says."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.cli import main

SETTINGS = """\
[project]
name = "acme-cards"
version = "0.1.0"

[tool.codegen]
spec = "api/api.yaml"
package = "acme"
async = false
"""
DOCUMENT = """\
openapi: 3.1.0
info: {title: Cards, version: '1'}
paths:
  /cards:
    get:
      operationId: listCards
      description: All cards.
      parameters:
      - {name: kind, in: query, schema: {type: string, enum: [A, B]}}
      - {name: note, in: query, schema: {type: string}}
      responses:
        '200':
          description: Cards
          content: {application/json: {schema: {type: object, properties: {count: {type: integer}}}}}
    post:
      operationId: createCard
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/NewCard'}}}
      responses: {'204': {description: Made}}
components:
  schemas:
    NewCard: {type: object, properties: {face: {type: string}}}
"""
LOG = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n### Added\n- All.\n"
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module", autouse=True)
def surroundings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SDK_CODEGEN_UNTRIED", "1")  # what the package does is not what these tests are about
        patch.setenv("SOURCE_DATE_EPOCH", "1795400000")
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project at its version 0.1.0, in git, which nothing changes."""
    folder = tmp_path_factory.mktemp("first") / "project"
    (folder / "api").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "api/api.yaml").write_text(DOCUMENT)
    (folder / "CHANGELOG.md").write_text(LOG)
    (folder / ".gitignore").write_text(".codegen*\n")
    assert main(["generate", "--config", str(folder / "pyproject.toml")]) == 0
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    return folder


@pytest.fixture
def tagged(first: Path, tmp_path: Path) -> Path:
    """A copy whose version was released."""
    folder = Path(shutil.copytree(first, tmp_path / "acme"))
    git(folder, "tag", "v0.1.0")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """The generator's command in a folder: its exit code, and what it said."""

    def command(*arguments: str | Path, cwd: Path) -> tuple[int, str, str]:
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        return (main([str(argument) for argument in arguments]), *capsys.readouterr())

    return command


@pytest.fixture
def unreleased(first: Path) -> Iterator[Callable[[str], None]]:
    """Puts notes and settings into the project that nothing changes, for a while."""
    log, settings = first / "CHANGELOG.md", first / "pyproject.toml"
    before = {file: file.read_text() for file in (log, settings)}

    def write(text: str, more_settings: str = "") -> None:
        log.write_text(LOG.replace("## [Unreleased]\n", f"## [Unreleased]\n\n{text}\n", 1))
        settings.write_text(SETTINGS + more_settings)

    yield write
    for file, text in before.items():
        file.write_text(text)


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is")


def edited(folder: Path, *edits: Edit) -> Path:
    tree = yaml.safe_load((folder / "api/api.yaml").read_text())
    for edit in edits:
        edit(tree)
    file = folder.parent / "new.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False))
    return file


def _list(tree: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = tree["paths"]["/cards"]["get"]
    return operation


def reword(tree: dict[str, Any]) -> None:
    _list(tree)["description"] = "Every card."


def add_operation(tree: dict[str, Any]) -> None:
    tree["paths"]["/cards/{id}"] = {
        "get": {
            "operationId": "getCard",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"204": {"description": "Gone"}},
        }
    }


def drop_note(tree: dict[str, Any]) -> None:
    del _list(tree)["parameters"][1]


def add_values(tree: dict[str, Any]) -> None:
    _list(tree)["parameters"][0]["schema"]["enum"] += [f"V{number}" for number in range(41)]


def note(folder: Path, text: str) -> None:
    log = folder / "CHANGELOG.md"
    log.write_text(log.read_text().replace("## [Unreleased]\n", f"## [Unreleased]\n\n{text}\n", 1))


def require_more(tree: dict[str, Any]) -> None:
    tree["components"]["schemas"]["NewCard"] = {
        "type": "object",
        "required": ["face", "size"],
        "properties": {"face": {"type": "string"}, "size": {"type": "string"}},
    }


def test_what_must_be_given_from_now_on_is_told_as_breaking(tagged: Path, run) -> None:
    _, told, warned = run("update", edited(tagged, require_more), "--dry-run", cwd=tagged)
    assert "version: 0.1.0 → 0.2.0" in told, warned
    breaking = told.partition("### Breaking\n")[2].partition("\n    ###")[0]
    for name, what in (("face", "A property became required"), ("size", "A required property was added")):
        assert f"- `NewCard.{name} in AcmeClient.create_card`: {what}: calls that leave it out" in breaking, told


def test_updates_that_were_not_released_become_one_version(tagged: Path, run) -> None:
    git(tagged, "tag", "codegen-v7.0.0")
    git(tagged, "checkout", "--quiet", "-b", "aside")
    git(tagged, "commit", "--quiet", "--allow-empty", "--message", "Another line of versions")
    git(tagged, "tag", "v3.0.0")
    git(tagged, "checkout", "--quiet", "main")
    note(tagged, "### Fixed\n- A thing of our own,\n  in two lines.")
    _, once, warned = run("update", edited(tagged, reword, add_operation, add_values), cwd=tagged)
    assert "version: 0.1.0 → 0.1.1\n    judged against the tag v0.1.0\n" in once, warned
    assert once.count("query parameter kind") == 1
    commit(tagged)
    _, broken, warned = run("update", edited(tagged, drop_note), cwd=tagged)
    assert "version: 0.1.0 → 0.2.0\n" in broken, warned
    assert 'version = "0.2.0"' in (tagged / "pyproject.toml").read_text()
    log = (tagged / "CHANGELOG.md").read_text()
    assert log.count("## [0.") == 2
    entry = log.partition("## [0.2.0]")[2].partition("## [0.1.0]")[0]
    titles = [line for line in entry.splitlines() if line.startswith("### ")]
    assert titles == ["### Breaking", "### Added", "### Changed", "### Fixed"]
    assert "### Breaking\n- The argument `AcmeClient.list_cards(note)` is gone.\n" in entry
    assert "### Fixed\n- A thing of our own,\n  in two lines.\n" in entry
    assert '- `AcmeClient.list_cards: query parameter kind` (`41 values: "V0", "V1", "V2" and 38 more`)' in entry
    for once_told in ("`AcmeClient.get_card`", "- Texts of the documentation."):
        assert entry.count(once_told) == 1
    for never_told in ("GET /cards", "V40"):
        assert never_told not in entry
    assert max(map(len, entry.splitlines())) < 300


def test_what_is_noted_as_unreleased_counts(first: Path, run, unreleased) -> None:
    unreleased("### Removed\n- One.")
    _, told, _ = run("update", edited(first, reword), "--dry-run", cwd=first)
    assert "version: 0.1.0 → 0.2.0\n    judged against the version of the settings; breaking by CHANGELOG.md:6" in told
    for text, version, said in (
        ("### Fixed\n- One.", "0.1.1", ""),
        ("### Added\n- One.\n- **Breaking:** another.", "0.2.0", "breaking by CHANGELOG.md:7"),
        ("- **Fixed:** one.\n- Something.", "0.2.0", "CHANGELOG.md:6: the note does not say what it is"),
        ("### Changed\n- **Breaking**: one.", "0.2.0", "### Breaking\n    - one."),
        ("<!-- notes go here -->\n### Changed\n- One.", "0.1.1", ""),
    ):
        unreleased(text)
        _, told, warned = run("version", "--dry-run", cwd=first)
        assert f"version: 0.1.0 → {version}\n" in told, warned
        assert said in told + warned
        assert "no tag v… and no index of the settings says what was released last: 0.1.0 is taken for it" in warned


def test_a_shallow_clone_is_told_of(tagged: Path, run, tmp_path: Path) -> None:
    note(tagged, "### Fixed\n- One.")
    commit(tagged)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{tagged}", str(clone))
    _, _, warned = run("version", "--dry-run", cwd=clone)
    assert "this clone is shallow, so its tags may be missing: git fetch --tags --unshallow" in warned
    git(clone, "fetch", "--quiet", "--depth", "1", "origin", "tag", "v0.1.0")
    code, told, warned = run("version", "--dry-run", cwd=clone)
    assert (code, warned) == (0, "")
    assert "judged against the tag v0.1.0" in told


def test_a_document_that_means_the_same_is_no_version(tagged: Path, run, tmp_path: Path) -> None:
    same, report = tmp_path / "same.yaml", tmp_path / "report.md"
    tree = {"x-hash": "4f2a", **yaml.safe_load(DOCUMENT)}
    _list(tree)["parameters"].reverse()
    same.write_text(yaml.safe_dump(tree, sort_keys=True, default_style='"'))
    code, told, warned = run("update", same, "--report", report, cwd=tagged)
    assert (code, warned) == (0, "")
    assert "same.yaml: means the same as the document that is here: no version" in told
    assert report.read_text().startswith(f"`{same}` means the same")
    git(tagged, "diff", "--exit-code")
    tree["paths"]["/cards"]["get"]["description"] = "Every card."
    same.write_text(yaml.safe_dump(tree, sort_keys=True))
    assert "version: 0.1.0 → 0.1.1" in run("update", same, cwd=tagged)[1]
    assert (tagged / "api/api.yaml").read_bytes() == same.read_bytes()


def test_a_change_of_ones_own_is_released_by_version(tagged: Path, run, state) -> None:
    code, told, _ = run("version", cwd=tagged)
    assert (code, told[:32]) == (0, "nothing changed since the tag v0")
    settings = tagged / "pyproject.toml"
    settings.write_text(settings.read_text() + 'environment = "CARDS"\n')
    before = state(tagged)
    code, _, refused = run("version", cwd=tagged)
    assert code == 2
    assert "CHANGELOG.md: does not say what changed since the tag v0.1.0 (" in refused
    note(tagged, "### Changed\n- **Breaking:** the variables begin with `CARDS_`.")
    for wanted, said in (("0.1.9", "0.1.9 is too low: what is unreleased asks for 0.2.0"), ("next", "three numbers")):
        code, _, refused = run("version", wanted, cwd=tagged)
        assert code == 2
        assert said in refused
    assert state(tagged) == {**before, "CHANGELOG.md": (tagged / "CHANGELOG.md").read_bytes()}
    _, told, warned = run("version", cwd=tagged)
    assert "version: 0.1.0 → 0.2.0" in told, warned
    log = (tagged / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [0.2.0] - 2026-11-23\n\n### Breaking\n- the variables" in log
    assert run("check", cwd=tagged)[0] == 0
    assert '__version__ = "0.2.0"' in (tagged / "generated/acme/_about.py").read_text()
    once = state(tagged)
    assert run("version", cwd=tagged)[0] == 0
    assert state(tagged) == once
    assert "→ 1.0.0" in run("version", "1.0.0", "--dry-run", cwd=tagged)[1]


def test_the_first_release_may_be_the_version_that_is_there(first: Path, run, unreleased) -> None:
    assert run("version", "0.1.0", cwd=first)[0] == 2  # an entry that says nothing
    unreleased("### Added\n- All.")
    assert "version: 0.1.0 → 0.1.0" in run("version", "0.1.0", "--dry-run", cwd=first)[1]


class Server:
    """An index on loopback that has wheels of the project as it is, by version."""

    def __init__(self, project: Path) -> None:
        self.package = {
            f"acme/{path.relative_to(project / 'generated/acme').as_posix()}": path.read_bytes()
            for path in (project / "generated/acme").rglob("*")
            if path.is_file()
        }
        self.pages: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append((self.path, self.headers.get("Authorization")))
                content = index.pages.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def wheel(self, version: str) -> tuple[str, str]:
        """The name and the SHA-256 of a wheel that is offered."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for path, text in self.package.items():
                archive.writestr(path, text)
        name = f"acme_cards-{version}-py3-none-any.whl"
        self.pages[f"/files/{name}"] = content.getvalue()
        return name, hashlib.sha256(content.getvalue()).hexdigest()


@pytest.fixture
def server(first: Path, unreleased) -> Iterator[Server]:
    server = Server(first)
    unreleased("### Fixed\n- One.", f'index = "{server.url}/simple/"\n')
    thread = threading.Thread(target=server.http.serve_forever)
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def test_without_a_tag_the_last_version_on_the_index_counts(
    first: Path, run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEGEN_INDEX_USERNAME", "reader")
    monkeypatch.setenv("CODEGEN_INDEX_PASSWORD", "s3cr3t")
    links = ""
    for version, mark in (("0.1.2", ""), ("0.9.0", ' data-yanked="broken"'), ("1.0.0rc1", "")):
        name, digest = server.wheel(version)
        links += f'<a href="/files/{name}#sha256={digest}"{mark}>{name}</a>'
    server.pages["/simple/acme-cards/"] = f"<html><body>{links}</body></html>".encode()
    code, told, warned = run("version", "--dry-run", cwd=first)
    assert (code, warned) == (0, "")
    assert "version: 0.1.2 → 0.1.3\n    judged against 0.1.2 on the index" in told
    login = f"Basic {base64.b64encode(b'reader:s3cr3t').decode()}"
    assert {authorization for _, authorization in server.asked} == {login}
    git(first, "tag", "v0.1.0")
    assert "judged against the tag v0.1.0" in run("version", "--dry-run", cwd=first)[1]
    git(first, "tag", "--delete", "v0.1.0")


def test_an_index_that_cannot_be_asked_is_told_of(first: Path, run, server: Server) -> None:
    name, digest = server.wheel("0.2.0")
    page = {"files": [{"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digest}, "yanked": False}]}
    told = []
    for content in (None, b"{}", json.dumps(page).encode().replace(digest.encode(), b"0" * 64)):
        server.pages.pop("/simple/acme-cards/", None)
        if content is not None:
            server.pages["/simple/acme-cards/"] = content
        told.append(run("version", "--dry-run", cwd=first)[2])
    server.http.server_close()
    told.append(run("version", "--dry-run", cwd=first)[2])
    reasons = ("neither a tag v… nor the index says", "is no page of a", "has not the SHA-256", "cannot be fetched")
    for said, reason in zip(told, reasons, strict=True):
        assert reason in said
        assert "0.1.0 is taken for it" in said
