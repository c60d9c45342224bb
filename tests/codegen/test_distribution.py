"""The generator as a distribution of its own, which the repository says twice: here both say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from codegen import __version__

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent.parent


def _toml(path: str) -> dict[str, object]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def test_the_group_of_the_repository_is_what_the_distribution_needs() -> None:
    assert sorted(_toml("codegen/pyproject.toml")["project"]["dependencies"]) == sorted(
        _toml("pyproject.toml")["dependency-groups"]["codegen"]
    )


def test_one_licence_stands_at_both_places() -> None:
    assert (ROOT / "codegen/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_it_says_its_version(codegen) -> None:
    said = codegen("--version")
    assert (said.returncode, said.stdout) == (0, f"sdk-codegen {__version__}\n")


def test_a_reader_that_has_enough_is_no_fault() -> None:
    command = [sys.executable, "-m", "codegen", "schema"]  # longer than any buffer
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (141, b"")
