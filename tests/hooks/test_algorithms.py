"""Each algorithm that a description may name, held against the public key, and what is refused of a secret."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from codegen.extensions.signing import ALGORITHMS
from codegen.runtime.core.algorithms import Algorithm
from codegen.runtime.core.described import STAMPS
from codegen.runtime.core.errors import ArgumentError
from codegen.runtime.core.nonces import AT_RANDOM
from tests.keys import rsa_key

RSA = rsa_key()
P256 = ec.generate_private_key(ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()
PAYLOAD = b"what is signed"


def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def verify(algorithm: str, signature: bytes) -> None:
    kind, _, name = algorithm.rpartition("-")
    digest = getattr(hashes, name.upper(), hashes.SHA256)()
    if algorithm == "ed25519":
        EDWARDS.public_key().verify(signature, PAYLOAD)
    elif kind == "rsa":
        RSA.public_key().verify(signature, PAYLOAD, padding.PKCS1v15(), digest)
    elif kind == "rsa-pss":
        pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
        RSA.public_key().verify(signature, PAYLOAD, pss, digest)
    else:
        if kind == "ecdsa-raw":
            assert len(signature) == 64
            signature = encode_dss_signature(
                *(int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
            )
        P256.public_key().verify(signature, PAYLOAD, ec.ECDSA(digest))


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name.startswith(("rsa", "ecdsa", "ed"))])
def test_a_private_key_signs(algorithm: str) -> None:
    key = {"r": RSA, "e": P256}[algorithm[0]] if algorithm != "ed25519" else EDWARDS
    signature = Algorithm(algorithm, encoding="base64url").signer(pem(key), "signer").sign(PAYLOAD)
    verify(algorithm, base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))


@pytest.mark.parametrize("key_encoding", ["text", "hex", "base64"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_secret_signs(digest: str, key_encoding: str) -> None:
    secret = {"text": "secret", "hex": b"secret".hex(), "base64": base64.b64encode(b"secret").decode()}[key_encoding]
    signer = Algorithm(f"hmac-{digest}", key_encoding=key_encoding).signer(secret, "signer")
    assert signer.sign(PAYLOAD) == hmac.new(b"secret", PAYLOAD, digest).hexdigest()


def test_a_digest_signs_by_the_secret_within() -> None:
    assert Algorithm("sha512").signer("secret", "signer").sign(PAYLOAD) == hashlib.sha512(PAYLOAD).hexdigest()


@pytest.mark.parametrize(
    ("algorithm", "given", "message"),
    [
        ("rsa-sha256", pem(P256), "is not one for rsa-sha256"),
        ("ed25519", pem(RSA), "is not one for ed25519"),
        ("ecdsa-sha256", "secret", "no PEM text"),
        ("hmac-sha256", 7, "signer must be text, or have a method sign"),
        ("hmac-sha256", " secret", "signer has blanks around it"),
        ("rsa-sha256", pem(rsa_key(1024)), "at least 2048 bits"),
    ],
)
def test_what_cannot_sign_is_refused(algorithm: str, given: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Algorithm(algorithm).signer(given, "signer")


def test_a_secret_that_is_not_written_so_is_refused_unseen() -> None:
    with pytest.raises(ArgumentError, match="must be base64") as raised:
        Algorithm("hmac-sha256", key_encoding="base64").signer("no-base64!", "signer")
    assert "no-base64" not in str(raised.value)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("seconds", "1700000000"),
        ("milliseconds", "1700000000012"),
        ("microseconds", "1700000000012000"),
        ("nanoseconds", "1700000000012000000"),
        ("iso8601", "2023-11-14T22:13:20.012Z"),
        ("iso8601-seconds", "2023-11-14T22:13:20Z"),
    ],
)
def test_a_timestamp_is_written_as_said(unit: str, text: str) -> None:
    assert STAMPS[unit](1_700_000_000_012) == text


@pytest.mark.parametrize(("kind", "length"), [("random", 32), ("uuid", 36)])
def test_nonces_at_random_are_told_apart(kind: str, length: int) -> None:
    nonces = {AT_RANDOM[kind]() for _ in range(50)}
    assert len(nonces) == 50
    assert {len(nonce) for nonce in nonces} == {length}
