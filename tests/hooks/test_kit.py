"""The kit for a team's tests: hooks against vectors, and explanations of wrong signatures of each description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from codegen.runtime.core.errors import ArgumentError
from codegen.signing_kit import Verifier, check_hook, signing_request
from tests.clients.signatures import PHRASE, SECRET
from tests.hooks.acme_hook import AsyncHook

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


def test_what_only_the_public_key_can_tell_is_refused() -> None:
    with pytest.raises(ArgumentError, match="verify by the public key"):
        Verifier({"x-sdk-signing": {"algorithm": "ecdsa-sha256"}}, "secret")


def test_a_hook_is_held_against_a_vector() -> None:
    def request():
        return signing_request("GET", "https://api.example/v1/things?a=1", headers={"x-key": "k"}, now=7)

    check_hook(AsyncHook("right"), request(), {"X-Acme": "right"})
    with pytest.raises(AssertionError, match="parts at character 3: 'ght' instead of 'se', behind 'ri'"):
        check_hook(AsyncHook("right"), request(), {"X-Acme": "rise"})
    with pytest.raises(AssertionError, match="the hook added no header X-Other"):
        check_hook(AsyncHook("right"), request(), {"X-Other": "right"})
