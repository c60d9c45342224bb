"""The oldest versions that the settings admit are those that `tox run -e lowest` tests."""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
REQUIREMENT = re.compile(r"(?P<name>[a-z0-9-]+)(\[[a-z]+\])?>=(?P<lowest>[0-9.]+)(,<[0-9.]+)?")


def test_the_lowest_versions_that_are_tested_are_those_that_are_admitted() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    admitted = set()
    extras = project["optional-dependencies"].values()
    for one in [*project["dependencies"], *(one for extra in extras for one in extra)]:
        found = REQUIREMENT.fullmatch(one)
        assert found is not None, f"{one} has no lowest version"
        admitted.add(f"{found['name']}=={found['lowest']}")
    wanted = "".join(f"{line}\n" for line in sorted(admitted))
    assert (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8") == wanted
