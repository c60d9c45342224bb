"""Tell what was found: as text with addresses, as Markdown for a pull request, as JSON."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from codegen.compare.comparison import Finding
from codegen.compare.fold import folded
from codegen.compare.markdown import code, prose
from codegen.compare.witness import Witness
from codegen.errors import pointer_text
from codegen.extensions.extension import LEVELS, Level

_SHOWN_OPERATIONS = 3
_PYTHON = "python-"


def summary(found: Sequence[Finding]) -> str:
    """One line that counts."""
    told = ", ".join(f"{count} {level}" for level, count in _counts(found).items() if count)
    accepted = sum(1 for item in found if item.accepted)
    return (told or "no changes") + (f" ({accepted} accepted)" if accepted else "")


def text(found: Sequence[Finding]) -> str:
    """A line a change, with its address, and the reason below it."""
    lines = []
    for level, finding in _in_levels(folded(found)):
        change = finding.change
        lines.append(f"{level}: {change.line} [{change.rule.id}]")
        if level != "documentation":
            lines.append(f"    {change.rule.reason}")
        if isinstance(finding.witness, Witness):
            lines.append(f"    such as {finding.witness.line}")
        if finding.place is not None:
            lines.append(f"    at {finding.place}")
        if change.operations:
            lines.append(f"    in {_operations(change.operations)}")
        if finding.accepted is not None:
            lines.append(f"    accepted until {finding.accepted.until}: {finding.accepted.reason}")
    return "\n".join([*lines, summary(found)]) + "\n"


def markdown(found: Sequence[Finding]) -> str:
    """Tables by level; what is on the wire first, then Python."""
    if not found:
        return "No changes.\n"
    parts = [f"**{summary(found)}**\n"]
    for title, belongs in (("On the wire", lambda item: not _is_python(item)), ("In Python", _is_python)):
        mine = [item for item in folded(found) if belongs(item)]
        if mine:
            parts.append(f"## {title}\n")
            parts += list(_tables(mine))
    return "\n".join(parts)


def as_json(found: Sequence[Finding]) -> str:
    """All of it, for programs."""
    return json.dumps({"summary": _counts(found), "changes": [_record(item) for item in found]}, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {"text": text, "markdown": markdown, "json": as_json}
"""The forms of a report, by name."""


def _in_levels(found: Sequence[Finding]) -> Iterator[tuple[Level, Finding]]:
    for level in LEVELS:
        yield from ((level, finding) for finding in found if finding.level == level)


def _is_python(finding: Finding) -> bool:
    return finding.change.rule.id.startswith(_PYTHON)


def _operations(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_OPERATIONS
    return ", ".join(names[:_SHOWN_OPERATIONS]) + (f" and {more} more" if more > 0 else "")


def _tables(found: Sequence[Finding]) -> Iterator[str]:
    for level in LEVELS:
        mine = [item for item in found if item.level == level]
        if not mine:
            continue
        rows = "\n".join(_row(item) for item in mine)
        table = f"| what | why | rule |\n| --- | --- | --- |\n{rows}\n"
        if level == "documentation":
            yield f"<details><summary>{level.capitalize()} ({len(mine)})</summary>\n\n{table}\n</details>\n"
        else:
            yield f"### {level.capitalize()}\n\n{table}"


def _row(finding: Finding) -> str:
    change = finding.change
    what = code(change.subject) + (f"<br>{prose(change.detail)}" if change.detail else "")
    if change.operations:
        what += f"<br>in {prose(_operations(change.operations))}"
    why = prose(change.rule.reason)
    if isinstance(finding.witness, Witness):
        why += f"<br>Such as {code(finding.witness.shown)}, {finding.witness.when}."
    if finding.accepted is not None:
        why += f"<br>Accepted until {finding.accepted.until}: {prose(finding.accepted.reason)}"
    return f"| {what} | {why} | {code(change.rule.id)} |"


def _counts(found: Sequence[Finding]) -> dict[str, int]:
    return {level: sum(1 for item in found if item.level == level) for level in LEVELS}


def _record(finding: Finding) -> dict[str, Any]:
    change, place = finding.change, finding.place
    record: dict[str, Any] = {
        "rule": change.rule.id,
        "level": finding.level,
        "subject": change.subject,
        "detail": change.detail,
        "reason": change.rule.reason,
        "operations": list(change.operations),
    }
    if place is not None:
        pointer = pointer_text(place.pointer).removeprefix("#")
        record["place"] = {"file": place.file, "line": place.line, "column": place.column, "pointer": pointer}
    if isinstance(finding.witness, Witness):
        kind = "request" if finding.witness.kind == "request" else "answer"
        record["witness"] = {
            kind: finding.witness.value,
            "shown": finding.witness.shown,
            "valid": finding.witness.valid,
            "described": finding.witness.is_described,
        }
    elif finding.witness:
        record["no_witness"] = finding.witness
    if finding.accepted is not None:
        record["accepted"] = {"reason": finding.accepted.reason, "until": str(finding.accepted.until)}
    return record
