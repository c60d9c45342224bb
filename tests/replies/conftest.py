"""A package of a document whose answers differ, and a server that gives one of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen.cli import main
from tests.sdk.conftest import Recorder

SPEC = Path(__file__).parent / "spec.yaml"


@pytest.fixture(scope="session", params=["msgspec", "pydantic"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """With either kind of models."""
    yield from packaged(SPEC, f"replies_on_{request.param}", request.param, tmp_path_factory.mktemp("packages"))


def packaged(spec: Path, name: str, models: str, folder: Path) -> Iterator[ModuleType]:
    """The package of a document, while it can be imported."""
    options = ["--package", name, "--models", models, "--out", str(folder)]
    assert main(["generate", "--spec", str(spec), *options]) == 0
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def client_of(package: ModuleType, prefix: str = "") -> Any:
    """The class of its client."""
    return getattr(package, f"{prefix}{package.__name__.title().replace('_', '')}Client")


@pytest.fixture
def server() -> Iterator[Recorder]:
    running = Recorder()
    yield running
    running.close()


@pytest.fixture
def client(package: ModuleType, server: Recorder) -> Iterator[Any]:
    with client_of(package)(key="the-key-itself", base_url=server.url, timeout=5, attempts=1) as made:
        yield made
