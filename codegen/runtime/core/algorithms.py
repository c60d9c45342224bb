"""Signers by the name of an algorithm."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import checks
from .environment import credential, secret_file, text
from .errors import ArgumentError
from .private_keys import load_private_key
from .signers import ENCODINGS, AsyncSigner, HmacSigner, Signer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


class Algorithm:
    """How signatures are made of a secret.

    Args:
        name: ``hmac-sha256``, ``rsa-pss-sha512``, ``ecdsa-sha256``, ``ed25519``, or a digest over a secret among the
            parts, ``sha256``.
        encoding: How a signature is written: hex, base64 or base64url.
        key_encoding: How the secret itself is written: text, hex or base64.
    """

    def __init__(self, name: str, *, encoding: str = "hex", key_encoding: str = "text") -> None:
        self._name, self._encoding, self._key_encoding = name, encoding, key_encoding

    @property
    def has_private_key(self) -> bool:
        return self._name.startswith(("rsa-", "ecdsa-", "ed25519"))

    def signer(self, given: Signer | AsyncSigner | str | None, argument: str) -> Signer | AsyncSigner | None:
        """The signer under a secret or a private key in PEM form; what signs already stays itself.

        Raises:
            ArgumentError: It is neither.
        """
        if given is None or callable(getattr(given, "sign", None)):
            return given  # type: ignore[return-value]  # it signs
        if not isinstance(given, str):
            raise ArgumentError(f"{argument} must be text, or have a method sign(payload: bytes) -> str")
        return self._of_secret(given, argument)

    def _of_secret(self, given: str, argument: str, passphrase: str | None = None) -> Signer:
        if self.has_private_key:
            return KeySigner(given, self._name, self._encoding, passphrase)
        checks.credential(argument, given)
        kind, _, digest = self._name.rpartition("-")
        if kind == "hmac":
            return HmacSigner(given, digest=digest, encoding=self._encoding, key_encoding=self._key_encoding)
        return DigestSigner(given, digest, self._encoding)

    def from_env(self, prefix: str) -> Signer | None:
        """The signer that the environment describes.

        Raises:
            ArgumentError: A value cannot be used.
        """
        variable = f"{prefix}_PRIVATE_KEY_FILE" if self.has_private_key else f"{prefix}_API_SECRET"
        file = text(variable)
        if not file:
            return None
        if not self.has_private_key:
            return self._of_secret(file, variable)
        pem = secret_file(prefix, variable, file).decode("ascii", "replace")
        return self._of_secret(pem, variable, credential(f"{prefix}_PRIVATE_KEY_PASSPHRASE", spaced=True))


class DigestSigner:
    """A digest of a payload that has the secret in it."""

    signs_at_once = True

    def __init__(self, secret: str, digest: str, encoding: str) -> None:
        self.secret = secret
        self._digest, self._encode = getattr(hashlib, digest), ENCODINGS[encoding]

    def sign(self, payload: bytes) -> str:
        """The digest of the payload."""
        return self._encode(self._digest(payload).digest())

    def __repr__(self) -> str:
        return "<DigestSigner>"


class KeySigner:
    """RSA, ECDSA or Ed25519 by the name of an algorithm; needs the extra ``keys`` (cryptography).

    Raises:
        ArgumentError: The text is no private key of the kind, or the passphrase is wrong.
    """

    signs_at_once = True

    def __init__(self, private_key: str, algorithm: str, encoding: str, passphrase: str | None = None) -> None:
        self._algorithm, self._encode = algorithm, ENCODINGS[encoding]
        self._signed = _signing(load_private_key(private_key, passphrase), algorithm)

    def sign(self, payload: bytes) -> str:
        """The signature of the payload."""
        return self._encode(self._signed(payload))

    def __repr__(self) -> str:
        return f"<KeySigner of {self._algorithm}>"


def _signing(key: PrivateKeyTypes, algorithm: str) -> Callable[[bytes], bytes]:
    """What signs with a key, which has to be of the algorithm's kind."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    kind, _, name = algorithm.rpartition("-")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < 2048:
        raise ArgumentError(f"an RSA key must have at least 2048 bits, and this has {key.key_size}")
    digest: Any = getattr(hashes, name.upper(), lambda: None)()
    if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if kind == "rsa" and isinstance(key, rsa.RSAPrivateKey):
        return lambda payload: key.sign(payload, padding.PKCS1v15(), digest)
    if kind == "rsa-pss" and isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return lambda payload: key.sign(payload, pss, digest)
    if kind in ("ecdsa", "ecdsa-raw") and isinstance(key, ec.EllipticCurvePrivateKey):
        if kind == "ecdsa":
            return lambda payload: key.sign(payload, ec.ECDSA(digest))
        size = (key.curve.key_size + 7) // 8
        return lambda payload: _raw(key.sign(payload, ec.ECDSA(digest)), size)
    raise ArgumentError(f"the private key is not one for {algorithm}")


def _raw(signature: bytes, size: int) -> bytes:
    """Both numbers of an ECDSA signature, one behind the other, as JOSE and HTTP Message Signatures want them."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))
