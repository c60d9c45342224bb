"""Signing by description: what is signed, part by part, and what else is made for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from . import checks
from .clock import Clock, instant
from .credentials import fingerprint
from .deadline import Deadline
from .draft import Draft
from .errors import ArgumentError
from .nonces import AT_RANDOM, SCALES, Nonce, growing
from .opaque import Opaque
from .operation import Operation
from .signature import Field, Signature, Window, steps
from .signers import ENCODINGS, AsyncSigner, Signer


class Text(msgspec.Struct, frozen=True):
    """A text that is always the same."""

    text: str


class Header(msgspec.Struct, frozen=True):
    """What a header says; nothing, where there is none."""

    name: str


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A digest of other parts."""

    algorithm: str
    of: tuple[Part, ...]
    join: str = ""
    encoding: str = "raw"


Part: TypeAlias = "str | Text | Header | Digest"
"""One thing that is signed: by its name, or one that says more."""


class Given(Opaque):
    """A value of the client's: a key, a passphrase."""

    value: str | None
    argument: str


STAMPS: Mapping[str, Callable[[int], str]] = {
    "seconds": lambda stamp: str(stamp // 1000),
    **{unit: lambda stamp, scale=scale: str(stamp * scale) for unit, scale in SCALES.items()},  # type: ignore[misc]
    "iso8601": lambda stamp: f"{instant(stamp):%Y-%m-%dT%H:%M:%S}.{stamp % 1000:03d}Z",
    "iso8601-seconds": lambda stamp: f"{instant(stamp):%Y-%m-%dT%H:%M:%SZ}",
}
"""Unit or format → how it writes milliseconds since the epoch."""


class Described(Signature):
    """Signs by a description.

    Args:
        signer: What signs.
        argument: The client's argument that gives it.
        signature: Where the signature goes.
        sign: The parts that are signed, in order.
        join: What stands between them.
        timestamp: Where the time of signing goes; `None` if nowhere by itself.
        unit: How that is written.
        nonce: What kind of nonce is made, if one is.
        nonce_field: Where it goes.
        key: The key that goes with the signature.
        key_field: Where it goes.
        passphrase: What else proves who the client is.
        passphrase_field: Where it goes.
        passphrase_signed: Whether it is signed, as the payload is.
        send: What else is sent, always the same.
        window: For how long the server takes what is signed.

    Raises:
        ArgumentError: A value cannot be used.
    """

    def __init__(
        self,
        signer: Signer | AsyncSigner | None,
        *,
        argument: str,
        signature: Field,
        sign: tuple[Part, ...] = ("query", "body"),
        join: str = "",
        timestamp: Field | None = None,
        unit: str = "milliseconds",
        nonce: Nonce | None = None,
        nonce_field: Field | None = None,
        key: Given | None = None,
        key_field: Field | None = None,
        passphrase: Given | None = None,
        passphrase_field: Field | None = None,
        passphrase_signed: bool = False,
        send: tuple[tuple[Field, str], ...] = (),
        window: Window | None = None,
    ) -> None:
        super().__init__(signer, argument=argument, signature=signature, timestamp=None, window=window)
        given = {name: value for name, value in (("key", key), ("passphrase", passphrase)) if value is not None}
        for value in given.values():
            if value.value is not None:
                checks.credential(value.argument, value.value, spaced=True)
        self._missing = [value.argument for value in given.values() if value.value is None]
        self.argument = " and ".join([*([argument] if signer is None else []), *self._missing])
        self._given = {name: value.value for name, value in given.items() if value.value is not None}
        self._given |= {"secret": str(getattr(signer, "secret", ""))} if _is_named("secret", sign) else {}
        if passphrase_signed and "passphrase" in self._given and signer is not None:
            self._given["passphrase"] = self._signed_once(signer, argument)
        if "key" in self._given:
            self.identity = f"key:{fingerprint(self._given['key'])}"
        self._hidden = [value for value in self._given.values() if value]
        self._payload = payload_of(sign, join)
        self._stamp = STAMPS[unit]
        self._at_random = AT_RANDOM.get(nonce.kind) if nonce is not None else None
        if nonce is not None and nonce.kind == "growing":
            self.nonces = growing(fingerprint(f"{argument} {self._given.get('key', '')}"), nonce.unit)
        fixed = {f"send {index}": text for index, (_, text) in enumerate(send)}
        self._given |= fixed
        self._before = steps(
            [
                *zip(fixed, [field for field, _ in send], strict=True),
                *zip(("key", "passphrase"), (key_field, passphrase_field), strict=True),
                *zip(("timestamp", "nonce"), (timestamp, nonce_field), strict=True),
            ]
        )

    def _signed_once(self, signer: Signer | AsyncSigner, argument: str) -> str:
        if self.waits:
            raise ArgumentError(f"{argument} must be the secret itself, since the passphrase is signed with it as well")
        return str(signer.sign(self._given["passphrase"].encode()))

    @property
    def ready(self) -> bool:
        return self._signer is not None and not self._missing

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock, deadline: Deadline | None = None) -> bytes:
        draft.stamp = stamp = clock.now()
        draft.made |= {**self._given, "method": operation.method, "timestamp": self._stamp(stamp)}
        if self._at_random is not None:
            draft.made["nonce"] = self._at_random()
        draft.secrets += self._hidden
        for step in self._before:
            step(draft, operation)
        return self._payload(draft)


Take: TypeAlias = Callable[[Draft], bytes]
"""Takes something out of a draft."""


def payload_of(parts: tuple[Part, ...], join: str) -> Take:
    """What takes out of a draft all that is signed."""
    takes, between = [_take(part) for part in parts], join.encode()
    return takes[0] if len(takes) == 1 else lambda draft: between.join([take(draft) for take in takes])


def _take(part: Part) -> Take:
    """What takes one part out of a draft."""
    if isinstance(part, Text):
        constant = part.text.encode()
        return lambda draft: constant
    if isinstance(part, Header):
        wanted = part.name.lower()
        return lambda draft: next((v for k, v in draft.headers.items() if k.lower() == wanted), "").encode("latin-1")
    if isinstance(part, Digest):
        inner, digest = payload_of(part.of, part.join), getattr(hashlib, part.algorithm)
        if part.encoding == "raw":
            return lambda draft: digest(inner(draft)).digest()
        encode = ENCODINGS[part.encoding]
        return lambda draft: encode(digest(inner(draft)).digest()).encode()
    known: dict[str, Take] = {
        "query": lambda draft: draft.query.encode(),
        "sorted-query": lambda draft: _sorted(draft.query).encode(),
        "body": lambda draft: draft.content() or b"",
        "path": lambda draft: f"{draft.endpoint.prefix}{draft.path}".encode(),
        "target": lambda draft: f"{draft.endpoint.prefix}{draft.target()}".encode(),
        "url": lambda draft: f"{draft.endpoint.origin}{draft.endpoint.prefix}{draft.target()}".encode(),
        "host": lambda draft: draft.endpoint.origin.partition("://")[2].encode(),
    }
    return known.get(part) or (lambda draft: draft.made[part].encode())


def _sorted(query: str) -> str:
    return "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[::2]))


def _is_named(name: str, parts: tuple[Part, ...]) -> bool:
    return any(part == name or (isinstance(part, Digest) and _is_named(name, part.of)) for part in parts)
