"""Init: from an empty folder to a repository whose own tests are green, and what it refuses."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from codegen.update import transaction

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
SPEC, SIGNING = HERE / "exchange.yaml", HERE / "signing.yaml"
OPTIONS = ("--spec", SPEC, "--package", "tiny", "--signing", SIGNING, "--journal", "createWithdrawal", "--yes")
WRITTEN = """
.gitattributes .github/dependabot.yml .github/workflows/check.yml .github/workflows/publish.yml
.github/workflows/update.yml .gitignore .gitlab-ci.yml CHANGELOG.md README.md ci/propose.sh ci/publish.py
docs/publish.md openapi/README.md
openapi/exchange.yaml openapi/overlay.yaml pyproject.toml tests/conftest.py tests/server.py
tests/test_calls.py tests/test_journal.py tests/test_package.py tox.ini
""".split()
WRONG = """\
openapi: 3.1.0
info: {title: Wrong, version: '1'}
paths:
  /a:
    get: {responses: {'200': {$ref: '#/components/responses/None'}}}
"""

Run = Callable[..., "CompletedProcess[str]"]


def files_of(folder: Path) -> list[str]:
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in inside if path.parts[0] != ".git")


def run_tests(folder: Path) -> CompletedProcess[str]:
    """What the tests that were written say of the package that was generated."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--ignore=tests/test_package.py"]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "generated"), str(ROOT)])}
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_folder_becomes_a_repository_whose_tests_are_green(codegen: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sdk"
    done = codegen("init", folder, *OPTIONS, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert files_of(folder) == WRITTEN
    (branch,) = re.findall(r"git init -b (\w+)", done.stdout)
    assert f"branches: [{branch}]" in (folder / ".github/workflows/check.yml").read_text()
    text = "".join(path.read_text() for path in map(folder.joinpath, WRITTEN))
    assert re.findall(r"(?i)binance|gift.?card|python -m codegen", text) == []  # nothing of this repository
    assert codegen("generate", "--strict", cwd=folder).returncode == 0
    assert codegen("check", cwd=folder).returncode == 0
    tested = run_tests(folder)
    assert "6 passed" in tested.stdout, tested.stdout
    # the tests look: with a description that the client does not know, they fail and say why
    package = folder / "generated/tiny/openapi.json"
    package.write_text(package.read_text().replace('"encoding": "base64"', '"encoding": "hex"'))
    tested = run_tests(folder)
    assert "it is right if it is written as base64" in tested.stdout
    assert tested.returncode == 1


def test_what_the_overlay_suggests_works_once_it_is_no_comment(codegen: Run, tmp_path: Path) -> None:
    tree = yaml.safe_load(SPEC.read_text())
    tree["paths"] = {"/v1/payouts": {"post": {**tree["paths"]["/api/v1/withdrawals"]["post"]}}}
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(tree))
    folder = tmp_path / "sdk"
    assert codegen("init", folder, "--spec", "api.yaml", "--package", "tiny", "--yes", cwd=tmp_path).returncode == 0
    overlay = folder / "openapi/overlay.yaml"
    suggested = re.sub(r"^  # (?=- target|  update)", "  ", overlay.read_text(), flags=re.MULTILINE)
    overlay.write_text(suggested.replace("    update: {x-sdk-journal: {}}\n", "", 1))  # the other one has it too
    done = codegen("generate", "--strict", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "idempotency_key" in (folder / "generated/tiny/client.py").read_text()


@pytest.mark.proof
@pytest.mark.parametrize(
    ("scheme", "options"),
    [
        (None, ("--signing", "query")),
        ({"type": "http", "scheme": "bearer"}, ()),
        ({"type": "apiKey", "in": "header", "name": "S", "x-sdk-signing": {"algorithm": "ecdsa-sha256"}}, ()),
    ],
    ids=lambda value: "-".join(map(str, value.values() if isinstance(value, dict) else value or ("none",)))[:40],
)
def test_tests_are_green_however_requests_are_signed(codegen: Run, tmp_path: Path, scheme, options) -> None:
    tree = yaml.safe_load(SPEC.read_text())
    tree["components"]["securitySchemes"] = {"mine": scheme}
    tree["security"] = [{"mine": []}]
    if scheme is None:
        del tree["components"]["securitySchemes"], tree["security"]
    (tmp_path / "spec.yaml").write_text(yaml.safe_dump(tree))
    folder = tmp_path / "sdk"
    done = codegen("init", folder, "--spec", "spec.yaml", "--yes", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert codegen("generate", cwd=folder).returncode == 0
    tested = run_tests(folder)
    assert tested.returncode == 0, tested.stdout


def test_git_the_document_and_what_was_stopped_are_in_nobodys_way(codegen: Run, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "exchange.yaml").write_bytes(SPEC.read_bytes())
    (tmp_path / ".codegen-update-999999999").mkdir()  # of a run that was stopped before it was decided
    done = codegen("init", "--spec", "exchange.yaml", "--package", "tiny", "--yes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "openapi/exchange.yaml").read_bytes() == SPEC.read_bytes()
    assert (tmp_path / "exchange.yaml").read_bytes() == SPEC.read_bytes()
    assert not list(tmp_path.glob(".codegen-update*"))


def test_what_was_stopped_once_it_was_decided_is_completed(codegen: Run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(transaction, "complete", lambda base: False)  # the process ends here
    transaction.commit(tmp_path, {"a/one": b"1", "two": b"2"})
    done = codegen("init", *OPTIONS, cwd=tmp_path)
    assert done.returncode == 2
    assert "an update that had been interrupted was completed" in done.stderr
    assert "is not empty: two, a/one" in done.stderr
    assert files_of(tmp_path) == ["a/one", "two"]


def test_a_document_is_taken_from_an_address(codegen: Run, tmp_path: Path) -> None:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(HERE))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/exchange.yaml?token=hidden-8"
        done = codegen("init", "--spec", address, "--yes", cwd=tmp_path)
        thread.join()
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "openapi/exchange.yaml").read_bytes() == SPEC.read_bytes()
    assert "hidden-8" not in "".join(path.read_text() for path in tmp_path.rglob("*.md"))


def test_a_document_of_several_files_is_taken_whole(codegen: Run, tmp_path: Path) -> None:
    tree = yaml.safe_load(SPEC.read_text())
    account = {"schemas": {"Account": tree["components"].pop("schemas")["Account"]}}
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "more.yaml").write_text(yaml.safe_dump(account))
    text = yaml.safe_dump(tree).replace("#/components/schemas/Account", "parts/more.yaml#/schemas/Account")
    (tmp_path / "api.yaml").write_text(text)
    done = codegen("init", "sdk", "--spec", "api.yaml", "--yes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "sdk/openapi/parts/more.yaml").is_file()
    same = codegen("diff", "../api.yaml", "openapi/api.yaml", "--only", "wire", cwd=tmp_path / "sdk")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "no changes")


def test_what_a_document_says_is_only_quoted(codegen: Run, tmp_path: Path) -> None:
    tree = yaml.safe_load(SPEC.read_text())
    tree["info"]["title"] = '"""\n[tool]\n\\ {{ 7 * 7 }} {% raw %} \' #'
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(tree))
    done = codegen(
        "init", "sdk", "--spec", "api.yaml", "--package", "tiny", "--signing", SIGNING, "--yes", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    settings, overlay = (tmp_path / "sdk" / name for name in ("pyproject.toml", "openapi/overlay.yaml"))
    title = '""" [tool] \\ {{ 7 * 7 }} {% raw %} \' #'
    assert tomllib.loads(settings.read_text())["project"]["description"] == f"A client of {title}"
    assert yaml.safe_load(overlay.read_text())["info"]["title"] == f"What is known of {title} beyond its document"


def test_what_pip_compiles_is_no_file_of_it(codegen: Run, tmp_path: Path) -> None:
    installed = tmp_path / "installed"  # what other tests read stays as it is
    shutil.copytree(ROOT / "codegen", installed / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
    compiled = installed / "codegen/init/files/tests/__pycache__"
    compiled.mkdir()
    (compiled / "server.cpython-00.pyc").write_bytes(b"\xa7\r\r\n")
    done = codegen("init", "sdk", *OPTIONS, cwd=tmp_path, PYTHONPATH=str(installed))
    assert (done.returncode, files_of(tmp_path / "sdk")) == (0, WRITTEN)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "there is nobody to ask which document to begin with: give --spec"),
        (("--spec", "none.yaml"), "none.yaml: cannot be read"),
        (("--spec", "list.yaml"), "list.yaml:1:1: must be a mapping at its root"),
        (("--spec", "http://api.example/api.yaml"), "fetched by https only"),
        (("--spec", "overlay.yaml"), "another name: init itself writes openapi/overlay.yaml"),
        (("--spec", SPEC, "--package", "tiny-api"), "the package must be a Python name, not 'tiny-api'"),
        (("--spec", SPEC, "--package", "class"), "the package must be a Python name, not 'class'"),
        (("--spec", SPEC, "--package", "json"), "the package must not be called 'json'"),
        (("--spec", SPEC, "--distribution", "tiny api"), "the distribution must be letters, digits"),
        (("--spec", SPEC, "--distribution", "Signed_SDK.codegen"), "it is what the new one needs"),
        (
            ("--spec", SPEC, "--home", "https://me:secret@code.example/tiny"),
            "the home must be an https address without user",
        ),
        (("--spec", SPEC, "--signing", "hmac"), "there is no signing 'hmac': it is document, header, query, or a file"),
        (("--spec", SPEC, "--signing", "header", "--scheme", "other"), "the document has no security scheme 'other'"),
        (("--spec", "two.yaml", "--signing", "header"), "several security schemes: say with --scheme which one"),
        (("--spec", SPEC, "--journal", "pay"), "the document has no operation 'pay' to keep a journal of; it has list"),
        (("--spec", SPEC, "--signing", "list.yaml"), "list.yaml:1:1: must be a mapping"),
        (("--spec", SPEC, "--signing", "bad.yaml"), 'bad.yaml:1:1: #/algorithm: "md4" is not one of'),
        (("--spec", "wrong.yaml"), "wrong.yaml:5:23: #/paths/~1a/get/responses/200"),
        (("full", "--spec", SPEC), "full: is not empty: c, a/b; take an empty folder"),
        (("list.yaml", "--spec", SPEC), "list.yaml: is no folder"),
        (("list.yaml/sdk", "--spec", SPEC), "list.yaml/sdk: cannot be written"),
    ],
)
def test_bad_input_writes_nothing(codegen: Run, tmp_path: Path, options, message: str) -> None:
    (tmp_path / "list.yaml").write_text("[1]\n")
    (tmp_path / "bad.yaml").write_text("algorithm: md4\n")
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "overlay.yaml").write_bytes(SPEC.read_bytes())
    tree = yaml.safe_load(SPEC.read_text())
    tree["components"]["securitySchemes"]["other"] = {"type": "http", "scheme": "bearer"}
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(tree))
    (tmp_path / "full/a").mkdir(parents=True)
    (tmp_path / "full/a/b").touch()
    (tmp_path / "full/c").touch()
    before = sorted(tmp_path.rglob("*"))
    given = options if options and options[0] in ("full", "list.yaml", "list.yaml/sdk") else ("sdk", *options)
    done = codegen("init", *given, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("codegen: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_it_asks_at_a_terminal_until_the_answer_can_be_used(tmp_path: Path) -> None:
    answers = [
        "none.yaml",
        str(SPEC),
        "tiny-api",
        "tiny_api",
        "",
        "code.example/tiny",
        "https://code.example/team/tiny",
        "header",
        "createWithdrawal",
    ]
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "codegen", "init", "sdk"]
    done = subprocess.run(
        command, cwd=tmp_path, env=surroundings, stdin=theirs, capture_output=True, text=True, timeout=300, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "none.yaml: cannot be read" in done.stdout
    assert "the package must be a Python name, not 'tiny-api'" in done.stdout
    assert "Distribution, as pip installs it [tiny-api]: " in done.stdout
    settings = (tmp_path / "sdk/pyproject.toml").read_text()
    assert 'name = "tiny-api"' in settings
    assert "the home must be an https address" in done.stdout
    assert 'Issues = "https://code.example/team/tiny/issues"' in settings
    assert "X-API-TIMESTAMP" in (tmp_path / "sdk/openapi/overlay.yaml").read_text()


def test_the_tools_that_it_names_are_those_that_are_used_here() -> None:
    ours = (ROOT / "pyproject.toml").read_text()
    theirs = (ROOT / "codegen/init/files/pyproject.toml.jinja").read_text()
    pins = re.findall(r'"((?:build|hatchling|twine)==[^"]+)"', theirs)
    assert len(pins) == 4
    assert [pin for pin in pins if f'"{pin}"' not in ours] == []
    needed = re.findall(r'^    "((?:msgspec|urllib3|httptools)[^"]+)"', theirs, re.MULTILINE)
    assert len(needed) == 3
    assert [pin for pin in needed if f'"{pin}"' not in ours] == []
