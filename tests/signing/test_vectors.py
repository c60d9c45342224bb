"""Every signing vector that is published, through the door that a call goes through: a draft and a signer."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from binance_gift_card import Ed25519Signer, HmacSigner, RsaSigner
from binance_gift_card._runtime.core.draft import Draft
from binance_gift_card._runtime.core.private_keys import signer_of
from binance_gift_card.errors import ArgumentError

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.iterdir() if (path / "request.json").exists())
SIGNERS = {
    "hmac": lambda: HmacSigner("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
    "ed25519": lambda: Ed25519Signer(
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u\n"
        "-----END PRIVATE KEY-----\n"
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_vector(case: Path) -> None:
    request = json.loads((case / "request.json").read_text(encoding="utf-8"))
    draft = Draft(path="/", headers={})
    for place in ("query", "form"):
        for name, value in request[place]:
            draft.add(place, name, value)
    assert draft.payload().decode() == (case / "payload.txt").read_text().strip()
    signature = SIGNERS[request["key"]]().sign(draft.payload())
    assert signature == (case / "signature.txt").read_text().strip()


def _pem(key: object, passphrase: str | None = None) -> str:
    hidden = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden).decode()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.needs("openssl")  # the reference
def test_rsa_agrees_with_openssl(rsa_key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(_pem(rsa_key))
    payload = b"token=USDT&amount=1&timestamp=1499827319559"
    command = ["openssl", "dgst", "-sha256", "-sign", str(file)]
    theirs = subprocess.run(command, input=payload, capture_output=True, check=True).stdout
    assert base64.b64decode(RsaSigner(file.read_text()).sign(payload)) == theirs


def test_a_key_file_gives_the_signer_of_its_kind(rsa_key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    for key, kind in ((rsa_key, RsaSigner), (ed25519.Ed25519PrivateKey.generate(), Ed25519Signer)):
        file = tmp_path / "key.pem"
        file.write_text(_pem(key, "open sesame"))
        file.chmod(0o600)
        assert isinstance(signer_of(file.read_bytes(), passphrase="open sesame"), kind)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda key: RsaSigner("no key"), "no PEM text"),
        (lambda key: RsaSigner(_pem(ed25519.Ed25519PrivateKey.generate())), "needs an RSA private key"),
        (lambda key: Ed25519Signer(_pem(key)), "needs an Ed25519 private key"),
        (lambda key: Ed25519Signer(_pem(ec.generate_private_key(ec.SECP256R1()))), "needs an Ed25519 private key"),
        (lambda key: RsaSigner(_pem(key, "right"), passphrase="wrong"), "passphrase is wrong"),
        (lambda key: RsaSigner(_pem(key, "right")), "no passphrase was given"),
        (lambda key: RsaSigner(_pem(key), passphrase="needless"), "is not encrypted"),
        (lambda key: RsaSigner.from_file("absent.pem"), "cannot be read"),
        (lambda key: HmacSigner(""), "must not be empty"),
    ],
)
def test_a_key_that_cannot_be_used_says_why(make: object, message: str, rsa_key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(ArgumentError, match=message):
        make(rsa_key)  # type: ignore[operator]
