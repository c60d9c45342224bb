"""The package of the payouts, generated once as its README says, and their server."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from examples.payouts.server import KEY, SECRET, Payouts, serving
from tests import generator

ROOT = Path(__file__).parents[2]
HERE = ROOT / "examples/payouts"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package lies."""
    out = tmp_path_factory.mktemp("example")
    done = generator.run(["generate", "--config", str(HERE / "codegen.toml"), "--out", str(out)], ROOT, {})
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def package(folder: Path) -> ModuleType:
    sys.path.insert(0, str(folder))
    return importlib.import_module("payouts")


@pytest.fixture
def operation(package: ModuleType) -> Any:
    """That makes a payout, as the package states it."""
    return importlib.import_module(f"{package.__name__}._operations").CREATE_PAYOUT


@pytest.fixture
def api() -> Payouts:
    return Payouts()


@pytest.fixture
def url(api: Payouts) -> Iterator[str]:
    with serving(api) as found:
        yield found
    assert not api.refused, "the server takes another signature for right"


@pytest.fixture
def journal(package: ModuleType, tmp_path: Path) -> Iterator[Any]:
    with package.Journal(tmp_path / "payouts.db", key="unsealed") as made:
        yield made


@pytest.fixture
def credentials(url: str) -> dict[str, Any]:
    """What every client here is given."""
    from payouts import HmacSigner

    return {"key": KEY, "signer": HmacSigner(SECRET), "base_url": url, "timeout": 10}
