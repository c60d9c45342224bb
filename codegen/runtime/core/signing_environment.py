"""What signs, out of environment variables; only packages that sign carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .environment import credential, secret_file, text
from .errors import ArgumentError

if TYPE_CHECKING:
    from .private_keys import Ed25519Signer, RsaSigner
    from .signers import HmacSigner


def signer(prefix: str) -> HmacSigner | RsaSigner | Ed25519Signer | None:
    """The signer that the environment describes.

    A private key (``…_PRIVATE_KEY_FILE``, ``…_PRIVATE_KEY_PASSPHRASE``) or a secret (``…_API_SECRET``).

    Raises:
        ArgumentError: Both are set, or the key cannot be used.
    """
    from .signers import HmacSigner

    file, secret = text(f"{prefix}_PRIVATE_KEY_FILE"), credential(f"{prefix}_API_SECRET")
    if file and secret:
        raise ArgumentError(f"{prefix}_PRIVATE_KEY_FILE and {prefix}_API_SECRET are both set; set one")
    if file:
        from .private_keys import signer_of

        pem = secret_file(prefix, f"{prefix}_PRIVATE_KEY_FILE", file)
        return signer_of(pem, passphrase=credential(f"{prefix}_PRIVATE_KEY_PASSPHRASE", spaced=True))
    return HmacSigner(secret) if secret else None
