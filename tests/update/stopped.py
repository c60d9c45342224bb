"""Puts one update in place again and again, and is killed some steps later each time. Prints what was left each time.

A step is anything that Python's audit events tell of the project's files: a file opened, moved or removed, a folder
made or removed.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from codegen.settings import Options, read
from codegen.update.transaction import complete
from codegen.update.update import Update, put_in_place, work_out

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")


def main(project: Path, new: str, stride: int) -> None:
    """Work the update out once, then stop it everywhere, or at each so many'th step."""
    settings = read(Options(config=project / "pyproject.toml"))
    update = work_out(new, settings, None, datetime.date(2026, 11, 23))
    assert update is not None
    pristine = project.with_name("pristine")
    shutil.copytree(project, pristine)
    old, outcomes, step = _state(project), [], 0
    while True:
        step += stride
        if _killed(update, project, step):
            left, decided = _state(project), (project / ".codegen-update" / "plan.json").exists()
            complete(project)
            outcomes.append({"left": left, "decided": decided, "completed": _state(project)})
            shutil.rmtree(project)
            shutil.copytree(pristine, project)
        else:
            break
    print(json.dumps({"old": old, "new": _state(project), "outcomes": outcomes}))


def _killed(update: Update, project: Path, step: int) -> bool:
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in STEPS and str(arguments[0]).startswith(str(project)):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        put_in_place(update)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _state(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in files
        if not path.relative_to(folder).parts[0].startswith(".codegen")
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
