# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""What signs: anything with `sign`, and the signer under a shared secret."""

from __future__ import annotations

import hmac
from typing import Protocol

from . import checks


class Signer(Protocol):
    """Anything that signs: a key in memory, in a vault, in an HSM."""

    def sign(self, payload: bytes) -> str:
        """The signature of the payload, as the text that the server expects, not yet percent-encoded."""


class AsyncSigner(Protocol):
    """The same for an async client, whose loop goes on meanwhile."""

    async def sign(self, payload: bytes) -> str:
        """As above."""


class HmacSigner:
    """HMAC-SHA256 under a shared secret, as lower-case hex.

    Args:
        secret: The API secret; its bytes are the key.

    Raises:
        ArgumentError: The secret is empty or no text, has blanks or ends of lines, or is in quotes.
    """

    signs_at_once = True

    def __init__(self, secret: str) -> None:
        checks.credential("the secret of an HmacSigner", secret)
        self._keyed = hmac.new(secret.encode(), digestmod="sha256")

    def sign(self, payload: bytes) -> str:
        """The signature of the payload: 64 hexadecimal digits."""
        keyed = self._keyed.copy()
        keyed.update(payload)
        return keyed.hexdigest()

    def __repr__(self) -> str:
        return "<HmacSigner>"
