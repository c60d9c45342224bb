"""What a server knows of a client that signs with a private key: whether a signature was made with it."""

from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from codegen.runtime.core.errors import ArgumentError

_KEYS = {"rsa": rsa.RSAPublicKey, "ecdsa": ec.EllipticCurvePublicKey, "ed25519": ed25519.Ed25519PublicKey}
_DECODE: Mapping[str, Callable[[str], bytes]] = {
    "hex": bytes.fromhex,
    "base64": lambda text: b64decode(text, validate=True),
    "base64url": lambda text: urlsafe_b64decode(text + "=" * (-len(text) % 4)),
}


def _key(pem: str, algorithm: str) -> Any:
    """The public key of a PEM text, or that of the private key in it."""
    try:
        is_private = "PRIVATE KEY-----" in pem
        key: Any = load_pem_private_key(pem.encode(), None) if is_private else load_pem_public_key(pem.encode())
    except (ValueError, TypeError):
        raise ArgumentError(f"{algorithm} is verified by a public key in PEM form, and this is none") from None
    key = key.public_key() if is_private else key
    if not isinstance(key, _KEYS[algorithm.partition("-")[0]]):
        raise ArgumentError(f"the key is not one for {algorithm}")
    return key


def is_signature(signature: str, payload: bytes, *, pem: str, algorithm: str, encoding: str) -> bool:
    """Whether the key's owner signed the payload so.

    Raises:
        ArgumentError: The PEM text has no key for the algorithm.
    """
    key = _key(pem, algorithm)
    try:
        made = _DECODE[encoding](signature)
        _verify(key, algorithm, made, payload)
    except (InvalidSignature, ValueError, OverflowError):
        return False
    return True


def _verify(key: Any, algorithm: str, signature: bytes, payload: bytes) -> None:
    kind, _, name = algorithm.rpartition("-")
    if algorithm == "ed25519":
        key.verify(signature, payload)
        return
    digest = getattr(hashes, name.upper())()
    if kind == "ecdsa-raw":
        signature = _as_der(signature, (key.curve.key_size + 7) // 8)
    how: dict[str, tuple[Any, ...]] = {
        "rsa": (padding.PKCS1v15(), digest),
        "rsa-pss": (padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest),
        "ecdsa": (ec.ECDSA(digest),),
        "ecdsa-raw": (ec.ECDSA(digest),),
    }
    key.verify(signature, payload, *how[kind])


def _as_der(signature: bytes, size: int) -> bytes:
    """Both numbers of an ECDSA signature, as they are verified."""
    if len(signature) != 2 * size:
        raise InvalidSignature
    return encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:size], signature[size:])))
