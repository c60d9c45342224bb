"""Install a wheel into an empty environment, and try it: ``python -m release.trial [PROJECT] [--from DIR]``.

Nothing here needs a secret. Exit codes: 0 it works, 2 it does not, or there is no wheel.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from release.errors import ReleaseError, report
from release.processes import run
from release.projects import ROOT, Project, choose, declare


@report
def main(arguments: Sequence[str] | None = None) -> None:
    """Try the wheel that lies in a folder."""
    parser = argparse.ArgumentParser(prog="python -m release.trial", description="Install what was built, and try it.")
    declare(parser)
    parser.add_argument("--from", dest="folder", type=Path, default=ROOT / "dist", metavar="DIR", help="default dist/")
    parsed = parser.parse_args(arguments)
    project = choose(parsed)
    (wheel,) = built(project, parsed.folder, "whl")
    with tempfile.TemporaryDirectory() as scratch:
        EmptyEnvironment(Path(scratch)).use(project, wheel)
    print(f"{wheel.name} can be installed and works")


def built(project: Project, folder: Path, *kinds: str) -> list[Path]:
    """The files of the project's version in the folder, one of each kind: ``whl``, ``tar.gz``.

    Raises:
        ReleaseError: There is none of a kind.
    """
    stem = f"{re.sub('[-_.]+', '_', project.name).lower()}-{project.version}"
    found = {kind: next(iter(sorted(folder.glob(f"{stem}*.{kind}"))), None) for kind in kinds}
    missing = [kind for kind, file in found.items() if file is None]
    if missing:
        raise ReleaseError(f"{folder} has no {stem}….{missing[0]}: build it first")
    return [file for file in found.values() if file is not None]


class EmptyEnvironment:
    """A Python that has nothing but what is tried, and what that needs."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "empty", with_pip=False)
        self.python = str(folder / "empty" / ("Scripts" if os.name == "nt" else "bin") / "python")

    def use(self, project: Project, wheel: Path) -> None:
        """Install the wheel, in place of one that is there, and run the project's smoke test.

        Raises:
            ReleaseError: It cannot be installed, or does not work.
        """
        pip = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check"]
        run([*pip, "install", "--quiet", "--no-compile", "--no-deps", "--force-reinstall", str(wheel.resolve())])
        run([*pip, "install", "--quiet", "--no-compile", f"{wheel.resolve()}{project.extras}"])
        run([*pip, "check"])
        with tempfile.TemporaryDirectory() as elsewhere:
            run([self.python, "-I", str(project.smoke_test), project.version], folder=Path(elsewhere))


if __name__ == "__main__":
    main()
