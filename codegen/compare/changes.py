"""What a comparison finds."""

from dataclasses import dataclass, field

from codegen.compare.rules import RULES, Rule
from codegen.compare.side import ANYTHING
from codegen.errors import Pointer
from codegen.extensions.extension import LEVELS


@dataclass(frozen=True)
class Change:
    """One thing that is not what it was."""

    rule: Rule
    subject: str
    """What changed, as a person names it: ``POST /cards: query parameter amount``, ``GiftCard.code``."""
    detail: str = ""
    """From what to what."""
    old: Pointer | None = None
    """Where it stood; `None` for what was not there, and for Python."""
    new: Pointer | None = None
    operations: tuple[str, ...] = ()
    """The operations that it touches, where it stands in a part that several may share."""

    @property
    def line(self) -> str:
        """What changed, and from what to what, in one line."""
        return f"{self.subject}{f' ({self.detail})' if self.detail else ''}"


@dataclass
class Changes:
    """Collects changes; one that is met twice counts once."""

    found: dict[tuple[str, str, str], Change] = field(default_factory=dict)

    def add(
        self, rule: str, subject: str, detail: str = "", *, old: Pointer | None = None, new: Pointer | None = None
    ) -> None:
        """Note a change of the rule with this id."""
        was, now = (None if pointer == ANYTHING.pointer else pointer for pointer in (old, new))
        self.found.setdefault((rule, subject, detail), Change(RULES[rule], subject, detail, was, now))


def in_order(changes: list[Change]) -> list[Change]:
    """The gravest first; within a level as they were found."""
    return sorted(changes, key=lambda change: LEVELS.index(change.rule.level))
