"""HMAC, RSA and Ed25519 keys side by side, and what they may do."""

import base64
import subprocess
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from binance_gift_card_sandbox import Sandbox
from tests.keys import rsa_key

PUBLISHED = "MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u"
RSA = rsa_key()
ED25519 = load_pem_private_key(f"-----BEGIN PRIVATE KEY-----\n{PUBLISHED}\n-----END PRIVATE KEY-----".encode(), None)


def pem(private):
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def sign(private, payload):
    more = (PKCS1v15(), SHA256()) if isinstance(private, rsa.RSAPrivateKey) else ()
    return quote(base64.b64encode(private.sign(payload.encode(), *more)), safe="")


def create(client, key, private, sent="token=USDT&amount=1"):
    payload = f"{sent}&timestamp={client.now_ms()}"
    body = f"{payload}&signature={sign(private, payload)}"
    return client.send("POST", "createCode", body=body, headers={"X-MBX-APIKEY": key.api_key})


@pytest.mark.parametrize("private", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_side_by_side(client, private):
    key = client.sandbox.add_key(pem(private), name="theirs")
    assert create(client, key, private).data
    assert client.create().data  # the HMAC key goes on
    assert [known.kind for known in client.sandbox.api_keys()] == ["hmac", key.kind]
    with pytest.raises(ValueError, match="private key is yours"):
        _ = key.api_secret


def test_a_second_hmac_key(client, connect):
    key = client.sandbox.add_key()
    other = connect(client.sandbox, client.now_ms)
    other.sandbox = type("Other", (), {"api_key": key.api_key, "api_secret": key.api_secret})
    assert other.create().data
    other.sandbox.api_secret = client.sandbox.api_secret
    assert other.create().code == -1022


def test_the_published_vector():
    from binance_gift_card_sandbox.keys import public_key

    key = public_key(pem(ED25519))
    payload = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
    payload += "&timestamp=1668481559918&recvWindow=5000"
    signature = "inDT086KVIP8vgUfw5sV3VTkescWztiAGlf4x8FLKHM4NInsn0c1kYVLoGMO8cyjfR6vmTku2YQE0gtfVVlfCw=="
    assert key.accepts(payload.encode(), signature)
    assert not key.accepts(payload.encode() + b"0", signature)
    assert not key.accepts(payload.encode(), "é")


def test_rsa_as_openssl_signs(client, tmp_path):
    file = tmp_path / "key.pem"
    file.write_bytes(RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = client.sandbox.add_key(pem(RSA))
    payload = f"token=USDT&amount=1&timestamp={client.now_ms()}"
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(file)], input=payload.encode(), capture_output=True, check=True
    )
    body = f"{payload}&signature={quote(base64.b64encode(done.stdout), safe='')}"
    assert client.send("POST", "createCode", body=body, headers={"X-MBX-APIKEY": key.api_key}).data


def test_base64_that_was_not_percent_encoded(client):
    """Its plus signs arrive as spaces."""
    key = client.sandbox.add_key(pem(RSA))
    client.now_ms = client.sandbox.clock
    signature = ""
    while "+" not in signature:
        client.sandbox.clock.advance(1)
        body = f"token=USDT&amount=1&timestamp={client.now_ms()}"
        signature = base64.b64encode(RSA.sign(body.encode(), PKCS1v15(), SHA256())).decode()
    body += f"&signature={signature}"
    assert client.send("POST", "createCode", body=body, headers={"X-MBX-APIKEY": key.api_key}).code == -1022
    told = client.sandbox.diagnose(client.sandbox.requests()[-1])
    assert (told.cause, "'+' became a space" in told.explanation) == ("wrong-signature-text", True)


def test_a_signature_of_another_kind(client):
    key = client.sandbox.add_key(pem(ED25519))
    assert create(client, key, RSA).code == -1022
    body = f"token=USDT&amount=1&timestamp={client.now_ms()}"
    body += f"&signature={client.sign(body)}"
    assert client.send("POST", "createCode", body=body, headers={"X-MBX-APIKEY": key.api_key}).code == -1022


def test_a_key_that_may_not_issue(client):
    key = client.sandbox.add_key(pem(ED25519), permissions=["read"])
    refused = create(client, key, ED25519)
    assert (refused.status, refused.code) == (401, -2015)
    card = client.create().data
    payload = f"code={card['code']}&timestamp={client.now_ms()}"
    body = f"{payload}&signature={sign(ED25519, payload)}"
    assert client.send("POST", "redeemCode", body=body, headers={"X-MBX-APIKEY": key.api_key}).data


def test_a_key_that_was_removed(client):
    key = client.sandbox.add_key(pem(ED25519))
    client.sandbox.remove_key(key.api_key)
    assert create(client, key, ED25519).code == -2015
    with pytest.raises(KeyError):
        client.sandbox.remove_key(key.api_key)
    client.sandbox.remove_key(client.sandbox.api_key)
    assert client.create().code == -2015


def test_the_sandbox_of_a_public_key(make, tmp_path):
    client = make(public_key=pem(RSA), api_secret=None, state=tmp_path / "state.db")
    assert client.sandbox.api_secret == ""
    assert create(client, client.sandbox, RSA).data
    client.sandbox.close()
    with Sandbox(public_key=pem(RSA), state=tmp_path / "state.db") as again:
        assert again.api_key == client.sandbox.api_key


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("not a key", "not a public key in PEM"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "must be Ed25519, or RSA of 2048 or 4096 bits"),
        (pem(rsa_key(1024)), "must be Ed25519, or RSA of 2048 or 4096 bits"),
        (
            ed25519.Ed25519PrivateKey.generate()
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode(),
            "this is a private key",
        ),
    ],
)
def test_no_such_key(client, given, words):
    with pytest.raises(ValueError, match=words) as refused:
        client.sandbox.add_key(given)
    assert "MC4C" not in str(refused.value)
    assert words in client.control("POST", "keys", {"public_key": given}).json["error"]
    assert len(client.sandbox.api_keys()) == 1


def test_over_http(client):
    made = client.control("POST", "keys", {"name": "till", "permissions": ["read"]}).json
    assert (made["kind"], made["name"], made["permissions"], len(made["api_secret"])) == ("hmac", "till", ["read"], 64)
    theirs = client.control("POST", "keys", {"public_key": pem(ED25519)}).json
    assert "api_secret" not in theirs
    shown = client.control("GET", "state").json["keys"]
    assert [key["kind"] for key in shown] == ["hmac", "hmac", "ed25519"]
    assert made["api_secret"] not in str(shown)
    assert client.control("DELETE", f"keys/{made['api_key']}").status == 200
    assert client.control("DELETE", f"keys/{made['api_key']}").status == 404
    taken = client.control("POST", "keys", {"api_key": client.sandbox.api_key})
    assert (taken.status, "already" in taken.json["error"]) == (400, True)


def test_secrets_are_in_no_repr(client):
    key = client.sandbox.add_key()
    assert key.api_secret not in repr(key) + repr(client.sandbox.api_keys())
