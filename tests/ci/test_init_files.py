"""What `init` writes for CI hosts is sound by their linters, runs envs that it writes, and installs without secrets."""

from __future__ import annotations

import configparser
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.test_workflows import ROOT, Linter, actionlint, schema, zizmor  # noqa: F401 - fixtures

FILES = ROOT / "codegen" / "init" / "files"
HERE = ROOT / ".github" / "workflows"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The files where a host looks for them."""
    shutil.copytree(FILES / "dot_github", tmp_path / ".github")
    shutil.copy(FILES / "dot_gitlab-ci.yml", tmp_path / ".gitlab-ci.yml")
    return tmp_path


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def test_actionlint_finds_nothing(actionlint: Linter, written: Path) -> None:  # noqa: F811
    done = actionlint(*sorted((written / ".github/workflows").glob("*.yml")))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_zizmor_finds_nothing(zizmor: Linter, written: Path) -> None:  # noqa: F811
    done = zizmor(written / ".github")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.gitlab-ci", ".gitlab-ci.yml"),
    ],
)
def test_files_are_of_their_hosts_schema(schema: Linter, written: Path, name: str, pattern: str) -> None:  # noqa: F811
    done = schema(name, *sorted(written.glob(pattern)))
    assert done.returncode == 0, done.stdout


def test_actions_and_tox_are_those_that_are_used_here() -> None:
    ours = "".join(path.read_text() for path in HERE.glob("*.yml"))
    theirs = "".join(path.read_text() for path in FILES.glob("dot_git*/workflows/*.yml"))
    used = set(re.findall(r"uses: (\S+ # \S+)|(tox==\S+)", theirs))
    assert len(used) == 3
    assert {found for found in used if "".join(found) not in ours} == set()


def test_every_env_that_is_run_is_in_tox_ini() -> None:
    file = configparser.ConfigParser(interpolation=None)
    file.read(FILES / "tox.ini")
    texts = [
        path.read_text() for path in FILES.rglob("*") if path.is_file() and path.suffix in (".yml", ".jinja", ".sh")
    ]
    named = {name for text in texts for names in re.findall(r"tox run -e ([\w,]+)", text) for name in names.split(",")}
    assert named == {section.partition(":")[2] for section in file.sections() if ":" in section}


def test_secrets_reach_one_step_that_installs_nothing() -> None:
    publish = _read(FILES / "dot_github/workflows/publish.yml")["jobs"]["publish"]["steps"]
    (secret,) = [step for step in publish if "secrets." in str(step)]
    assert secret["run"] == 'tox run -e publish -- --tag "$GITHUB_REF_NAME"'
    assert publish.index(secret) == len(publish) - 1
    assert publish[-2]["run"].startswith("tox run -e publish --notest")
    jobs = _read(FILES / "dot_gitlab-ci.yml")
    assert [name for name, job in jobs.items() if isinstance(job, dict) and "environment" in job] == ["publish"]
    assert "install" not in str(jobs["publish"])
    assert "tox run -e publish --notest" in jobs["build"]["script"]


def test_a_tag_is_checked_before_it_is_published() -> None:
    jobs = _read(FILES / "dot_github/workflows/publish.yml")["jobs"]
    assert jobs["publish"]["needs"] == "check"
    assert jobs["check"]["steps"][-1]["run"] == "tox run -e drift,test"
    stages = _read(FILES / "dot_gitlab-ci.yml")["stages"]
    assert stages.index("check") < stages.index("build") < stages.index("publish")
