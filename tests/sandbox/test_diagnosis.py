"""Mistakes that clients make, signed for real, and what the diagnosis says of each."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_gift_card_sandbox.diagnosis import diagnose
from binance_gift_card_sandbox.diagnosis.candidates import CURES
from tests.keys import rsa_key

FORM = "application/x-www-form-urlencoded"
NOW = 1_699_827_319_559
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
TIME = f"recvWindow=5000&timestamp={NOW}"
CARD = f"code=ab%2B%2Fcd%3D%3D&externalUid=user%40x%20y%2Bz%2F%C3%A9~&{TIME}"


@dataclass(frozen=True)
class SimpleKey:
    """A key as the server has it, and its private part as the client has it."""

    kind: Any
    api_key: str
    material: str
    private: Any = field(default=None, repr=False)

    def sign(self, payload):
        if self.kind == "hmac":
            return hmac.digest(self.material.encode(), payload, "sha256").hex()
        more = (PKCS1v15(), SHA256()) if self.kind == "rsa" else ()
        return base64.b64encode(self.private.sign(payload, *more)).decode()

    def accepts(self, payload, signature):
        if self.kind == "hmac":
            return self.sign(payload) == signature.lower()
        more = (PKCS1v15(), SHA256()) if self.kind == "rsa" else ()
        try:
            self.private.public_key().verify(base64.b64decode(signature, validate=True), payload, *more)
        except (ValueError, InvalidSignature):
            return False
        return True


def asymmetric(kind, private, api_key):
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SimpleKey(kind, api_key, pem, private)


HMAC = SimpleKey("hmac", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv", SECRET)
ED25519 = asymmetric("ed25519", Ed25519PrivateKey.from_private_bytes(bytes(range(32))), "ed25519KeyOfThisTest0123")
RSA = asymmetric("rsa", rsa_key(), "rsaKeyOfThisTest01234567")
KEYS = [pytest.param(key, id=key.kind) for key in (HMAC, ED25519, RSA)]
OTHERS = {
    "hmac": SimpleKey("hmac", "anotherHmacKey0123456789", SECRET[::-1]),
    "ed25519": asymmetric("ed25519", Ed25519PrivateKey.from_private_bytes(bytes(32)), "anotherEdKey0123456789"),
    "rsa": asymmetric("rsa", rsa_key(name="another"), "anotherRsaKey0123456789"),
}


def large():
    return asymmetric("rsa", rsa_key(4096), "largeKeyOfThisTest012345")


def ask(key, query="", body="", signature=None, *, others=(), content_type=FORM, server_ms=NOW, raw=False):
    """Sends the signature last: in the body if there is one."""
    method = "POST" if body else "GET"
    if signature is not None:
        last = "signature=" + (signature if raw else quote(signature, safe=""))
        query, body = (query, f"{body}&{last}") if body else (f"{query}&{last}" if query else last, "")
    return diagnose(
        key=key,
        others=others,
        method=method,
        query=query.encode(),
        body=body.encode(),
        content_type=content_type,
        server_ms=server_ms,
    )


def check(found, cause, signed, server):
    """What every explained mistake holds to."""
    signed = signed if isinstance(signed, bytes) else signed.encode()
    assert (found.verdict, found.cause) == ("explained", cause)
    assert found.server_payload == server
    assert found.client_payload == signed.decode("latin-1")
    assert found.explanation.endswith(".")
    assert found.cure.endswith(".")
    if found.server_payload == found.client_payload:
        assert found.difference is None
        return
    at = found.difference.at
    assert found.server_payload[:at] == found.client_payload[:at]
    assert found.server_payload[at : at + 1] != found.client_payload[at : at + 1]
    assert found.difference.server in found.server_payload
    assert found.difference.client in found.client_payload


PUBLISHED = [
    ("timestamp=1578963600000", "", "d84e6641b1e328e7b418fff030caed655c266299c9355e36ce801ed14631eed4"),
    (
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
        "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
        "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
    ),
    (
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
        "",
        "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
    ),
    (
        "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC"
        "&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
        "",
        "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
    ),
    (
        "",
        "code=ab%2B%2Fcd%3D%3D&externalUid=user%40x%20y%2Bz%2F%C3%A9~&timestamp=1499827319559",
        "ec27105e8ec58e0eb9de5a346b756b1d392150b841979e0d8894fc5bacf299a7",
    ),
]


@pytest.mark.parametrize(("query", "body", "signature"), PUBLISHED)
def test_published_vectors_are_valid(query, body, signature):
    at = int((query + body).rpartition("=")[2])
    found = ask(HMAC, query, body, signature, server_ms=at)
    assert (found.verdict, found.cause, found.cure, found.difference) == ("valid", "", "", None)
    assert found.server_payload == found.client_payload == query + body


def test_published_ed25519_vector_is_valid():
    der = base64.b64decode("MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u")
    key = asymmetric("ed25519", load_der_private_key(der, None), "published")
    query = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
    query += "&timestamp=1668481559918&recvWindow=5000"
    signature = "inDT086KVIP8vgUfw5sV3VTkescWztiAGlf4x8FLKHM4NInsn0c1kYVLoGMO8cyjfR6vmTku2YQE0gtfVVlfCw=="
    assert ask(key, query, "", signature, server_ms=1668481559918).verdict == "valid"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("query", "body"), [(CARD, ""), ("", CARD), ("token=USDT", f"amount=1&{TIME}")])
def test_what_is_signed_well_is_valid(key, query, body):
    assert ask(key, query, body, key.sign((query + body).encode())).verdict == "valid"


def by_name(text):
    return "&".join(sorted(text.split("&")))


def javascript(text):
    return quote(unquote(text), safe="!'()*=&")


# What travels, how the client made what it signed from that, the cause, and words of the difference.
IN_ONE_PART = [
    ("encoded-after-signing", CARD, unquote, "'+' was signed as it is, but travelled as '%2B'"),
    ("encoded-after-signing", f"a=x%40y&{TIME}", unquote, "'@' was signed as it is, but travelled as '%40'"),
    ("encoded-after-signing", f"a=x%20y&{TIME}", unquote, "' ' was signed as it is, but travelled as '%20'"),
    ("encoded-after-signing", f"a=x+y&{TIME}", unquote_plus, "A space was signed as ' ', but travelled as '+'"),
    ("encoded-after-signing", f"a=%C3%A9&{TIME}", unquote, "'é' was signed as it is, but travelled as '%C3%A9'"),
    ("decoded-after-signing", f"a=x@y&{TIME}", lambda t: t.replace("@", "%40"), "'@' was signed as '%40', but"),
    ("decoded-after-signing", f"a=é&{TIME}", lambda t: t.replace("é", "%C3%A9"), "'é' was signed as '%C3%A9', but"),
    ("double-encoded", f"a=x%40y&{TIME}", lambda t: t.replace("%", "%25"), "'%40' was signed as '%2540'"),
    ("double-encoded", f"a=x%2540y&{TIME}", unquote, "'%40' was signed as it is, but travelled as '%2540'"),
    ("double-encoded", CARD, lambda t: quote(t, safe=""), "'=' was signed as '%3D', but travelled as it is"),
    ("space-as-plus", f"a=x%20y&{TIME}", lambda t: t.replace("%20", "+"), "A space was signed as '+', but"),
    ("space-as-plus", f"a=x+y&{TIME}", lambda t: t.replace("+", "%20"), "A space was signed as '%20', but"),
    ("other-safe-characters", CARD, lambda t: t.replace("%20", "+").replace("~", "%7E"), "A space was signed as '+'"),
    ("lower-case-escapes", f"a=x%2Fy&{TIME}", lambda t: t.replace("%2F", "%2f"), "'%2f' was signed, but travelled as"),
    ("upper-case-escapes", f"a=x%2fy&{TIME}", lambda t: t.replace("%2f", "%2F"), "'%2F' was signed, but travelled as"),
    ("other-safe-characters", CARD, lambda t: t.replace("%2F", "/"), "'/' was signed as it is, but travelled as '%2F'"),
    ("other-safe-characters", CARD, lambda t: t.replace("~", "%7E"), "'~' was signed as '%7E', but travelled as it is"),
    ("other-safe-characters", f"a=%2A%40&{TIME}", javascript, "'*' was signed as it is, but travelled as '%2A'"),
    ("wrong-charset", f"a=%C3%A9&{TIME}", lambda t: t.replace("%C3%A9", "%E9"), None),
    ("wrong-order", f"token=USDT&amount=1&{TIME}", by_name, "'token=USDT' travelled where 'amount=1' was signed"),
    ("wrong-order", f"timestamp={NOW}&token=USDT", lambda t: f"token=USDT&timestamp={NOW}", "travelled where"),
    ("wrong-order", f"b=1&c=2&a=3&timestamp={NOW}", lambda t: f"c=2&b=1&timestamp={NOW}&a=3", "travelled where"),
    ("parameter-not-signed", CARD, lambda t: t.replace("recvWindow=5000&", ""), "'&recvWindow=5000' travelled here"),
    ("parameter-not-signed", CARD, lambda t: t.partition("&timestamp")[0], f"'&timestamp={NOW}' travelled here"),
    ("parameter-not-signed", CARD, lambda t: t.partition("&recv")[0], "but was not signed"),
    ("parameter-not-signed", f"token=USDT&&{TIME}", lambda t: t.replace("&&", "&"), "'&' travelled here"),
    ("timestamp-changed", CARD, lambda t: t.replace(str(NOW), str(NOW - 3)), None),
    ("extra-in-payload", CARD, lambda t: t + "&", "'&' was signed here, but did not travel"),
    ("extra-in-payload", CARD, lambda t: "?" + t, "'?' was signed here, but did not travel"),
    ("extra-in-payload", CARD, lambda t: t + "&signature=", "'&signature=' was signed here"),
    ("extra-in-payload", CARD, lambda t: t + "\n", r"'\n' was signed here, but did not travel"),
]
BOTH = ("token=USDT", f"amount=1&{TIME}")
IN_BOTH_PARTS = [
    ("joined-with-ampersand", "&".join(BOTH), "'&' was signed here, but did not travel"),
    ("body-before-query", BOTH[1] + BOTH[0], "'token=USDTamount=1' travelled where 'amount=1' was signed"),
    ("query-only", BOTH[0], "but was not signed"),
    ("body-only", BOTH[1], "'token=USDT' travelled here, but was not signed"),
    ("wrong-order", by_name("&".join(BOTH)), "travelled where"),
    ("parameter-not-signed", BOTH[0] + BOTH[1].replace("amount=1&", ""), "travelled here, but was not signed"),
    ("json-body", BOTH[0] + json.dumps({"amount": "1", "recvWindow": "5000", "timestamp": str(NOW)}), None),
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("part", ["query", "body"])
@pytest.mark.parametrize(("cause", "sent", "make", "words"), IN_ONE_PART)
def test_mistakes_in_one_part(key, part, cause, sent, make, words):
    signed = make(sent)
    found = ask(key, signature=key.sign(signed.encode()), **{part: sent})
    check(found, cause, signed, sent.encode().decode("latin-1"))
    assert (words or "") in found.difference.explanation


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("cause", "signed", "words"), IN_BOTH_PARTS)
def test_mistakes_in_query_and_body(key, cause, signed, words):
    found = ask(key, *BOTH, key.sign(signed.encode()))
    check(found, cause, signed, "".join(BOTH))
    assert (words or "") in found.difference.explanation


@pytest.mark.parametrize("key", KEYS)
def test_body_and_query_joined_with_an_ampersand(key):
    query, body = "amount=1", f"token=USDT&{TIME}"
    signed = f"{body}&{query}"
    check(ask(key, query, body, key.sign(signed.encode())), "body-before-query", signed, query + body)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "before", ["/sapi/v1/giftcard/verify?", "GET", "GET /sapi/v1/giftcard/verify?", "GET/sapi/v1/giftcard/verify"]
)
def test_method_and_path_are_not_signed(key, before):
    sent = f"referenceNo=0033002144060553&{TIME}"
    found = ask(key, sent, "", key.sign((before + sent).encode()))
    check(found, "extra-in-payload", before + sent, sent)
    assert repr(before) in found.explanation


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("amount", ["1", 1])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_json_is_not_signed(key, amount, separators):
    signed = json.dumps({"token": "USDT", "amount": amount, "timestamp": type(amount)(NOW)}, separators=separators)
    sent = f"token=USDT&amount=1&timestamp={NOW}"
    check(ask(key, "", sent, key.sign(signed.encode())), "json-body", signed, sent)


@pytest.mark.parametrize("key", KEYS)
def test_a_json_body_is_named_though_well_signed(key):
    query, body = f"timestamp={NOW}", '{"token":"USDT"}'
    signature = quote(key.sign((query + body).encode()), safe="")
    found = diagnose(
        key=key,
        others=(),
        method="POST",
        query=f"{query}&signature={signature}".encode(),
        body=body.encode(),
        content_type="application/json",
        server_ms=NOW,
    )
    check(found, "json-body", query + body, query + body)


@pytest.mark.parametrize("key", KEYS)
def test_a_signature_inside_json(key):
    signed = f"token=USDT&timestamp={NOW}"
    signature = key.sign(signed.encode())
    body = json.dumps({"token": "USDT", "timestamp": NOW, "signature": signature})
    found = ask(key, "", body, content_type="application/json")
    check(found, "json-body", signed, body.replace(signature, "***"))
    assert found.clock.accepted


@pytest.mark.parametrize("key", KEYS)
def test_two_mistakes_at_once(key):
    sent = f"token=USDT&code=x%40y&{TIME}"
    signed = by_name(unquote(sent))
    found = ask(key, "", sent, key.sign(signed.encode()))
    check(found, "encoded-after-signing", signed, sent)
    assert "sorted by name" in found.explanation
    assert "; and " in found.cure


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        ("token=USDT&{}&timestamp=" + str(NOW), f"token=USDT&timestamp={NOW}"),
        (f"token=USDT&timestamp={NOW}" + "&{}&recvWindow=5000&x=1", f"token=USDT&timestamp={NOW}"),
        (f"token=USDT&timestamp={NOW}" + "&{}&", f"token=USDT&timestamp={NOW}"),
        (f"{{}}&timestamp={NOW}&token=USDT", f"token=USDT&timestamp={NOW}"),
    ],
)
@pytest.mark.parametrize("part", ["query", "body"])
def test_a_signature_that_is_not_last(key, sent, signed, part):
    signature = f"signature={quote(key.sign(signed.encode()), safe='')}"
    found = ask(key, **{part: sent.format(signature)})
    check(found, "signature-not-last", signed, sent.replace("{}&", "", 1))


def test_a_signature_that_is_not_last_and_fits_nothing():
    found = ask(HMAC, f"signature={'0' * 64}&{TIME}")
    assert (found.verdict, found.cause, found.client_payload) == ("explained", "signature-not-last", None)
    assert "'recvWindow' follows it" in found.explanation


def test_two_signatures():
    signature = HMAC.sign(TIME.encode())
    found = diagnose(
        key=HMAC,
        others=(),
        method="POST",
        query=f"signature={signature}".encode(),
        body=f"{TIME}&signature={signature}".encode(),
        content_type=FORM,
        server_ms=NOW,
    )
    check(found, "signature-twice", TIME, TIME)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (TIME, "There is no signature"),
        (f"{TIME}&signature=", "The signature is empty"),
        (f"{TIME}&Signature=00", "The signature is called 'Signature'"),
        ("", "There is no signature"),
    ],
)
def test_no_signature(key, sent, words):
    found = ask(key, sent)
    assert (found.verdict, found.cause, found.client_payload) == ("missing", "no-signature", None)
    assert words in found.explanation


SECRET_FORMS = [
    ("api-key-as-secret", SECRET, HMAC.api_key.encode()),
    ("wrong-secret-form", SECRET, SECRET.encode() + b"\n"),
    ("wrong-secret-form", SECRET, SECRET.encode() + b"\r\n"),
    ("wrong-secret-form", SECRET, SECRET.encode() + b" "),
    ("wrong-secret-form", SECRET, b'"' + SECRET.encode() + b'"'),
    ("wrong-secret-form", SECRET, SECRET.encode() + b"&"),
    ("wrong-secret-form", SECRET, SECRET.lower().encode()),
    ("wrong-secret-form", SECRET, b""),
    ("wrong-secret-form", SECRET, base64.b64decode(SECRET)),
    ("wrong-secret-form", SECRET, base64.b64encode(SECRET.encode())),
    ("wrong-secret-form", f" {SECRET} ", SECRET.encode()),
    ("wrong-secret-form", "00ff" * 16, bytes.fromhex("00ff" * 16)),
]


@pytest.mark.parametrize(("cause", "material", "used"), SECRET_FORMS)
@pytest.mark.parametrize("signed", [CARD, by_name(CARD)])
def test_forms_of_the_secret(cause, material, used, signed):
    key = SimpleKey("hmac", HMAC.api_key, material)
    found = ask(key, CARD, "", hmac.digest(used, signed.encode(), "sha256").hex())
    check(found, "wrong-order" if signed != CARD else cause, signed, CARD)
    assert SECRET not in repr(found)
    assert CURES[cause] in found.cure.lower().replace("api key", "API key").replace("x-mbx-apikey", "X-MBX-APIKEY")


@pytest.mark.parametrize("signed", [CARD, by_name(CARD)])
@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (lambda p: hmac.digest(SECRET.encode(), p, "sha1"), "SHA-1"),
        (lambda p: hmac.digest(SECRET.encode(), p, "sha384"), "SHA-384"),
        (lambda p: hmac.digest(SECRET.encode(), p, "sha512"), "SHA-512"),
        (lambda p: hmac.digest(SECRET.encode(), p, "sha3_256"), "SHA3-256"),
        (lambda p: hmac.digest(p, SECRET.encode(), "sha256"), "swapped"),
        (lambda p: hashlib.sha256(p).digest(), "A plain hash of the payload"),
        (lambda p: hashlib.sha256(p + SECRET.encode()).digest(), "payload and secret"),
        (lambda p: hashlib.sha256(SECRET.encode() + p).digest(), "secret and payload"),
    ],
)
def test_other_hashes_of_hmac(sign, words, signed):
    found = ask(HMAC, CARD, "", sign(signed.encode()).hex())
    check(found, "wrong-order" if signed != CARD else "wrong-hash", signed, CARD)
    assert words in found.explanation


@pytest.mark.parametrize("signed", [CARD, by_name(CARD)])
@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda p: hashlib.sha256(p).digest(), "The SHA-256 digest of the payload"),
        (lambda p: hashlib.sha256(p).hexdigest().encode(), "The SHA-256 digest in hex"),
        (lambda p: hashlib.sha512(p).digest(), "The SHA-512 digest of the payload"),
    ],
)
@pytest.mark.parametrize("key", [pytest.param(ED25519, id="ed25519"), pytest.param(RSA, id="rsa")])
def test_a_digest_is_signed_instead_of_the_payload(key, prepare, words, signed):
    found = ask(key, CARD, "", key.sign(prepare(signed.encode())))
    check(found, "wrong-order" if signed != CARD else "wrong-hash", signed, CARD)
    assert words in found.explanation


@pytest.mark.parametrize("key_of", [pytest.param(lambda: RSA, id="2048"), pytest.param(large, id="4096")])
@pytest.mark.parametrize("signed", [CARD, by_name(CARD)])
@pytest.mark.parametrize(
    ("cause", "how", "words"),
    [
        ("wrong-padding", (PSS(MGF1(SHA256()), 32), SHA256()), "PSS"),
        ("wrong-padding", (PSS(MGF1(SHA256()), PSS.MAX_LENGTH), SHA256()), "PSS"),
        ("wrong-hash", (PKCS1v15(), SHA512()), "SHA-512"),
    ],
)
def test_other_ways_of_rsa(key_of, cause, how, words, signed):
    key = key_of()
    signature = key.private.sign(signed.encode(), *how)
    found = ask(key, CARD, "", base64.b64encode(signature).decode())
    check(found, "wrong-order" if signed != CARD else cause, signed, CARD)
    assert words in found.explanation


def test_a_digest_that_was_made_outside_is_no_mistake():
    signature = RSA.private.sign(hashlib.sha256(CARD.encode()).digest(), PKCS1v15(), Prehashed(SHA256()))
    assert ask(RSA, CARD, "", base64.b64encode(signature).decode()).verdict == "valid"


def with_plus(key, sent):
    """A payload whose signature has characters that base64url writes otherwise."""
    for number in range(1000):
        signed = f"{sent}&x={number}"
        if "+" in (signature := key.sign(signed.encode())) and "/" in signature:
            return signed, signature
    raise AssertionError("no such signature")


@pytest.mark.parametrize("key", [pytest.param(ED25519, id="ed25519"), pytest.param(RSA, id="rsa")])
@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda s: base64.b64decode(s).hex(), "as hex, instead of base64"),
        (lambda s: s.replace("+", "-").replace("/", "_"), "base64url"),
        (lambda s: s.rstrip("="), "without its padding"),
        (lambda s: s.replace("+", " "), "whose '+' became a space"),
        (lambda s: s + "\n", "line breaks"),
        (lambda s: base64.encodebytes(base64.b64decode(s)).decode(), "line breaks"),
        (lambda s: quote(s, safe=""), "percent-encoded twice"),
        (lambda s: f'"{s}"', "quotation marks"),
    ],
)
def test_the_text_of_a_base64_signature(key, write, words):
    sent, signature = with_plus(key, TIME)
    found = ask(key, sent, "", write(signature))
    check(found, "wrong-signature-text", sent, sent)
    assert words in found.explanation


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda s: base64.b64encode(bytes.fromhex(s)).decode(), "as base64, instead of hex"),
        (lambda s: base64.b64encode(s.encode()).decode(), "as base64 of its hex digits"),
        (lambda s: "0x" + s, "a prefix"),
        (lambda s: s + "\n", "line breaks"),
        (lambda s: f"'{s}'", "quotation marks"),
    ],
)
def test_the_text_of_a_hex_signature(write, words):
    found = ask(HMAC, CARD, "", write(HMAC.sign(CARD.encode())))
    check(found, "wrong-signature-text", CARD, CARD)
    assert words in found.explanation


def test_hex_may_have_capitals():
    assert ask(HMAC, CARD, "", HMAC.sign(CARD.encode()).upper()).verdict == "valid"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", OTHERS)
def test_another_key_of_the_server(key, kind):
    found = ask(key, CARD, "", OTHERS[kind].sign(CARD.encode()), others=list(OTHERS.values()))
    check(found, "wrong-key", CARD, CARD)
    assert f"{OTHERS[kind].api_key[:8]!r}…" in found.explanation
    assert OTHERS[kind].api_key not in repr(found)
    assert OTHERS[kind].material not in repr(found)


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("signed", [CARD, by_name(CARD)])
def test_an_unknown_api_key(kind, signed):
    found = ask(None, CARD, "", OTHERS[kind].sign(signed.encode()), others=list(OTHERS.values()))
    assert (found.verdict, found.cause) == ("unexplained", "unknown-key")
    assert f"{OTHERS[kind].api_key[:8]!r}…" in found.explanation
    assert found.client_payload == signed


def test_an_unknown_api_key_whose_signature_fits_none():
    found = ask(None, CARD, "", HMAC.sign(CARD.encode()), others=list(OTHERS.values()))
    assert (found.verdict, found.cause, found.client_payload) == ("unexplained", "unknown-key", None)
    assert ask(None, CARD).cause == "unknown-key"


@pytest.mark.parametrize(
    ("key", "signer_of", "words"),
    [
        (ED25519, lambda: HMAC, "the form of an HMAC signature, but the API key is an Ed25519 key"),
        (RSA, lambda: HMAC, "the form of an HMAC signature, but the API key is an RSA key"),
        (HMAC, lambda: ED25519, "the form of an Ed25519 signature, but the API key is an HMAC key"),
        (RSA, lambda: ED25519, "the form of an Ed25519 signature"),
        (HMAC, lambda: RSA, "the form of an RSA signature"),
        (ED25519, large, "the form of an RSA signature"),
    ],
)
def test_another_kind_of_key(key, signer_of, words):
    found = ask(key, CARD, "", signer_of().sign(CARD.encode()))
    assert (found.verdict, found.cause, found.client_payload) == ("explained", "wrong-key-kind", None)
    assert words in found.explanation


@pytest.mark.parametrize(
    ("key", "signature", "cause", "words"),
    [
        (HMAC, "nonsense!", "wrong-signature-text", "neither hex nor base64"),
        (HMAC, "ab" * 31, "wrong-signature-text", "31 bytes when decoded, but an HMAC signature has 32"),
        (HMAC, "ab" * 20, "wrong-hash", "SHA-1"),
        (ED25519, base64.b64encode(b"x" * 63).decode(), "wrong-signature-text", "63 bytes"),
        (ED25519, "ab" * 64, "wrong-signature-text", "as hex, instead of base64"),
        (RSA, base64.b64encode(bytes(512)).decode(), "wrong-key", "4096 bits, but the API key's has 2048"),
    ],
)
def test_what_the_form_alone_betrays(key, signature, cause, words):
    found = ask(key, CARD, "", signature)
    assert (found.verdict, found.cause, found.client_payload) == ("explained", cause, None)
    assert words in found.explanation


@pytest.mark.parametrize("key", KEYS)
def test_what_nothing_explains(key):
    stranger = {**OTHERS}[key.kind]
    found = ask(key, CARD, "", stranger.sign(CARD.encode()))
    assert (found.verdict, found.cause, found.client_payload) == ("unexplained", "unexplained", None)
    assert "another API key" in found.explanation


def test_an_rsa_signature_tells_that_its_key_is_right():
    found = ask(RSA, CARD, "", RSA.sign(b"something else"))
    assert found.verdict == "unexplained"
    assert "The private key is the right one" in found.explanation


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (f"timestamp={NOW - 7012}", "The timestamp is 7,012 ms older than the server's clock; the window is 5,000 ms."),
        (f"recvWindow=50.5&timestamp={NOW - 51}", "the window is 50.5 ms."),
        (
            f"timestamp={NOW + 1000}",
            "The timestamp is 1,000 ms ahead of the server's clock; the most allowed is 999 ms.",
        ),
        (f"timestamp={NOW // 1000}", "is in seconds, but must be in milliseconds."),
        (f"timestamp={NOW * 1000}", "is in microseconds, but must be in milliseconds."),
        (f"timestamp={NOW * 1_000_000}", "is in nanoseconds, but must be in milliseconds."),
        ("timestamp=2024-01-01T00%3A00%3A00Z", "'2024-01-01T00:00:00Z' is not a whole number of milliseconds"),
        (f"timestamp={NOW / 1000}", "is not a whole number of milliseconds"),
        (f"recvWindow=70000&timestamp={NOW}", "The recvWindow of 70,000 ms is above the greatest, 60,000 ms."),
        (f"recvWindow=5s&timestamp={NOW}", "The recvWindow '5s' is not a number"),
        ("token=USDT", "There is no timestamp."),
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_a_refused_time(key, sent, words):
    found = ask(key, sent, "", key.sign(sent.encode()))
    check(found, "clock", sent, sent)
    assert words in found.explanation
    assert found.clock.explanation == found.explanation
    assert not found.clock.accepted
    wrong = ask(key, sent, "", key.sign(b"something else"))
    assert wrong.cause != "clock"
    assert wrong.clock == found.clock


@pytest.mark.parametrize("sent_ms", [NOW - 5000, NOW, NOW + 999])
def test_an_accepted_time(sent_ms):
    sent = f"timestamp={sent_ms}"
    found = ask(HMAC, "", sent, HMAC.sign(sent.encode()))
    assert (found.verdict, found.clock.accepted) == ("valid", True)
    assert (found.clock.timestamp, found.clock.recv_window, found.clock.server_ms) == (str(sent_ms), None, NOW)


def test_no_secret_and_no_signature_is_shown():
    signature = HMAC.sign(b"")
    for sent in (
        f"secret={SECRET}&{TIME}",
        f"timestamp={SECRET}",
        f"{SECRET}=1",
        f"signature={signature}&a={signature}",
    ):
        found = ask(HMAC, sent, TIME, HMAC.sign((sent + TIME).encode()), others=list(OTHERS.values()))
        assert SECRET not in repr(found)
        assert signature not in repr(found)
        assert "***" in found.server_payload


HOSTILE = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from(
            [
                *(b"signature=", b"timestamp=", b"recvWindow=", b"&", b"=", b"%", b"%25", b"%C3", b"\xff", b"+", b"{"),
                *(b'"signature":"x"', b"1699827319559", b"[", b"0" * 64, b"A" * 88, b"\\ud800", b"1e999", b"\n", b"}"),
            ]
        ),
        max_size=12,
    ).map(b"".join),
)


@pytest.mark.parametrize("key", [*KEYS, None])
@settings(max_examples=60)
@given(query=HOSTILE, body=HOSTILE, json_body=st.booleans(), server_ms=st.integers(0, 2**63))
def test_whatever_comes_has_a_diagnosis(key, query, body, json_body, server_ms):
    found = diagnose(
        key=key,
        others=list(OTHERS.values()),
        method="POST",
        query=query,
        body=body,
        content_type="application/json" if json_body else FORM,
        server_ms=server_ms,
    )
    assert found.verdict in ("explained", "unexplained", "missing")
    assert found.cause in CURES
    assert found.explanation.endswith(".")


@pytest.mark.parametrize("body", [b"a=%40&" * 12_000, b"[" * 65_000, b'{"a":' * 12_000, b"=" * 65_000])
def test_large_bodies(body):
    found = diagnose(
        key=HMAC,
        others=(),
        method="POST",
        query=b"signature=" + b"0" * 64,
        body=body,
        content_type="application/json",
        server_ms=NOW,
    )
    assert found.verdict == "unexplained"
