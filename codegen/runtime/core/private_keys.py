"""Signers with a private key."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import checks, secret_files
from .errors import ArgumentError
from .interrupts import pass_on
from .pem import private_block

K = TypeVar("K", bound="_KeySigner")

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


class _KeySigner:
    """A signer with a private key."""

    @classmethod
    def from_file(
        cls: type[K], path: str | Path, *, passphrase: str | None = None, allow_readable_files: bool = False
    ) -> K:
        """The signer for the private key in a PEM file.

        Args:
            path: Of the file.
            passphrase: What the key is encrypted under, if it is.
            allow_readable_files: Whether every user may read the file, as on a mount that is read-only.

        Raises:
            ArgumentError: The file cannot be read, may be read by everybody, or holds no such key.
        """
        pem = secret_files.read("the key file", path, allow_readable=allow_readable_files)
        return cls(pem, passphrase=passphrase)  # type: ignore[call-arg]


class RsaSigner(_KeySigner):
    """RSA, PKCS#1 v1.5 with SHA-256, as base64; needs the extra ``keys`` (cryptography).

    Args:
        private_key: The key as PEM text (PKCS#8).
        passphrase: What the key is encrypted under, if it is.

    Raises:
        ArgumentError: The text is no RSA private key, or the passphrase is wrong.
    """

    signs_at_once = True

    def __init__(self, private_key: str | bytes, *, passphrase: str | None = None) -> None:
        key = load_private_key(private_key, passphrase)
        from cryptography.hazmat.primitives.asymmetric import rsa

        if not isinstance(key, rsa.RSAPrivateKey):
            raise ArgumentError(
                "an RsaSigner needs an RSA private key, and this is another; an Ed25519Signer takes one of Ed25519"
            )
        if key.key_size < 2048:
            raise ArgumentError(f"an RsaSigner needs a key of at least 2048 bits, and this has {key.key_size}")
        self._key = key

    def sign(self, payload: bytes) -> str:
        """The signature of the payload, in base64."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        return b64encode(self._key.sign(payload, padding.PKCS1v15(), hashes.SHA256())).decode()

    def __repr__(self) -> str:
        return "<RsaSigner>"


class Ed25519Signer(_KeySigner):
    """Ed25519, as base64; needs the extra ``keys`` (cryptography).

    Args:
        private_key: The key as PEM text (PKCS#8).
        passphrase: What the key is encrypted under, if it is.

    Raises:
        ArgumentError: The text is no Ed25519 private key, or the passphrase is wrong.
    """

    signs_at_once = True

    def __init__(self, private_key: str | bytes, *, passphrase: str | None = None) -> None:
        key = load_private_key(private_key, passphrase)
        from cryptography.hazmat.primitives.asymmetric import ed25519

        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise ArgumentError(
                "an Ed25519Signer needs an Ed25519 private key, and this is another; an RsaSigner takes one of RSA"
            )
        self._key = key

    def sign(self, payload: bytes) -> str:
        """The signature of the payload, in base64."""
        return b64encode(self._key.sign(payload)).decode()

    def __repr__(self) -> str:
        return "<Ed25519Signer>"


def signer_of(pem: str | bytes, *, passphrase: str | None = None) -> RsaSigner | Ed25519Signer:
    """The signer for a private key, by its kind.

    Raises:
        ArgumentError: It is no RSA or Ed25519 private key.
    """
    key = load_private_key(pem, passphrase)
    from cryptography.hazmat.primitives.asymmetric import rsa

    if isinstance(key, rsa.RSAPrivateKey):
        return RsaSigner(pem, passphrase=passphrase)
    return Ed25519Signer(pem, passphrase=passphrase)


def load_private_key(pem: str | bytes, passphrase: str | None) -> PrivateKeyTypes:
    """The key of a PEM text.

    Raises:
        ArgumentError: It is none, the passphrase is wrong, or cryptography is not there.
    """
    try:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise ArgumentError("keys in PEM form need cryptography: install the extra 'keys'") from error
    if passphrase is not None and passphrase != "":
        checks.credential("the passphrase of a private key", passphrase, spaced=True)
    if not isinstance(pem, (str, bytes)):
        raise ArgumentError(f"a private key must be PEM text, not {type(pem).__name__}")
    block = private_block(pem)
    secret = passphrase.encode() if passphrase else None
    try:
        return load_pem_private_key(block, secret)
    except TypeError as error:
        pass_on(error)
        wrong = (
            "is encrypted, and no passphrase was given" if secret is None else "is not encrypted; give no passphrase"
        )
        raise ArgumentError(f"the private key {wrong}") from None
    except ValueError as error:
        pass_on(error)
        reason = "the private key was changed or is of a kind that is not known, or the passphrase is wrong"
        raise ArgumentError(reason) from None  # the library's own words may quote the key
