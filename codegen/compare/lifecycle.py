"""Compare the marks that say how long something will be there: ``deprecated``, what is told of it, and a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from codegen.compare.changes import Changes
from codegen.errors import Pointer
from codegen.extensions.deprecated import DEPRECATED, SUNSET


def compare_lifecycle(
    changes: Changes, label: str, old: Mapping[str, Any], new: Mapping[str, Any], was: Pointer, now: Pointer
) -> None:
    """Compare the marks of two operations, parameters or schemas."""

    def say(rule: str, detail: str = "") -> None:
        changes.add(rule, label, detail, old=was, new=now)

    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        say("deprecated" if new.get("deprecated") else "deprecation-withdrawn")
    if old.get("deprecated") and new.get("deprecated"):
        for change in DEPRECATED.compare(old, new):
            say(change.rule)
    before, after = old.get(SUNSET), new.get(SUNSET)
    if before == after:
        return
    if after is None:
        say("sunset-withdrawn", str(before))
    elif _date(after) is None:
        say("sunset-unreadable", str(after))
    elif (earlier := _date(before)) is None:
        say("sunset-set", str(after))
    else:
        later = (_date(after) or earlier) > earlier
        say("sunset-put-off" if later else "sunset-brought-forward", f"{before} → {after}")


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
