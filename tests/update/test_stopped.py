"""An update that is killed at any instant leaves the old state, or the new one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def another_edition(tree: dict[str, Any]) -> None:
    tree["info"]["version"] = "2"
    del tree["paths"]["/sapi/v1/giftcard/verify"]["get"]["parameters"][1]


def test_killed_at_any_step_it_leaves_the_old_state_or_the_new_one(project: Path, changed) -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("stopped.py"), project, changed(another_edition)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
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
    assert len(told["outcomes"]) > 2 * sum(old.get(name) != text for name, text in new.items())


def test_the_next_command_completes_what_was_decided(project: Path, changed, codegen, state) -> None:
    new = changed(another_edition)
    reference = project.with_name("reference")
    subprocess.run(["cp", "-r", project, reference], check=True)
    assert codegen("update", new, cwd=reference, SOURCE_DATE_EPOCH="1795400000").returncode == 0
    wanted = state(reference)
    changes = {name: text for name, text in wanted.items() if state(project).get(name) != text}
    decided = project / ".codegen-update"
    decided.mkdir()
    for index, text in enumerate(changes.values()):
        (decided / str(index)).write_bytes(text)
    (decided / "plan.json").write_text(json.dumps([[name, True] for name in changes]))
    done = codegen("check", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "an update that had been interrupted was completed" in done.stderr
    assert state(project) == wanted
    assert not decided.exists()
