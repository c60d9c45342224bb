# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Arguments that are encrypted under a key of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ArgumentError
from .interrupts import pass_on

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import OAEP

_HASH_BYTES = 32


def encrypted(text: str, key: str) -> str:
    """RSA-OAEP with SHA-256 and MGF1 with SHA-256, an empty label, as base64url without padding.

    Args:
        text: What is to be encrypted.
        key: base64 of a DER SubjectPublicKeyInfo.

    Raises:
        ArgumentError: `cryptography` is not there, or the text is too long for the key.
        ValueError: The key is none.
    """
    from base64 import b64decode, urlsafe_b64encode

    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError as error:
        raise ArgumentError("encryption needs cryptography: install the extra 'keys'") from error
    try:
        loaded = load_der_public_key(b64decode(key, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        pass_on(error)
        raise ValueError("the key that the server gave is none") from None
    if not isinstance(loaded, RSAPublicKey):
        raise ValueError("the key that the server gave is no RSA key")
    most = loaded.key_size // 8 - 2 * _HASH_BYTES - 2
    if len(text.encode()) > most:
        raise ArgumentError(f"is too long to be encrypted: at most {most} bytes under the server's key; is it already?")
    return urlsafe_b64encode(loaded.encrypt(text.encode(), _oaep())).rstrip(b"=").decode("ascii")


def _oaep() -> OAEP:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA256

    return OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)
