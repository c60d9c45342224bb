"""`update` takes a changed document in: all of it, or nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

PATHS = "/sapi/v1/giftcard"
SPEC = "openapi/binance-gift-card-openapi.yml"
NOVEMBER = {"SOURCE_DATE_EPOCH": "1795400000"}

Change = Callable[[dict[str, Any]], object]


def _result(tree: dict[str, Any], operation: str, method: str) -> dict[str, Any]:
    answer = tree["paths"][f"{PATHS}/{operation}"][method]["responses"]["200"]
    properties: dict[str, Any] = answer["content"]["application/json"]["schema"]["properties"]["data"]["properties"]
    return properties


def add_field(tree: dict[str, Any]) -> None:
    _result(tree, "createCode", "post")["designId"] = {"type": "string"}


def add_operation(tree: dict[str, Any]) -> None:
    operation = json.loads(json.dumps(tree["paths"][f"{PATHS}/verify"]["get"]))
    operation |= {"operationId": "lockGiftCard", "summary": "Lock a gift card"}
    tree["paths"][f"{PATHS}/lock"] = {"post": operation}


def remove_parameter(tree: dict[str, Any]) -> None:
    operation = tree["paths"][f"{PATHS}/verify"]["get"]
    operation["parameters"] = [one for one in operation["parameters"] if one["name"] != "recvWindow"]


def reword(tree: dict[str, Any]) -> None:
    tree["info"]["contact"]["name"] = "Somebody else"


@pytest.mark.parametrize(
    ("change", "from_version", "to_version"),
    [
        (add_field, "0.1.0", "0.1.1"),
        pytest.param(add_operation, "0.1.0", "0.1.1", marks=pytest.mark.proof),
        pytest.param(remove_parameter, "0.1.0", "0.2.0", marks=pytest.mark.proof),
        pytest.param(reword, "0.1.0", "0.1.1", marks=pytest.mark.proof),
        (add_field, "1.4.2", "1.5.0"),
        (remove_parameter, "1.4.2", "2.0.0"),
        (reword, "1.4.2", "1.4.3"),
    ],
)
def test_the_version_follows_from_what_changed(
    project: Path, changed, codegen, change: Change, from_version: str, to_version: str
) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace('version = "0.1.0"', f'version = "{from_version}"', 1))
    done = codegen("update", changed(change), cwd=project)
    assert done.returncode == 0, done.stderr
    assert f"version: {from_version} → {to_version}" in done.stdout
    assert f'version = "{to_version}"' in settings.read_text()
    assert f'__version__ = "{to_version}"' in (project / "generated/binance_gift_card/_about.py").read_text()
    assert codegen("check", cwd=project).returncode == 0
    shutil.rmtree(project / ".codegen-cache")
    assert codegen("check", cwd=project).returncode == 0  # generated anew, it is what update wrote


def test_everything_that_belongs_to_a_new_version_is_written(project: Path, changed, codegen, tmp_path: Path) -> None:
    new, report = changed(add_operation), tmp_path / "report.md"
    before = (project / "pyproject.toml").read_text()
    done = codegen("update", new, "--report", report, "--origin", "the vendor", cwd=project, **NOVEMBER)
    assert done.returncode == 0, done.stderr
    assert (project / SPEC).read_bytes() == new.read_bytes()
    assert "def lock_gift_card(" in (project / "generated/binance_gift_card/client.py").read_text()
    log = (project / "CHANGELOG.md").read_text()
    assert log.index("## [Unreleased]") < log.index("## [0.1.1] - 2026-11-23") < log.index("## [0.1.0]")
    assert "- `GiftCardClient.lock_gift_card`: Lock a gift card" in log
    readme = (project / "openapi/README.md").read_text()
    assert "| origin | the vendor |" in readme
    assert "| received | 2026-11-23 |" in readme
    assert (project / "pyproject.toml").read_text() == before.replace('version = "0.1.0"', 'version = "0.1.1"', 1)
    told = report.read_text()
    assert "Version 0.1.0 → **0.1.1**" in told
    assert "`POST /sapi/v1/giftcard/lock`" in told
    assert not list(project.glob(".codegen-update*"))


def test_a_second_run_changes_nothing(project: Path, changed, codegen, state) -> None:
    new = changed(add_operation)
    assert codegen("update", new, cwd=project).returncode == 0
    once = state(project)
    again = codegen("update", new, cwd=project)
    assert (again.returncode, again.stderr) == (0, "")
    assert "was taken in before; nothing to do" in again.stdout
    assert state(project) == once


def test_the_document_that_the_project_has_is_nothing_new(project: Path, codegen, state) -> None:
    before = state(project)
    done = codegen("update", project / SPEC, cwd=project)
    assert "nothing to do" in done.stdout
    assert state(project) == before


def test_a_dry_run_shows_everything_and_writes_nothing(project: Path, changed, codegen, state) -> None:
    before, new = state(project), changed(remove_parameter)
    done = codegen("update", new, "--dry-run", cwd=project, **NOVEMBER)
    assert done.returncode == 0, done.stderr
    assert "breaking: GiftCardClient.verify_gift_card(recv_window) [python-argument-removed]" in done.stdout
    assert "version: 0.1.0 → 0.2.0" in done.stdout
    assert "## [0.2.0] - 2026-11-23" in done.stdout
    assert "would be written: CHANGELOG.md" in done.stdout
    assert state(project) == before
    real = codegen("update", new, cwd=project, **NOVEMBER)
    written = {line.partition(": ")[2] for line in real.stdout.splitlines() if line.startswith("written: ")}
    assert written == {name for name, content in state(project).items() if before.get(name) != content}


def _rename_path(tree: dict[str, Any]) -> None:
    tree["paths"] = {
        name.replace("/v1/giftcard/verify", "/v2/giftcard/verify"): item for name, item in tree["paths"].items()
    }


def _break_schema(tree: dict[str, Any]) -> None:
    tree["info"]["license"] = "none"


def _lose_result(tree: dict[str, Any]) -> None:
    add_operation(tree)
    answer = tree["paths"][f"{PATHS}/lock"]["post"]["responses"]["200"]
    del answer["content"]["application/json"]["schema"]["properties"]["data"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_rename_path, "'/sapi/v2/giftcard/verify' is there; correct the target or delete the action"),
        (_break_schema, "is not valid OpenAPI"),
        (_lose_result, "the envelope's result 'data' is not a property of this schema"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_whole(
    project: Path, changed, codegen, state, change: Change, said: str
) -> None:
    before = state(project)
    done = codegen("update", changed(change), cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert state(project) == before


def test_a_field_that_one_of_two_operations_gains_reaches_their_common_class(project: Path, changed, codegen) -> None:
    assert codegen("update", changed(add_field), cwd=project).returncode == 0
    models = (project / "generated/binance_gift_card/models.py").read_text()
    assert models.count("class GiftCard(") == 1
    assert 'design_id: str | None = field(name="designId", default=None)' in models


def test_a_needless_action_is_reported(project: Path, changed, codegen) -> None:
    def say_it_itself(tree: dict[str, Any]) -> None:
        for operation in ("createCode", "buyCode"):
            for parameter in tree["paths"][f"{PATHS}/{operation}"]["post"]["parameters"]:
                if parameter["name"] in ("token", "faceToken"):
                    parameter["schema"] |= {"minLength": 1, "examples": ["BNB"]}

    new = changed(say_it_itself)
    linted = codegen("lint", new, "--overlay", "openapi/overlay.yaml", cwd=project)
    assert "the document says so itself; the action can be deleted" in linted.stderr
    done = codegen("update", new, "--dry-run", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "needless: the document now says so itself; delete the action at openapi/overlay.yaml:" in done.stdout


def test_what_an_overlay_hides_is_told(project: Path, changed, codegen) -> None:
    def retype(tree: dict[str, Any]) -> None:
        _result(tree, "createCode", "post")["referenceNo"]["type"] = "integer"

    done = codegen("update", changed(retype), "--dry-run", cwd=project)
    hidden = done.stdout[done.stdout.index("Hidden by the overlay") :]
    assert "data.referenceNo (string → integer) [response-type-changed]" in hidden


def test_an_accepted_change_does_not_raise_the_version_as_it_would(project: Path, changed, codegen) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace("[tool.codegen]\n", '[tool.codegen]\naccepted = "accepted.yaml"\n')
    )
    entries = [
        {"rule": rule, "at": at, "reason": "nobody sends it", "until": until}
        for rule, at in (
            ("parameter-removed", "GET /sapi/v1/giftcard/verify: query parameter recvWindow"),
            ("python-argument-removed", "*.verify_gift_card(recv_window)"),
        )
        for until in ("2026-12-31",)
    ]
    (project / "accepted.yaml").write_text(json.dumps({"accepted": entries}))
    new = changed(remove_parameter)
    done = codegen("update", new, "--dry-run", cwd=project, **NOVEMBER)
    assert "version: 0.1.0 → 0.1.1" in done.stdout, done.stderr
    assert "accepted until 2026-12-31: nobody sends it" in done.stdout
    later = codegen("update", new, "--dry-run", cwd=project, SOURCE_DATE_EPOCH="1830000000")
    assert "version: 0.1.0 → 0.2.0" in later.stdout
    assert "the exception for parameter-removed ended on 2026-12-31" in later.stderr


def test_files_that_the_document_names_come_and_go_with_it(project: Path, codegen, tmp_path: Path, state) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "p"\nversion = "1.0.0"\n[tool.codegen]\nspec = "api/api.yaml"\npackage = "p"\nout = "out"\n'
    )
    new = tmp_path / "new"
    for folder in (project / "api", new):
        folder.mkdir()
    document = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n"
    document += "      responses: {'200': {description: A, content: {application/json: {schema: {$ref: NAME}}}}}\n"
    schema = "type: object\nproperties: {n: {type: string}}\n"
    for folder, name in ((project / "api", "one.yaml"), (new, "two.yaml")):
        (folder / "api.yaml").write_text(document.replace("NAME", name))
        (folder / name).write_text(schema)
    assert codegen("generate", cwd=project).returncode == 0
    done = codegen("update", new / "api.yaml", cwd=project)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (project / "api").iterdir()) == ["README.md", "api.yaml", "two.yaml"]
    assert codegen("check", cwd=project).returncode == 0
    assert "nothing to do" in codegen("update", new / "api.yaml", cwd=project).stdout


@pytest.fixture
def address(changed) -> Iterator[str]:
    """A server on loopback that has the changed document at /openapi.yaml."""
    body = changed(add_operation).read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path.startswith("/away")
            self.send_response(302 if moved else 200 if "openapi" in self.path else 404)
            if moved:
                self.send_header("Location", "http://elsewhere.example/openapi.yaml")
            self.end_headers()
            if not moved:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_document_is_taken_from_an_address(project: Path, codegen, address: str) -> None:
    done = codegen("update", f"{address}/openapi.yaml?key=s3cr3t", cwd=project)
    assert done.returncode == 0, done.stderr
    readme = (project / "openapi/README.md").read_text()
    assert f"| origin | {address}/openapi.yaml |" in readme
    assert "s3cr3t" not in done.stdout + readme


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gone", "the server answers 404"),
        ("/away", "the document is fetched by https only"),
    ],
)
def test_an_address_that_gives_nothing_is_refused(project: Path, codegen, address: str, path: str, said: str) -> None:
    done = codegen("update", f"{address}{path}", cwd=project)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_address_without_encryption_is_refused(project: Path, codegen) -> None:
    done = codegen("update", "http://api.example/openapi.yaml", cwd=project)
    assert done.returncode == 2
    assert "fetched by https only" in done.stderr


def test_what_was_collected_as_unreleased_goes_into_the_new_version(project: Path, changed, codegen) -> None:
    log = project / "CHANGELOG.md"
    log.write_text(log.read_text().replace("## [Unreleased]\n", "## [Unreleased]\n\n### Added\n- Something by hand.\n"))
    assert codegen("update", changed(add_operation), cwd=project).returncode == 0
    entry = log.read_text().partition("## [0.1.1]")[2].partition("## [0.1.0]")[0]
    assert "- Something by hand." in entry
    assert entry.count("### Added") == 1
    assert "Something" not in log.read_text().partition("## [0.1.1]")[0]


def test_a_version_that_cannot_be_raised_is_said(project: Path, changed, codegen, state) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace('version = "0.1.0"', 'version = "0.1.0rc1"', 1))
    before = state(project)
    done = codegen("update", changed(add_field), cwd=project)
    assert done.returncode == 2
    assert "the version must be three numbers" in done.stderr
    assert state(project) == before


def test_an_overlay_that_was_corrected_for_the_new_document_is_no_obstacle(project: Path, changed, codegen) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=project, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "As it was")
    new, overlay = changed(_rename_path), project / "openapi" / "overlay.yaml"
    assert codegen("update", new, cwd=project).returncode == 2
    overlay.write_text(overlay.read_text().replace("/v1/giftcard/verify", "/v2/giftcard/verify"))
    done = codegen("update", new, "--dry-run", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "[operation-moved]" in done.stdout
    assert "envelope-changed" not in done.stdout
    git("commit", "--all", "-m", "The overlay first")
    again = codegen("update", new, cwd=project)
    assert again.returncode == 0, again.stderr
    assert "[operation-moved]" in again.stdout


def test_text_of_the_vendor_does_nothing_in_the_changelog_or_the_report(
    project: Path, changed, codegen, tmp_path
) -> None:
    def hostile(tree: dict[str, Any]) -> None:
        add_operation(tree)
        tree["paths"][f"{PATHS}/lock"]["post"]["summary"] = "Closes #1 @everyone <img src=x> [a](b) `c` | d"

    report = tmp_path / "report.md"
    done = codegen("update", changed(hostile), "--report", report, cwd=project)
    assert done.returncode == 0, done.stderr
    for told in (report.read_text(), (project / "CHANGELOG.md").read_text()):
        assert "everyone" in told
        for active in ("#1", "@everyone", "<img", "[a](b)", " `c`"):
            assert active not in told
