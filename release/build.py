"""Build the sdist and the wheel, the same bytes from the same source: ``python -m release.build [PROJECT]``."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from release.errors import ReleaseError, report
from release.projects import ROOT, choose, declare


@report
def main(arguments: Sequence[str] | None = None) -> None:
    """Build into a folder and say what was built."""
    parser = argparse.ArgumentParser(prog="python -m release.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="default dist/")
    declare(parser)
    parsed = parser.parse_args(arguments)
    for file in build(choose(parsed).folder, parsed.out):
        print(f"{digest(file)}  {file.name}")


def build(root: Path, out: Path) -> list[Path]:
    """Put sdist, wheel and bill of materials into `out`, in place of what was there of this project.

    Raises:
        ReleaseError: It cannot be built, or its metadata would be refused by an index. `out` is as it was.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "made"
        _export(root, source)
        _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", made, source)
        distributions = sorted(made.iterdir())
        _run(sys.executable, "-m", "twine", "check", "--strict", *distributions)
        bill = _bill(next(file for file in distributions if file.suffix == ".whl"), made)
        return [_placed(file, out) for file in (*distributions, bill)]


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _export(root: Path, folder: Path) -> None:
    """Copy what git knows of the work tree, with one mode for every file; whatever lies beside it stays out."""
    listed = _run("git", "-C", root, "ls-files", "-z", "--cached")
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target)
            target.chmod(0o644)


def _bill(wheel: Path, folder: Path) -> Path:
    """The bill of materials that the wheel carries, as a file beside it."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if ".dist-info/sboms/" in name)
        file = folder / f"{wheel.name.removesuffix('.whl')}.cdx.json"
        file.write_bytes(archive.read(name))
    return file


def _placed(file: Path, out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / f".{file.name}"
    shutil.copyfile(file, scratch)
    return scratch.replace(out / file.name)


def _run(*command: str | Path) -> str:
    # the times inside come from hatchling's own fixed date, so that every way of building gives the same bytes
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{command[0]} {command[1]} … failed:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


if __name__ == "__main__":
    main()
