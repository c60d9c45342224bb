"""The life of a card, and that no money comes or goes on the way."""

import re
import threading
from decimal import Decimal

import pytest

from binance_gift_card_sandbox import Rules, Token

DAY_MS = 86_400_000


def test_life_of_a_card(client, clock):
    card = client.create(amount="25.50").data
    assert re.fullmatch(r"00[0-9]{14}", card["referenceNo"])
    assert re.fullmatch(r"[A-Z0-9]{16}", card["code"])
    assert card["expiredTime"] == clock() + 365 * DAY_MS
    assert client.sandbox.balance("USDT") == Decimal("974.50")
    worth = {"token": "USDT", "amount": "25.50"}
    assert client.verify(card["referenceNo"]).data == {"valid": True, **worth}

    redeemed = client.redeem(card["code"], externalUid="user@x y+z/é~").data
    assert re.fullmatch(r"1[0-9]{19}", redeemed.pop("identityNo"))
    assert redeemed == {"referenceNo": card["referenceNo"], **worth}
    assert client.sandbox.balance("USDT") == 1000
    assert client.verify(card["referenceNo"]).data == {"valid": False, **worth}


def test_second_redemption(client):
    code = client.create().data["code"]
    client.redeem(code)
    again = client.redeem(code)
    assert (again.status, again.code) == (400, -3026)
    assert client.sandbox.balance("USDT") == 1000


def test_the_code_is_told_once(client):
    card = client.create().data
    for answer in (
        client.verify(card["referenceNo"]),
        client.redeem(card["code"]),
        client.redeem(card["code"]),
    ):
        assert card["code"] not in str(answer)
    assert card["code"] not in repr(client.sandbox.cards())


def test_an_expired_card(client, clock):
    card = client.create().data
    clock.now_ms = card["expiredTime"] - 1
    assert client.verify(card["referenceNo"]).data["valid"] is True
    clock.now_ms += 1
    assert client.verify(card["referenceNo"]).data["valid"] is False
    assert client.redeem(card["code"]).code == -3026


def test_redeeming_at_the_same_time(client, connect):
    code = client.create().data["code"]
    answers = []

    def redeem():
        answers.append(connect(client.sandbox, client.now_ms).redeem(code).code)

    threads = [threading.Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("000000") == 1
    assert client.sandbox.balance("USDT") == 1000


def test_balance_covers_amount_and_fee(make):
    client = make(balances={"USDT": "102"}, rules=Rules(fee_rate=Decimal("0.01")))
    too_much = client.create(amount="101")  # and 1.01 of fee
    assert (too_much.status, too_much.code) == (400, -4026)
    assert client.sandbox.balance("USDT") == 102
    assert client.create(amount="100").data
    assert client.sandbox.balance("USDT") == 1
    assert client.create("BNB", "1").code == -4026


def test_smallest_and_largest_amounts_are_exact(make):
    client = make(balances={"USDT": "9999999999999999999999.99999999"})
    smallest = client.create(amount="0.00000001").data
    assert client.verify(smallest["referenceNo"]).data["amount"] == "0.00000001"
    assert client.sandbox.balance("USDT") == Decimal("9999999999999999999999.99999998")


@pytest.mark.parametrize(
    ("token", "amount", "code"),
    [
        ("USDT", "0", -18006),
        ("USDT", "0.00000000", -18006),
        ("ETH", "0.009", -18006),
        ("DOGE", "1", -18007),
        ("usdt", "1", -18007),
        ("USDT", "0.000000001", -1111),
        ("USDT", "1001", -4026),
    ],
)
def test_refused_amounts(make, token, amount, code):
    rules = Rules(tokens={"USDT": Token(), "ETH": Token(minimum=Decimal("0.01"))})
    client = make(balances={"USDT": "1000"}, rules=rules)
    answer = client.create(token, amount)
    assert (answer.status, answer.code) == (400, code)
    assert client.sandbox.balance("USDT") == 1000


def test_dual_token(make):
    client = make(balances={"USDT": "1000"}, rules=Rules(fee_rate=Decimal("0.001")))
    card = client.buy("USDT", "BNB", "100").data
    assert set(card) == {"referenceNo", "code", "expiredTime"}
    assert client.sandbox.balance("USDT") == Decimal("899.9")
    assert client.verify(card["referenceNo"]).data == {"valid": True, "token": "USDT", "amount": "100"}
    client.sandbox.rules = client.sandbox.rules.changed({"tokens": {"BNB": {"price": "400"}}})
    redeemed = client.redeem(card["code"]).data
    assert (redeemed["token"], redeemed["amount"]) == ("BNB", "0.25000000")
    assert client.sandbox.balance("BNB") == Decimal("0.25")
    spent = {"valid": False, "token": "BNB", "amount": "0.25000000"}
    assert client.verify(card["referenceNo"]).data == spent


def test_dual_token_that_is_converted_when_it_is_bought(make):
    client = make(balances={"USDT": "1000"}, rules=Rules(conversion="purchase"))
    card = client.buy("USDT", "BNB", "100").data
    worth = {"token": "BNB", "amount": "0.20000000"}
    client.sandbox.rules = client.sandbox.rules.changed({"tokens": {"BNB": {"price": "400"}}})
    assert client.verify(card["referenceNo"]).data == {"valid": True, **worth}
    assert client.redeem(card["code"]).data.items() >= worth.items()


def test_dual_token_with_one_token(client):
    card = client.buy("USDT", "USDT", "0.00000001").data  # the same as createCode, so fromMin is not asked
    assert client.verify(card["referenceNo"]).data["amount"] == "0.00000001"


def test_token_limit(make):
    rules = Rules(tokens={"USDT": Token(), "BNB": Token(buy_min=Decimal("0.01"), buy_max=Decimal("1E+1"))})
    client = make(balances={"USDT": "1000"}, rules=rules)
    limits = client.call("GET", "buyCode/token-limit", {"baseToken": "USDT"}).data
    assert limits == [{"coin": "BNB", "fromMin": "0.01", "fromMax": "10"}]
    amounts = {"0.009": -18006, "0.01": "000000", "10": "000000", "10.01": -1130}
    assert {amount: client.buy("USDT", "BNB", amount).code for amount in amounts} == amounts
    assert client.call("GET", "buyCode/token-limit", {"baseToken": "XYZ"}).code == -18007
    assert client.buy("USDT", "XYZ", "1").code == -18007
    assert client.buy("XYZ", "USDT", "1").code == -18007


def test_a_purchase_that_is_worth_nothing(make):
    tokens = {"USDT": Token(price=Decimal("0.0000001")), "BTC": Token(price=Decimal(50_000))}
    client = make(balances={"USDT": "1"}, rules=Rules(tokens=tokens))
    assert client.buy("USDT", "BTC", "1").code == -18006
    assert client.sandbox.balance("USDT") == 1


def test_limits_on_issuing(make, clock):
    client = make(balances={"USDT": "1000"}, rules=Rules(monthly_cards=2, monthly_amount=Decimal(100)))
    assert client.create(amount="100.01").code == -18002
    assert client.create(amount="60").data
    assert client.create(amount="40.01").code == -18002
    assert client.create(amount="40").data
    assert client.create(amount="0.01").code == -18002
    clock.pass_ms(30 * DAY_MS - 1)
    assert client.create(amount="100").code == -18002
    clock.pass_ms(1)
    for _ in range(2):
        assert client.create(amount="1").data
    assert client.create(amount="1").code == -18003


def test_documented_limits_are_the_defaults():
    rules = Rules()
    assert (rules.monthly_cards, rules.monthly_amount) == (6_000, 4_200_000)


def test_fees_round_up(make):
    client = make(balances={"USDT": "1"}, rules=Rules(fee_rate=Decimal("0.001")))
    client.create(amount="0.00000001")
    assert client.sandbox.balance("USDT") == Decimal("0.99999998")
    assert client.sandbox.cards()[0].fee == Decimal("0.00000001")


@pytest.mark.parametrize("share", ["-0.1", "1", "NaN"])
def test_fee_rate_is_a_share(share):
    with pytest.raises((ValueError, ArithmeticError)):
        Rules(fee_rate=Decimal(share))
