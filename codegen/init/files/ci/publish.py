"""Upload dist/ to the index that the environment names, then install the version from there and import it.

Run by ``tox run -e publish``. Exit codes: 0 published and tried, 1 the index did not take or serve it, 2 the call
or its surroundings are wrong.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import build.util
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "::1")
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
    if not files or any(not file.name.startswith((f"{wanted}-", f"{wanted}.tar")) for file in files):
        refuse(f"dist/ is not of version {version}: tox run -e build")
    run([sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", *map(str, files)])
    try_installed(name, version)
    print(f"{name} {version} is installed from the index and can be imported")


def try_installed(name: str, version: str) -> None:
    """Our package from this index alone, what it needs from wherever pip is told."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder)
        python = str(Path(folder, "Scripts" if os.name == "nt" else "bin", "python"))
        others = {key: value for key, value in os.environ.items() if not key.startswith("TWINE_")}
        apart = {key: value for key, value in others.items() if not key.startswith("PIP_")}
        apart |= {"PIP_INDEX_URL": with_login(os.environ["PUBLISH_INDEX_URL"]), "PIP_CONFIG_FILE": os.devnull}
        pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
        run([*pip, "--no-deps", "--only-binary", ":all:", f"{name}=={version}"], apart)
        run([*pip, f"{name}=={version}"], others)
        packages = [path.parent.name for path in ROOT.glob("generated/*/__init__.py")]
        for package in packages:
            run([python, "-I", "-c", f"import {package}; assert {package}.__version__ == '{version}'"], others)


def with_login(address: str) -> str:
    """The address with user and password in it, for the environment of a process and nowhere else."""
    parts = urlsplit(address)
    login = ":".join(quote(os.environ[key], safe="") for key in ("TWINE_USERNAME", "TWINE_PASSWORD"))
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run to the end, or stop with what it said, the password masked."""
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        for secret in (os.environ["TWINE_PASSWORD"], quote(os.environ["TWINE_PASSWORD"], safe="")):
            said = said.replace(secret, "…")
        print(f"publish: {' '.join(command[1:4])} … failed:\n{said}", file=sys.stderr)
        sys.exit(1)


def refuse(message: str) -> None:
    """Stop before anything was done."""
    print(f"publish: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
