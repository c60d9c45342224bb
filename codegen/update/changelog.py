"""The changelog's entry for a new version, in the words of those who use the package."""

import re
from collections.abc import Iterator, Mapping, Sequence

from codegen.compare.comparison import Finding
from codegen.compare.markdown import code, prose

_ORDER = ("Added", "Changed", "Deprecated", "Removed")

_PYTHON: Mapping[str, tuple[str, str]] = {
    "python-added": ("Added", "{subject}{after_colon}"),
    "python-removed": ("Removed", "{subject}."),
    "python-renamed": ("Changed", "{detail}: another name for the same."),
    "python-argument-added": ("Added", "The argument {subject}; it may be left out."),
    "python-required-argument-added": ("Added", "The argument {subject}, which must be given."),
    "python-argument-removed": ("Removed", "The argument {subject}."),
    "python-argument-became-required": ("Changed", "{subject} must be given."),
    "python-argument-became-optional": ("Changed", "{subject} may be left out."),
    "python-argument-default-changed": ("Changed", "{subject}, where it is left out: {detail}."),
    "python-argument-type-widened": ("Changed", "{subject} takes more types: {detail}."),
    "python-argument-type-changed": ("Changed", "{subject} takes another type: {detail}."),
    "python-result-type-changed": ("Changed", "{subject} returns another type: {detail}."),
    "python-result-type-narrowed": ("Changed", "{subject} returns fewer types: {detail}."),
    "python-attribute-type-changed": ("Changed", "{subject} has another type: {detail}."),
    "python-attribute-type-narrowed": ("Changed", "{subject} has fewer types: {detail}."),
}
_OTHER_PYTHON = ("Changed", "{subject}: {reason}")

_TOLD_IN_PYTHON = frozenset(
    (
        "operation-added operation-removed deprecated-operation-removed operation-id-changed "
        "parameter-added required-parameter-added parameter-removed parameter-became-required "
        "parameter-became-optional request-property-added request-required-property-added request-property-removed "
        "request-required-property-removed request-property-became-required request-property-became-optional "
        "response-property-added response-required-property-added response-property-removed "
        "response-required-property-removed"
    ).split()
)
"""Changes of the wire that show as changed names in Python."""

_WIRE: Mapping[str, tuple[str, str]] = {
    "deprecated": ("Deprecated", "{subject}."),
    "sunset-set": ("Deprecated", "{subject} will be gone one day: {detail}."),
    "sunset-brought-forward": ("Deprecated", "{subject} will be gone earlier: {detail}."),
}


def entry(version: str, date: str, found: Sequence[Finding]) -> str:
    """The section for a version: what it adds, changes, deprecates and removes; what breaks comes first in each."""
    sections: dict[str, list[str]] = {}
    for section, line in _lines(found):
        lines = sections.setdefault(section, [])
        if line not in lines:
            lines.append(line)
    parts = [f"## [{version}] - {date}\n"]
    for section in _ORDER:
        if section in sections:
            parts.append(f"### {section}\n" + "\n".join(sections[section]) + "\n")
    return "\n".join(parts)


def _lines(found: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    in_python = any(item.change.rule.id.startswith("python-") for item in found)
    told = [item for item in found if not _is_told_elsewhere(item, in_python=in_python)]
    for item in told:
        if item.level != "documentation":
            yield _line(item)
    if any(item.change.rule.id == "documentation-changed" for item in found):
        yield "Changed", "- Texts of the documentation."
    elif not told:
        yield "Changed", "- The API's document was taken in anew; nothing changed for those who use this package."


def _is_told_elsewhere(item: Finding, *, in_python: bool) -> bool:
    """`raw` mirrors the client, and much of the wire is told by what became of the Python names."""
    rule, subject = item.change.rule.id, item.change.subject
    return subject.startswith("raw.") or (in_python and rule in _TOLD_IN_PYTHON)


def _line(item: Finding) -> tuple[str, str]:
    change = item.change
    is_python = change.rule.id.startswith("python-")
    section, words = (
        _PYTHON.get(change.rule.id, _OTHER_PYTHON) if is_python else _WIRE.get(change.rule.id, ("Changed", ""))
    )
    if not words:
        words = "{subject}{detail_in_brackets}: {reason}"
    line = words.format(
        subject=code(change.subject),
        detail=code(change.detail),
        after_colon=f": {prose(change.detail)}" if change.detail else ".",
        detail_in_brackets=f" ({code(change.detail)})" if change.detail else "",
        reason=change.rule.reason,
    )
    return section, f"- **Breaking:** {line}" if item.level == "breaking" else f"- {line}"


_TITLE = (
    "# Changelog\n\nThe form is that of Keep a Changelog; versions follow semantic versioning.\n\n## [Unreleased]\n"
)
_UNRELEASED = re.compile(r"^## \[Unreleased\][^\n]*\n", re.MULTILINE)
_VERSION = re.compile(r"^## \[", re.MULTILINE)


def with_entry(changelog: str, text: str) -> str:
    """The changelog with one more entry, which takes over what was collected as unreleased."""
    unreleased = _UNRELEASED.search(changelog)
    if unreleased is None:
        first = _VERSION.search(changelog)
        place = first.start() if first else len(changelog)
        return f"{changelog[:place].rstrip()}\n\n{text}\n{changelog[place:]}".lstrip("\n").rstrip() + "\n"
    after = _VERSION.search(changelog, unreleased.end())
    end = after.start() if after else len(changelog)
    collected = changelog[unreleased.end() : end].strip()
    merged = _merged(text, collected)
    return f"{changelog[: unreleased.end()]}\n{merged}\n{changelog[end:]}".rstrip() + "\n"


def new_changelog() -> str:
    """What a project without a changelog begins with."""
    return _TITLE


def _merged(text: str, collected: str) -> str:
    """The entry with the sections that had been collected by hand; those of the same name become one."""
    heading, *sections = re.split(r"^(?=### )", text, flags=re.MULTILINE)
    loose, *more = re.split(r"^(?=### )", collected, flags=re.MULTILINE)
    merged: dict[str, list[str]] = {}
    for section in [*sections, *more]:
        title, _, body = section.partition("\n")
        merged.setdefault(title.strip(), []).append(body.strip())
    parts = [heading.rstrip() + "\n"]
    parts += [loose.strip() + "\n"] if loose.strip() else []
    parts += [f"{title}\n" + "\n".join(bodies) + "\n" for title, bodies in merged.items()]
    return "\n".join(parts)
