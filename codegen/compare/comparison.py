"""Compare two documents, and say of each change where it stands and whether it has been accepted."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from codegen.compare.accepted import Acceptance
from codegen.compare.changes import Change
from codegen.compare.witness import Witness, witnesses
from codegen.errors import Place
from codegen.extensions.extension import LEVELS, Level
from codegen.read.load import Document


@dataclass(frozen=True)
class Finding:
    """A change, and what is known of it."""

    change: Change
    place: Place | None
    """Where it stands: in the new document, or in the old one if it is gone; `None` for Python."""
    accepted: Acceptance | None
    witness: Witness | str = ""
    """A request or an answer that shows it, or why there is none; ``""`` where nobody asks for one."""

    @property
    def level(self) -> Level:
        """What it counts as; what was accepted counts as compatible at most."""
        return (
            self.change.rule.level
            if self.accepted is None
            else max(self.change.rule.level, "compatible", key=LEVELS.index)
        )


def findings(
    changes: Sequence[Change],
    old: Document,
    new: Document,
    accepted: Sequence[Acceptance],
    today: datetime.date,
    *,
    is_doubtful: bool = False,
) -> list[Finding]:
    """The changes with their places and witnesses, and the exceptions that cover them.

    Where a document is doubtful, because it breaks OpenAPI's schema, a change may have no witness.
    """
    valid = [item for item in accepted if item.until >= today]
    in_new = new.places({change.new for change in changes if change.new is not None})
    in_old = old.places({change.old for change in changes if change.new is None and change.old is not None})
    shown = witnesses(changes, old.tree, new.tree, is_doubtful=is_doubtful)
    found = []
    for change in changes:
        place = in_new[change.new] if change.new is not None else in_old[change.old] if change.old is not None else None
        found.append(Finding(change, place, _covering(change, valid), shown.get(change, "")))
    return found


def unplaced(changes: Sequence[Change], accepted: Sequence[Acceptance], today: datetime.date) -> list[Finding]:
    """The same of documents of which nobody needs to find the lines."""
    valid = [item for item in accepted if item.until >= today]
    return [Finding(change, None, _covering(change, valid)) for change in changes]


def _covering(change: Change, valid: Sequence[Acceptance]) -> Acceptance | None:
    return next((item for item in valid if item.covers(change)), None)


def worst(found: Sequence[Finding]) -> Level | None:
    """The gravest level; `None` when there are no findings."""
    return min((finding.level for finding in found), key=LEVELS.index, default=None)


def hidden(bare: Sequence[Change], effective: Sequence[Change]) -> list[Change]:
    """What changed in the documents themselves, and not once their overlays are laid over them."""
    seen = {(change.rule.id, change.subject) for change in effective}
    return [
        change
        for change in bare
        if change.rule.level != "documentation" and (change.rule.id, change.subject) not in seen
    ]


def reaches(found: Sequence[Finding], level: Level) -> bool:
    """Whether any finding counts as much as `level` or more."""
    return any(LEVELS.index(finding.level) <= LEVELS.index(level) for finding in found)
