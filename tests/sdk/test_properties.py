"""Any text arrives as it was given and the signature verifies; any amount arrives digit for digit."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_gift_card import errors

SECRET = b"the-api-secret-itself"
ANY = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)
CODE = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=16, max_size=16)
CARD = '{"code":"000000","success":true,"data":{"referenceNo":"1","code":"C"}}'
REDEEMED = '{"code":"000000","success":true,"data":{"referenceNo":"1","token":"B","amount":"1"}}'


def arrived(request: bytes) -> dict[str, str]:
    """The parameters, decoded by the rules of URLs and of forms; the signature is checked on the way."""
    line, _, body = request.partition(b"\r\n\r\n")
    query = line.split(b" ")[1].partition(b"?")[2]
    payload, _, signature = (query + body).rpartition(b"&signature=")
    assert hmac.new(SECRET, payload, hashlib.sha256).hexdigest().encode() == signature
    assert b"+" not in payload
    pairs = [pair.partition(b"=") for part in (query, body) if part for pair in part.split(b"&")]
    return {unquote_to_bytes(name).decode(): unquote_to_bytes(value).decode() for name, _, value in pairs}


@ANY
@given(code=CODE, uid=TEXT)
def test_any_text_in_a_form(scripted, recorder, code, uid) -> None:
    recorder.reply("200 OK", REDEEMED)
    scripted.redeem_gift_card(code=code, external_uid=uid)
    assert arrived(recorder.requests[-1]).items() >= {"code": code, "externalUid": uid}.items()


@ANY
@given(text=TEXT)
def test_any_text_in_a_query(scripted, recorder, text) -> None:
    recorder.reply("200 OK", CARD)
    scripted.buy_gift_card(base_token=text, face_token=text[::-1], base_token_amount=1)
    assert arrived(recorder.requests[-1]).items() >= {"baseToken": text, "faceToken": text[::-1]}.items()


DIGITS = st.integers(0, 10**20 - 1)
AMOUNTS = st.one_of(
    st.builds(lambda whole, places: Decimal(whole).scaleb(-places), DIGITS, st.integers(0, 20)),
    st.builds(lambda whole, part: Decimal(f"{whole}.{part:020d}"), DIGITS, DIGITS),
    st.builds(lambda digit, zeros: Decimal(f"{digit}E+{zeros}"), st.integers(1, 9), st.integers(0, 19)),
)


@ANY
@given(amount=AMOUNTS)
def test_any_amount_arrives_digit_for_digit(scripted, recorder, amount) -> None:
    recorder.reply("200 OK", CARD)
    for given_as in (amount, format(amount, "f")):
        scripted.create_gift_card(token="USDT", amount=given_as)
        came = arrived(recorder.requests[-1])["amount"]
        assert came == format(amount, "f")
        assert Decimal(came) == amount


@ANY
@given(amount=st.decimals(allow_nan=True, allow_infinity=True) | st.floats() | st.text(max_size=30))
def test_no_other_amount_leaves(scripted, recorder, amount) -> None:
    recorder.reply("200 OK", CARD)
    before = len(recorder.requests)
    try:
        scripted.create_gift_card(token="USDT", amount=amount)
    except errors.ArgumentError:
        assert len(recorder.requests) == before
    else:
        whole, _, part = arrived(recorder.requests[-1])["amount"].partition(".")
        assert whole.isascii() and whole.isdigit() and len(whole) <= 20  # noqa: PT018 - one format
        assert len(part) <= 20


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.create_gift_card(token="", amount=1), "token must have at least 1 characters, has 0"),
        (lambda c: c.create_gift_card(token="USDT", amount="1e-8"), "amount must be plain digits"),
        (
            lambda c: c.create_gift_card(token="USDT", amount=0.1),
            "amount must be Decimal, int or decimal text, not float",
        ),
        (
            lambda c: c.create_gift_card(token="USDT", amount="-1"),
            "amount is not as the API takes it: digits and at most one point, no sign;",
        ),
        (lambda c: c.create_gift_card(token="USDT", amount="1" * 21), "amount is not as the API takes it"),
        (lambda c: c.create_gift_card(token="USDT", amount="1." + "1" * 21), "amount is not as the API takes it"),
        (lambda c: c.create_gift_card(token="USDT", amount="1\n"), "amount must be plain digits"),
        (lambda c: c.create_gift_card(token="USDT", amount=Decimal("NaN")), "amount must be a finite number"),
        (lambda c: c.create_gift_card(token="USDT", amount=True), "amount must be"),
        (
            lambda c: c.verify_gift_card(reference_no="0033002144060553", recv_window=60001),
            r"recv_window must be at most 60000 \(given: 60001\)",
        ),
        (
            lambda c: c.verify_gift_card(reference_no="0033002144060553", recv_window=0),
            "recv_window must be at least 1",
        ),
        (lambda c: c.verify_gift_card(reference_no=33002144060553), "reference_no must be str, not int"),
        (
            lambda c: c.redeem_gift_card(code="6H9EKF5ECCWFBHGE", external_uid="x" * 401),
            "external_uid must have at most 400 characters, has 401",
        ),
        (lambda c: c.redeem_gift_card(code=""), "code must have at least 1 characters, has 0$"),
        (
            lambda c: c.verify_gift_card(reference_no="0033002144060553", timeout=0),
            "timeout must be a number of seconds above 0",
        ),
    ],
)
def test_a_wrong_argument_is_named_with_its_rule_and_nothing_is_sent(scripted, recorder, call, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words) as raised:
        call(scripted)
    assert raised.value.executed == "no"
    assert recorder.requests == []
