"""What signs: anything with `sign`, and the signer under a shared secret."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Protocol

from . import checks
from .errors import ArgumentError
from .interrupts import pass_on

ENCODINGS: Mapping[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda signature: b64encode(signature).decode(),
    "base64url": lambda signature: urlsafe_b64encode(signature).decode().rstrip("="),
}
"""How the bytes of a signature are written."""


class Signer(Protocol):
    """Anything that signs: a key in memory, in a vault, in an HSM."""

    def sign(self, payload: bytes) -> str:
        """The signature of the payload, as the text that the server expects, not yet percent-encoded."""
        ...


class AsyncSigner(Protocol):
    """What a `Signer` is, for an async client: its loop goes on meanwhile."""

    async def sign(self, payload: bytes) -> str:
        """The signature of the payload, as the text that the server expects, not yet percent-encoded."""
        ...


class HmacSigner:
    """HMAC under a shared secret: HMAC-SHA256 as lower-case hex, unless more is said.

    Args:
        secret: The API secret; its bytes are the key.
        digest: sha256, sha384 or sha512.
        encoding: How the signature is written: hex, base64 or base64url (without padding).
        key_encoding: How the secret is written: text, hex or base64.

    Raises:
        ArgumentError: The secret is empty or no text, has blanks or ends of lines, is in quotes, or is written in
            another way than that.
    """

    signs_at_once = True

    def __init__(
        self, secret: str, *, digest: str = "sha256", encoding: str = "hex", key_encoding: str = "text"
    ) -> None:
        checks.credential("the secret of an HmacSigner", secret)
        self._keyed = hmac.new(_key_of(secret, key_encoding), digestmod=digest)
        self._encode = None if encoding == "hex" else ENCODINGS[encoding]

    def sign(self, payload: bytes) -> str:
        """The signature of the payload, such as 64 hexadecimal digits."""
        keyed = self._keyed.copy()
        keyed.update(payload)
        return keyed.hexdigest() if self._encode is None else self._encode(keyed.digest())

    def __repr__(self) -> str:
        return "<HmacSigner>"


def _key_of(secret: str, encoding: str) -> bytes:
    """The bytes that a secret stands for."""
    try:
        if encoding == "base64":
            return b64decode(secret, validate=True)
        return bytes.fromhex(secret) if encoding == "hex" else secret.encode()
    except ValueError as error:
        pass_on(error)
        raise ArgumentError(f"the secret of an HmacSigner must be {encoding}; copy it anew") from None
