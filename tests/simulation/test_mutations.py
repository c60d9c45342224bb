"""The search is worth something: it finds each fault that is put into the flow or the journal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutations import MUTATIONS, Mutation, mutate, mutated

ROOT = Path(__file__).parents[2]
STORIES = 60_000


def test_half_of_the_faults_were_real_ones() -> None:
    assert len(MUTATIONS) >= 20
    of_cards = [mutation for mutation in MUTATIONS if not mutation.stories]
    assert sum(bool(mutation.fix) for mutation in of_cards) >= len(of_cards) / 2


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.fault.replace(" ", "-"))
def test_a_fault_fits_the_code_as_it_is(mutation: Mutation) -> None:
    assert compile(mutated(mutation), mutation.module, "exec")


def _search(package: Path, stories: int, mutation: Mutation) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.simulation",
            "--stories",
            str(stories),
            "--seed",
            str(mutation.seed),
            *mutation.stories,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


@pytest.mark.proof
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.fault.replace(" ", "-"))
def test_a_fault_is_found(mutation: Mutation, tmp_path: Path) -> None:
    mutate(mutation, tmp_path)
    done = _search(tmp_path, STORIES, mutation)
    assert done.returncode == 1, f"{done.stdout}{done.stderr}"
    assert "assert not replay(" in done.stdout, f"{done.stdout}{done.stderr}"


def test_a_copy_without_a_fault_survives(tmp_path: Path) -> None:
    none = Mutation("none", "core/flow", "class Call:\n", "class Call:\n")
    mutate(none, tmp_path)
    done = _search(tmp_path, 300, none)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
