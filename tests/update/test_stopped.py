"""An update that is killed at any instant leaves the old state, or the new one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def another_edition(tree: dict[str, Any]) -> None:
    tree["info"]["version"] = "2"
    del tree["paths"]["/sapi/v1/giftcard/verify"]["get"]["parameters"][1]


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.proof)])
def test_killed_at_any_step_it_leaves_the_old_state_or_the_new_one(project: Path, changed, stride: int) -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("stopped.py"), project, changed(another_edition), str(stride)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=project,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    old, new = told["old"], told["new"]
    assert old != new
    seen = set()
    for outcome in told["outcomes"]:
        if outcome["decided"]:
            assert outcome["completed"] == new
        else:
            assert outcome["left"] == outcome["completed"]
            assert outcome["left"] in (old, new)
        seen.add((outcome["decided"], outcome["completed"] == new))
    assert {(False, False), (True, True)} <= seen  # stopped both before and after the instant that decides
    assert len(told["outcomes"]) * stride > 2 * sum(old.get(name) != text for name, text in new.items())


@pytest.fixture
def decided(project: Path, changed, codegen, state) -> dict[str, bytes]:
    """Leaves the project as a stop right after the decision does; the state that was decided."""
    reference = project.with_name("reference")
    shutil.copytree(project, reference)
    assert codegen("update", changed(another_edition), cwd=reference).returncode == 0
    wanted: dict[str, bytes] = state(reference)
    before = state(project)
    changes = {name: text for name, text in wanted.items() if before.get(name) != text}
    folder = project / ".codegen-update"
    folder.mkdir()
    for index, text in enumerate(changes.values()):
        (folder / f"staged-{index}").write_bytes(text)
    plan = [[name, f"staged-{index}"] for index, name in enumerate(changes)]
    (folder / "plan.json").write_text(json.dumps(plan))
    return wanted


def test_the_next_command_completes_what_was_decided(project: Path, decided, codegen, state) -> None:
    done = codegen("check", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "an update that had been interrupted was completed" in done.stderr
    assert state(project) == decided
    assert not (project / ".codegen-update").exists()


def test_several_commands_at_once_complete_it_together(project: Path, decided, codegen, state) -> None:
    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda _: codegen("check", cwd=project), range(4)))
    assert codegen("check", cwd=project).returncode == 0
    assert state(project) == decided
    assert not (project / ".codegen-update").exists()
