"""``uv sync`` and ``uv run`` take the repository as it is, whichever Python of those that are promised they find."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.needs import need

ROOT = Path(__file__).parent.parent.parent
WHAT_IS_BUILT = ("pyproject.toml", "codegen/hatch_build.py", "LICENSE", "CHANGELOG.md", "docs", "generated", "sandbox")


def _uv(folder: Path, *arguments: str, code: int = 0) -> str:
    command = shutil.which("uv", path=Path(sys.executable).parent)
    need("uv", is_there=command is not None)
    assert command is not None
    # Its own environment, and none that is active here; a Python that is missing is not fetched.
    ours = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment = {**ours, "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        [command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_all_that_is_named_can_be_had_for_every_python(tmp_path: Path) -> None:
    """A tool that asks for a newer Python than the project does needs a marker, or uv refuses even what lacks it."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    _uv(tmp_path, "lock")
    locked = (tmp_path / "uv.lock").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.10"' in locked


def _copy_what_is_built(folder: Path) -> None:
    for name in WHAT_IS_BUILT:
        source = ROOT / name
        (folder / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)


def test_uv_runs_the_sdk(tmp_path: Path) -> None:
    _copy_what_is_built(tmp_path)
    told = _uv(tmp_path, "run", "python", "-c", "import binance_gift_card as it; print(it.__file__, it.__version__)")
    assert told.startswith(str(tmp_path / "generated" / "binance_gift_card"))


THEIRS = """
def test_other_things():
    pass


def test_uses_it(gift_card_client):
    raise AssertionError("not reached")
"""


def test_pytest_6_with_the_core_alone_loads_the_plugin(tmp_path: Path) -> None:
    _copy_what_is_built(tmp_path)
    theirs = tmp_path / "test_theirs.py"
    theirs.write_text(THEIRS)
    pytest = ["run", "--with", "pytest==6.2.5", "python", "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider"]
    assert "1 passed" in _uv(tmp_path, *pytest, f"{theirs}::test_other_things")
    told = _uv(tmp_path, *pytest, str(theirs), code=1)
    assert "1 passed, 1 error" in told
    assert "pip install 'binance-gift-card[sandbox]'" in told
