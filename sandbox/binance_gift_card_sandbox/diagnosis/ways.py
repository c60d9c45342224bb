"""The ways in which a client may have signed, and what the text of a signature tells of them.

`cryptography` is imported when a key that needs it is looked at.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from binance_gift_card_sandbox.diagnosis.candidates import Deviation

Kind = Literal["hmac", "rsa", "ed25519"]

KINDS: dict[Kind, str] = {"hmac": "an HMAC", "rsa": "an RSA", "ed25519": "an Ed25519"}
HASHES = {20: ("sha1",), 28: ("sha224",), 32: ("sha256", "sha3_256"), 48: ("sha384",), 64: ("sha512",)}
OIDS = {  # how a hash is named inside an RSA signature
    "sha256": bytes.fromhex("0609608648016503040201"),
    "sha1": bytes.fromhex("06052b0e03021a"),
    "sha384": bytes.fromhex("0609608648016503040202"),
    "sha512": bytes.fromhex("0609608648016503040203"),
}
HMAC_SIZE = 32  # bytes
ED25519_SIZE = 64
RSA_SIZES = (256, 512)
MOST_OTHERS = 32


class Key(Protocol):
    """What a diagnosis needs to know of an API key."""

    @property
    def kind(self) -> Kind: ...
    @property
    def api_key(self) -> str: ...
    @property
    def material(self) -> str:
        """The secret of an HMAC key, the public key of the others as PEM."""
        ...

    def accepts(self, payload: bytes, signature: str) -> bool:
        """Whether a signature, already percent-decoded, is this key's over the payload."""
        ...


class Reading(NamedTuple):
    """The bytes of a signature, if its text is read as `writing`."""

    writing: str
    signature: bytes


class Check(NamedTuple):
    """One way to have signed."""

    deviations: tuple[Deviation, ...]
    weight: int  # how many of the deviations had to be guessed
    fits: Callable[[bytes], bool]
    is_slow: bool = False


def _hex(text: str) -> bytes:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", text):
        raise ValueError("not hex")
    return bytes.fromhex(text)


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4) if "=" not in text else text, validate=True)


def _padded_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _either(text: str) -> bytes:
    try:
        return _hex(text)
    except ValueError:
        return _padded_base64(text)


WRITTEN_AS: Sequence[tuple[str, Callable[[str], bytes]]] = (
    ("hex", _hex),
    ("base64", _padded_base64),
    ("base64 of its hex digits", lambda text: _hex(_padded_base64(text).decode("ascii"))),
    ("text that is percent-encoded twice", lambda text: _either(unquote_to_bytes(text).decode("latin-1"))),
    ("base64 whose '+' became a space", lambda text: _padded_base64(text.replace(" ", "+"))),
    ("text with line breaks or blanks in it", lambda text: _either(re.sub(r"\s", "", text))),
    ("text in quotation marks", lambda text: _either(text.strip("\"'"))),
    ("hex with a prefix or separators", lambda text: _hex(re.sub(r"^0x|[:\s-]", "", text))),
    ("base64 without its padding", _base64),
    ("base64url", lambda text: _base64(text.replace("-", "+").replace("_", "/"))),
)
NATIVE: dict[Kind, str] = {"hmac": "hex", "rsa": "base64", "ed25519": "base64"}


def readings(text: str) -> list[Reading]:
    """The signatures that a text may stand for, the likeliest first. Hex digits are never taken for base64."""
    found: dict[bytes, str] = {}
    for writing, decode in WRITTEN_AS:
        with suppress(ValueError):
            found.setdefault(decode(text), writing)
        if "hex" in found.values():
            break
    return [Reading(writing, signature) for signature, writing in found.items() if signature]


def _miswritten(key: Key, reading: Reading) -> tuple[Deviation, ...]:
    native = NATIVE[key.kind]
    if reading.writing == native:
        return ()
    return (Deviation("wrong-signature-text", f"The signature was sent as {reading.writing}, instead of {native}"),)


def checks(key: Key, text: str) -> Iterator[Check]:
    for reading in readings(text):
        for check in CHECKS[key.kind](key, reading.signature):
            yield check._replace(deviations=check.deviations + _miswritten(key, reading))


def checks_of_others(others: Sequence[Key], text: str) -> Iterator[Check]:
    for other in others[:MOST_OTHERS]:
        told = f"The signature is that of the API key {other.api_key[:8]!r}…, which is {KINDS[other.kind]} key"
        for check in checks(other, text):
            if not check.weight:
                yield check._replace(deviations=(*check.deviations, Deviation("wrong-key", told)), weight=1)


def _check(fits: Callable[[bytes], bool], *deviations: Deviation, is_slow: bool = False) -> Check:
    meant = tuple(each for each in deviations if each.explanation)
    return Check(meant, len(meant), fits, is_slow)


SECRETS: Sequence[tuple[str, str, Callable[[Key], bytes]]] = (
    ("", "", lambda key: key.material.encode()),
    ("api-key-as-secret", "The API key was used as the secret", lambda key: key.api_key.encode()),
    *(
        ("wrong-secret-form", f"The secret was used {how}", make)
        for how, make in (
            ("with a line break behind it", lambda key: key.material.encode() + b"\n"),
            ("with a carriage return and line break behind it", lambda key: key.material.encode() + b"\r\n"),
            ("with a blank behind it", lambda key: key.material.encode() + b" "),
            ("with a blank before it", lambda key: b" " + key.material.encode()),
            ("without the blanks around it", lambda key: key.material.strip().encode()),
            ("in quotation marks", lambda key: b'"%b"' % key.material.encode()),
            ("in single quotation marks", lambda key: b"'%b'" % key.material.encode()),
            ("with an '&' behind it", lambda key: key.material.encode() + b"&"),
            ("decoded from hex", lambda key: bytes.fromhex(key.material)),
            ("decoded from base64", lambda key: _base64(key.material)),
            ("decoded from base64url", lambda key: _base64(key.material.replace("-", "+").replace("_", "/"))),
            ("encoded as base64", lambda key: base64.b64encode(key.material.encode())),
            ("in small letters", lambda key: key.material.lower().encode()),
            ("in capital letters", lambda key: key.material.upper().encode()),
            ("as its SHA-256 digest", lambda key: hashlib.sha256(key.material.encode()).digest()),
        )
    ),
    ("wrong-secret-form", "An empty secret was used", lambda key: b""),
)
UNKEYED: Sequence[tuple[str, Callable[[bytes, bytes], bytes]]] = (
    ("A plain hash of the payload was sent, instead of HMAC", lambda secret, payload: payload),
    ("A plain hash of payload and secret was sent, instead of HMAC", lambda secret, payload: payload + secret),
    ("A plain hash of secret and payload was sent, instead of HMAC", lambda secret, payload: secret + payload),
)
PREPARED: Sequence[tuple[str, Callable[[bytes], bytes]]] = (
    ("", lambda payload: payload),
    ("The SHA-256 digest of the payload was signed, instead of the payload", lambda p: hashlib.sha256(p).digest()),
    ("The SHA-256 digest in hex was signed, instead of the payload", lambda p: hashlib.sha256(p).hexdigest().encode()),
    ("The SHA-512 digest of the payload was signed, instead of the payload", lambda p: hashlib.sha512(p).digest()),
)


def _hmac_checks(key: Key, signature: bytes) -> Iterator[Check]:
    secret = key.material.encode()
    for algorithm in HASHES.get(len(signature), ()):
        hashed = _hashed(algorithm)
        for cause, told, bytes_of in _secrets(key):
            yield _check(partial(_is_hmac, bytes_of, algorithm, signature), Deviation(cause, told), hashed)
        for told, together in UNKEYED:
            fits = partial(_is_hash, algorithm, signature, partial(together, secret))
            yield _check(fits, Deviation("wrong-hash", told))
        swapped = Deviation("wrong-hash", "Payload and secret were swapped: the payload was HMAC's key")
        yield _check(partial(_is_swapped, secret, algorithm, signature), swapped, hashed)


def _secrets(key: Key) -> Iterator[tuple[str, str, bytes]]:
    for cause, told, make in SECRETS:
        with suppress(ValueError):
            yield cause, told, make(key)


def _hashed(algorithm: str) -> Deviation:
    name = algorithm.upper().replace("SHA", "SHA-").replace("-3_", "3-")
    return Deviation("wrong-hash", "" if algorithm == "sha256" else f"The hash is {name}, instead of SHA-256")


def _is_hmac(secret: bytes, algorithm: str, signature: bytes, payload: bytes) -> bool:
    return hmac.digest(secret, payload, algorithm) == signature


def _is_swapped(secret: bytes, algorithm: str, signature: bytes, payload: bytes) -> bool:
    return hmac.digest(payload, secret, algorithm) == signature


def _is_hash(algorithm: str, end: bytes, prepare: Callable[[bytes], bytes], payload: bytes) -> bool:
    return end.endswith(hashlib.new(algorithm, prepare(payload)).digest())


def _rsa_checks(key: Key, signature: bytes) -> Iterator[Check]:
    """PKCS#1 v1.5 gives up the digest that was signed, so one public operation serves every candidate."""
    digest = recovered(key, signature)
    if digest is None:
        padded = Deviation("wrong-padding", "The signature has the padding PSS, instead of PKCS#1 v1.5")
        yield _check(partial(_is_pss, _public(key), signature), padded, is_slow=True)
        return
    named = [name for name, oid in OIDS.items() if oid in digest[:20]]
    bare = "" if named else "A bare digest was signed, without the name of its hash"
    for algorithm in named or HASHES.get(len(digest), ()):
        for told, prepare in PREPARED:
            prepared = Deviation("wrong-hash", told)
            fits = partial(_is_hash, algorithm, digest, prepare)
            yield _check(fits, prepared, Deviation("wrong-hash", bare), _hashed(algorithm))


def recovered(key: Key, signature: bytes) -> bytes | None:
    """What an RSA key signed, with PKCS#1 v1.5 and for this key; None: it was signed otherwise."""
    if key.kind != "rsa":
        return None
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        found: bytes = _public(key).recover_data_from_signature(signature, PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return None
    return found


def _is_pss(public: Any, signature: bytes, payload: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
    from cryptography.hazmat.primitives.hashes import SHA256

    return _verifies(public, signature, payload, PSS(MGF1(SHA256()), PSS.AUTO), SHA256())


def _ed25519_checks(key: Key, signature: bytes) -> Iterator[Check]:
    if len(signature) != ED25519_SIZE:
        return
    public = _public(key)
    for told, prepare in PREPARED:
        fits = partial(_is_ed25519, public, signature, prepare)
        yield _check(fits, Deviation("wrong-hash", told), is_slow=True)


def _is_ed25519(public: Any, signature: bytes, prepare: Callable[[bytes], bytes], payload: bytes) -> bool:
    return _verifies(public, signature, prepare(payload))


def _verifies(public: Any, signature: bytes, payload: bytes, *how: object) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(signature, payload, *how)
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(key: Key) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return load_pem_public_key(key.material.encode())


CHECKS: dict[Kind, Callable[[Key, bytes], Iterator[Check]]] = {
    "hmac": _hmac_checks,
    "rsa": _rsa_checks,
    "ed25519": _ed25519_checks,
}


def betrayed(key: Key, text: str) -> Deviation | None:
    """What is wrong with a signature that fits nothing, by its form alone."""
    reading = next(iter(readings(text)), None)
    if reading is None:
        return Deviation("wrong-signature-text", "The signature is neither hex nor base64")
    kind = _kind_of(reading)
    if kind and kind != key.kind:
        told = f"The signature has the form of {KINDS[kind]} signature, but the API key is {KINDS[key.kind]} key"
        return Deviation("wrong-key-kind", told)
    return next(iter(_miswritten(key, reading)), None) or _of_other_size(key, len(reading.signature))


def _kind_of(reading: Reading) -> Kind | None:
    size = len(reading.signature)
    if size in RSA_SIZES:
        return "rsa"
    if size == ED25519_SIZE and reading.writing != "hex":  # in hex, it may be HMAC with SHA-512 as well
        return "ed25519"
    return "hmac" if size == HMAC_SIZE else None


def _of_other_size(key: Key, size: int) -> Deviation | None:
    expected = {"hmac": HMAC_SIZE, "ed25519": ED25519_SIZE}.get(key.kind) or _public(key).key_size // 8
    if size == expected:
        return None
    if key.kind == "hmac" and size in HASHES:
        return _hashed(HASHES[size][0])
    if key.kind == "rsa" and size in RSA_SIZES:
        told = f"The signature was made with an RSA key of {size * 8} bits, but the API key's has {expected * 8}"
        return Deviation("wrong-key", told)
    told = f"The signature has {size} bytes when decoded, but {KINDS[key.kind]} signature has {expected}"
    return Deviation("wrong-signature-text", told)
