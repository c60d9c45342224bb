"""The package of an API that calls an operation and some arguments deprecated."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests import generator

DOCUMENT = Path(__file__).with_name("payouts.yaml")


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds it."""
    folder = tmp_path_factory.mktemp("deprecated")
    options = ["--spec", DOCUMENT, "--package", "old_payouts", "--out", folder]
    done = generator.run(["generate", *map(str, options)], folder, {})
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def package(packages: Path) -> ModuleType:
    sys.path.insert(0, str(packages))
    return importlib.import_module("old_payouts")
