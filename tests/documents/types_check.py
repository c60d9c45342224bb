"""What type checkers and a linter say of packages, by package."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def faults(names: Sequence[str], out: Path, cache: Path) -> dict[str, list[str]]:
    """Package → what `mypy --strict`, pyright and ruff's default rules find in it."""
    found: dict[str, list[str]] = {name: [] for name in names}
    if not names:
        return found
    mypy = ("-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}", "--no-error-summary")
    _sort(found, "mypy", _lines([sys.executable, *mypy, *names], out))
    (out / "pyrightconfig.json").write_text("{}")
    _sort(
        found,
        "pyright",
        _lines([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, *names], out),
        "error",
    )
    _sort(
        found,
        "ruff",
        _lines([sys.executable, "-m", "ruff", "check", "--isolated", "--output-format=concise", *names], out),
    )
    return found


def _lines(command: list[str], out: Path) -> Iterable[str]:
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(
            f"exit {done.returncode} of {' '.join(command[:4])}: {done.stderr[-2000:] or done.stdout[-2000:]}"
        )
    return done.stdout.splitlines()


def _sort(found: dict[str, list[str]], tool: str, lines: Iterable[str], word: str = ":") -> None:
    for line in lines:
        owner = re.search(r"(?:^|[/\s])(document_\w+)/(\S+)", line)
        if owner is not None and word in line and not re.search(r": note:", line) and re.search(r":\d+:", line):
            found[owner[1]].append(f"{tool}: {line[owner.start(2) :].strip()}")
