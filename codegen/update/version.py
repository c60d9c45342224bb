"""The next version, by semantic versioning."""

import re
from typing import TypeAlias

from codegen.errors import InputError
from codegen.extensions.extension import Level

Numbers: TypeAlias = tuple[int, int, int]

RULE = {
    "0.x": "Before 1.0 a change that breaks raises the second number, anything else the third.",
    "1.x": "From 1.0 on a change that breaks raises the first number, one that adds or is risky the second, "
    "anything else the third.",
}
"""How versions are raised, in words."""


def is_version(text: str) -> bool:
    """Whether it is three numbers."""
    return re.fullmatch(r"\d+\.\d+\.\d+", text, re.ASCII) is not None


def numbers(version: str) -> Numbers:
    """The three numbers of a version.

    Raises:
        InputError: It is not three numbers.
    """
    if not is_version(version):
        raise InputError(f"the version must be three numbers, such as 1.2.3, to be raised; it is {version!r}")
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def next_version(version: str, worst: Level | None) -> str:
    """The version after `version`, when the gravest change is `worst`.

    Raises:
        InputError: The version is not three numbers.
    """
    major, minor, patch = numbers(version)
    if worst == "breaking":
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if major and worst in ("risky", "compatible"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
