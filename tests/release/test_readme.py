"""The README's first screen as a newcomer takes it: a clone, an empty environment, its commands and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.test_readme import PAGES, one

RUN_THE_SANDBOX = "binance-gift-card-sandbox --port 0 > printed & trap 'kill $!' EXIT"
COPY_WHAT_IT_PRINTS = "until grep -q BINANCE_BASE_URL printed; do sleep 0.1; done; . ./printed"


def test_from_a_clone_to_the_first_card(clone_as_it_is: Path) -> None:
    readme = PAGES[0]
    (clone_as_it_is / "first.py").write_text(one(readme, "python", "create_gift_card"), encoding="utf-8")
    makes_an_environment = re.search(r"`(python3 -m venv [^`]*)`", readme.read_text(encoding="utf-8"))
    assert makes_an_environment is not None
    script = [
        "set -e",
        makes_an_environment[1],
        one(readme, "sh", "dist/*.whl"),
        RUN_THE_SANDBOX,
        COPY_WHAT_IT_PRINTS,
        one(readme, "sh", "journal.key"),
        "python -W error first.py",
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
    assert re.search(r"^GiftCard\(", done.stdout, re.MULTILINE), done.stdout
