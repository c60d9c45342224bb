"""Compare how an API says no, limits, tells the time and wraps its answers: what the extensions at the root say."""

from __future__ import annotations

from codegen.compare.changes import Changes
from codegen.compare.side import Side
from codegen.compare.words import listed
from codegen.extensions import CLOCK, ENVELOPES, ERRORS, RATES, RECONCILE


def compare_refusals(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare the forms and the codes of refusals."""
    old, new = old_side.root.child(ERRORS), new_side.root.child(ERRORS)

    def say(rule: str, subject: str, detail: str = "") -> None:
        changes.add(rule, subject, detail, old=old.pointer, new=new.pointer)

    for key in ("code", "message"):
        if old.fields.get(key) != new.fields.get(key):
            say("error-form-changed", "refusals", key)
    before = {entry["code"]: entry for entry in old.fields.get("codes") or ()}
    after = {entry["code"]: entry for entry in new.fields.get("codes") or ()}
    for code in [*before, *(code for code in after if code not in before)]:
        if code not in after or code not in before:
            say("error-code-removed" if code in before else "error-code-added", f"error code {code}")
            continue
        outcomes = [entry[code].get("outcome", "refused") for entry in (before, after)]
        if outcomes[0] != outcomes[1]:
            say("error-outcome-changed", f"error code {code}", " → ".join(outcomes))
        cures = [entry[code].get("cure", "none") for entry in (before, after)]
        if cures[0] != cures[1]:
            say("error-cure-changed", f"error code {code}", " → ".join(cures))
        if bool(before[code].get("halts")) != bool(after[code].get("halts")):
            say("error-halts-changed", f"error code {code}")
        if before[code].get("meaning") != after[code].get("meaning"):
            say("documentation-changed", f"error code {code}", "meaning")


def compare_limits(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare what is said of rates, of the server's clock, and of reconciling."""
    for key, rule, subject in (
        (RATES, "rates-changed", "rates"),
        (CLOCK, "clock-changed", "clock"),
        (RECONCILE, "reconciliation-changed", "reconciliation"),
    ):
        old, new = old_side.root.child(key), new_side.root.child(key)
        if old.fields != new.fields:
            changes.add(rule, subject, old=old.pointer, new=new.pointer)


def compare_envelopes(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare the envelopes that both documents have under a name."""
    old, new = old_side.root.child(ENVELOPES), new_side.root.child(ENVELOPES)
    for name in sorted(old.fields.keys() & new.fields.keys()):
        before, after = old.fields[name], new.fields[name]
        keys = [key for key in ("result", "success") if before.get(key) != after.get(key)]
        if keys:
            changes.add(
                "envelope-changed",
                f"envelope {name}",
                listed(keys),
                old=old.child(name).pointer,
                new=new.child(name).pointer,
            )
