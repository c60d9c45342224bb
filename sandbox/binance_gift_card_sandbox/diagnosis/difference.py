"""Where two payloads part, in words."""

import re
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import unquote_to_bytes

AROUND = 20  # bytes shown on either side of a difference
LONGEST_SHOWN = 40  # characters of a value inside a sentence
TOKEN = re.compile(
    rb"(?:%[89A-Fa-f][0-9A-Fa-f])+|(?:%25[89A-Fa-f][0-9A-Fa-f])+|%25[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|[\x80-\xff]+|.",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where two payloads part."""

    at: int  # the first byte that differs, counted in both payloads
    server: str
    client: str
    explanation: str


def difference_of(server: bytes, client: bytes) -> Difference | None:
    if server == client:
        return None
    at = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(server, client, strict=False)))
    return Difference(
        at=at, server=_excerpt(server, at), client=_excerpt(client, at), explanation=_told(server, client, at)
    )


def _excerpt(payload: bytes, at: int) -> str:
    return payload[max(0, at - AROUND) : at + AROUND].decode("latin-1")


def _told(server: bytes, client: bytes, at: int) -> str:
    start = _token_start(server, at)
    travelled, signed = _token(server, start), _token(client, start)
    return (
        _told_of_writing(travelled, signed)
        or _told_of_gap(server, client, at, "travelled here, but was not signed")
        or _told_of_gap(client, server, at, "was signed here, but did not travel")
        or f"{shown(_field(server, at))} travelled where {shown(_field(client, at))} was signed"
    )


def _token_start(payload: bytes, at: int) -> int:
    """Where the escape begins, if the difference is inside one."""
    return next((at - back for back in (1, 2) if payload[max(0, at - back) : at - back + 1] == b"%"), at)


def _token(payload: bytes, start: int) -> bytes:
    found = TOKEN.match(payload, start)
    return found[0] if found else b""


def _told_of_writing(travelled: bytes, signed: bytes) -> str:
    """Of the same character, which two payloads write differently."""
    if travelled.lower() == signed.lower() and travelled[:1] == b"%":
        return f"{shown(signed)} was signed, but travelled as {shown(travelled)}"
    if {travelled, signed} in ({b"+", b"%20"}, {b"+", b" "}):
        return f"A space was signed as {shown(signed)}, but travelled as {shown(travelled)}"
    if travelled[:1] == b"%" and unquote_to_bytes(travelled) == signed:
        return f"{shown(signed)} was signed as it is, but travelled as {shown(travelled)}"
    if signed[:1] == b"%" and unquote_to_bytes(signed) == travelled:
        return f"{shown(travelled)} was signed as {shown(signed)}, but travelled as it is"
    return ""


def _told_of_gap(longer: bytes, shorter: bytes, at: int, what: str) -> str:
    """Of text that one payload has more. It is told from its '&' on, though the difference may show up later."""
    more = len(longer) - len(shorter)
    if more <= 0 or longer[at + more :] != shorter[at:]:
        return ""
    starts = takewhile(lambda s: longer[s:at] == longer[s + more : at + more], range(at, max(-1, at - more), -1))
    start = next((each for each in starts if longer[each : each + 1] == b"&"), at)
    return f"{shown(longer[start : start + more])} {what}"


def _field(payload: bytes, at: int) -> bytes:
    return payload[payload.rfind(b"&", 0, at) + 1 :].partition(b"&")[0]


def shown(text: bytes) -> str:
    try:
        told = text.decode()
    except UnicodeDecodeError:
        told = text.decode("latin-1")
    return repr(told if len(told) <= LONGEST_SHOWN else told[:LONGEST_SHOWN] + "…")
