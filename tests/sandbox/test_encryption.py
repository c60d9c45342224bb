"""Codes encrypted under the key of the day."""

import base64

import pytest

pytest.importorskip("cryptography")

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

DAY_MS = 86_400_000


def fetch_key(client):
    text = client.call("GET", "cryptography/rsa-public-key", {}).data
    key = load_der_public_key(base64.b64decode(text, validate=True))
    assert key.key_size == 1024
    return key


def encrypt(key, code, digest=SHA256):
    encrypted = key.encrypt(code.encode(), OAEP(mgf=MGF1(digest()), algorithm=digest(), label=None))
    return base64.urlsafe_b64encode(encrypted).decode().rstrip("=")


def test_encrypted_code(client):
    card = client.create().data
    key = fetch_key(client)
    encrypted = encrypt(key, card["code"])
    assert client.redeem(encrypted).data["referenceNo"] == card["referenceNo"]
    assert client.redeem(encrypt(key, card["code"])).code == -3026
    assert client.sandbox.balance("USDT") == 1000


def test_key_of_the_day(client, clock):
    clock.now_ms -= clock.now_ms % DAY_MS
    code = client.create().data["code"]
    today = fetch_key(client)
    clock.pass_ms(DAY_MS - 1)
    assert fetch_key(client).public_numbers() == today.public_numbers()
    clock.pass_ms(1)
    assert client.redeem(encrypt(today, code)).code == -3026  # before anybody asked for the new one, too
    tomorrow = fetch_key(client)
    assert tomorrow.public_numbers() != today.public_numbers()
    assert client.redeem(encrypt(today, code)).code == -3026
    assert client.redeem(encrypt(tomorrow, code)).data


def test_encrypted_otherwise(client):
    code = client.create().data["code"]
    key = fetch_key(client)
    assert client.redeem(encrypt(key, code, SHA1)).code == -3026
    assert client.redeem(encrypt(key, "é")).code == -3026
