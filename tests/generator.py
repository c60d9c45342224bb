"""The generator as a process that begins with its imports done: each run is forked from one that has them.

A run has an exit code, streams and a folder of its own, as ``python -m codegen`` has; the half second of imports is
spared. What is said of the environment goes to a process that is started from nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST_S = 60
_IMPORTS = [
    "pytest",
    "tests.generator",
    "codegen.cli",
    "codegen.compare.report",
    "codegen.diff",
    "codegen.emit.render",
    "codegen.lower.api",
    "codegen.read.check",
    "codegen.read.overlay",
    "codegen.update.update",
    "datamodel_code_generator",
    "datamodel_code_generator.parser.openapi",
]
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(_IMPORTS)


def run(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What the generator came to, and what it said."""
    command = [sys.executable, "-m", "codegen", *arguments]
    if environment:
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(
            command, cwd=cwd, env=surroundings, capture_output=True, encoding="utf-8", timeout=LONGEST_S, check=False
        )
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _FORKS.Process(target=_main, args=(arguments, cwd, dict(os.environ), out, err))
        process.start()
        process.join(LONGEST_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, LONGEST_S)
        said = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        return subprocess.CompletedProcess(command, process.exitcode, *said)


def _main(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], out: Path, err: Path) -> None:
    for stream, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    from codegen.cli import main

    sys.exit(main(arguments))
