"""``x-sdk-journal``, at an operation: its calls are written down, with what is noted of each."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.extensions.extension import TEXT, Difference, Extension, closed

_NOTED = ("reference", "token", "amount", "expires")


def _differences(old: Any, new: Any) -> Iterator[Difference]:
    yield Difference("journal-began" if old is None else "journal-ended" if new is None else "journal-changed")


JOURNAL = Extension(
    "x-sdk-journal",
    closed({}, {"effect": {"enum": ["issues", "redeems", "other"]}, **dict.fromkeys(_NOTED, TEXT)}),
    (
        ("journal-began", "compatible", "Calls of an operation are written down in the journal."),
        ("journal-ended", "risky", "Calls of an operation are no longer written down: one that is lost is lost."),
        ("journal-changed", "compatible", "The journal notes other things of a call."),
    ),
    _differences,
    places=("operation",),
    meaning="Its calls are written down in the [journal](journal.md); `{}` is enough.",
)


@dataclass(frozen=True, kw_only=True)
class Journalled:
    """The fact for the runtime: each thing that is noted, with where it stands and its name in Python."""

    effect: str
    reference: tuple[str, str] | None = None
    token: tuple[str, str] | None = None
    amount: tuple[str, str] | None = None
    expires: tuple[str, str] | None = None
    tells_once: bool


def journalled(
    said: Mapping[str, str] | None,
    pointer: Pointer,
    arguments: Mapping[str, str],
    properties: Collection[str],
    field: Callable[[str, Pointer], str],
    *,
    tells_once: bool,
) -> Journalled | None:
    """What is noted is an argument, given by wire name, or a property of the JSON body, or else one of the result."""
    if said is None:
        return None

    def home(name: str, what: str) -> tuple[str, str]:
        if name in arguments:
            return "argument", arguments[name]
        return ("body", name) if name in properties else ("result", field(name, (*pointer, what)))

    noted = {what: home(said[what], what) for what in _NOTED if what in said}
    return Journalled(effect=said.get("effect", "other"), tells_once=tells_once, **noted)
