"""Changes that somebody has looked at and accepted: in a file, each by its rule, with a reason and an end date."""

import datetime
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs

from codegen.compare.changes import Change
from codegen.compare.rules import RULES
from codegen.errors import InputError, Place
from codegen.extensions.extension import TEXT, closed, list_of
from codegen.read.load import read_mapping
from codegen.read.source import place_of

_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SCHEMA = closed(
    {"accepted": list_of(closed({"rule": {"enum": sorted(RULES)}, "at": TEXT, "reason": TEXT, "until": _DATE}))}
)


@dataclass(frozen=True)
class Acceptance:
    """One exception."""

    rule: str
    at: str
    """The change's subject; ``*`` stands for anything."""
    reason: str
    until: datetime.date
    """The last day on which it counts, in UTC."""
    place: Place

    def covers(self, change: Change) -> bool:
        """Whether this is the change that was accepted."""
        pattern = self.at.replace("[", "[[]")
        each = [f"{operation}: {change.subject}" for operation in change.operations]
        return change.rule.id == self.rule and (
            fnmatch.fnmatchcase(change.subject, pattern)
            or (bool(each) and all(fnmatch.fnmatchcase(subject, pattern) for subject in each))
        )


def read_accepted(path: Path) -> list[Acceptance]:
    """The exceptions of a file.

    Raises:
        InputError: The file cannot be read, or an exception lacks something or names no rule.
    """
    tree = read_mapping(path)
    error = next(jsonschema_rs.validator_for(_SCHEMA).iter_errors(tree), None)
    if error is not None:
        pointer = tuple(error.instance_path)
        message = f"{error.instance!r} is no rule; diff names them" if pointer[-1:] == ("rule",) else error.message
        raise InputError(message, place_of(path, pointer))
    return [_acceptance(path, index, entry) for index, entry in enumerate(tree["accepted"])]


def _acceptance(path: Path, index: int, entry: dict[str, str]) -> Acceptance:
    here = place_of(path, ("accepted", index))
    try:
        until = datetime.date.fromisoformat(entry["until"])
    except ValueError as error:
        raise InputError(f"until: {entry['until']} is no date of the calendar", here) from error
    return Acceptance(entry["rule"], entry["at"], entry["reason"], until, here)


def remarks(accepted: Sequence[Acceptance], changes: Sequence[Change], today: datetime.date) -> list[str]:
    """What to say of exceptions that no longer do anything."""
    found = []
    for item in accepted:
        if item.until < today:
            found.append(f"{item.place}: the exception for {item.rule} ended on {item.until}: it no longer counts")
        elif not any(item.covers(change) for change in changes):
            found.append(f"{item.place}: the exception for {item.rule} at {item.at!r} meets no change: delete it")
    return found
