"""The changelog as a file: what is unreleased in it, and how a version's entry takes its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codegen.update.notes import SECTIONS, Note, notes
from codegen.update.version import is_version, numbers

NEW = "# Changelog\n\nThe form is that of Keep a Changelog; versions follow semantic versioning.\n\n## [Unreleased]\n"
"""What a project without a changelog begins with."""

_HEADING = re.compile(r"^## .*$", re.MULTILINE)
_TITLE = re.compile(r"## \[?v?([^\]\s]+)\]?")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"^\[[^\]]+\]: \S.*$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """What stands under one heading of the second level."""

    heading: str
    body: str
    line: int
    """The first line of the body."""

    @property
    def title(self) -> str:
        """``Unreleased``, or a version."""
        found = _TITLE.match(self.heading)
        return found[1] if found else ""

    @property
    def notes(self) -> list[Note]:
        """What it tells; comments and the targets of links are no notes."""
        return notes(_LINK.sub("", _COMMENT.sub(_as_lines, self.body)), self.line)

    @property
    def rest(self) -> str:
        """What stays in the file when its notes are taken out."""
        return "\n".join(match[0] for match in re.finditer(f"{_COMMENT.pattern}", self.body, re.DOTALL))

    @property
    def links(self) -> list[str]:
        """The targets of links, which belong to the whole file."""
        return _LINK.findall(self.body)


def _as_lines(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")


@dataclass(frozen=True)
class Changelog:
    """A changelog in its parts."""

    head: str
    parts: tuple[Part, ...]

    def unreleased(self, since: str | None) -> list[Part]:
        """What was collected, and the entries of versions above `since`, which were never released."""
        return [part for part in self.parts if part.title.lower() == "unreleased" or _is_above(part.title, since)]

    def with_entry(self, text: str, since: str | None) -> str:
        """The file with an entry that takes over all that was unreleased."""
        taken = self.unreleased(since)
        collected = next((part for part in taken if part.title.lower() == "unreleased"), None)
        kept = [part for part in self.parts if part not in taken]
        links = [link for part in taken for link in part.links]
        blocks = [self.head.strip("\n")]
        blocks += [collected.heading, collected.rest] if collected else []
        blocks += [text, *(f"{part.heading}\n{part.body}" for part in kept), "\n".join(links)]
        return "\n\n".join(block.strip("\n") for block in blocks if block.strip("\n")) + "\n"


def read(text: str) -> Changelog:
    """A changelog of the form of Keep a Changelog."""
    found = list(_HEADING.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    parts = [
        Part(match[0], text[match.end() + 1 : end], text.count("\n", 0, match.end()) + 2)
        for match, end in zip(found, ends, strict=False)
    ]
    return Changelog(text[: found[0].start()] if found else text, tuple(parts))


def entry(version: str, date: str, told: Sequence[Note]) -> str:
    """The section for a version: what breaks comes first; what is told twice stands once."""
    parts = [f"## [{version}] - {date}\n"]
    for section in SECTIONS:
        lines = dict.fromkeys(note.text for note in told if note.section == section)
        if lines:
            parts.append(f"### {section}\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _is_above(title: str, since: str | None) -> bool:
    return since is not None and is_version(title) and numbers(title) > numbers(since)
