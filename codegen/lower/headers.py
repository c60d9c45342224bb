"""What of the declared parameters goes out: no header twice, and none that the client itself writes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from codegen.errors import Fault, Pointer
from codegen.ir.api import Credential
from codegen.lower.context import Context

Declared: TypeAlias = list[tuple[dict[str, Any], Pointer]]
"""Parameters as the document declares them, each with its place."""

_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
OURS = frozenset(
    "accept accept-encoding connection content-length content-type host transfer-encoding user-agent".split()
)
"""The headers that the client writes."""


def check_name(name: str, what: str, pointer: Pointer) -> None:
    """Refuse a name that no header can have.

    Raises:
        Fault: It is none.
    """
    if not _TOKEN.fullmatch(name):
        raise Fault(f"{name!a} is no name of a {what}: letters, digits and !#$%&'*+-.^_`|~ only", pointer)


def check_sendable(place: str, name: str, pointer: Pointer) -> None:
    """Refuse a header that the client itself writes.

    Raises:
        Fault: It is one.
    """
    if place == "header" and name.lower() in OURS | {"cookie"}:
        raise Fault(f"the header {name!r} is written by the client itself", pointer)


def check_free(name: str, credentials: Sequence[Credential], pointer: Pointer) -> None:
    """Refuse a header that something else writes.

    Raises:
        Fault: It does.
    """
    written = {field.name.lower() for one in credentials for field in one.sends if field.place == "header"}
    check_sendable("header", name, pointer)
    if name.lower() in written:
        raise Fault(f"a credential writes the header {name!r}", pointer)


def sendable(context: Context, declared: Declared, credentials: Sequence[Credential]) -> Declared:
    """The parameters without those that something else sends; each that is left out is warned of.

    Raises:
        Fault: A name is none of a header.
    """
    owners = {
        place: f"the credential {one.arguments[0].name} sends it" for one in credentials for place in _written(one)
    }
    owners |= {("header", name): "the client writes that header itself" for name in OURS}
    if any(place == "cookie" for place, _ in owners) or any(one["in"] == "cookie" for one, _ in declared):
        owners["header", "cookie"] = "cookies are written there"
    kept = []
    for declaration, pointer in declared:
        place, name = declaration["in"], str(declaration["name"])
        if place == "header":
            check_name(name, "header", pointer)
            name = name.lower()
        owner = owners.get((place, name))
        if owner is not None:
            context.warn(f"the {place} parameter {declaration['name']!r} is no argument: {owner}", pointer)
            continue
        if place == "header":
            owners[place, name] = "its header is declared already, and a name's case says nothing"
        kept.append((declaration, pointer))
    return kept


def _written(credential: Credential) -> Iterator[tuple[str, str]]:
    """Where a credential stands in a request; what signing makes is told apart."""
    if not credential.order:
        yield from (field.key for field in credential.sends)
