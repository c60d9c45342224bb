"""Upload dist/ to the index that the environment names, then install the version from there and import it.

Run by ``tox run -e publish``. Exit codes: 0 published and tried, 1 the index did not take or serve it, 2 the call
or its surroundings are wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import build.util
import requests
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
    files = sorted(ROOT.glob("dist/*"))
    wanted = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    wheels = [file for file in files if file.name.startswith(f"{wanted}-")]
    if len(wheels) != 1 or any(not file.name.startswith((f"{wanted}-", f"{wanted}.tar")) for file in files):
        refuse(f"dist/ is not of version {version}: tox run -e build")
    there = listed(name)
    if any(there.get(file.name) not in (None, "", f"sha256={digest(file)}") for file in files):
        stop_other_bytes(name, version)
    missing = [str(file) for file in files if file.name not in there]
    if missing:  # of an upload that was interrupted, the rest
        run([sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", *missing])
    else:
        print(f"{name} {version} is there already: nothing is uploaded")
    with tempfile.TemporaryDirectory() as scratch:
        wheel = awaited(name, version, Path(scratch, "served"))
        if digest(wheel) != digest(wheels[0]):
            stop_other_bytes(name, version)
        try_installed(wheel, version, Path(scratch, "empty"))
    print(f"{name} {version} is installed from the index and can be imported")


def listed(name: str) -> dict[str, str]:
    """The files that the index itself shows of the project, each with its digest where that is told."""
    address = f"{os.environ['PUBLISH_INDEX_URL'].rstrip('/')}/{canonicalize_name(name)}/"
    login = (os.environ["TWINE_USERNAME"], os.environ["TWINE_PASSWORD"])
    try:
        answer = requests.get(
            address, auth=login, headers={"Accept": "text/html"}, timeout=PATIENCE, allow_redirects=False
        )
    except requests.RequestException as error:
        stop(f"the index cannot be asked what it has: {type(error).__name__}")
    if answer.status_code == 404 or answer.is_redirect:  # another index is asked for what this one does not have
        return {}
    if not answer.ok:
        stop(f"the index cannot be asked what it has: it answers {answer.status_code}")
    links = map(urlsplit, re.findall(r'<a\s[^>]*?href="([^"]+)"', answer.text))
    return {unquote(link.path.rpartition("/")[2]): link.fragment for link in links}


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


def stop_other_bytes(name: str, version: str) -> NoReturn:
    """Say that the version is taken."""
    stop(f"the index has {name} {version} with other bytes: raise the version; what was published never changes")


def refuse(message: str) -> NoReturn:
    """Stop before anything was done."""
    print(f"publish: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
