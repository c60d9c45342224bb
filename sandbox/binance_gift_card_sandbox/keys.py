"""API keys of the three kinds, side by side, and what they sign.

`cryptography` is imported when a key that needs it is first used: it would be most of the sandbox's start.
"""

import base64
import binascii
import hashlib
import hmac
import random
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Kind = Literal["hmac", "rsa", "ed25519"]
Permission = Literal["read", "withdraw"]

PERMISSIONS: tuple[Permission, ...] = ("read", "withdraw")
KEY_ALPHABET = string.ascii_letters + string.digits
RSA_BITS = (2048, 4096)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key of the account: what `X-MBX-APIKEY` names, and what its signatures are checked with."""

    api_key: str
    """What the header `X-MBX-APIKEY` says."""
    kind: Kind
    """How it signs."""
    material: str = field(repr=False)
    """The secret of an HMAC key; the public key of the others, as PEM."""
    name: str = ""
    """What people call it."""
    permissions: frozenset[Permission] = frozenset(PERMISSIONS)
    """What it may do: without `withdraw` it can verify and redeem, but not issue."""

    @property
    def api_secret(self) -> str:
        """The secret that an HMAC key signs with. ValueError for the other kinds, whose private keys stay away."""
        if self.kind != "hmac":
            raise ValueError(f"a key of the kind {self.kind} has no secret here: its private key is yours")
        return self.material

    def accepts(self, payload: bytes, signature: str) -> bool:
        """Whether `signature`, already percent-decoded, is this key's over the payload."""
        if self.kind == "hmac":
            expected = hmac.new(self.material.encode(), payload, hashlib.sha256).hexdigest()
            return hmac.compare_digest(expected.encode(), signature.lower().encode())
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):  # ValueError: it is not ASCII
            return False
        return self._verifies(raw, payload)

    def _verifies(self, signature: bytes, payload: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        more = (PKCS1v15(), SHA256()) if self.kind == "rsa" else ()
        try:
            self._public_key.verify(signature, payload, *more)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _public_key(self) -> Any:
        return _load(self.material)


def hmac_key(
    api_key: str = "", api_secret: str = "", *, name: str = "", permissions: Collection[Permission] = PERMISSIONS
) -> ApiKey:
    """A key of the kind HMAC. What is not given is made at random."""
    return ApiKey(
        api_key=api_key or make_key(),
        kind="hmac",
        material=api_secret or make_key(),
        name=name,
        permissions=_permitted(permissions),
    )


def public_key(
    pem: str, *, api_key: str = "", name: str = "", permissions: Collection[Permission] = PERMISSIONS
) -> ApiKey:
    """A key whose signatures `pem` verifies: Ed25519, or RSA of 2048 or 4096 bits.

    Raises:
        ValueError: It is no such key, or a private one.
    """
    return ApiKey(
        api_key=api_key or make_key(),
        kind=_kind(pem),
        material=pem,
        name=name,
        permissions=_permitted(permissions),
    )


def make_key(chance: random.Random | None = None) -> str:
    """64 letters and digits, as the vendor's keys and secrets are."""
    return "".join((chance or secrets.SystemRandom()).choices(KEY_ALPHABET, k=64))


def _permitted(given: Collection[Permission]) -> frozenset[Permission]:
    unknown = set(given) - set(PERMISSIONS)
    if isinstance(given, str) or unknown:
        raise ValueError(f"permissions are a collection of: {', '.join(PERMISSIONS)}")
    return frozenset(given)


def _kind(pem: str) -> Kind:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    key = _load(pem)
    if isinstance(key, Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS:
        return "rsa"
    raise ValueError("the public key must be Ed25519, or RSA of 2048 or 4096 bits")


def _load(pem: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if "PRIVATE KEY" in pem:
        raise ValueError("this is a private key, which belongs to nobody but its owner: give the public key")
    try:
        return load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key in PEM (it begins with -----BEGIN PUBLIC KEY-----)") from None
