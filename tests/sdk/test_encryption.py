"""A redemption code that goes out encrypted under the server's key of the day."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from binance_gift_card import GiftCardClient, HmacSigner, errors

CODE = "6H9EKF5ECCWFBHGE"
REDEEMED = '{"referenceNo":"1","identityNo":"2","token":"BNB","amount":"1"}'
DAY_MS = 86_400_000


def test_the_sandbox_decrypts_what_was_encrypted(client: GiftCardClient) -> None:
    card = client.create_gift_card(token="USDT", amount="25")
    redeemed = client.redeem_gift_card(code=card.code, encrypt=True)
    assert (redeemed.reference_no, redeemed.amount) == (card.reference_no, 25)


def test_a_key_holds_for_its_day(sandbox) -> None:
    now = [20_000 * DAY_MS]
    signer = HmacSigner(sandbox.api_secret)
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, clock=lambda: now[0]) as client:
        for day in range(3):
            now[0] = (20_000 + day) * DAY_MS + 1000
            sandbox.clock.set(now[0])
            for _ in range(2):
                card = client.create_gift_card(token="USDT", amount=1)
                assert client.redeem_gift_card(code=card.code, encrypt=True).amount == 1


def _spki(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def _result(data: str) -> str:
    return '{"code":"000000","message":"success","success":true,"data":DATA}'.replace("DATA", data)


def test_the_code_is_on_the_wire_in_its_cipher_only_and_the_key_is_fetched_once(scripted, recorder) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # as in the published sample
    recorder.reply("200 OK", _result(json.dumps(_spki(key))))
    recorder.then("200 OK", _result(REDEEMED))
    scripted.redeem_gift_card(code=CODE, external_uid="u", encrypt=True)
    scripted.redeem_gift_card(code=CODE, encrypt=True)
    assert [request.split(b"?")[0].split(b" HTTP")[0] for request in recorder.requests] == [
        b"GET /sapi/v1/giftcard/cryptography/rsa-public-key",
        b"POST /sapi/v1/giftcard/redeemCode",
        b"POST /sapi/v1/giftcard/redeemCode",
    ]
    ciphers = []
    for request in recorder.requests[1:]:
        assert CODE.encode() not in request
        (cipher,) = parse_qs(request.partition(b"\r\n\r\n")[2].decode())["code"]
        assert len(cipher) == 171
        ciphers.append(cipher)
        oaep = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
        assert key.decrypt(base64.urlsafe_b64decode(cipher + "="), oaep) == CODE.encode()
    assert ciphers[0] != ciphers[1]


@pytest.mark.parametrize(
    "given", ['"no key"', json.dumps(_spki(ec.generate_private_key(ec.SECP256R1()))), '""', '"AAAA"', "null", "7"]
)
def test_a_key_that_is_none_sends_no_code(scripted, recorder, given) -> None:
    recorder.reply("200 OK", _result(given))
    with pytest.raises(errors.NotSentError) as raised:
        scripted.redeem_gift_card(code=CODE, encrypt=True)
    assert raised.value.executed == "no"
    assert raised.value.operation == "redeem_gift_card"
    assert len(recorder.requests) == 1
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    recorder.reply("200 OK", _result(json.dumps(_spki(key))))
    recorder.then("200 OK", _result(REDEEMED))
    assert scripted.redeem_gift_card(code=CODE, encrypt=True).amount == 1, "it was not kept for the day"


def test_a_code_too_long_to_be_encrypted_is_refused_with_a_hint(scripted, recorder) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    recorder.reply("200 OK", _result(json.dumps(_spki(key))))
    with pytest.raises(errors.ArgumentError, match="at most 62 bytes under the server's key; is it already") as raised:
        scripted.redeem_gift_card(code="A" * 171, encrypt=True)
    assert "AAA" not in str(raised.value)


def test_arguments_are_checked_before_a_key_is_fetched(scripted, recorder) -> None:
    for arguments in ({"code": ""}, {"code": CODE, "external_uid": "x" * 401}):
        with pytest.raises(errors.ArgumentError):
            scripted.redeem_gift_card(**arguments, encrypt=True)
    assert recorder.requests == []
