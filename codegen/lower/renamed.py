"""Parameters that signing makes, and that one operation calls otherwise: sent beside the made one, each is wrong."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from codegen.errors import Fault, Pointer
from codegen.extensions.signing import Field

_SHORTEST = 2


class Signed(NamedTuple):
    """A signed operation: what its signature makes, and what its document declares."""

    made: tuple[Field, ...]
    declared: Sequence[tuple[dict[str, Any], Pointer]]

    def own(self, field: Field) -> dict[str, Any] | None:
        """The declaration of what is made."""
        return next((said for said, _ in self.declared if field.makes(said["in"], said["name"])), None)


def find_renamed(operations: Sequence[Signed]) -> Iterator[Fault]:
    """What is refused: it looks like something that signing makes, in an operation that lacks just that."""
    for field in dict.fromkeys(field for operation in operations for field in operation.made):
        complete = [one for one in operations if one.own(field) is not None]
        lacking = [one for one in operations if field in one.made and one.own(field) is None]
        partly = [one for one in lacking if any(one.own(other) for other in one.made)]
        for operation in lacking:
            is_alone = len(complete) > 1 and partly == [operation]
            found = _likeness(operation, field, complete, is_alone=is_alone)
            if found is not None:
                name, here = found
                yield Fault(
                    f"signing makes {field.name!r}, which other operations declare and this one does not; {name!r} "
                    "seems to be it, and would be sent beside it. If it is, correct the name by an overlay; if not, "
                    f"declare {field.name!r} here too",
                    here,
                )


def _likeness(
    operation: Signed, field: Field, complete: Sequence[Signed], *, is_alone: bool
) -> tuple[str, Pointer] | None:
    """What an operation declares that looks like what the others declare, and that they do not have too."""
    models = [said for one in complete if (said := one.own(field)) is not None]
    known = {said["name"] for one in complete for said, _ in one.declared}
    for said, here in operation.declared:
        if said["name"] not in known and any(_is_like(said, model, is_alone=is_alone) for model in models):
            return said["name"], here
    return None


def _is_like(said: dict[str, Any], model: dict[str, Any], *, is_alone: bool) -> bool:
    """Whether it may be the same under another name: by its own words, or because it stands in the other's place."""
    if said["in"] != model["in"] or bool(said.get("required")) != bool(model.get("required")):
        return False
    if _type(said) != _type(model):
        return False
    words = said.get("description")
    is_same = bool(words) and words == model.get("description")
    stands_in = is_alone and said.get("required") is True and _type(said) == "integer"
    return is_same or stands_in or _is_short_for(_letters(said["name"]), _letters(model["name"]))


def _type(said: dict[str, Any]) -> Any:
    schema = said.get("schema")
    return schema.get("type") if isinstance(schema, dict) else None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_short_for(one: str, other: str) -> bool:
    """Whether one is the beginning of the other, or an abbreviation such as ``ts``."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST:
        return False
    letters = iter(long)
    return long.startswith(short) or (
        len(short) == _SHORTEST and long[0] == short[0] and all(c in letters for c in short)
    )
