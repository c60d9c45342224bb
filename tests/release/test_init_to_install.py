"""From an empty folder to a service that pays: init, generate, test, update, build, publish, install, call.

Everything is run as a team would that has never seen this repository: by the wheel of the generator, in environments of
its own, from folders elsewhere. What the team's tox.ini runs in an env each is run in one here, to install once.
"""

from __future__ import annotations

import configparser
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from release.build import build
from release.projects import PROJECTS

HERE = Path(__file__).parent
SPEC, SIGNING = HERE.parent / "init" / "exchange.yaml", HERE.parent / "init" / "signing.yaml"
TOOLS = ("pip", "pytest", "build==1.6.1", "hatchling==1.33.0", "twine==7.0.0", "msgspec", "urllib3", "httptools")

COMPILE = """
import compileall, codegen.init
assert compileall.compile_dir(codegen.init.__path__[0], quiet=1)
"""
SERVE = """
import sys
sys.path.insert(0, "tests")
from conftest import wrong
from server import serve
with serve(wrong) as server:
    server.body = '{"withdrawalId": "w-1", "fee": "0.10"}'
    print(server.url, flush=True)
    sys.stdin.read()
    print(server.requests, server.refused, flush=True)
"""
CALL = """
import sys
from tiny_exchange import Journal, TinyExchangeClient, models
for _ in range(2):
    journal = Journal("calls.db", key="unsealed")
    with TinyExchangeClient.from_env(base_url=sys.argv[1], journal=journal) as client:
        body = models.CreateWithdrawalBody(currency="USDT", amount="25", address="a-b-c-d")
        paid = client.create_withdrawal(body=body, idempotency_key="order-1")
        (entry,) = client.history()
        print(paid.withdrawal_id, paid.fee, entry.idempotency_key, entry.state)
"""
SECRETS = {
    "TINY_EXCHANGE_API_KEY": "test-key",
    "TINY_EXCHANGE_API_SECRET": "test-secret",
    "TINY_EXCHANGE_API_PASSPHRASE": "test-passphrase",
}


class Team:
    """A team's machine: its folder, and an environment with the generator in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.repository = home / "sdk"
        kept = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        self.surroundings = {name: os.environ[name] for name in kept if name in os.environ}
        self.surroundings |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}

    def run(self, *command: str | Path, cwd: Path | None = None, code: int = 0, **environment: str) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.repository,
            env={**self.surroundings, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def environment(self, name: str) -> Path:
        """An environment with nothing in it; its folder of programs."""
        self.run(sys.executable, "-I", "-m", "venv", "--without-pip", self.home / name, cwd=self.home)
        return self.home / name / "bin"

    def install(self, programs: Path, *wanted: str | Path, **environment: str) -> None:
        pip = (sys.executable, "-I", "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-compile")
        self.run(*pip, *wanted, cwd=self.home, **environment)

    def tox(self, name: str, *given: str, programs: Path, **environment: str) -> str:
        """What an env of the team's tox.ini runs, run in an environment that has what it needs."""
        file = configparser.ConfigParser(interpolation=None)
        file.read(self.repository / "tox.ini")
        said = ""
        for line in file[f"testenv:{name}"]["commands"].strip().splitlines():
            words = shlex.split(line.replace("{posargs}", shlex.join(given)))
            said += self.run(programs / words[0], *words[1:], **environment)
        return said

    def git(self, *arguments: str) -> None:
        self.run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments)


@contextmanager
def serving(team: Team, programs: Path, said: list[str], **environment: str) -> Iterator[str]:
    """The server of the team's own tests, as a process."""
    process = subprocess.Popen(
        [programs / "python", "-c", SERVE],
        cwd=team.repository,
        env={**team.surroundings, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        said.append(process.communicate(timeout=30)[0].strip())


def changed(spec: str) -> str:
    """The document with a field that answers have from now on."""
    tree = yaml.safe_load(spec)
    answer = tree["paths"]["/api/v1/withdrawals"]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    schema["properties"]["fee"] = {"type": "string", "format": "decimal"}
    return str(yaml.safe_dump(tree, sort_keys=False))


@pytest.mark.parametrize("index", ["pypiserver"], indirect=True)
def test_an_empty_folder_becomes_a_client_that_pays_once(index, tmp_path: Path) -> None:
    (wheel,) = [file for file in build(PROJECTS["codegen"].folder, tmp_path / "dist") if file.suffix == ".whl"]
    home = tmp_path / "team"
    home.mkdir()
    for file in (SPEC, SIGNING):
        (home / file.name).write_bytes(file.read_bytes())
    team = Team(home)
    tools = team.environment("tools")
    team.install(tools, wheel, *TOOLS)
    team.run(tools / "python", "-c", COMPILE, cwd=home)

    options = ("--spec", SPEC.name, "--signing", SIGNING.name, "--journal", "createWithdrawal", "--yes")
    team.run(tools / "sdk-codegen", "init", "sdk", "--package", "tiny_exchange", *options, cwd=home)
    team.git("init", "--quiet")
    team.tox("regen", programs=tools)
    team.tox("drift", programs=tools)
    team.git("add", "--all")
    team.git("commit", "--quiet", "--message", "Begin")
    team.git("tag", "v0.1.0")
    untested = ("--ignore", "tests/test_package.py")  # it is about an installed distribution
    generated = {"PYTHONPATH": str(team.repository / "generated")}
    assert "6 passed" in team.tox("test", *untested, programs=tools, **generated)

    (home / "new.yaml").write_text(changed(SPEC.read_text(encoding="utf-8")), encoding="utf-8")
    assert "0.1.0 → 0.1.1" in team.tox("update", str(home / "new.yaml"), programs=tools)
    assert "6 passed" in team.tox("test", *untested, programs=tools, **generated)
    team.git("commit", "--quiet", "--all", "--message", "Take in a changed document")

    team.tox("build", programs=tools, SOURCE_DATE_EPOCH="1580601600")
    secrets = {**index.environment, "PUBLISH_INDEX_URL": index.simple_url}
    published = team.tox("publish", "--tag", "v0.1.1", programs=tools, **secrets)
    assert "tiny-exchange 0.1.1 is installed from the index and can be imported" in published
    (sdist,) = index.folder.rglob("tiny_exchange-0.1.1.tar.gz")
    sdist.unlink()  # as if the upload had been interrupted
    team.tox("publish", programs=tools, **secrets)
    assert sdist.read_bytes() == (team.repository / "dist" / sdist.name).read_bytes()
    login = f"{quote(index.username, safe='')}:{quote(index.password, safe='')}@"
    theirs = {"PIP_INDEX_URL": index.simple_url.replace("http://", f"http://{login}"), "PIP_CONFIG_FILE": os.devnull}

    service = team.environment("service")
    team.install(service, "--no-deps", "tiny-exchange==0.1.1", **theirs)
    team.install(service, "tiny-exchange==0.1.1")
    said: list[str] = []
    with serving(team, tools, said, **generated) as url:
        paid = team.run(service / "python", "-I", "-c", CALL, url, cwd=home, **SECRETS)
    assert paid == "w-1 0.10 order-1 done\n" * 2
    assert said == ["['POST /api/v1/withdrawals'] []"]
