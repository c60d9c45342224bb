"""The test command itself: what is random can be run again, and what CI lacks is no skip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import need

ROOT = Path(__file__).parent.parent
RANDOM = """
import random
from hypothesis import given, settings, strategies as st

found = []

@settings(max_examples=5)
@given(number=st.integers(0, 10**9))
def test_property(number):
    found.append(number)

def test_at_random(seed):
    raise AssertionError(f"found {found} and {random.Random(seed).random()}")
"""


@pytest.fixture
def drawn(tmp_path: Path):
    """Runs tests that draw numbers, and says which."""

    def run(*arguments: str) -> tuple[str, str]:
        file = tmp_path / "test_random.py"
        file.write_text(RANDOM)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", *arguments, str(file)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = re.search(r"found \[.*", done.stdout)
        assert found is not None, done.stdout + done.stderr
        return found[0], done.stdout

    return run


def test_examples_are_the_same_each_time_and_no_seed_is_told(drawn) -> None:
    first, told = drawn()
    assert drawn()[0] == first
    assert "seed" not in told.replace("(seed)", "").partition("short test summary")[2]


def test_a_random_run_tells_its_seed_with_which_it_can_be_run_again(drawn) -> None:
    """Drawn for tests side by side, run again one by one."""
    first, told = drawn("--seed=random", "-n", "1")
    [seed] = set(re.findall(r"give --seed=(\d+) to run the same again", told))
    again, told = drawn(f"--seed={seed}")
    assert again == first
    assert f"give --seed={seed} to run the same again" in told
    assert drawn(f"--seed={int(seed) + 1}")[0] != first


def test_a_program_that_is_missing_skips_a_test_and_in_ci_fails_it(monkeypatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no gdb here"):
        need("gdb", is_there=False)
    need("gdb", is_there=True)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="there is no gdb here"):
        need("gdb", is_there=False)
    need("gdb", is_there=True)
