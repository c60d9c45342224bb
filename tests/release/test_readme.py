"""The README's first screen as a newcomer takes it: a clone, an empty environment, its commands and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.docs.pages import ROOT, block

README = ROOT / "README.md"


def test_from_a_clone_to_the_first_card(clone_as_it_is: Path) -> None:
    (clone_as_it_is / "first.py").write_text(block(README, "python", "with GiftCardClient"), encoding="utf-8")
    makes_an_environment = re.search(r"`(python3 -m venv [^`]*)`", README.read_text(encoding="utf-8"))
    assert makes_an_environment is not None
    script = [
        "set -e",
        makes_an_environment[1],
        block(README, "sh", "dist/*.whl"),
        block(README, "sh", "new_key"),
    ]
    ours = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        ["sh", "-c", "\n".join(script)],
        cwd=clone_as_it_is,
        env=ours,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^Redemption\(", done.stdout, re.MULTILINE), done.stdout
