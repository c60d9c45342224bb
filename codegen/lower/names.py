"""Names are claimed in one table: what a name is of, who has it, and how another is given."""

from collections.abc import Iterable

from codegen.errors import Fault, Pointer, pointer_text
from codegen.extensions.words import COMMAND, NAME

_CURES = {
    "method name": f"give {{}} another with {NAME.key}",
    "argument name": f"give {{}} another with {NAME.key}",
    "switch name": "give the switch another",
    "class name": f"give {{}} another with {NAME.key}",
    "error's class name": "give {} another",
    "command": f"give {{}} another with {COMMAND.key}",
    "constant": "rename {}",
    "credential's name": "rename {}",
}
"""Kind of name → what helps when it is taken; the hole is for whom it helps."""


class Names:
    """The names that are taken, each by one owner."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, Pointer, str], str] = {}

    def reserve(self, kind: str, names: Iterable[str], owner: str, scope: Pointer = ()) -> None:
        """Keep names for what no document gives a place."""
        self._owners.update({(kind, scope, name): owner for name in names})

    def claim(self, kind: str, name: str, pointer: Pointer, scope: Pointer = ()) -> None:
        """Take a name, within `scope`, for what stands at `pointer`, unless something else has it."""
        here = pointer_text(pointer)
        owner = self._owners.setdefault((kind.replace("switch", "argument"), scope, name), here)
        if owner != here:
            cure = _CURES[kind].format("one of them" if owner.startswith("#") else "it")
            raise Fault(f"the {kind.replace('switch', 'argument')} {name} is taken by {owner}; {cure}", pointer)
