"""The wheel in an empty environment, as a service installs it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

USE = """
import importlib.util
import binance_gift_card
from binance_gift_card import GiftCardClient, HmacSigner, errors
assert binance_gift_card.__version__ == "0.1.0"
assert len(binance_gift_card.SPEC_DIGEST) == 64
assert importlib.util.find_spec("codegen") is None
assert importlib.util.find_spec("starlette") is None
try:
    import binance_gift_card_sandbox
except ImportError as error:
    print(error)
with GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url="http://127.0.0.1:1") as client:
    try:
        client.create_gift_card(token="USDT", amount="1")
    except errors.NotSentError as error:
        print(error.executed)
"""


def _run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_what_belongs_in_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.split("/")[0] for name in names}
    assert folders == {"binance_gift_card", "binance_gift_card_sandbox", "binance_gift_card-0.1.0.dist-info"}
    assert {"binance_gift_card/py.typed", "binance_gift_card_sandbox/py.typed"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    _run(sys.executable, "-m", "venv", tmp_path / "empty")
    python = tmp_path / "empty" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", wheel)
    listed = _run(python, "-m", "pip", "list", "--format", "freeze").lower()
    installed = {line.split("==")[0].split(" ")[0] for line in listed.splitlines()}
    assert installed - {"pip", "setuptools"} == {"binance-gift-card", "msgspec", "urllib3"}
    said = _run(python, "-c", USE, cwd=tmp_path)
    assert "binance-gift-card[sandbox]" in said
    assert said.endswith("no\n")
