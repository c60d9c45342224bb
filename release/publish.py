"""Publish to a package index, and try what it then serves: ``python -m release.publish [PROJECT]``.

The index and the credentials come from the environment: TWINE_REPOSITORY_URL, TWINE_USERNAME, TWINE_PASSWORD, and if
needed TWINE_CERT and PUBLISH_INDEX_URL. Without user and password, the identity of a job is exchanged for a token, if
its host gives it one. Exit codes: 0 published, or published before with the same bytes; 1 the index has this version
with other bytes; 2 the call or its surroundings are wrong.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from release.build import build, digest
from release.errors import DifferenceError, ReleaseError, report
from release.index import Access, Index
from release.processes import run, without_secrets
from release.projects import ROOT, Project, choose, declare
from release.trial import EmptyEnvironment, built

_PATIENCE = 60.0
"""Seconds within which an index must show what it has taken."""


@report
def main(arguments: Sequence[str] | None = None) -> None:
    """Publish the version that the work tree is."""
    parser = argparse.ArgumentParser(prog="python -m release.publish", description="Publish, then try what is served.")
    declare(parser)
    parser.add_argument(
        "--built",
        type=Path,
        metavar="DIR",
        help="upload what was built and tried there, and fetch what the index then serves into DIR/served",
    )
    parsed = parser.parse_args(arguments)
    project = choose(parsed)
    access = Access.from_environment(os.environ)
    _refuse_dirty(ROOT)
    if parsed.built is None:
        _publish(project, access)
    else:
        _publish_built(project, access, parsed.built)


def _publish(project: Project, access: Access) -> None:
    """Build, try, upload, and try what the index serves."""
    if project.is_generated:
        _refuse_drift(project.folder)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        build(project.folder, scratch / "dist")
        wheel, sdist = built(project, scratch / "dist", "whl", "tar.gz")
        index, empty = Index(access), EmptyEnvironment(scratch)
        if _missing(index, project, [wheel, sdist]):
            empty.use(project, wheel)
        _upload(access, index, project, [wheel, sdist])
        empty.use(project, _fetch(access, index, project, wheel, scratch / "served"))
    print(f"{project.name} {project.version} is installed from the index and works")


def _publish_built(project: Project, access: Access, folder: Path) -> None:
    """Upload, and fetch what the index serves; nothing is built or installed, so that no other code meets a secret."""
    wheel, sdist = built(project, folder, "whl", "tar.gz")
    index = Index(access)
    _upload(access, index, project, [wheel, sdist])
    served = _fetch(access, index, project, wheel, folder / "served")
    print(f"the index serves {served.name} (SHA-256 {digest(served)})")


def _refuse_dirty(root: Path) -> None:
    changed = run(["git", "-C", str(root), "status", "--porcelain"]).splitlines()
    if changed:
        raise ReleaseError(f"the work tree has changes ({changed[0].strip()}, …): commit or remove them first")


def _refuse_drift(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codegen", "check"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ReleaseError(f"generated/ is not what its inputs give: {said[-1] if said else 'no reason given'}")


def _upload(access: Access, index: Index, project: Project, files: Sequence[Path]) -> None:
    missing = _missing(index, project, files)
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
        *_with_attestations(missing),
    ]
    done = subprocess.run(command, env=_twine(access), capture_output=True, text=True, check=False)
    if done.returncode and _missing(index, project, files):  # else somebody else was faster, with the same bytes
        raise ReleaseError(_refusal(access.masked(done.stdout + done.stderr)))
    deadline = time.monotonic() + _PATIENCE
    while _missing(index, project, files):
        if time.monotonic() > deadline:
            raise ReleaseError(f"the index took the upload and does not show it within {_PATIENCE:.0f} seconds")
        time.sleep(0.5)
    for file in missing:
        print(f"uploaded {file.name} (SHA-256 {digest(file)})")


def _with_attestations(files: Sequence[Path]) -> list[str]:
    """The files, and the attestations that were made of them, if there are any."""
    attested = [file.with_name(f"{file.name}.publish.attestation") for file in files]
    there = [str(file) for file in attested if file.is_file()]
    return [*(["--attestations"] if there else []), *map(str, files), *there]


def _refusal(said: str) -> str:
    """What twine says of a failed upload, as one sentence."""
    status = re.search(r"HTTPError:\s+(401|403)\b", said)
    if status:
        return f"the index refuses the credentials (HTTP {status.group(1)})"
    failed = said.strip().rpartition("\n")[2] if "Traceback" in said else said.split("ERROR")[-1]
    last = " ".join(failed.split())
    return f"the index did not take the upload: {last or 'no reason given'}"


def _missing(index: Index, project: Project, files: Sequence[Path]) -> list[Path]:
    """Which of the files the index does not have.

    Raises:
        DifferenceError: It has one of them with other bytes.
    """
    there = index.files(project.name)
    for file in files:
        if file.name in there and there[file.name] != digest(file):
            raise DifferenceError(
                f"the index has {file.name} with other bytes (SHA-256 {there[file.name]}, built is {digest(file)}): "
                "raise the version; a version that was published never changes"
            )
    return [file for file in files if file.name not in there]


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


def _fetch(access: Access, index: Index, project: Project, wheel: Path, folder: Path) -> Path:
    """What pip is given by the index, and by no other: its bytes are those of the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{project.name}=={project.version} --hash=sha256:{digest(wheel)}\n", encoding="utf-8")
    kept = {key: value for key, value in without_secrets(os.environ).items() if not key.startswith("PIP_")}
    given = {"PIP_INDEX_URL": access.with_credentials(index.address), "PIP_CONFIG_FILE": os.devnull}
    if access.certificates:
        given["REQUESTS_CA_BUNDLE"] = access.certificates  # pip would let it overrule PIP_CERT
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    options = ["--only-binary", ":all:", "--require-hashes", "--dest", str(folder), "-r", str(wanted)]
    run([*command, *options], {**kept, **given}, masked=access.masked)
    wanted.unlink()
    return folder / wheel.name


if __name__ == "__main__":
    main()
