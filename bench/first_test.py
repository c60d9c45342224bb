"""How long a team waits that has an API and nothing else: from `init` to its first green test, by tox, in new envs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.generator import ROOT

_PROMISED = 120.0
"""Seconds, with a warm cache of packages."""
_INPUTS = ROOT / "tests" / "init"
_OPTIONS = (
    *("--spec", _INPUTS / "exchange.yaml", "--signing", _INPUTS / "signing.yaml"),
    *("--journal", "createWithdrawal", "--yes"),
)


def measure(*, installs: bool = True) -> dict[str, tuple[float, float, float]]:
    """The figure, by a second team: the first warms pip's cache. Without installing, one team uses what is here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if installs:
            tools = _tools(folder)
            waits = [_wait(folder / team, tools) for team in ("first", "second")]
        else:
            waits = [_wait_here(folder / "only")]
    return {"init to first green test": (waits[-1], _PROMISED, 1.0)}


def _tools(folder: Path) -> Path:
    """An environment with the generator, built from here, and tox."""
    tools = folder / "tools" / "bin"
    tox = re.search(r'"(tox==[\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if tox is None:
        raise ValueError("pyproject.toml names no tox")
    _run(folder, sys.executable, "-m", "venv", tools.parent)
    _run(folder, tools / "pip", "wheel", "--no-deps", "--wheel-dir", folder / "wheels", ROOT / "codegen")
    (wheel,) = (folder / "wheels").glob("*.whl")
    _run(folder, tools / "pip", "install", wheel, tox[1])
    return tools


def _wait(folder: Path, tools: Path) -> float:
    """Seconds from `init` to green."""
    began = time.perf_counter()
    _run(ROOT, tools / "sdk-codegen", "init", folder, *_OPTIONS)
    wheels = str(tools.parent.parent / "wheels")
    for env in ("regen", "test"):
        _run(folder, tools / "tox", "run", "-e", env, PIP_FIND_LINKS=wheels)
    return time.perf_counter() - began


def _wait_here(folder: Path) -> float:
    """The same in the environment that there is; what is about an installed distribution is left out."""
    began, paths = time.perf_counter(), os.pathsep.join(map(str, (folder / "generated", ROOT)))
    _run(ROOT, sys.executable, "-m", "codegen", "init", folder, *_OPTIONS)
    _run(folder, sys.executable, "-m", "codegen", "generate", PYTHONPATH=paths)
    _run(folder, sys.executable, "-m", "pytest", "--ignore", "tests/test_package.py", PYTHONPATH=paths)
    return time.perf_counter() - began


def _run(folder: Path, *command: str | Path, **environment: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TOX_", "VIRTUAL_"))}
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words} failed:\n{done.stdout}{done.stderr}")
