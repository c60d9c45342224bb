"""``x-sdk-signing``, at a security scheme: what the signing hook makes, and where it goes."""

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import MILLISECONDS, TEXT, Extension, closed, list_of

PLACES = ("header", "query", "form", "cookie")
ROLES = ("timestamp", "nonce", "key", "passphrase", "signature")
"""What signing makes or is given, each of which may go somewhere and be signed."""
PARTS = ("method", "path", "target", "query", "sorted-query", "url", "host", "body", "secret", *ROLES[:-1])
DIGESTS = ("md5", "sha1", "sha256", "sha384", "sha512")
UNITS = ("seconds", "milliseconds", "microseconds", "nanoseconds", "iso8601", "iso8601-seconds")
ENCODINGS = ("hex", "base64", "base64url")
_SIZES = DIGESTS[2:]
ALGORITHMS = (
    *DIGESTS,
    *(f"{kind}-{size}" for kind in ("hmac", "rsa", "rsa-pss", "ecdsa", "ecdsa-raw") for size in _SIZES),
    "ed25519",
)
_TOKEN = {"type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"}
_ASCII = {"type": "string", "pattern": "^[ -~]*$"}
_SENT = {"header": _TOKEN, "query": TEXT, "form": TEXT}
_BRACES = string.Formatter()


def place(**more: Any) -> dict[str, Any]:
    """The schema of where something goes: a parameter by its name, or one place that is named."""
    where = {**dict.fromkeys(PLACES, TEXT), "header": _TOKEN, "cookie": _TOKEN, "template": _ASCII}
    return {"anyOf": [TEXT, {**closed({}, {**where, **more}), "not": _two(PLACES)}]}


def _two(names: Iterable[str]) -> dict[str, Any]:
    """The schema of what has two of these properties."""
    return {"anyOf": [{"required": list(two)} for two in combinations(names, 2)]}


def _parts(depth: int) -> dict[str, Any]:
    """The schema of what is signed, with so many digests in each other."""
    named = [{"enum": PARTS}, closed({"text": {"type": "string"}}), closed({"header": _TOKEN})]
    if depth:
        of = {"of": _parts(depth - 1), "join": {"type": "string"}, "encoding": {"enum": ("raw", *ENCODINGS)}}
        named.append(closed({"digest": {"enum": DIGESTS}}, of))
    return list_of({"anyOf": named}, minItems=1)


SIGNING = Extension(
    "x-sdk-signing",
    closed(
        {},
        {
            "algorithm": {"enum": ALGORITHMS},
            "encoding": {"enum": ENCODINGS},
            "secret": {"enum": ("text", "hex", "base64")},
            "sign": _parts(3),
            "join": {"type": "string"},
            "timestamp": place(unit={"enum": UNITS}),
            "nonce": place(kind={"enum": ("growing", "random", "uuid")}, unit={"enum": UNITS[1:4]}),
            "key": place(),
            "passphrase": place(signed={"type": "boolean"}),
            "signature": place(),
            "send": list_of({**closed({"value": _ASCII}, _SENT), "oneOf": [{"required": [place]} for place in _SENT]}),
            "window": closed({"default": MILLISECONDS}, {"parameter": TEXT, "ahead": MILLISECONDS}),
        },
    ),
    (("signing-changed", "risky", "Other parameters are made by signing: own signing code has to follow."),),
    places=("security scheme",),
    meaning="What the signing hook makes, of what, and where it goes; see [Signing](signing.md).",
)


@dataclass(frozen=True)
class Field:
    """Where something goes that signing makes."""

    place: str
    """header, query, form, cookie, or parameter: where the document declares it."""
    name: str
    template: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What two fields have alike that go to the same place."""
        return self.place, self.name.lower() if self.place == "header" else self.name

    def clashes(self, other: "Field") -> bool:
        """Whether the two may go to one place."""
        return self.makes(other.place, other.name) or other.makes(self.place, self.name)

    def makes(self, place: str, name: str) -> bool:
        """Whether what goes there is this."""
        if self.place == "header":
            return place == "header" and name.lower() == self.name.lower()
        return name == self.name and place in (
            ("parameter", "query", "form", "part") if self.place == "parameter" else (self.place,)
        )


@dataclass(frozen=True)
class Window:
    """For how long the server takes what the hook signs."""

    default: int
    parameter: str | None = None
    ahead: int = 0


def is_described(scheme: Mapping[str, Any]) -> bool:
    """Whether more is said than the names of two parameters: how, what and with what it is signed."""
    return "algorithm" in scheme.get(SIGNING.key, {})


def field_of(said: str | Mapping[str, Any], where: str = "parameter") -> Field | None:
    """Where something goes, if anywhere; a mere name goes to `where`."""
    if isinstance(said, str):
        return Field(where, said)
    found = next((place for place in PLACES if place in said), None)
    return None if found is None else Field(found, said[found], said.get("template", ""))


def fields(scheme: Mapping[str, Any]) -> dict[str, Field]:
    """What signing adds to a request: role → where it goes."""
    said = scheme.get(SIGNING.key, {})
    own = scheme.get("in", "query")  # which a form may stand in for
    roles = {
        **({} if is_described(scheme) else {"timestamp": "timestamp"}),
        **{role: said[role] for role in ROLES if role in said},
    }
    placed = {role: field_of(where) for role, where in roles.items() if role != "signature"}
    placed["signature"] = field_of(
        said.get("signature", scheme.get("name", "")), "parameter" if own == "query" else own
    )
    sent = {f"send/{index}": field_of(item) for index, item in enumerate(said.get("send", ()))}
    return {role: field for role, field in {**placed, **sent}.items() if field is not None}


def named(parts: Iterable[Any]) -> Iterator[str]:
    """The parts that are named, those within digests too."""
    for part in parts:
        if isinstance(part, str):
            yield part
        elif "digest" in part:
            yield from named(part.get("of", ("body",)))


def check(scheme: Mapping[str, Any], pointer: Pointer) -> None:
    """Refuse what cannot be done as it is said.

    Raises:
        Fault: With its address.
    """
    said, here = scheme.get(SIGNING.key, {}), (*pointer, SIGNING.key)
    if "in" not in scheme and "signature" not in said:
        raise Fault(f"it is not said where the signature goes; say it in {SIGNING.key}", pointer)
    if not is_described(scheme) and (beyond := said.keys() - {"timestamp", "signature", "window"}):
        raise Fault(f"{min(beyond)!r} needs an 'algorithm' beside it", here)
    _check_parts(said, here)
    _check_details(said, here)
    taken: list[Field] = []
    for role, field in fields(scheme).items():
        if any(field.clashes(other) for other in taken):
            raise Fault(f"signing puts two things into the {field.place} {field.name!r}", (*here, *role.split("/")))
        taken.append(field)
        made = roles(scheme) if role == "signature" else roles(scheme)[:-1]  # what is made before
        _check_template(field.template, made, (*here, role))
    _check_use(scheme, here)


def roles(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    """What signing makes or is given, whether it goes anywhere by itself or not."""
    said = scheme.get(SIGNING.key, {})
    always = ("signature",) if is_described(scheme) else ("timestamp", "signature")
    return tuple(role for role in ROLES if role in said or role in always)


def _check_parts(said: Mapping[str, Any], here: Pointer) -> None:
    """Refuse parts that nobody makes, and an algorithm that would sign nothing of the secret."""
    parts, algorithm = set(named(said.get("sign", ()))), said.get("algorithm", "")
    for role in sorted(parts & set(ROLES)):
        if role not in said:
            raise Fault(f"{role!r} is signed, and {SIGNING.key} says nothing of it", (*here, "sign"))
    if algorithm in DIGESTS and "secret" not in parts:
        raise Fault(f"{algorithm} is a mere digest: the secret must be one of the parts", (*here, "sign"))
    if algorithm not in DIGESTS and "secret" in parts:
        raise Fault(f"the secret is no part of what {algorithm} signs", (*here, "sign"))


def _check_details(said: Mapping[str, Any], here: Pointer) -> None:
    """Refuse what would say something of nothing."""
    algorithm = str(said.get("algorithm", "hmac"))
    if "secret" in said and not algorithm.startswith("hmac"):
        raise Fault(f"'secret' is for HMAC; what {algorithm} signs with stands as it is", (*here, "secret"))
    nonce = said.get("nonce", {})
    if isinstance(nonce, dict) and "unit" in nonce and nonce.get("kind", "growing") != "growing":
        raise Fault(f"a nonce of the kind {nonce['kind']!r} is counted in nothing", (*here, "nonce"))
    if "window" in said and "algorithm" in said and "timestamp" not in said:
        raise Fault("a window begins with a timestamp, and none is sent or signed", (*here, "window"))


def _check_use(scheme: Mapping[str, Any], here: Pointer) -> None:
    """Refuse what is asked for, and goes nowhere."""
    said, placed = scheme.get(SIGNING.key, {}), fields(scheme)
    used = {*placed, *named(said.get("sign", ()))}
    used |= {name for field in placed.values() for _, name, _, _ in _BRACES.parse(field.template) if name}
    for role in ROLES[:-1]:
        if role in said and role not in used:
            raise Fault(f"the {role} goes nowhere: say where, or sign it", (*here, role))


def headers(parts: Iterable[Any]) -> Iterator[str]:
    """The headers that are signed, in small letters."""
    for part in parts:
        if isinstance(part, dict):
            yield from [part["header"].lower()] if "header" in part else headers(part.get("of", ()))


def _check_template(template: str, made: tuple[str, ...], here: Pointer) -> None:
    try:
        holes = [(name, form, how) for _, name, form, how in _BRACES.parse(template) if name is not None]
    except ValueError:
        raise Fault(f"{template!r} is no template; a brace that is meant is written twice", here) from None
    for name, form, how in holes:
        if form or how:
            raise Fault(f"{template!r} is no template: a brace holds a name, and nothing else", here)
        if name not in made:
            raise Fault(f"{{{name}}} is nothing that signing makes: {', '.join(made)}", here)


def window(scheme: Mapping[str, Any]) -> Window | None:
    """The window, where one is described."""
    said = scheme.get(SIGNING.key, {}).get("window")
    return None if said is None else Window(**said)
