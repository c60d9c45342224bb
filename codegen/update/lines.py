"""What a comparison found, as notes of the changelog: in the words of those who use the package."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from codegen.compare.changes import Change
from codegen.compare.comparison import Finding
from codegen.compare.fold import folded
from codegen.compare.markdown import code, prose
from codegen.compare.rules import Rule
from codegen.emit.tree import Tree
from codegen.extensions.extension import LEVELS, Level
from codegen.update.notes import Note

_LONGEST = 160
"""How many characters a type, or what else a change went from and to, may have here; the report has all of it."""

_PYTHON: Mapping[str, tuple[str, str]] = {
    "python-added": ("Added", "{subject}{after_colon}"),
    "python-removed": ("Removed", "{subject} is gone."),
    "python-renamed": ("Changed", "{detail}: another name for the same."),
    "python-argument-added": ("Added", "The argument {subject}; it may be left out."),
    "python-required-argument-added": ("Added", "The argument {subject} is new, and must be given."),
    "python-argument-removed": ("Removed", "The argument {subject} is gone."),
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
        "parameter-became-optional request-property-added request-property-removed "
        "request-required-property-removed request-property-became-optional "
        "response-property-added response-required-property-added response-property-removed "
        "response-required-property-removed"
    ).split()
)
"""Changes of the wire that show as changed names in Python, as grave there. A property that must be given is a mere
attribute there."""

_WIRE: Mapping[str, tuple[str, str]] = {
    "deprecated": ("Deprecated", "{subject}."),
    "sunset-set": ("Deprecated", "{subject} will be gone one day: {detail}."),
    "sunset-brought-forward": ("Deprecated", "{subject} will be gone earlier: {detail}."),
}
_OTHER_WIRE = ("Changed", "{subject}{detail_in_brackets}: {reason}")

DOCUMENTATION = Note("Changed", "- Texts of the documentation.", "documentation")
UNSEEN = Note("Changed", "- The vendor's document, in what users of this package do not see.", "documentation")


def lines(found: Sequence[Finding], methods: Mapping[str, str]) -> list[Note]:
    """A note for each change, those that are alike as one; all changes of texts are one.

    Args:
        found: What a comparison found.
        methods: What the operations of the wire, such as ``POST /cards``, are called in Python.
    """
    graver = [item for item in found if item.level != "documentation"]
    in_python = any(item.change.rule.id.startswith("python-") for item in graver)
    told = [item for item in graver if not _is_told_elsewhere(item, in_python=in_python)] or graver
    rows = [_line(row, methods) for row in _rows(sorted(told, key=lambda item: LEVELS.index(item.level)))]
    return [*rows, *([DOCUMENTATION] if len(graver) < len(found) else [])]


def _is_told_elsewhere(item: Finding, *, in_python: bool) -> bool:
    """`raw` mirrors the client, and much of the wire is told by what became of the Python names."""
    rule, subject = item.change.rule.id, item.change.subject
    return subject.startswith("raw.") or (in_python and rule in _TOLD_IN_PYTHON)


@dataclass(frozen=True)
class _Row:
    """Changes that are told in one line: of one rule, of several places, and of several values."""

    rule: Rule
    level: Level
    subjects: tuple[str, ...]
    detail: str


def _rows(found: Sequence[Finding]) -> list[_Row]:
    """What happened alike on the wire at several places is one row."""
    places: dict[tuple[Rule, Level, str, str], list[str]] = {}
    for item in folded(found):
        change, subject = item.change, _subject(item.change)
        alone = subject if change.rule.id.startswith("python-") else ""
        places.setdefault((change.rule, item.level, change.detail, alone), []).append(subject)
    return [_Row(rule, level, tuple(subjects), detail) for (rule, level, detail, _), subjects in places.items()]


def _subject(change: Change) -> str:
    """The place; a part of the document that several operations share is told with them."""
    return f"{change.subject} in {', '.join(change.operations)}" if change.operations else change.subject


def _line(row: _Row, methods: Mapping[str, str]) -> Note:
    rule = row.rule
    if rule.id.startswith("python-"):
        section, words = _PYTHON.get(rule.id, _OTHER_PYTHON)
    else:
        section, words = _WIRE.get(rule.id, _OTHER_WIRE)
    line = words.format(
        subject=", ".join(code(python_subject(subject, methods)) for subject in row.subjects),
        detail=code(_short(row.detail)),
        after_colon=f": {prose(row.detail)}" if row.detail else ".",
        detail_in_brackets=f" ({code(_short(row.detail))})" if row.detail else "",
        reason=rule.reason,
    )
    return Note("Breaking" if row.level == "breaking" else section, f"- {line}", row.level)


def _short(detail: str) -> str:
    return detail if len(detail) <= _LONGEST else f"{detail[:_LONGEST]}…"


def python_subject(subject: str, methods: Mapping[str, str]) -> str:
    """The subject with the operations in it called as Python calls them."""
    if not methods:
        return subject
    known = "|".join(map(re.escape, sorted(methods, key=len, reverse=True)))
    return re.sub(rf"\b(?:{known})(?=[:,]? |$)", lambda match: methods[match[0]], subject)


def python_methods(tree: Tree, client: str) -> dict[str, str]:
    """What the operations of the wire are called in a package: ``POST /cards`` → ``Client.create_card``."""
    found = {}
    for node in ast.walk(ast.parse(tree.get("_operations.py", ""))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Operation":
            said = {one.arg: str(one.value.value) for one in node.keywords if isinstance(one.value, ast.Constant)}
            found[f"{said['method']} {unquote(said['path'])}"] = f"{client}.{said['name']}"
    return found
