"""What contributors run before a commit is what CI runs after it."""

from __future__ import annotations

import sys
from pathlib import Path

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
