"""The next version, by semantic versioning."""

import re

from codegen.errors import InputError
from codegen.extensions.extension import Level

RULE = {
    "0.x": "Before 1.0 a change that breaks raises the second number, anything else the third.",
    "1.x": "From 1.0 on a change that breaks raises the first number, one that adds or is risky the second, "
    "anything else the third.",
}
"""How versions are raised, in words."""


def next_version(version: str, worst: Level | None) -> str:
    """The version after `version`, when the gravest change is `worst`.

    Raises:
        InputError: The version is not three numbers.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise InputError(f"the version must be three numbers, such as 1.2.3, to be raised; it is {version!r}")
    major, minor, patch = map(int, version.split("."))
    if worst == "breaking":
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if major and worst in ("risky", "compatible"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
