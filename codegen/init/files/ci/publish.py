"""Upload dist/ to the index that the environment names, then install the version from there and import it.

Run by ``tox run -e publish``. Exit codes: 0 published and tried, 1 the index did not take or serve it, 2 the call
or its surroundings are wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

import build.util
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PATIENCE = 60.0
"""Seconds within which an index must show what it has taken."""
NEEDED = ("TWINE_REPOSITORY_URL", "TWINE_USERNAME", "TWINE_PASSWORD", "PUBLISH_INDEX_URL")


def main() -> None:
    """Publish what was built."""
    parser = argparse.ArgumentParser(description="Publish dist/, and try what the index then serves.")
    parser.add_argument("--tag", metavar="NAME", help="refuse when this tag is not v and the version")
    tag = parser.parse_args().tag
    metadata = build.util.project_wheel_metadata(ROOT, isolated=False)
    name, version = metadata["Name"], metadata["Version"]
    if tag not in (None, f"v{version}"):
        refuse(f"the tag is {tag}, and the version asks for v{version}: tag the right commit")
    missing = [variable for variable in NEEDED if not os.environ.get(variable)]
    if missing:
        refuse(f"set {' and '.join(missing)} to say which index to publish to, and as whom")
    for variable in ("TWINE_REPOSITORY_URL", "PUBLISH_INDEX_URL"):
        parts = urlsplit(os.environ[variable])
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            refuse(f"{variable} is not encrypted: anybody on the way could read the password; use https")
    files = sorted(ROOT.glob("dist/*"), reverse=True)  # the wheel last: once it is there, all is
    wanted = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    wheels = [file for file in files if file.name.startswith(f"{wanted}-")]
    if len(wheels) != 1 or any(not file.name.startswith((f"{wanted}-", f"{wanted}.tar")) for file in files):
        refuse(f"dist/ is not of version {version}: tox run -e build")
    with tempfile.TemporaryDirectory() as scratch:
        if served(name, version, Path(scratch, "before")) is None:
            upload = ("twine", "upload", "--non-interactive", "--disable-progress-bar")
            run([sys.executable, "-m", *upload, *map(str, files)])
        else:
            print(f"{name} {version} is there already: nothing is uploaded")
        wheel = awaited(name, version, Path(scratch, "after"))
        if digest(wheel) != digest(wheels[0]):
            stop(
                f"the index has {name} {version} with other bytes: raise the version; what was published never changes"
            )
        try_installed(wheel, version, Path(scratch, "empty"))
    print(f"{name} {version} is installed from the index and can be imported")


def served(name: str, version: str, folder: Path, *, must: bool = False) -> Path | None:
    """The wheel that the index has of this version; ours is looked for on this index alone."""
    others = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "TWINE_"))}
    index = {"PIP_INDEX_URL": with_login(os.environ["PUBLISH_INDEX_URL"]), "PIP_CONFIG_FILE": os.devnull}
    pip = ("pip", "--disable-pip-version-check", "download", "--quiet", "--no-cache-dir", "--no-deps")
    command = [sys.executable, "-m", *pip, "--only-binary", ":all:", "--dest", str(folder), f"{name}=={version}"]
    run(command, {**others, **index}, must=must)
    return next(folder.glob("*.whl"), None)


def awaited(name: str, version: str, folder: Path) -> Path:
    """The same, once the index shows what it has taken."""
    deadline = time.monotonic() + PATIENCE
    while (wheel := served(name, version, folder, must=time.monotonic() > deadline)) is None:
        time.sleep(1)
    return wheel


def try_installed(wheel: Path, version: str, folder: Path) -> None:
    """Install it into an empty environment, with what it needs from wherever pip is told, and import it."""
    venv.create(folder)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    others = {key: value for key, value in os.environ.items() if not key.startswith("TWINE_")}
    pip = ("pip", "--python", python, "--disable-pip-version-check", "install", "--quiet")
    run([sys.executable, "-m", *pip, str(wheel)], others)
    for package in [path.parent.name for path in ROOT.glob("generated/*/__init__.py")]:
        run([python, "-I", "-c", f"import {package}; assert {package}.__version__ == '{version}'"], others)


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def with_login(address: str) -> str:
    """The address with user and password in it, for the environment of a process and nowhere else."""
    parts = urlsplit(address)
    login = ":".join(quote(os.environ[key], safe="") for key in ("TWINE_USERNAME", "TWINE_PASSWORD"))
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def run(command: list[str], environment: dict[str, str] | None = None, *, must: bool = True) -> None:
    """Run to the end; where it must end well and does not, stop with what it said, the password masked."""
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if must and done.returncode:
        said = (done.stdout + done.stderr).strip()
        for secret in (os.environ["TWINE_PASSWORD"], quote(os.environ["TWINE_PASSWORD"], safe="")):
            said = said.replace(secret, "…")
        stop(f"{' '.join(command[1:4])} … failed:\n{said}")


def stop(message: str) -> NoReturn:
    """Say that the index did not take or serve it."""
    print(f"publish: {message}", file=sys.stderr)
    sys.exit(1)


def refuse(message: str) -> NoReturn:
    """Stop before anything was done."""
    print(f"publish: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
