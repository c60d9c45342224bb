"""Signing by description: what ``x-sdk-signing`` says, as facts of the runtime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.extensions.signing import SIGNING, Field


@dataclass(frozen=True)
class Text:
    """A part that is always the same text."""

    text: str


@dataclass(frozen=True)
class Header:
    """A part that is what a header says."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Digest:
    """A part that is a digest of others."""

    algorithm: str
    of: tuple[Any, ...]
    join: str = ""
    encoding: str = "raw"


@dataclass(frozen=True)
class Nonce:
    """A value that no other request has."""

    kind: str
    unit: str = "milliseconds"


def described(scheme: Mapping[str, Any], placed: Mapping[str, Field]) -> dict[str, Any]:
    """The facts of a description, for the runtime, beside where things go."""
    said = scheme[SIGNING.key]
    facts: dict[str, Any] = {}
    if "sign" in said:
        facts["sign"] = tuple(map(_part, said["sign"]))
    if said.get("join"):
        facts["join"] = said["join"]
    if "unit" in _details(said, "timestamp"):
        facts["unit"] = said["timestamp"]["unit"]
    if "nonce" in said:
        nonce = _details(said, "nonce")
        facts["nonce"] = Nonce(nonce.get("kind", "growing"), nonce.get("unit", "milliseconds"))
    if _details(said, "passphrase").get("signed"):
        facts["passphrase_signed"] = True
    for role in ("nonce", "key", "passphrase"):
        if role in placed:
            facts[f"{role}_field"] = placed[role]
    if "send" in said:
        facts["send"] = tuple((placed[f"send/{index}"], item["value"]) for index, item in enumerate(said["send"]))
    return facts


def _details(said: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    """What is said of one of the roles, beside its name."""
    found = said.get(role, {})
    return {} if isinstance(found, str) else found


def _part(said: str | Mapping[str, Any]) -> Any:
    """One part that is signed, as the runtime knows it."""
    if isinstance(said, str):
        return said
    if "digest" not in said:
        return Text(said["text"]) if "text" in said else Header(said["header"])
    return Digest(
        algorithm=said["digest"],
        of=tuple(map(_part, said.get("of", ("body",)))),
        join=said.get("join", ""),
        encoding=said.get("encoding", "raw"),
    )
