"""What a client may have signed instead of what the server signs, the likeliest first.

A request is read into a draft of its payload. Steps change a draft in one way each, and every step belongs to a
stage: how values are written, which part comes first, what is left out, its order, how all is joined, and what is
wrapped around it. Candidates are the draft after one step, then after two steps of different stages.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import permutations
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from binance_gift_card_sandbox.contract import operations
from binance_gift_card_sandbox.signing import SIGNATURE_AT_THE_END

CURES = {
    "encoded-after-signing": "percent-encode the values first, sign that text, and send exactly that text",
    "decoded-after-signing": "hand the HTTP library the finished text, so that it cannot rewrite what was signed",
    "double-encoded": "percent-encode every value once, and sign the same text that is sent",
    "space-as-plus": "write a space as %20 before signing, and send the same text",
    "other-safe-characters": "leave only A-Z a-z 0-9 - _ . ~ bare, and sign the same text that is sent",
    "lower-case-escapes": "write escapes with capital digits, as in %2F, and sign the same text that is sent",
    "upper-case-escapes": "write escapes with capital digits, as in %2F, and send the same text that was signed",
    "wrong-charset": "write text as UTF-8 before it is percent-encoded",
    "parameter-not-signed": "put every parameter in place before signing, and add only the signature afterwards",
    "timestamp-changed": "take the time once, and use it both to sign and to send",
    "wrong-order": "sign the parameters in the very order in which they are sent",
    "body-before-query": "sign the query string, then the body",
    "joined-with-ampersand": "put nothing between the query string and the body when signing",
    "query-only": "sign the query string and the body, one after the other",
    "body-only": "sign the query string and the body, one after the other",
    "json-body": "sign and send the parameters as a form, name=value&name=value, and not as JSON",
    "extra-in-payload": "sign the parameters alone, as they stand in the query string and the body",
    "signature-not-last": "append the signature after every other parameter of the query string or of the body",
    "no-signature": "sign the query string and the body, and append signature=… as the last parameter of either",
    "unknown-key": "send in X-MBX-APIKEY an API key of this server",
    "unexplained": "compare the payload that you signed with the server's, byte for byte, then check which key signs",
    "clock": "send the time in milliseconds since 1970, corrected by what GET /api/v3/time answers",
    "signature-twice": "send one signature, at the end of the query string or of the body",
    "wrong-secret-form": "take the characters of the secret as they are shown, nothing more and nothing less",
    "api-key-as-secret": "sign with the secret, and send the API key in X-MBX-APIKEY",
    "wrong-key": "sign with the secret or private key that belongs to the API key in X-MBX-APIKEY",
    "wrong-key-kind": "sign as the kind of the API key asks for, or send the API key that belongs to what signs",
    "wrong-hash": "sign the payload itself, with SHA-256 for HMAC and RSA, and no hash of your own for Ed25519",
    "wrong-padding": "use the padding PKCS#1 v1.5, which for SHA-256 is also called RSASSA-PKCS1-v1_5 or RS256",
    "wrong-signature-text": "write an HMAC signature in hex, others in standard base64, and percent-encode it once",
}
MOST_FOR_PAIRS = 4096  # bytes of a request, beyond which only one deviation is looked for
MOST_FOR_STEPS = 8192  # bytes of a request, beyond which only the payload itself is tried
MOST_FIELDS = 32
MOST_PERMUTED = 5
CLOSE_MS = 100  # how far apart two readings of a client's clock may be


class Deviation(NamedTuple):
    """One thing that the client did differently from the server."""

    cause: str
    explanation: str

    @property
    def cure(self) -> str:
        return CURES[self.cause]


class Field(NamedTuple):
    """A parameter as it came, whose parts joined are its text again."""

    name: bytes
    equals: bytes
    value: bytes


Fields = tuple[Field, ...]


def _plain(query: Fields, body: Fields) -> bytes:
    return _text(query) + _text(body)


def _unwrapped(payload: bytes) -> bytes:
    return payload


@dataclass(frozen=True)
class Draft:
    """A payload in the making."""

    query: Fields = field(repr=False)
    body: Fields = field(repr=False)
    join: Callable[[Fields, Fields], bytes] = _plain
    wrap: Callable[[bytes], bytes] = _unwrapped

    def payload(self) -> bytes:
        return self.wrap(self.join(self.query, self.body))


Change = Callable[[Draft], Draft]


class Step(NamedTuple):
    """One change of a draft. Not `pairs`: it has too many forms to be tried with others, and weighs as two."""

    stage: int
    deviation: Deviation
    change: Change
    pairs: bool = True


class Candidate(NamedTuple):
    """A payload that may have been signed; its weight is how unlikely it is, mostly the number of its steps."""

    weight: int
    payload: bytes
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True)
class Asked:
    """What a request says of its signature."""

    method: str
    signature: bytes | None = field(repr=False)  # as it travelled; None: there is none
    signatures: tuple[bytes, ...] = field(repr=False)  # every one that stands anywhere
    signed: bytes = field(repr=False)  # what the server signs
    draft: Draft = field(repr=False)
    faults: tuple[Deviation, ...]  # why the request is refused whatever was signed
    stray: Fields = field(repr=False)  # parameters behind a signature that is not at the end

    @property
    def fields(self) -> Fields:
        return self.draft.query + self.draft.body


def read(method: str, query: bytes, body: bytes, content_type: str) -> Asked:
    """The signature of a request, and a draft of what it was made over."""
    found = SIGNATURE_AT_THE_END.search(query) or SIGNATURE_AT_THE_END.search(body)
    members = _members(body) if "json" in content_type.lower() or body.lstrip()[:1] == b"{" else None
    parts = _fields(query), _fields(body) if members is None else members
    signatures = tuple(each.value for each in parts[0] + parts[1] if each.name == b"signature")
    stray = () if found or members is not None else _behind(parts[0]) or _behind(parts[1])
    draft = Draft(_unsigned(parts[0]), _unsigned(parts[1]))
    at_the_end = SIGNATURE_AT_THE_END.sub(b"", query) + SIGNATURE_AT_THE_END.sub(b"", body)
    return Asked(
        method=method.upper(),
        signature=found[1] if found else next(iter(signatures), None),
        signatures=signatures,
        signed=draft.payload() if stray else at_the_end,
        draft=draft,
        faults=tuple(_faults(len(signatures), members is not None, stray)),
        stray=stray,
    )


def _fields(part: bytes) -> Fields:
    return tuple(Field(*each.partition(b"=")) for each in part.split(b"&")) if part else ()


def _text(fields: Iterable[Field]) -> bytes:
    return b"&".join([b"".join(each) for each in fields])


def _unsigned(fields: Fields) -> Fields:
    return tuple(each for each in fields if each.name != b"signature")


def _behind(fields: Fields) -> Fields:
    names = [each.name for each in fields]
    return _unsigned(fields[names.index(b"signature") :]) if b"signature" in names else ()


def _members(body: bytes) -> Fields | None:
    """The parameters of a JSON object, written as a form would write them."""
    try:
        found = json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
    return tuple(Field(_escaped(name), b"=", _escaped(value)) for name, value in texts.items())


def _escaped(text: str) -> bytes:
    return quote(text.encode("utf-8", "surrogatepass"), safe="").encode()


def _faults(signatures: int, is_json: bool, stray: Fields) -> Iterator[Deviation]:
    if is_json:
        yield Deviation("json-body", "The body is JSON, in which the server reads no parameters")
    if stray:
        yield Deviation("signature-not-last", f"The signature is not the last parameter: {_name(stray[0])} follows it")
    if signatures > 1:
        yield Deviation("signature-twice", "The signature stands in the request more than once")


def _name(given: Field) -> str:
    return repr(given.name[:80].decode("latin-1")) if given.name else "an empty parameter ('&&')"


# How values are written


def _decoded(value: bytes) -> bytes:
    return unquote_to_bytes(value)


def _decoded_form(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def _quoted(value: bytes, safe: str = "", space: str = "%20", tilde: str = "~") -> bytes:
    return quote(_decoded(value), safe=safe).replace("%20", space).replace("~", tilde).encode()


def _latin(value: bytes) -> bytes:
    return quote(_decoded(value).decode("utf-8", "replace").encode("latin-1", "replace"), safe="").encode()


def _cased(value: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return re.sub(rb"%[0-9A-Fa-f]{2}", lambda found: change(found[0]), value)


def _once_less(value: bytes) -> bytes:
    return re.sub(rb"%25([0-9A-Fa-f]{2})", rb"%\1", value)


def _bare(characters: str) -> tuple[str, str, Callable[[bytes], bytes]]:
    told = f"When signing, these characters were left bare: {' '.join(characters)}"
    return "other-safe-characters", told, partial(_quoted, safe=characters)


WRITINGS: Sequence[tuple[str, str, Callable[[bytes], bytes]]] = (
    ("double-encoded", "The values were percent-encoded once more after signing", _once_less),
    ("encoded-after-signing", "The values were signed as plain text and percent-encoded afterwards", _decoded),
    ("encoded-after-signing", "The values were signed as plain text and form-encoded afterwards", _decoded_form),
    ("space-as-plus", "A space was signed as '+' but travelled as '%20'", lambda value: value.replace(b"%20", b"+")),
    ("space-as-plus", "A space was signed as '%20' but travelled as '+'", lambda value: value.replace(b"+", b"%20")),
    ("lower-case-escapes", "Escapes were signed with small letters", partial(_cased, change=bytes.lower)),
    ("upper-case-escapes", "Escapes travelled with small letters", partial(_cased, change=bytes.upper)),
    ("decoded-after-signing", "Values were signed percent-encoded, but some characters travelled bare", _quoted),
    ("double-encoded", "The values were signed percent-encoded twice", lambda value: value.replace(b"%", b"%25")),
    ("other-safe-characters", "'~' was signed as '%7E'", partial(_quoted, tilde="%7E")),
    ("other-safe-characters", "Values were signed form-encoded", partial(_quoted, safe="*", space="+", tilde="%7E")),
    _bare("/"),
    _bare("!'()*"),
    _bare("!'()*;,/?:@&=+$#"),
    _bare("="),
    _bare("/+="),
    _bare("@"),
    _bare(":"),
    _bare(","),
    ("wrong-charset", "Text was signed as Latin-1 but travelled as UTF-8", _latin),
)


def _each(fields: Fields, write: Callable[[bytes], bytes]) -> Fields:
    return tuple(each._replace(value=write(each.value)) for each in fields)


def _written(write: Callable[[bytes], bytes], draft: Draft) -> Draft:
    return replace(draft, query=_each(draft.query, write), body=_each(draft.body, write))


# What is left out, and the order


def _only(keep: Callable[[Field], bool], draft: Draft) -> Draft:
    return replace(draft, query=tuple(filter(keep, draft.query)), body=tuple(filter(keep, draft.body)))


def _without(names: Sequence[bytes], draft: Draft) -> Draft:
    return _only(lambda each: each.name not in names, draft)


def _sorted(draft: Draft) -> Draft:
    return replace(draft, query=tuple(sorted(draft.query)), body=tuple(sorted(draft.body)))


def _ordered(rank: Callable[[Field], object], draft: Draft) -> Draft:
    return replace(draft, query=tuple(sorted(draft.query + draft.body, key=rank)), body=())  # type: ignore[arg-type]


def _last(draft: Draft, name: bytes, last: bool = True) -> Draft:
    def arranged(fields: Fields) -> Fields:
        return tuple(sorted(fields, key=lambda each: (each.name == name) is last))

    return replace(draft, query=arranged(draft.query), body=arranged(draft.body))


ORDERS: Sequence[tuple[str, Change]] = (
    ("The parameters were signed sorted by name", _sorted),
    ("All parameters were signed in one list sorted by name", partial(_ordered, lambda each: each.name)),
    ("The timestamp was signed last", partial(_last, name=b"timestamp")),
    ("The timestamp was signed first", partial(_last, name=b"timestamp", last=False)),
    ("recvWindow was signed last", partial(_last, name=b"recvWindow")),
    ("recvWindow was signed first", partial(_last, name=b"recvWindow", last=False)),
    ("The parameters were signed in reverse", lambda d: replace(d, query=d.query[::-1], body=d.body[::-1])),
)


# How the parts are put together, and what is around them


def _with_ampersand(query: Fields, body: Fields) -> bytes:
    return _text(query + body)


def _as_json(query: Fields, body: Fields, *, whole: bool, numbers: bool, separators: tuple[str, str]) -> bytes:
    fields = query + body if whole else body
    texts = {_utf8(each.name): _json_value(_utf8(each.value), numbers) for each in fields}
    return (b"" if whole else _text(query)) + json.dumps(texts, separators=separators).encode()


def _utf8(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8", "replace")


def _json_value(text: str, numbers: bool) -> object:
    is_number = numbers and re.fullmatch(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?", text)
    return json.loads(text) if is_number else text


PARTS: Sequence[tuple[str, str, Change]] = (
    ("body-before-query", "The body was signed before the query", lambda d: replace(d, query=d.body, body=d.query)),
    ("query-only", "Only the query string was signed; the body was not", lambda draft: replace(draft, body=())),
    ("body-only", "Only the body was signed; the query string was not", lambda draft: replace(draft, query=())),
)
JOINS: Sequence[tuple[str, str, Callable[[Fields, Fields], bytes]]] = (
    ("joined-with-ampersand", "An '&' was signed between the query string and the body", _with_ampersand),
    ("body-before-query", "The body, an '&' and the query string were signed", lambda q, b: _with_ampersand(b, q)),
    *(
        ("json-body", "The parameters were signed as JSON", partial(_as_json, whole=all_, numbers=num, separators=sep))
        for all_ in (True, False)
        for num in (False, True)
        for sep in ((",", ":"), (", ", ": "))
    ),
)
WRAPS: Sequence[tuple[str, str, bytes, bytes]] = (
    ("extra-in-payload", "A trailing '&' was signed", b"", b"&"),
    ("extra-in-payload", "A leading '?' was signed", b"?", b""),
    ("extra-in-payload", "A leading '&' was signed", b"&", b""),
    ("extra-in-payload", "An empty signature parameter was signed", b"", b"&signature="),
    ("extra-in-payload", "A line's end was signed", b"", b"\n"),
)


def _around(before: bytes, after: bytes, draft: Draft) -> Draft:
    return replace(draft, wrap=lambda payload: before + payload + after)


def _encoded_whole(draft: Draft) -> Draft:
    return replace(draft, wrap=lambda payload: quote(payload, safe="").encode())


# Steps


def _steps(asked: Asked) -> Iterator[Step]:
    for cause, told, write in WRITINGS:
        yield Step(0, Deviation(cause, told), partial(_written, write))
    for cause, told, change in PARTS:
        yield Step(1, Deviation(cause, told), change)
    for deviation, change in _omissions(asked):
        yield Step(2, deviation, change)
    for told, change in ORDERS:
        yield Step(3, Deviation("wrong-order", told), change)
    for cause, told, join in JOINS:
        yield Step(4, Deviation(cause, told), partial(replace, join=join), pairs=cause != "json-body")
    for cause, told, before, after in WRAPS:
        yield Step(5, Deviation(cause, told), partial(_around, before, after))
    yield from _lonely_steps(asked)


def _omissions(asked: Asked) -> Iterator[tuple[Deviation, Change]]:
    if asked.stray:
        told = "What follows the signature was not signed"
        yield Deviation("parameter-not-signed", told), partial(_only, lambda each: each not in asked.stray)
    for each in dict.fromkeys(each._replace(equals=b"", value=b"") for each in asked.fields):
        yield Deviation("parameter-not-signed", f"{_name(each)} was not signed"), partial(_without, [each.name])
    both = "Neither timestamp nor recvWindow was signed"
    yield Deviation("parameter-not-signed", both), partial(_without, [b"timestamp", b"recvWindow"])


def _lonely_steps(asked: Asked) -> Iterator[Step]:
    yield Step(5, Deviation("double-encoded", "The whole payload was percent-encoded"), _encoded_whole, False)
    for before in _places(asked.method):
        told = f"{before.decode()!r} was signed before the parameters"
        yield Step(5, Deviation("extra-in-payload", told), partial(_around, before, b""), False)
    if 2 < len(asked.fields) <= MOST_PERMUTED:
        for order in permutations(asked.fields):
            told = "The parameters were signed in another order"
            yield Step(3, Deviation("wrong-order", told), partial(_ordered, order.index), False)
    yield from _other_times()


def _places(method: str) -> Iterator[bytes]:
    verb = method.encode("latin-1", "replace")[:10]
    yield from (verb, verb + b" ", verb + b"\n")
    for path in (operation.path.encode() for operation in operations() if operation.method == method):
        for before in (path, verb + path, verb + b" " + path, b"https://api.binance.com" + path):
            yield from (before + b"?", before)


def _other_times() -> Iterator[Step]:
    for away in range(1, CLOSE_MS + 1):
        for moved in (-away, away):
            told = f"The timestamp was signed as {abs(moved)} ms {'earlier' if moved < 0 else 'later'} than it was sent"
            yield Step(0, Deviation("timestamp-changed", told), partial(_moved, moved), False)


def _moved(by_ms: int, draft: Draft) -> Draft:
    def moved(each: Field) -> Field:
        is_time = each.name == b"timestamp" and re.fullmatch(rb"[1-9][0-9]{3,19}", each.value)
        return each._replace(value=b"%d" % (int(each.value) + by_ms)) if is_time else each

    return replace(draft, query=tuple(map(moved, draft.query)), body=tuple(map(moved, draft.body)))


# Candidates


def candidates(asked: Asked, deepest: Literal[0, 1, 2] = 2) -> Iterator[Candidate]:
    """Every payload that is worth a try, once each, in the order in which to try those of one weight."""
    seen = set[bytes]()
    for candidate in _all(asked, deepest):
        if candidate.payload not in seen:
            seen.add(candidate.payload)
            yield candidate._replace(deviations=asked.faults + candidate.deviations)


def _all(asked: Asked, deepest: int) -> Iterator[Candidate]:
    size = len(asked.signed)
    yield Candidate(0, asked.signed, ())
    yield Candidate(0, asked.draft.payload(), ())
    if not deepest or size > MOST_FOR_STEPS or len(asked.fields) > MOST_FIELDS:
        return
    steps = list(_steps(asked))
    for step in steps:
        yield Candidate(1 if step.pairs else 2, step.change(asked.draft).payload(), (step.deviation,))
    if deepest > 1 and size <= MOST_FOR_PAIRS:
        yield from _pairs(asked.draft, [step for step in steps if step.pairs])


def _pairs(draft: Draft, steps: Sequence[Step]) -> Iterator[Candidate]:
    for number, first in enumerate(steps):
        halfway = first.change(draft)
        for second in steps[number + 1 :]:
            if second.stage != first.stage:
                payload = second.change(halfway).payload()
                yield Candidate(2, payload, (first.deviation, second.deviation))
