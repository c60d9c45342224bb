"""A project to update: a copy of what `update` reads and writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "tests" / "contract" / "openapi" / "binance-gift-card-openapi.yml"


@pytest.fixture
def project(tmp_path: Path, as_first_version) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    as_first_version(folder)
    return folder


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a changed copy of the project's document, and says where."""

    def write(change: Callable[[dict[str, Any]], object], name: str = "new.yaml") -> Path:
        tree = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
        change(tree)
        file = tmp_path / name
        file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
        return file

    return write


@pytest.fixture
def state() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a project, but for what remembers and what is on the way."""

    def read(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in files
            if not path.relative_to(folder).parts[0].startswith((".codegen", ".git"))
        }

    return read
