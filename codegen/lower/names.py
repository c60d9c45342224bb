"""Names are given in one table: what the author chose comes first, and no two things of a kind have one name.

Who gets a name that several want does not hang on their order in the document, so nothing unrelated can move it. What
all want is known only at the end: then `settled` tells who should have had what, and lowering begins again with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from typing import NamedTuple, TypeAlias

from codegen.errors import Fault, Notice, Pointer, pointer_text
from codegen.extensions.words import COMMAND, NAME
from codegen.naming import spelled_out


class Whose(IntEnum):
    """Where a name comes from. The first of these has it before the others."""

    SAID = 0
    """An extension such as ``x-sdk-name`` says it."""
    OWN = 1
    """The author calls the thing so: a component's key, an operationId, a parameter's name."""
    PLACE = 2
    """It is made of where the thing stands."""


_CURES = {
    "command": f"give {{}} another with {COMMAND.key}",
    "constant": "rename {}",
    "error's class name": "give {} another",
    "field name": "",
}
"""Kind of name → what gives another, where it is not ``x-sdk-name``; the hole is for whom."""


class Home(NamedTuple):
    """What has a name, and among what it must have it alone."""

    kind: str
    scope: Pointer
    pointer: Pointer


@dataclass(frozen=True)
class Claim:
    """A wish for a name."""

    wanted: str
    whose: Whose
    spelled: str
    order: tuple[str, ...]
    others: tuple[str, ...]
    shared: bool

    @property
    def rank(self) -> tuple[int, int, tuple[str, ...]]:
        """Of several wishes for one name the lowest is granted: the author's own, then what is spelled most like it."""
        if self.spelled == self.wanted:
            return self.whose, 0, self.order
        return self.whose, 1 if spelled_out(self.spelled) == self.spelled else 2, self.order

    def alternatives(self) -> Iterator[str]:
        """The names that it could have instead."""
        yield from self.others
        divider = "-" if "-" in self.wanted else "_" if self.wanted.islower() else ""
        yield from (f"{self.wanted.rstrip('_')}{divider}{number}" for number in count(2))


Settled: TypeAlias = Mapping[Home, tuple[str, str]]
"""For each thing in a contest the name that it wanted, and the one that it has."""


class Names:
    """The names that are taken, each by one owner."""

    def __init__(self, settled: Settled | None = None) -> None:
        self._settled = settled or {}
        self._kept = {(home.kind, home.scope, name): home for home, (_, name) in self._settled.items()}
        self._claims: dict[Home, Claim] = {}
        self._given: dict[Home, str] = {}
        self._owners: dict[tuple[str, Pointer, str], Home | str] = {}

    def reserve(self, kind: str, names: Iterable[str], owner: str, scope: Pointer = ()) -> None:
        """Keep names for what no document gives a place."""
        self._owners.update({(kind, scope, name): owner for name in names})

    def give(
        self,
        kind: str,
        wanted: str,
        pointer: Pointer,
        *,
        scope: Pointer = (),
        whose: Whose = Whose.PLACE,
        spelled: str = "",
        order: tuple[str, ...] = (),
        others: Iterable[str] = (),
        shared: bool = False,
    ) -> str:
        """The name of what stands at `pointer`: the one that is wanted, if nothing else has it.

        Args:
            kind: What the name is of.
            wanted: The name that it should have.
            pointer: Where it stands.
            scope: Within what nothing else may have the name.
            whose: Where the name comes from.
            spelled: How the document spells it.
            order: What decides among equals, instead of the pointer.
            others: Names that it could have as well, the best first; at last a number is put behind the one wanted.
            shared: Whether all to which an extension gives the name have it together.

        Raises:
            Fault: An extension gives the name to something else too.
        """
        home = Home(kind, scope, pointer)
        if home not in self._given:
            claim = Claim(wanted, whose, spelled, order or tuple(map(str, pointer)), tuple(others), shared)
            self._claims[home] = claim
            self._given[home] = self._free(home, claim)
            self._owners.setdefault((kind, scope, self._given[home]), home)
        return self._given[home]

    def settled(self) -> Settled | None:
        """Who should have had what, now that all that is wanted is known; `None` if that is how it was given.

        Raises:
            Fault: An extension gives one name to two things.
        """
        contested = {(home.kind, home.scope) for home, name in self._given.items() if name != self._claims[home].wanted}
        homes = [home for home in self._claims if (home.kind, home.scope) in contested]
        wishes = sorted(((self._claims[home].rank, home) for home in homes), key=lambda item: (item[1][:2], item[0]))
        owners: dict[tuple[str, Pointer, str], Home | str] = {
            key: owner for key, owner in self._owners.items() if isinstance(owner, str)
        }
        found: dict[Home, str] = {}
        losers = []
        for _, home in wishes:
            wanted = self._claims[home].wanted
            owner = owners.setdefault((home.kind, home.scope, wanted), home)
            if owner == home or self._share(home, owner):
                found[home] = wanted
            else:
                losers.append(home)
        for home in losers:
            names = self._claims[home].alternatives()
            found[home] = next(name for name in names if owners.setdefault((home.kind, home.scope, name), home) == home)
        agreed = all(self._given[home] == name for home, name in found.items())
        return None if agreed else {home: (self._claims[home].wanted, name) for home, name in found.items()}

    def notices(self) -> Iterator[Notice]:
        """What is not called as it would be if it stood alone."""
        for home, name in self._given.items():
            wanted = self._claims[home].wanted
            if name != wanted:
                owner = self._owners[(home.kind, home.scope, wanted)]
                taken = f"the {home.kind} {wanted} is taken by {_shown(owner)}, so this is {name}"
                yield Notice(f"{taken}{_cure(home, 'it')}", home.pointer, "name")

    def _free(self, home: Home, claim: Claim) -> str:
        wanted, name = self._settled.get(home, ("", ""))
        if wanted == claim.wanted:
            return name
        for name in (claim.wanted, *claim.others):
            if self._is_free(home, name):
                return name
        return next(name for name in claim.alternatives() if self._is_free(home, name))

    def _is_free(self, home: Home, name: str) -> bool:
        key = (home.kind, home.scope, name)
        owner = self._owners.get(key, home)
        return self._kept.get(key, home) == home and (owner == home or self._share(home, owner))

    def _share(self, home: Home, owner: Home | str) -> bool:
        """Whether both may have the name that an extension gives them."""
        if isinstance(owner, str):
            return False
        one, other = self._claims[home], self._claims[owner]
        if one.whose is not Whose.SAID or other.whose is not Whose.SAID or one.wanted != other.wanted:
            return False
        if one.shared and other.shared:
            return True
        taken = f"the {home.kind} {one.wanted} is taken by {_shown(owner)}"
        raise Fault(f"{taken}{_cure(home, 'one of them')}", home.pointer)


def _cure(home: Home, whom: str) -> str:
    cure = _CURES.get(home.kind, f"give {{}} another with {NAME.key}").format(whom)
    return f"; {cure}" if cure else ""


def _shown(owner: Home | str) -> str:
    return owner if isinstance(owner, str) else pointer_text(owner.pointer)
