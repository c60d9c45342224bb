"""Bad input gets one clear message and exit code 2, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

REJECTS = Path(__file__).parent.parent / "rejects"
CASES = sorted(path.parent for path in REJECTS.glob("*/spec.yaml"))
GOOD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_reject(case: Path, codegen, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    overlays = [item for path in sorted(case.glob("overlay*.yaml")) for item in ("--overlay", path.name)]
    done = codegen("generate", "--spec", "spec.yaml", *overlays, "--package", "p", "--out", tmp_path, cwd=case)
    expected = case / "stderr.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(done.stderr, encoding="utf-8")
    assert done.stderr == expected.read_text(encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
    linted = codegen("lint", "spec.yaml", *overlays, cwd=case)
    assert linted.returncode == 2
    assert done.stderr in linted.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--spec", "spec.yaml"], "the package has no name: give --package"),
        (
            ["--package", "p"],
            "there is no document to read: give --spec, or go to the folder whose pyproject.toml",
        ),
        (["--package", "p", "--config", "bare.toml"], "bare.toml: there is no document to read: give --spec, or set"),
        (["--spec", "gone.yaml", "--package", "p"], "gone.yaml: cannot be read: No such file or directory"),
        (["--spec", "spec.yaml", "--package", "not-a-name"], "package must be a Python name"),
        (["--spec", "spec.yaml", "--package", "class"], "package must be a Python name"),
        (["--spec", "spec.yaml", "--package", "p", "--config", "gone.toml"], "gone.toml: cannot be read"),
        (["--spec", "spec.yaml", "--package", "p", "--config", "bad.toml"], "bad.toml: is not TOML"),
        (["--spec", "spec.yaml", "--package", "p", "--config", "odd.toml"], "[tool.codegen] has no key 'sepc'"),
        (["--spec", "spec.yaml", "--package", "p", "--models", "odd"], "invalid choice: 'odd'"),
        (["--spec", "binary.yaml", "--package", "p"], "is not UTF-8 text"),
    ],
)
def test_a_wrong_call_says_so(codegen, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "spec.yaml").write_text(GOOD)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "bad.toml").write_text("[tool")
    (tmp_path / "bare.toml").touch()
    (tmp_path / "odd.toml").write_text("[tool.codegen]\nsepc = 'x'\n")
    before = sorted(tmp_path.iterdir())
    done = codegen("generate", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("way", ["out is a file", "package is a file", "foreign files"])
def test_an_output_folder_that_cannot_be_written_is_left_alone(codegen, tmp_path: Path, way: str) -> None:
    (tmp_path / "spec.yaml").write_text(GOOD)
    out = tmp_path / "out"
    if way == "out is a file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "p").write_text("mine") if way == "package is a file" else (out / "p").mkdir()
    if way == "foreign files":
        (out / "p" / "notes.txt").write_text("mine")
    before = {path: path.is_file() and path.read_text() for path in tmp_path.rglob("*")}
    done = codegen("generate", "--spec", "spec.yaml", "--package", "p", "--out", out, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("codegen: ")
    assert {path: path.is_file() and path.read_text() for path in tmp_path.rglob("*")} == before
