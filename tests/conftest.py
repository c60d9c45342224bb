"""What all tests share."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what the generator gives as what is expected")
    parser.addoption("--sandbox", choices=["thread", "process"], default="thread", help="where sandboxes run")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--sandbox") == "process":
        from tests.sandbox_process import use_it

        use_it()


@pytest.fixture
def as_first_version() -> Callable[[Path], None]:
    """Makes a copy of the project what its version 0.1.0 was, whatever the project itself has come to."""

    def reset(folder: Path) -> None:
        shutil.copytree(ROOT / "tests" / "contract" / "openapi", folder / "openapi", dirs_exist_ok=True)
        settings = folder / "pyproject.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub(r'^version = "[^"]*"', 'version = "0.1.0"', text, count=1, flags=re.MULTILINE))
        (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n### Added\n- All.\n")
        done = _run("generate", cwd=folder)
        assert done.returncode == 0, done.stderr

    return reset


@pytest.fixture
def codegen() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``python -m codegen`` as a process, in a folder."""
    return _run


def _run(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codegen", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
