"""Notes of the changelog: what each says of itself, and so what it asks of the version."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.extensions.extension import Level

SECTIONS: Mapping[str, Level] = {
    "Breaking": "breaking",
    "Added": "compatible",
    "Changed": "risky",
    "Deprecated": "compatible",
    "Removed": "breaking",
    "Fixed": "documentation",
    "Security": "documentation",
}
"""The sections of an entry in their order, and what a note of each counts as."""

_LOOSE = "Changed"
"""Where a note goes that does not say what it is."""

_KIND = re.compile(rf"^([-*] +)(?:\*\*)?({'|'.join(SECTIONS)})(?::\*\*|\*\*:|:) *(?=\S)")
_BREAKING = re.compile(r"\b(?:Breaking|BREAKING)(?: CHANGE)?(?:\*\*)?:")


@dataclass(frozen=True)
class Note:
    """One thing that an entry tells."""

    section: str
    text: str
    """As it stands in the file, its bullet with it."""
    level: Level
    line: int | None = None
    """Where it stands in the file, counted from 1; `None` for what the tool says itself."""
    is_loose: bool = False
    """Whether it does not say what it is, so that it counts as what it might be: breaking."""


def notes(body: str, first_line: int) -> list[Note]:
    """The notes of a part of the changelog, which begins at a line of the file."""
    found, section = [], None
    for line, text in _blocks(body, first_line):
        if text.startswith("#"):
            section = text.lstrip("# ").rstrip(" #")
        else:
            found.append(_note(section, text, line))
    return found


def _note(section: str | None, text: str, line: int) -> Note:
    """A bullet goes by what it begins with where that is graver, or where its section says nothing."""
    kind = _KIND.match(text)
    known = section if section in SECTIONS else None
    if _BREAKING.search(text):
        known = "Breaking"
    elif known is None and kind:
        known = kind[2]
    plain = _KIND.sub(r"\1", text) if kind and kind[2] == known else text
    if known is None:
        return Note(_LOOSE, text, "breaking", line, is_loose=True)
    return Note(known, plain, SECTIONS[known], line)


def _blocks(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Headings, bullets with all that belongs to them, and paragraphs; each with its line."""
    block: list[str] = []
    start = first_line
    for number, line in enumerate([*body.splitlines(), "#"], first_line):
        if line.startswith(("#", "- ", "* ")) or (block and not block[-1].strip() and line[:1].strip()):
            if text := "\n".join(block).strip():
                yield start, text
            block, start = [], number
        if not block and not line.strip():
            start = number + 1
            continue
        block.append(line)
