"""What contributors run before a commit is what CI runs after it, and what is promised is what CI runs."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]


def test_a_commit_is_held_against_the_ruff_of_lint() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    hooks = {hook["entry"].removesuffix(" --force-exclude"): hook for hook in repository["hooks"]}
    assert [*hooks] == ["ruff check", "ruff format"]
    assert all(hook["additional_dependencies"] == groups["lint"] for hook in hooks.values())


@pytest.mark.parametrize("settings", ["pyproject.toml", "codegen/pyproject.toml"])
def test_a_distribution_promises_the_pythons_and_the_system_that_ci_runs(settings: str) -> None:
    project = tomllib.loads((ROOT / settings).read_text(encoding="utf-8"))["project"]
    promised = {value for value in project["classifiers"] if re.search(r"^Operating System|Python :: 3\.", value)}
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    (minors,) = re.findall(r"py3\{([\d,]+)\}", tox["tox"]["env_list"])
    pythons = {f"Programming Language :: Python :: 3.{minor}" for minor in minors.split(",")}
    assert promised == pythons | {"Operating System :: POSIX :: Linux"}
    assert project["authors"]
