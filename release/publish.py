"""Publish to a package index, and try what it then serves: ``python -m release.publish [PROJECT]``.

The index and the credentials come from the environment: TWINE_REPOSITORY_URL, TWINE_USERNAME, TWINE_PASSWORD, and if
needed TWINE_CERT and PUBLISH_INDEX_URL. Exit codes: 0 published, or published before with the same bytes; 1 the index
has this version with other bytes; 2 the call or its surroundings are wrong.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from release.build import build, digest
from release.errors import DifferenceError, ReleaseError, report
from release.index import Access, Index
from release.projects import PROJECTS, ROOT, Project

_PATIENCE = 60.0
"""Seconds within which an index must show what it has taken."""


@report
def main(arguments: Sequence[str] | None = None) -> None:
    """Publish the version that the work tree is."""
    parser = argparse.ArgumentParser(prog="python -m release.publish", description="Publish, then try what is served.")
    parser.add_argument("--tag", metavar="NAME", help="refuse when the version is not the one that this tag names")
    parser.add_argument("project", nargs="?", choices=PROJECTS, default="sdk", help="what to publish; default sdk")
    parsed = parser.parse_args(arguments)
    project = PROJECTS[parsed.project]
    if parsed.tag is not None and parsed.tag != project.tag:
        raise ReleaseError(f"the tag is {parsed.tag}, and the version asks for {project.tag}: tag the right commit")
    access = Access.from_environment(os.environ)
    _refuse_dirty(ROOT)
    if project.is_generated:
        _refuse_drift(project.folder)
    with tempfile.TemporaryDirectory() as scratch:
        built = [file for file in build(project.folder, Path(scratch) / "dist") if file.suffix in (".whl", ".gz")]
        index = Index(access)
        _upload(access, index, project, built)
        wheel = next(file for file in built if file.suffix == ".whl")
        _try_installed(access, index, project, digest(wheel), Path(scratch))
    print(f"{project.name} {project.version} is installed from the index and works")


def _refuse_dirty(root: Path) -> None:
    changed = _run(["git", "-C", str(root), "status", "--porcelain"]).splitlines()
    if changed:
        raise ReleaseError(f"the work tree has changes ({changed[0].strip()}, …): commit or remove them first")


def _refuse_drift(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codegen", "check"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ReleaseError(f"generated/ is not what its inputs give: {said[-1] if said else 'no reason given'}")


def _upload(access: Access, index: Index, project: Project, built: Sequence[Path]) -> None:
    missing = _missing(index, project, built)
    if not missing:
        print(f"{project.name} {project.version} is there already, with the same bytes: nothing is uploaded")
        return
    command = [
        sys.executable,
        "-m",
        "twine",
        "upload",
        "--non-interactive",
        "--disable-progress-bar",
        *map(str, missing),
    ]
    done = subprocess.run(command, env=_twine(access), capture_output=True, text=True, check=False)
    if done.returncode and _missing(index, project, built):  # else somebody else was faster, with the same bytes
        raise ReleaseError(_refusal(access.masked(done.stdout + done.stderr)))
    deadline = time.monotonic() + _PATIENCE
    while _missing(index, project, built):
        if time.monotonic() > deadline:
            raise ReleaseError(f"the index took the upload and does not show it within {_PATIENCE:.0f} seconds")
        time.sleep(0.5)
    for file in missing:
        print(f"uploaded {file.name} (SHA-256 {digest(file)})")


def _refusal(said: str) -> str:
    """What twine says of a failed upload, as one sentence."""
    status = re.search(r"HTTPError:\s+(401|403)\b", said)
    if status:
        return f"the index refuses the credentials (HTTP {status.group(1)})"
    failed = said.strip().rpartition("\n")[2] if "Traceback" in said else said.split("ERROR")[-1]
    last = " ".join(failed.split())
    return f"the index did not take the upload: {last or 'no reason given'}"


def _missing(index: Index, project: Project, built: Sequence[Path]) -> list[Path]:
    """Which of the files the index does not have.

    Raises:
        DifferenceError: It has one of them with other bytes.
    """
    there = index.files(project.name)
    for file in built:
        if file.name in there and there[file.name] != digest(file):
            raise DifferenceError(
                f"the index has {file.name} with other bytes (SHA-256 {there[file.name]}, built is {digest(file)}): "
                "raise the version; a version that was published never changes"
            )
    return [file for file in built if file.name not in there]


def _twine(access: Access) -> dict[str, str]:
    given = {
        "TWINE_REPOSITORY_URL": access.upload,
        "TWINE_USERNAME": access.username,
        "TWINE_PASSWORD": access.password,
        "TWINE_CERT": access.certificates or "",
        "REQUESTS_CA_BUNDLE": access.certificates or "",  # twine would let it overrule TWINE_CERT
        "NO_COLOR": "1",
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TWINE_")}
    return {**kept, **{key: value for key, value in given.items() if value}}


def _try_installed(access: Access, index: Index, project: Project, wheel: str, scratch: Path) -> None:
    """Install what the index serves into an empty environment, its bytes checked, and use it."""
    name, version = project.name, project.version
    venv.create(scratch / "empty", with_pip=True)
    python = str(scratch / "empty" / ("Scripts" if os.name == "nt" else "bin") / "python")
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{name}=={version} --hash=sha256:{wheel}\n", encoding="utf-8")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # ours from this index alone, what it needs from wherever pip is told: nobody can slip in a package of our name
    ours = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "TWINE_"))},
        "PIP_INDEX_URL": access.with_credentials(index.address),
        "PIP_CONFIG_FILE": os.devnull,
        **(
            {"REQUESTS_CA_BUNDLE": access.certificates} if access.certificates else {}
        ),  # pip would let it overrule PIP_CERT
    }
    _run([*pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(wanted)], ours, access)
    others = {key: value for key, value in os.environ.items() if not key.startswith("TWINE_")}
    _run([*pip, f"{name}{project.extras}=={version}"], others, access)
    _run([python, "-m", "pip", "check"], others, access)
    _run([python, "-I", str(project.smoke_test), version], others, access, scratch)


def _run(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    access: Access | None = None,
    folder: Path | None = None,
) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        shown = " ".join(command[1:5])
        raise ReleaseError(f"{shown} … failed:\n{access.masked(said) if access else said}")
    return done.stdout


if __name__ == "__main__":
    main()
