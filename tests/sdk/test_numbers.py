"""Numbers that nobody can write in full: refused before anything is sent, and told when they come in an answer."""

from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal

import pytest

from binance_gift_card import errors

LONG = [
    Decimal("1E+50000000"),
    Decimal("1E+1000000000"),
    Decimal("1E-1000000000"),
    Decimal("0E+1000000"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("0." + "1" * 65),
    10**64,
    10**5000,
    "9" * 65,
    "0." + "0" * 65,
    "9" * 10**6,
]


def short(value: object) -> str:
    return f"{value.bit_length()} bits" if isinstance(value, int) else repr(value)[:20]


@pytest.mark.parametrize("amount", LONG, ids=short)
def test_an_amount_beyond_all_bounds_is_refused_at_once(scripted, recorder, amount) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(errors.ArgumentError, match="amount must"):
            scripted.create_gift_card(token="USDT", amount=amount)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert not recorder.requests


@pytest.mark.parametrize("window", [10**5000, 10**400, -(10**400)], ids=lambda number: f"{number.bit_length()} bits")
def test_a_whole_number_beyond_all_bounds_is_refused(scripted, recorder, window) -> None:
    with pytest.raises(errors.ArgumentError, match="recv_window must"):
        scripted.verify_gift_card(reference_no="0033002144060553", recv_window=window)
    assert not recorder.requests


ANSWERED = ['"1E+50000000"', "1E+50000000", '"NaN"', '"Infinity"', '"-sNaN"', '"1e-65"', "1" * 65, f'"0.{"3" * 65}"']


@pytest.mark.parametrize("amount", ANSWERED, ids=lambda text: text[:14])
def test_an_answer_with_such_an_amount_is_done_and_does_not_read_as_promised(scripted, recorder, amount) -> None:
    body = f'{{"code":"000000","success":true,"data":{{"referenceNo":"1","token":"BNB","amount":{amount}}}}}'
    recorder.reply("200 OK", body)
    with pytest.raises(errors.DecodeError, match=r"a number that must .* \(in amount\)") as caught:
        scripted.redeem_gift_card(code="6H9EKF5ECCWFBHGE")
    assert (caught.value.executed, caught.value.body) == ("yes", body.encode())
    recorder.reply("200 OK", f'{{"code":"000000","data":[{{"coin":"BNB","fromMin":"1","fromMax":{amount}}}]}}')
    with pytest.raises(errors.DecodeError, match=r"\(in from_max\)"):
        scripted.fetch_token_limit(base_token="USDT")


@pytest.mark.parametrize("amount", ["9" * 64, f"0.{'0' * 63}1", f"{'9' * 64}.{'9' * 64}", "1E+3", 5, "0"])
def test_an_amount_within_the_bounds_is_taken_as_it_is(scripted, recorder, amount) -> None:
    told = {"code": "000000", "data": {"referenceNo": "1", "token": "BNB", "amount": amount}}
    recorder.reply("200 OK", json.dumps(told))
    assert scripted.redeem_gift_card(code="6H9EKF5ECCWFBHGE").amount == Decimal(amount)
