"""The tests of the shop pass, as those would that somebody wrote beside them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests import plugin

ROOT = Path(__file__).parents[2]


def test_the_shops_own_tests_pass() -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugin.options(), "examples/shop"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "...." in done.stdout
