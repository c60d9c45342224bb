"""Findings: all that is said of a document, each with its place and what helps; as text, JSON or SARIF."""

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

from codegen.errors import Fault, InputError, Notice, Place, pointer_text
from codegen.read.load import Document

Level: TypeAlias = Literal["error", "warning"]

_SHOWN = 3
_NAMES = re.compile(r"'[^']*'|\"[^\"]*\"|#/\S*|\S*[._\d]\S*")
"""What differs between two warnings of one kind."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One of them."""

    level: Level
    rule: str
    message: str
    place: Place | None = None

    def __str__(self) -> str:
        return self.message if self.place is None else f"{self.place}: {self.message}"

    @property
    def advice(self) -> str:
        """What helps, where the message says it."""
        return self.message.partition("; ")[2]


def located(document: Document, said: Iterable[Fault | Notice]) -> list[Finding]:
    """What is said of pointers, with their places; each file is read once."""
    said = list(said)
    places = document.places({item.pointer for item in said})
    return [
        Finding("error" if isinstance(item, Fault) else "warning", item.rule, item.message, places[item.pointer])
        for item in said
    ]


def from_error(error: InputError) -> Finding:
    """What stops everything."""
    place = error.place if isinstance(error.place, Place) else Place(error.place) if error.place else None
    return Finding("error", "document", error.message, place)


def folded(warnings: Sequence[str]) -> list[str]:
    """Warnings for people: the first of each kind, and how many more there are like it."""
    kinds = [_kind(warning) for warning in warnings]
    counts, shown, lines = Counter(kinds), Counter[str](), []
    for kind, warning in zip(kinds, warnings, strict=True):
        shown[kind] += 1
        if counts[kind] <= _SHOWN + 1 or shown[kind] < _SHOWN:
            lines.append(warning)
        elif shown[kind] == _SHOWN:
            lines.append(f"{warning} (and {counts[kind] - _SHOWN} more like it)")
    return lines


def _kind(warning: str) -> str:
    message = re.sub(r"^.*?#/\S*: ", "", warning)
    return _NAMES.sub("", message.partition("; ")[0])


def as_json(findings: Sequence[Finding], counts: dict[str, int]) -> str:
    """Everything, for programs."""
    told = [
        {
            "level": finding.level,
            "rule": finding.rule,
            "message": finding.message.partition("; ")[0],
            "advice": finding.advice,
            **_position(finding.place),
        }
        for finding in findings
    ]
    return json.dumps({"findings": told, **counts}, ensure_ascii=False, indent=1) + "\n"


def _position(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"file": None, "line": None, "column": None, "pointer": None}
    pointer = pointer_text(place.pointer)
    return {"file": place.file, "line": place.line, "column": place.column, "pointer": pointer}


def as_sarif(findings: Sequence[Finding]) -> str:
    """Everything as SARIF 2.1.0, for what shows findings beside the lines of a document."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "signed-sdk-codegen", "rules": [{"id": rule} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules) for finding in findings],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.level,
        "message": {"text": finding.message},
    }
    place = finding.place
    if place is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
        if place.line is not None:
            physical["region"] = {"startLine": place.line, "startColumn": place.column or 1}
        location: dict[str, Any] = {"physicalLocation": physical}
        if place.pointer:
            location["logicalLocations"] = [{"fullyQualifiedName": pointer_text(place.pointer)}]
        result["locations"] = [location]
    return result


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file)
