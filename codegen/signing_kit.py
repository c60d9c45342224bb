"""For the tests of a team: checks a signing hook against vectors, and explains a signature that a description refuses.

Both stand on the runtime as it is shipped, not on a package that was generated.
"""

import asyncio
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from codegen.extensions.signing import ENCODINGS, SIGNING, Field, fields
from codegen.lower.signatures import described
from codegen.runtime.core import described as runtime
from codegen.runtime.core.algorithms import Algorithm
from codegen.runtime.core.deadline import Deadline
from codegen.runtime.core.draft import Draft
from codegen.runtime.core.errors import ArgumentError
from codegen.runtime.core.network import Network
from codegen.runtime.core.operation import Errors, Operation
from codegen.runtime.core.own_hook import SigningRequest
from codegen.runtime.sync.transport import Transport

_KINDS = ("rsa", "rsa-pss", "ecdsa", "ecdsa-raw")
"""Those of algorithms with a private key and a digest."""


def signing_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    now: int = 0,
    extensions: Mapping[str, Any] | None = None,
) -> SigningRequest:
    """A request as a hook sees it; what the hook adds is in its `headers`, `query` and `body` afterwards."""
    draft = _draft(url, headers or {}, body)
    errors = Errors(code="", message=(), codes={})
    operation = Operation(
        name="call", method=method, path=draft.path, decode=bytes, errors=errors, extensions=extensions or {}
    )
    return SigningRequest(draft, operation, draft.endpoint, now, Deadline(30))


def check_hook(hook: Any, request: SigningRequest, expected: Mapping[str, str]) -> None:
    """Have a hook sign, and compare the headers that it should have added.

    Raises:
        AssertionError: One is another; it says where the two part.
    """
    given = hook.sign(request)
    if inspect.isawaitable(given):
        given = asyncio.run(_awaited(given))
    if given is not None:
        raise AssertionError(f"the hook gave {type(given).__name__}; it should add to the request, and give nothing")
    for name, value in expected.items():
        found = request.headers.get(name.lower())
        if found is None:
            raise AssertionError(f"the hook added no header {name}")
        if found != value:
            raise AssertionError(f"the header {name} {_parting(found, value)}")


async def _awaited(given: Any) -> Any:
    return await given


def _parting(found: str, wanted: str) -> str:
    same = next((at for at, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), None)
    at = min(len(found), len(wanted)) if same is None else same
    one, other = found[at : at + 20], wanted[at : at + 20]
    return f"parts at character {at + 1}: {one!r} instead of {other!r}, behind {found[:at][-20:]!r}"


@dataclass(frozen=True)
class Explanation:
    """What a verifier says of a request."""

    is_valid: bool
    reason: str
    """In words; it shows no secret."""
    payload: str
    """What has to be signed, its secrets masked."""

    def __str__(self) -> str:
        return self.reason if self.is_valid else f"{self.reason}\nTo be signed: {self.payload!r}"


@dataclass(frozen=True)
class Verifier:
    """Holds requests against a description, as the vendor's server would.

    Args:
        scheme: The security scheme of the document, with its `x-sdk-signing`.
        secret: What the client signs with; of RSA, ECDSA and Ed25519 the public key in PEM form, or the private one.
        passphrase: What the client was given besides.

    Raises:
        ArgumentError: It is no key for the algorithm.
    """

    scheme: Mapping[str, Any]
    secret: str = field(repr=False)
    passphrase: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if _has_key(self._said["algorithm"]):
            _is_signature("", b"", self.secret, self._said["algorithm"], "hex")

    @property
    def _said(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.scheme[SIGNING.key]
        return found

    def explain(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Explanation:
        """Whether a request that came is signed as it should be, and if not, how it seems to be signed."""
        draft = _draft(url, headers, body)
        made = {"method": method, "secret": self.secret, "passphrase": self.passphrase}
        placed = fields(self.scheme)
        for role, where in placed.items():
            found = _taken(draft, where, last=role == "signature")
            if found is None:
                return Explanation(False, f"there is no {role} in the {where.place} {where.name!r}", "")
            made |= found if where.template else {role: found[""]}
        signature = str(made.pop("signature"))
        draft.made |= made
        facts = described(self.scheme, placed)
        given = _Way(str(self._said["algorithm"]), self._said, _parts(facts.get("sign")), facts.get("join", ""))
        payload = given.payload(draft)
        shown = self._masked(payload.decode("utf-8", "backslashreplace"))
        if given.made(signature, draft, self.secret):
            return Explanation(True, "the signature is right", shown)
        for reason, way in _other_ways(given):
            if way.made(signature, draft, self.secret):
                return Explanation(False, f"the signature is wrong: it is right if {reason}", shown)
        return Explanation(False, "the signature is wrong, by another secret or over something else", shown)

    def _masked(self, text: str) -> str:
        for secret in filter(None, (self.secret, self.passphrase)):
            text = text.replace(secret, "***")
        return text


@dataclass(frozen=True)
class _Way:
    """A way to sign."""

    algorithm: str
    said: Mapping[str, Any]
    parts: tuple[Any, ...]
    join: str

    def payload(self, draft: Draft) -> bytes:
        return runtime.payload_of(self.parts, self.join)(draft)

    def made(self, signature: str, draft: Draft, secret: str) -> bool:
        """Whether the signature was made so."""
        encoding, key = self.said.get("encoding", "hex"), self.said.get("secret", "text")
        if _has_key(self.algorithm):
            return _is_signature(signature, self.payload(draft), secret, self.algorithm, encoding)
        try:
            signer = Algorithm(self.algorithm, encoding=encoding, key_encoding=key).signer(secret, "secret")
        except ArgumentError:  # the secret cannot be read so
            return False
        return signer is not None and signer.sign(self.payload(draft)) == signature


def _has_key(algorithm: str) -> bool:
    """Whether a private key signs."""
    return algorithm.startswith(("rsa", "ecdsa", "ed25519"))


def _is_signature(signature: str, payload: bytes, pem: str, algorithm: str, encoding: str) -> bool:
    try:
        from codegen import public_keys
    except ImportError:
        raise ArgumentError(f"{algorithm} is verified with cryptography: install it beside the generator") from None
    return public_keys.is_signature(signature, payload, pem=pem, algorithm=algorithm, encoding=encoding)


def _other_ways(way: _Way) -> Iterator[tuple[str, _Way]]:
    """What may have been done instead, the likeliest first."""
    for encoding in ENCODINGS:
        yield f"it is written as {encoding}", replace(way, said={**way.said, "encoding": encoding})
    for kind in ("text", "hex", "base64"):
        yield f"the secret is taken as {kind}", replace(way, said={**way.said, "secret": kind})
    for index, part in enumerate(way.parts):
        name = part if isinstance(part, str) else repr(part)
        if len(way.parts) > 1:
            yield f"{name} is left out", replace(way, parts=way.parts[:index] + way.parts[index + 1 :])
        swapped = [*way.parts]
        swapped[index : index + 2] = swapped[index : index + 2][::-1]
        yield f"{name} comes behind what follows it", replace(way, parts=tuple(swapped))
        for other in {"target": ("path", "url"), "path": ("target",), "query": ("sorted-query",)}.get(name, ()):
            yield (
                f"{other} is signed for {name}",
                replace(way, parts=(*way.parts[:index], other, *way.parts[index + 1 :])),
            )
    for join in ("", "\n", "&", ".", "|", ":", "+"):
        yield f"{join!r} stands between the parts", replace(way, join=join)
    kind, _, size = way.algorithm.rpartition("-")
    for other in ("sha256", "sha384", "sha512"):
        if kind in ("hmac", *_KINDS) and other != size:
            yield f"the digest is {other}", replace(way, algorithm=f"{kind}-{other}")
    for one, another in (_KINDS[:2], _KINDS[1::-1], _KINDS[2:], _KINDS[:1:-1]):
        if kind == one:
            yield f"the algorithm is {another}-{size}", replace(way, algorithm=f"{another}-{size}")


def _parts(parts: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """The generator's facts as those of the runtime."""
    made = []
    for part in parts or ("query", "body"):
        kind = None if isinstance(part, str) else getattr(runtime, type(part).__name__)
        told = {} if kind is None else {name: getattr(part, name) for name in kind.__struct_fields__}
        made.append(part if kind is None else kind(**(told | ({"of": _parts(told["of"])} if "of" in told else {}))))
    return tuple(made)


def _draft(url: str, headers: Mapping[str, str], body: bytes) -> Draft:
    parts = urlsplit(url)
    endpoint = Transport(f"{parts.scheme}://{parts.netloc}", network=Network(plain_http=True), user_agent="kit")
    is_form = any(value.startswith("application/x-www-form-urlencoded") for value in headers.values())
    content: dict[str, Any] = {"form": body.decode("ascii", "replace")} if is_form else {"body": body or None}
    return Draft(path=parts.path, query=parts.query, headers=dict(headers), endpoint=endpoint, **content)


def _taken(draft: Draft, where: Field, *, last: bool) -> dict[str, str] | None:
    """What a field holds, its template undone; what is put there last is taken away, for it is not signed."""
    if where.place == "header":
        found = next((value for name, value in draft.headers.items() if name.lower() == where.name.lower()), None)
    elif where.place == "cookie":
        pairs = dict(pair.partition("=")[::2] for pair in draft.headers.get("cookie", "").split("; "))
        found = pairs.get(where.name)
    else:
        found = _taken_pair(draft, where, last)
    if found is None or not where.template:
        return None if found is None else {"": found}
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(where.template))
    matched = re.fullmatch(pattern, found)
    return None if matched is None else matched.groupdict()


def _taken_pair(draft: Draft, where: Field, last: bool) -> str | None:
    for place in ("query", "form") if where.place == "parameter" else (where.place,):
        pairs = getattr(draft, place).split("&")
        for pair in pairs:
            name, _, value = pair.partition("=")
            if unquote(name) == where.name:
                if last:
                    setattr(draft, place, "&".join(other for other in pairs if other is not pair))
                return unquote(value)
    return None
