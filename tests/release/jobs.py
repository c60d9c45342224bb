"""Run the jobs of the CI files here: each step's command, in the order and the environment that the file gives.

Of GitHub's actions those are known that the files use; an expression that is not known is an error. A step that is
given a secret finds nothing to install from, so that one that would install fails. To spare time, one job finds the
environments of another that ran before, as on a machine that keeps its folder.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LONGEST_S = 300
_OURS = re.compile(r"(TOX|TWINE|GITHUB|GITLAB|CI|ACTIONS|VIRTUAL_ENV|PYTHONPATH|PIP_NO_INDEX|PIP_FIND_LINKS)(_.*)?")

_FAST = {"PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Most of what is installed is never imported."""


@dataclass
class Step:
    """A command that was run."""

    command: str
    code: int
    output: str
    has_secret: bool


@dataclass
class Host:
    """What a host gives its jobs."""

    workspace: Path
    python: Path
    """The interpreter that stands for the job's image, in a folder of its own."""
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    """By name; a step that is given one of their values has a secret."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What GitHub's expressions stand for."""
    steps: list[Step] = field(default_factory=list)

    def run(self, script: str, given: Mapping[str, str]) -> int:
        """Run a script as a step with these variables."""
        inherited = {key: value for key, value in os.environ.items() if not _OURS.fullmatch(key)}
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        has_secret = any(value in self.secrets.values() for value in given.values())
        with self._nothing_to_install(has_secret):
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", script],
                cwd=self.workspace,
                env={**inherited, **_FAST, "PATH": path, "CI": "true", **self.environment, **given},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        self.steps.append(Step(script, done.returncode, done.stdout, has_secret))
        return done.returncode

    @contextmanager
    def _nothing_to_install(self, has_secret: bool) -> Iterator[None]:
        wheels, away = self.workspace / ".wheels", self.workspace.parent / "wheels-put-away"
        if not has_secret or not wheels.exists():
            yield
            return
        wheels.rename(away)
        try:
            yield
        finally:
            away.rename(wheels)


def run_github(host: Host, file: Path, name: str) -> bool:
    """Run a job of a workflow; whether it is green."""
    job = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"][name]
    common = _substituted(host, job.get("env", {}))
    is_green = True
    for step in job["steps"]:
        condition = step.get("if", "success()").strip("${ }")
        if not {"success()": is_green, "!cancelled()": True}[condition]:
            continue
        if "uses" in step:
            _act(host, step)
        else:
            is_green &= host.run(step["run"], {**common, **_substituted(host, step.get("env", {}))}) == 0
    return is_green


def _act(host: Host, step: Mapping[str, Any]) -> None:
    action = step["uses"].partition("@")[0]
    if action == "actions/upload-artifact":
        if step["with"]["if-no-files-found"] == "error":
            assert list((host.workspace / step["with"]["path"]).iterdir())
    else:
        assert action in ("actions/checkout", "actions/setup-python")  # both are done


def _substituted(host: Host, variables: Mapping[str, Any]) -> dict[str, str]:
    def value(found: re.Match[str]) -> str:
        return host.values[found[1]]

    return {key: re.sub(r"\$\{\{ (.*?) \}\}", value, str(said)) for key, said in variables.items()}


def run_gitlab(host: Host, file: Path, name: str, artifacts: list[str]) -> bool:
    """Run a job in a clean clone but for the artifacts of the jobs before, to which its own are added.

    The first job of a pipeline finds the environments of pipelines before.
    """
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    job = told[name]
    # the wheels stay, and their digests are held against the lock again
    kept = [f"--exclude=/{path}" for path in (*(artifacts or [".tox"]), ".wheels")]
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=host.workspace, check=True)
    subprocess.run(["git", "clean", "-ffdxq", *kept], cwd=host.workspace, check=True)
    variables = {**told["variables"], **job.get("variables", {})}
    given = {
        key: re.sub(r"\$(\w+)", lambda found: host.environment[found[1]], str(said)) for key, said in variables.items()
    }
    if job.get("environment") == "index":  # the scope of these variables
        given |= host.secrets
    lines = [*job.get("before_script", told["default"]["before_script"]), *job["script"]]
    is_green = host.run("\n".join(lines), given) == 0
    artifacts += job["artifacts"]["paths"] if "artifacts" in job else []
    return is_green


def _expanded(said: str, environment: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: environment[found[1]], said)
