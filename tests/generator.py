"""The generator as a process that begins with its imports done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import forked

ROOT = Path(__file__).parent.parent
_OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG")


def run(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What the generator came to, and what it said; it is no fork where an interpreter asks for the environment."""
    if not any(name.startswith(_OF_THE_INTERPRETER) for name in environment):
        return forked.run("codegen.cli", arguments, cwd, {**os.environ, **environment})
    return subprocess.run(
        [sys.executable, "-m", "codegen", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=forked.LONGEST_S,
        check=False,
    )
