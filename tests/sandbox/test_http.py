"""Keys, paths, methods, headers, and what is written to no log."""

import logging

import pytest

from binance_gift_card_sandbox import operations
from binance_gift_card_sandbox.ledger import Ledger

WEIGHT = "X-SAPI-USED-IP-WEIGHT-1M"


@pytest.mark.parametrize(("key", "code"), [("", -2014), ("unknown", -2015), ("é", -2014)])
def test_api_key(client, key, code):
    answer = client.send("POST", "createCode", headers={"X-MBX-APIKEY": key.encode("latin-1")})
    assert (answer.status, answer.code) == (401, code)
    assert set(answer.json) == {"code", "msg"}


def test_no_api_key(client):
    client.connection.request("GET", "/sapi/v1/giftcard/verify")
    answer = client.connection.getresponse()
    assert answer.status == 401
    assert b"-2014" in answer.read()


def test_server_time_needs_no_key(client, clock):
    answer = client.send("GET", "/api/v3/time", headers={"X-MBX-APIKEY": ""})
    assert (answer.status, answer.json) == (200, {"serverTime": clock()})
    assert WEIGHT not in answer.headers
    assert client.send("GET", "/api/v3/time", query="a=1").code == -1101


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/sapi/v1/giftcard/nothing", 404, -1099),
        ("GET", "/sapi/v1/giftcard/verify/", 404, -1099),
        ("GET", "/nothing", 404, -1099),
        ("GET", "/sapi/v1/giftcard/createCode", 405, -1020),
        ("POST", "/sapi/v1/giftcard/verify", 405, -1020),
        ("POST", "/api/v3/time", 405, -1020),
    ],
)
def test_no_such_operation(client, method, path, status, code):
    answer = client.send(method, path)
    assert (answer.status, answer.code) == (status, code)
    assert (WEIGHT in answer.headers) == path.startswith("/sapi/")


def test_an_operation_that_only_the_contract_has(make, monkeypatch):
    monkeypatch.delitem(operations.DEEDS, "buyGiftCard")
    client = make()
    answer = client.buy("USDT", "BNB", "1")
    assert (answer.status, answer.code) == (404, -1099)
    assert client.create().data


def test_weight_of_the_minute(client, clock):
    clock.now_ms = 60_000 * 1000
    assert client.create().headers[WEIGHT] == "1"
    assert client.create(amount="x").headers[WEIGHT] == "2"
    assert client.send("GET", "nothing").headers[WEIGHT] == "3"
    clock.pass_ms(59_999)
    assert client.create().headers[WEIGHT] == "4"
    clock.pass_ms(1)
    assert client.create().headers[WEIGHT] == "1"


def test_answers_are_json(client):
    for answer in (client.create(), client.send("GET", "verify"), client.send("GET", "nothing")):
        assert answer.headers["Content-Type"] == "application/json"


def test_nothing_secret_is_written(client, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    card = client.create().data
    client.verify(card["referenceNo"])
    client.redeem(card["code"])
    client.redeem(card["code"])
    written = caplog.text + "".join(capfd.readouterr()) + repr(client.sandbox)
    for secret in (card["code"], client.sandbox.api_secret, client.sandbox.api_key, "signature"):
        assert secret not in written


def test_a_fault_of_the_sandbox_tells_no_code(client, caplog, monkeypatch):
    def fail(ledger, code, external_uid, now_ms):
        raise RuntimeError(code)

    monkeypatch.setattr(Ledger, "redeem", fail)
    answer = client.redeem("6H9EKF5ECCWFBHGE")
    assert (answer.status, answer.code) == (500, -1000)
    assert "RuntimeError while running /sapi/v1/giftcard/redeemCode" in caplog.text
    assert "6H9EKF5ECCWFBHGE" not in caplog.text + str(answer)
