"""The generator beside datamodel-code-generator alone, as whole processes on the same document."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "openapi" / "binance-gift-card-openapi.yml"
OVERLAY = ROOT / "openapi" / "overlay.yaml"


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → our seconds, their seconds, the mark."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "pyproject.toml", project)
        shutil.copytree(ROOT / "openapi", project / "openapi")
        theirs, cold, warm = [], [], []
        for _ in range(rounds):
            theirs.append(seconds(_datamodel_codegen(project)))
            shutil.rmtree(project / ".codegen-cache", ignore_errors=True)
            shutil.rmtree(project / "generated", ignore_errors=True)
            cold.append(seconds(codegen("generate", project=project)))
            warm.append(seconds(codegen("check", project=project)))
    alone = median(theirs)
    return {
        "generate, nothing remembered": (median(cold), alone, 1.5),
        "check, nothing changed": (median(warm), alone, 0.5),
    }


def codegen(*command: str, project: Path) -> Callable[[], object]:
    """A command of the generator on a project, to be run."""
    arguments = [sys.executable, "-m", "codegen", *command, "--config", str(project / "pyproject.toml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SDK_CODEGEN_UNTRIED": "1"}  # generation alone
    return lambda: finished(arguments, environment)


def _datamodel_codegen(project: Path) -> Callable[[], object]:
    output = str(project / "models.py")
    kind = ("--output-model-type", "msgspec.Struct", "--input-file-type", "openapi")
    scopes = ("--openapi-scopes", "schemas", "paths")
    tool = [sys.executable, "-m", "datamodel_code_generator"]
    arguments = [*tool, "--input", str(SPEC), "--output", output, *kind, *scopes]
    return lambda: finished(arguments)


def finished(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command, run to its end.

    Raises:
        RuntimeError: It failed; with what it said.
    """
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode} of {command}:\n{(done.stdout + done.stderr)[-3000:]}")
    return done


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
