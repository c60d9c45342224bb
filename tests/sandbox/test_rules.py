"""The settings, and the choices that stand for what nobody has published."""

import base64
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from binance_gift_card_sandbox import Rules, Token

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WRONG_NUMBER = "9999999999999999"
JANUARY_31_MS = 1_769_817_600_000


def test_a_spent_card_that_is_refused(make, clock):
    client = make(rules=Rules(spent_card="refused"))
    redeemed, expired = client.create().data, client.create().data
    client.redeem(redeemed["code"])
    assert client.verify(redeemed["referenceNo"]).code == -3026
    clock.now_ms = expired["expiredTime"]
    assert client.verify(expired["referenceNo"]).code == -3026


def test_an_unknown_number_that_is_invalid(make):
    client = make(rules=Rules(unknown_number="invalid"))
    for _ in range(5):
        assert client.verify(WRONG_NUMBER).data == {"valid": False, "token": None, "amount": None}
    assert client.verify(WRONG_NUMBER).code == -18005


def test_a_no_that_comes_as_200(make):
    client = make(balances={"USDT": "1"}, rules=Rules(rejections="success-false"))
    answer = client.create(amount="2")
    assert (answer.status, answer.json) == (
        200,
        {"code": "4026", "message": "Insufficient balance.", "data": None, "success": False},
    )
    assert client.redeem("A").json["success"] is False
    assert client.create(amount="x").code == -1100  # what is not well made is an error all the same


@pytest.mark.parametrize("code", [-5002, -6012, -9999])
def test_the_code_of_a_low_balance(make, code):
    client = make(balances={"USDT": "1"}, rules=Rules(low_balance=code))
    assert client.create(amount="2").code == code


def test_without_the_business_check(make):
    client = make(balances={"USDT": "1"}, rules=Rules(business=False, no_business=-1002))
    assert client.create(amount="1").code == -1002
    assert client.buy("USDT", "BNB", "1").code == -1002
    assert client.sandbox.balance("USDT") == 1
    assert client.verify(WRONG_NUMBER).code == -3026


def test_daily_limits_beside_the_monthly_ones(make, clock):
    rules = Rules(daily_cards=2, daily_amount=Decimal(50), monthly_cards=3)
    client = make(rules=rules)
    assert client.create(amount="51").code == -18002
    assert [client.create(amount="1").code for _ in range(3)] == ["000000", "000000", -18003]
    clock.pass_ms(DAY_MS)
    assert [client.create(amount="1").code for _ in range(2)] == ["000000", -18003]
    clock.pass_ms(DAY_MS)
    assert client.create(amount="1").code == -18003  # the month's


def test_limits_by_the_calendar(make, clock):
    clock.now_ms = JANUARY_31_MS + DAY_MS - 1
    client = make(rules=Rules(daily_cards=1, monthly_cards=2, limit_periods="calendar"))
    assert [client.create().code for _ in range(2)] == ["000000", -18003]
    clock.pass_ms(1)  # February begins
    assert [client.create().code for _ in range(2)] == ["000000", -18003]
    clock.pass_ms(DAY_MS)
    assert client.create().data
    clock.pass_ms(DAY_MS)
    assert client.create().code == -18003
    clock.pass_ms(26 * DAY_MS)
    assert client.create().data


def test_worth_counts_at_the_price_of_its_token(make):
    client = make(rules=Rules(monthly_amount=Decimal(1000)))
    assert client.create("BNB", "2.1").code == -18002
    assert client.create("BNB", "2").data


def test_limits_that_are_set_later_know_of_earlier_cards(client):
    for _ in range(3):
        assert client.create(amount="1").data
    client.sandbox.rules = Rules(monthly_cards=3)
    assert client.create(amount="1").code == -18003


def test_a_lock_from_the_last_attempt(make, clock):
    client = make(rules=Rules(lock_from="last"))
    for _ in range(5):
        assert client.verify(WRONG_NUMBER).code == -3026
        clock.pass_ms(60_000)
    clock.pass_ms(HOUR_MS - 60_001)
    assert client.verify(WRONG_NUMBER).code == -18005
    clock.pass_ms(1)
    assert client.verify(WRONG_NUMBER).code == -3026


@pytest.mark.parametrize(
    ("rule", "forms"),
    [
        ("base64url", {"url": True, "standard": False}),
        ("base64", {"url": False, "standard": True}),
        ("any", {"url": True, "standard": True}),
    ],
)
def test_how_an_encrypted_code_is_written(make, rule, forms):
    client = make(rules=Rules(code_encoding=rule, redeem_attempts=1000))
    key = load_der_public_key(base64.b64decode(client.call("GET", "cryptography/rsa-public-key", {}).data))
    code = client.create().data["code"].encode()
    raw = b""
    while not {b"+", b"/"} & {bytes([byte]) for byte in base64.b64encode(raw)}:  # so that the two differ
        raw = key.encrypt(code, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))
    texts = {"url": base64.urlsafe_b64encode(raw).rstrip(b"="), "standard": base64.b64encode(raw)}
    snapshot = client.sandbox.snapshot()
    for form, taken in forms.items():
        assert (client.redeem(texts[form].decode()).code == "000000") is taken
        client.sandbox.restore(snapshot)


def test_rules_over_http(client):
    given = {"fee_rate": "0.01", "tokens": {"BNB": {"price": "400"}, "XYZ": {}}, "verify_attempts": 1, "daily_cards": 9}
    changed = client.control("POST", "rules", given).json
    assert changed == client.control("GET", "rules").json
    assert (changed["fee_rate"], changed["tokens"]["BNB"]["price"], changed["daily_cards"]) == ("0.01", "400", 9)
    assert client.sandbox.rules.tokens["BNB"] == Token(price=Decimal(400))
    assert client.sandbox.rules.tokens["BTC"] == Token(price=Decimal(50_000))
    assert client.control("POST", "rules", {"daily_cards": None}).json["daily_cards"] is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fee": "0.01"}, "there is no rule 'fee'; there are: tokens, fee_rate"),
        ({"fee_rate": "1"}, "at least 0 and below 1"),
        ({"fee_rate": "NaN"}, "fee_rate"),
        ({"tokens": {"BNB": {"cost": 1}}}, "there is no setting of the token BNB 'cost'"),
        ({"tokens": {"BNB": {"price": "0"}}}, "must be above 0"),
        ({"tokens": []}, "tokens"),
        ({"conversion": "later"}, "conversion"),
        ({"verify_attempts": 0}, "verify_attempts must be at least 1"),
        ({"wrong_card": 3026}, "those are negative"),
        ({"decimals": "many"}, "decimals"),
        ([], "Expected `object`"),
    ],
)
def test_rules_that_make_no_sense(client, given, words):
    before = client.sandbox.rules
    answer = client.control("POST", "rules", given)
    assert answer.status == 400
    assert words in answer.json["error"]
    assert client.sandbox.rules == before


@pytest.mark.parametrize("share", ["-0.1", "1", "NaN"])
def test_fee_rate_is_a_share(share):
    with pytest.raises((ValueError, ArithmeticError)):
        Rules(fee_rate=Decimal(share))
