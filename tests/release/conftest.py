"""What release tests share: a clone to release from, and real indexes on loopback to publish to."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import held_port

ROOT = Path(__file__).parents[2]
LONGEST_START_S = 240
USER, PASSWORD = "publisher", "p@ss/word: %1#"


def _run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _git(folder: Path, *arguments: str) -> str:
    done = _run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session", autouse=True)
def _ask_an_index() -> Iterator[None]:
    """What these tests install comes from an index, also where a job lets only the lock's wheels be installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "0")
        yield


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command in a folder, which Python imports from."""
    return _run


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder."""
    return _git


def copy_repository(folder: Path) -> Path:
    """A clone of this repository in `folder`, with what is not committed here yet committed there."""
    _git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        else:
            target.unlink(missing_ok=True)
    _commit(folder)
    return folder


@pytest.fixture
def clone_as_it_is(tmp_path: Path) -> Path:
    """A clone of this repository as it is here."""
    return copy_repository(tmp_path / "clone")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, as_first_version: Callable[[Path], None]) -> Path:
    """A clone at version 0.1.0 that the tests of a file share, where jobs run one after the other."""
    folder = copy_repository(tmp_path_factory.mktemp("host") / "clone")
    as_first_version(folder)
    _commit(folder)
    return folder


@pytest.fixture
def clone(clone_as_it_is: Path, as_first_version: Callable[[Path], None]) -> Path:
    """A clone that has come to version 0.1.0, whatever this repository has come to."""
    as_first_version(clone_as_it_is)
    _commit(clone_as_it_is)
    return clone_as_it_is


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message", "As it is here")


@dataclass(frozen=True)
class Served:
    """A running index."""

    url: str
    """Where to upload."""
    simple_url: str
    """Where to install from."""
    username: str
    password: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What `publish` is told."""
        return {
            "TWINE_REPOSITORY_URL": self.url,
            "TWINE_USERNAME": self.username,
            "TWINE_PASSWORD": self.password,
        }


@pytest.fixture(params=["devpi", "pypiserver"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """An index that asks for a password, of both kinds."""
    start: Callable[[Path, int], AbstractContextManager[Served]] = {"devpi": _devpi, "pypiserver": _pypiserver}[
        request.param
    ]
    folder = tmp_path / "index"
    folder.mkdir()
    with held_port() as port, start(folder, port) as served:
        yield served


@contextmanager
def _running(command: list[object], folder: Path, address: str) -> Iterator[None]:
    """A server that answers, until the end."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + LONGEST_START_S
        while not _answers(address):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _script(name: str) -> Path:
    return Path(sys.executable).parent / name


@contextmanager
def _devpi(folder: Path, port: int) -> Iterator[Served]:
    data = ("--serverdir", str(folder / "data"))
    secret = folder / "secret"
    secret.write_text("a secret of thirty-two characters or more, for a test")
    secret.chmod(0o600)
    done = _run(_script("devpi-init"), *data, "--no-root-pypi", cwd=folder)
    assert done.returncode == 0, done.stderr
    base = f"http://127.0.0.1:{port}"
    options = ("--host", "127.0.0.1", "--port", str(port), "--secretfile", str(secret), "--offline-mode")
    with _running([_script("devpi-server"), *data, *options], folder, f"{base}/+api"):
        _devpi_says(f"{base}/{USER}", "PUT", {"password": PASSWORD})
        token = _devpi_says(f"{base}/+login", "POST", {"user": USER, "password": PASSWORD})["password"]
        kept = {"type": "stage", "bases": [], "volatile": False}
        _devpi_says(f"{base}/{USER}/sdks", "PUT", kept, (USER, token))
        yield Served(f"{base}/{USER}/sdks/", f"{base}/{USER}/sdks/+simple/", USER, PASSWORD, folder)


def _devpi_says(url: str, method: str, body: dict[str, object], login: tuple[str, str] | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if login:
        headers["X-Devpi-Auth"] = base64.b64encode(":".join(login).encode()).decode()
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        result: dict[str, str] = json.loads(answer.read()).get("result") or {}
    return result


@contextmanager
def _pypiserver(folder: Path, port: int) -> Iterator[Served]:
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # one of htpasswd's forms
    (folder / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
    packages = folder / "packages"
    packages.mkdir()
    options = ("--interface", "127.0.0.1", "--port", str(port), "--disable-fallback", "--server", "wsgiref")
    access = ("--passwords", str(folder / "users"), "--authenticate", "update,download,list")
    base = f"http://127.0.0.1:{port}"
    with _running([_script("pypi-server"), "run", *options, *access, packages], folder, f"{base}/health"):
        yield Served(f"{base}/", f"{base}/simple/", USER, PASSWORD, folder)
