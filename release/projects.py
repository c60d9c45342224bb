"""What this repository publishes: the SDK, and the generator that made it. Each has its own version and tags."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from release.errors import ReleaseError

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class Project:
    """A distribution, and how it is tried."""

    folder: Path
    """Where its pyproject.toml is; what git knows below it is its source."""
    tag_prefix: str
    """What stands before the version in its tags."""
    extras: str
    """What its trial needs beside it, as pip is told: ``[cli]``, or nothing."""
    smoke_test: Path
    """The program that tries it, run by the Python that it is installed for and given its version."""
    is_generated: bool
    """Whether its source must be what its document gives."""

    @property
    def name(self) -> str:
        """The distribution's name, as it is written."""
        return str(self._metadata.core.raw_name)

    @property
    def version(self) -> str:
        """The version that its source is."""
        return str(self._metadata.version)

    @property
    def tag(self) -> str:
        """The tag that this version asks for."""
        return self.tag_prefix + self.version

    @property
    def _metadata(self) -> ProjectMetadata:  # type: ignore[type-arg]
        return ProjectMetadata(str(self.folder), PluginManager())


PROJECTS = {
    "sdk": Project(
        folder=ROOT,
        tag_prefix="v",
        extras="[sandbox]",
        smoke_test=Path(__file__).with_name("smoke.py"),
        is_generated=True,
    ),
    "codegen": Project(
        folder=ROOT / "codegen",
        tag_prefix="codegen-v",
        extras="",
        smoke_test=Path(__file__).with_name("smoke_codegen.py"),
        is_generated=False,
    ),
}
"""By the name that the release commands are given."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Let a command take what `choose` reads."""
    parser.add_argument("project", nargs="?", choices=PROJECTS, help="default: the one that the tag names, or sdk")
    parser.add_argument("--tag", metavar="NAME", help="refuse when the version is not the one that this tag names")


def choose(parsed: argparse.Namespace) -> Project:
    """The project that a command is about.

    Raises:
        ReleaseError: Its version is another than the tag's.
    """
    tag: str | None = parsed.tag
    of_tag = [key for key, project in PROJECTS.items() if re.match(re.escape(project.tag_prefix) + r"\d", tag or "")]
    project = PROJECTS[parsed.project or next(iter(of_tag), "sdk")]
    if tag is not None and tag != project.tag:
        raise ReleaseError(f"the tag is {tag}, and the version asks for {project.tag}: tag the right commit")
    return project
