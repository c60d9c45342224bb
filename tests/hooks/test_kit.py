"""The kit for a team's tests: hooks against vectors, and explanations of wrong signatures of each description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from codegen.extensions.signing import ALGORITHMS
from codegen.runtime.core.algorithms import Algorithm
from codegen.runtime.core.errors import ArgumentError
from codegen.signing_kit import Verifier, check_hook, signing_request
from tests.clients.signatures import PHRASE, SECRET
from tests.hooks.acme_hook import AsyncHook
from tests.hooks.test_algorithms import EDWARDS, P256, RSA, pem

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
SCHEMES = yaml.safe_load((HERE / "vendors.yaml").read_text(encoding="utf-8"))["components"]["securitySchemes"]
SENT = [name for name in VECTORS if name != "ccxt"]


def explain(name: str, changed=lambda scheme: scheme, **given):
    vendor, _, kind = name.partition("_")
    sent = {**VECTORS[name], **given}
    scheme = changed(json.loads(json.dumps(SCHEMES[vendor])))
    passphrase = sent["headers"].get("KC-API-PASSPHRASE", PHRASE)
    method = "GET" if kind == "list" else "POST"
    url = f"https://api.example{sent['target']}"
    return Verifier(scheme, SECRET, passphrase).explain(method, url, sent["headers"], sent["body"].encode())


@pytest.mark.parametrize("name", SENT)
def test_what_ccxt_signs_is_right(name: str) -> None:
    assert explain(name).is_valid, explain(name)


@pytest.mark.parametrize("name", ["kucoin_send", "okx_send", "bybit_send", "coinbase_send", "bitfinex_send"])
def test_another_body_is_told(name: str) -> None:
    said = explain(name, body="{}")
    assert not said.is_valid
    assert "by another secret or over something else" in said.reason
    assert SECRET not in str(said)


@pytest.mark.parametrize(
    ("name", "key", "value", "reason"),
    [
        ("okx_send", "encoding", "hex", "it is written as base64"),
        ("coinbase_send", "secret", "text", "the secret is taken as base64"),
        ("okx_send", "join", "|", "'' stands between the parts"),
        ("okx_send", "sign", ["timestamp", "method", "target", "body", "key"], "key is left out"),
        ("kucoin_send", "sign", ["method", "timestamp", "target", "body"], "method comes behind what follows it"),
        ("okx_list", "sign", ["timestamp", "method", "path", "body"], "target is signed for path"),
        ("okx_send", "algorithm", "hmac-sha512", "the digest is sha256"),
    ],
)
def test_how_it_was_signed_instead(name: str, key: str, value: object, reason: str) -> None:
    def changed(scheme):
        scheme["x-sdk-signing"][key] = value
        return scheme

    assert explain(name, changed).reason == f"the signature is wrong: it is right if {reason}"


def test_what_is_missing_is_told() -> None:
    assert explain("okx_send", headers={}).reason == "there is no timestamp in the header 'OK-ACCESS-TIMESTAMP'"


def signed(algorithm: str, encoding: str = "base64"):
    """A scheme, and what a client of it sends."""
    key = {"r": RSA, "c": P256, "d": EDWARDS}[algorithm.lstrip("e")[0]]
    scheme = {"type": "apiKey", "in": "header", "name": "X-Sign", "x-sdk-signing": {"algorithm": algorithm}}
    scheme["x-sdk-signing"] |= {"encoding": encoding, "sign": ["method", "target", "body"]}
    signature = Algorithm(algorithm, encoding=encoding).signer(pem(key), "signer").sign(b"POST/things?a=1{}")
    return scheme, key, ("POST", "https://api.example/things?a=1", {"X-Sign": signature}, b"{}")


def public(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name.startswith(("rsa", "ecdsa", "ed"))])
@pytest.mark.parametrize("encoding", ["base64", "base64url", "hex"])
def test_the_public_key_tells(algorithm: str, encoding: str) -> None:
    scheme, key, sent = signed(algorithm, encoding)
    for given in (public(key), pem(key)):
        assert Verifier(scheme, given).explain(*sent).is_valid
    said = Verifier(scheme, public(key)).explain(*sent[:3], b"{ }")
    assert str(said).startswith("the signature is wrong, by another secret or over something else")


@pytest.mark.parametrize(
    ("algorithm", "key", "value", "reason"),
    [
        ("ecdsa-sha256", "encoding", "hex", "it is written as base64"),
        ("ecdsa-raw-sha256", "algorithm", "ecdsa-sha256", "the algorithm is ecdsa-raw-sha256"),
        ("ecdsa-sha256", "algorithm", "ecdsa-raw-sha256", "the algorithm is ecdsa-sha256"),
        ("rsa-pss-sha256", "algorithm", "rsa-sha256", "the algorithm is rsa-pss-sha256"),
        ("rsa-sha256", "algorithm", "rsa-pss-sha256", "the algorithm is rsa-sha256"),
        ("rsa-pss-sha384", "algorithm", "rsa-pss-sha256", "the digest is sha384"),
        ("ed25519", "sign", ["method", "path", "body"], "target is signed for path"),
    ],
)
def test_the_public_key_tells_how_it_was_signed_instead(algorithm: str, key: str, value: object, reason: str) -> None:
    scheme, owner, sent = signed(algorithm)
    scheme["x-sdk-signing"][key] = value
    said = Verifier(scheme, public(owner)).explain(*sent)
    assert said.reason == f"the signature is wrong: it is right if {reason}"


@pytest.mark.parametrize(
    ("key", "message"),
    [("secret", "a public key in PEM form"), (public(EDWARDS), "the key is not one for ecdsa-sha256")],
)
def test_what_is_no_key_for_the_algorithm_is_refused(key: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Verifier({"x-sdk-signing": {"algorithm": "ecdsa-sha256"}}, key)


def test_a_hook_is_held_against_a_vector() -> None:
    def request():
        return signing_request("GET", "https://api.example/v1/things?a=1", headers={"x-key": "k"}, now=7)

    check_hook(AsyncHook("right"), request(), {"X-Acme": "right"})
    with pytest.raises(AssertionError, match="parts at character 3: 'ght' instead of 'se', behind 'ri'"):
        check_hook(AsyncHook("right"), request(), {"X-Acme": "rise"})
    with pytest.raises(AssertionError, match="the hook added no header X-Other"):
        check_hook(AsyncHook("right"), request(), {"X-Other": "right"})
