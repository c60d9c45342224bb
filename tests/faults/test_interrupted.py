"""A signal handler that raises, at any step of a call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "interrupted.py"


@pytest.mark.deadline(5)
@pytest.mark.parametrize("scenario", ["create", "new client", "redeem", "refused", "lost"])
@pytest.mark.parametrize("every", [101, pytest.param(3, marks=pytest.mark.proof)])
def test_what_a_handler_raises_at_any_step_leaves_the_call_with_its_outcome(scenario, every, seed) -> None:
    """As it is, with a cause that tells what became of the card, no secret, no lock held, and an entry that is true."""
    first = 1 + seed % every
    done = subprocess.run(
        [sys.executable, str(PROGRAM), scenario, str(first), str(every)],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert not told["faults"], f"{len(told['faults'])} faults\n" + "\n".join(told["faults"][:5])
    assert told["steps"] > 500
    wanted = {"no"} if scenario == "refused" else {"no", "unknown"}  # until a refusal is read is but a few steps
    assert wanted <= set(told["outcomes"])
