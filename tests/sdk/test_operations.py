"""The seven operations against the sandbox, and what goes over the wire for them."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from rich.pretty import pretty_repr

from binance_gift_card import GiftCardClient
from binance_gift_card.errors import ApiError, InsufficientBalanceError
from binance_gift_card_sandbox import Sandbox

SUCCESS = '{"code":"000000","message":"success","success":true,"data":%s}'
CARD = SUCCESS % '{"referenceNo":"0033002144060553","code":"6H9EKF5ECCWFBHGE","expiredTime":1727417154000}'


def test_the_life_of_a_card(client: GiftCardClient, sandbox: Sandbox) -> None:
    card = client.create_gift_card(token="USDT", amount="25")
    assert (len(card.reference_no), len(card.code)) == (16, 16)
    assert sandbox.balance("USDT") == 975
    assert client.verify_gift_card(reference_no=card.reference_no).valid
    redeemed = client.redeem_gift_card(code=card.code, external_uid="user@x y+z/é~")
    assert (redeemed.reference_no, redeemed.token, redeemed.amount) == (card.reference_no, "USDT", Decimal(25))
    assert not client.verify_gift_card(reference_no=card.reference_no).valid
    with pytest.raises(ApiError) as refused:
        client.redeem_gift_card(code=card.code)
    assert refused.value.executed == "no"
    assert sandbox.balance("USDT") == 1000


def test_the_other_operations(client: GiftCardClient) -> None:
    assert client.get_server_time().server_time > 1_600_000_000_000
    limits = client.fetch_token_limit(base_token="BNB")
    assert all(isinstance(limit.from_min, Decimal) for limit in limits)
    bought = client.buy_gift_card(base_token="BNB", face_token="USDT", base_token_amount=Decimal("0.5"))
    assert client.verify_gift_card(reference_no=bought.reference_no).valid
    assert client.fetch_rsa_public_key().startswith("MI")


def test_raw_gives_the_answer_in_full(client: GiftCardClient) -> None:
    answer = client.raw.create_gift_card(token="USDT", amount=1)
    assert answer.status == 200
    assert answer.envelope == {"code": "000000", "message": "success", "success": True}
    assert int(answer.headers["X-SAPI-USED-IP-WEIGHT-1M"]) >= 1
    assert answer.result.reference_no
    assert json.loads(answer.body)["data"]["referenceNo"] == answer.result.reference_no


def test_the_bytes_of_an_answer_are_as_they_came_and_no_repr_shows_them(scripted, recorder) -> None:
    recorder.reply("200 OK", CARD)
    answer = scripted.raw.create_gift_card(token="USDT", amount=1)
    assert answer.body == CARD.encode()
    for shown in (repr(answer), f"{[answer]}", pretty_repr(answer), pretty_repr([answer], max_string=20)):
        assert answer.result.code not in shown
        assert answer.result.reference_no in shown


def test_a_documented_code_has_its_class(client: GiftCardClient) -> None:
    with pytest.raises(InsufficientBalanceError) as refused:
        client.create_gift_card(token="USDT", amount="5000")
    assert (refused.value.status, refused.value.code) == (400, -4026)


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("1E+3"), "1000"),
        ("012.50", "012.50"),
        (25, "25"),
        (10**18, str(10**18)),
    ],
)
def test_an_amount_arrives_digit_for_digit(scripted, recorder, amount, sent) -> None:
    recorder.reply("200 OK", CARD)
    scripted.create_gift_card(token="USDT", amount=amount)
    target = recorder.requests[0].split(b" ")[1].decode()
    assert parse_qs(target.partition("?")[2])["amount"] == [sent]


def test_a_redemption_shows_neither_code_nor_signature_in_its_url(scripted, recorder) -> None:
    recorder.reply("200 OK", SUCCESS % '{"referenceNo":"0","identityNo":"1","token":"BNB","amount":"1"}')
    scripted.redeem_gift_card(code="6H9EKF5ECCWFBHGE", external_uid="a&b=c", recv_window=5000)
    head, _, body = recorder.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /sapi/v1/giftcard/redeemCode HTTP/1.1\r\n")
    names = [pair.split(b"=")[0] for pair in body.split(b"&")]
    assert names == [b"code", b"externalUid", b"recvWindow", b"timestamp", b"signature"]
    assert b"externalUid=a%26b%3Dc" in body


def test_what_the_document_does_not_promise_costs_no_answer(scripted, recorder) -> None:
    recorder.reply("200 OK", SUCCESS % '{"referenceNo":"00","code":"C","expiredTime":null,"more":[1]}')
    card = scripted.create_gift_card(token="USDT", amount=1)
    assert (card.reference_no, card.code, card.expired_time) == ("00", "C", None)
