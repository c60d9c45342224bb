"""A signal handler that raises, at any step of a call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def search(program: str, *arguments: str) -> dict[str, Any]:
    """What a program found that interrupts at one step after another."""
    done = subprocess.run(
        [sys.executable, str(HERE / program), *arguments],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert not told["faults"], f"{len(told['faults'])} faults\n" + "\n".join(told["faults"][:5])
    return told


@pytest.mark.deadline(5)
@pytest.mark.parametrize("scenario", ["create", "new client", "redeem", "refused", "lost", "signed elsewhere"])
@pytest.mark.parametrize("every", [101, pytest.param(3, marks=pytest.mark.proof)])
def test_what_a_handler_raises_at_any_step_leaves_the_call_with_its_outcome(scenario, every, seed) -> None:
    """As it is, with a cause that tells what became of the card, no secret, no lock held, and an entry that is true."""
    told = search("interrupted.py", scenario, str(1 + seed % every), str(every))
    assert told["steps"] > 500
    wanted = {"no"} if scenario == "refused" else {"no", "unknown"}  # until a refusal is read is but a few steps
    assert wanted <= set(told["outcomes"])


@pytest.mark.deadline(5)
@pytest.mark.parametrize("every", [29, pytest.param(3, marks=pytest.mark.proof)])
def test_what_a_handler_raises_at_any_step_ends_a_bulk_run_that_can_go_on(every, seed) -> None:
    """No thread waits for a lock that the interrupted one took with it, and each row has one card in the end."""
    told = search("interrupted_run.py", str(1 + seed % every), str(every))
    assert told["steps"] > 500
    assert told["stopped"] > 500 / every / 2
