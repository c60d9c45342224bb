"""Run a program, and say what it said when it fails."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from release.errors import ReleaseError

_SECRETS = re.compile(r"TWINE_\w+|ACTIONS_ID_TOKEN_\w+|\w+_ID_TOKEN")


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that has no business with what publishes."""
    return {key: value for key, value in environment.items() if not _SECRETS.fullmatch(key)}


def run(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    masked: Callable[[str], str] = str,
) -> str:
    """Run the program, in this environment without its secrets unless another is given; what it prints.

    Raises:
        ReleaseError: It fails. What it said goes through `masked`.
    """
    surroundings = without_secrets(os.environ) if environment is None else environment
    done = subprocess.run(command, env=surroundings, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        shown = " ".join(command[1:5])
        raise ReleaseError(f"{shown} … failed:\n{masked((done.stdout + done.stderr).strip())}")
    return done.stdout
