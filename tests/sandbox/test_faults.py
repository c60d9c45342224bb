"""Faults on demand, as a client meets them: at the socket."""

import http.client
import json
import socket

import pytest

from binance_gift_card_sandbox import Fault
from tests.waits import until

LOST = (http.client.RemoteDisconnected, ConnectionResetError)


def test_dropped_before_it_was_done(client):
    client.sandbox.fault(Fault(kind="drop-before", operation="createGiftCard"))
    with pytest.raises(LOST):
        client.create()
    assert (client.sandbox.balance("USDT"), client.sandbox.cards()) == (1000, [])
    assert client.create().data


def test_dropped_after_it_was_done(client):
    client.sandbox.fault(Fault(kind="drop-after", operation="createGiftCard"))
    with pytest.raises(LOST):
        client.create()
    assert client.sandbox.balance("USDT") == 975
    [request] = client.sandbox.requests()
    assert (request.status, request.fault, request.executed, request.answer) == (None, "drop-after", True, b"")
    assert client.create().data


def test_cut_in_the_middle_of_the_answer(client):
    client.sandbox.fault(Fault(kind="cut"))
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.create()
    assert cut.value.partial.startswith(b'{"code":"000000"')
    assert client.sandbox.balance("USDT") == 975


@pytest.mark.parametrize(
    ("given", "status", "code", "done"),
    [
        ({"kind": "error-before"}, 503, None, False),
        ({"kind": "error-after"}, 503, None, True),
        ({"kind": "error-after", "code": -1007, "status": 504}, 504, -1007, True),
        ({"kind": "error-before", "code": -1016}, 503, -1016, False),
        ({"kind": "error-before", "status": 403}, 403, None, False),
        ({"kind": "error-after", "status": 200, "body": "<html>"}, 200, None, True),
    ],
)
def test_errors(client, given, status, code, done):
    client.sandbox.fault(Fault(**given))
    client.connection.request("POST", "/sapi/v1/giftcard/createCode", *signed(client, "token=USDT&amount=25"))
    answer = client.connection.getresponse()
    body = answer.read()
    assert answer.status == status
    if code is None:
        assert answer.headers["Content-Type"] == "text/html"
        assert b"<html>" in body
    else:
        assert json.loads(body)["code"] == code
    assert len(client.sandbox.cards()) == done
    assert client.sandbox.requests()[0].executed is done


def signed(client, parameters):
    payload = f"{parameters}&timestamp={client.now_ms()}"
    headers = {"X-MBX-APIKEY": client.sandbox.api_key, "Content-Type": "application/x-www-form-urlencoded"}
    return f"{payload}&signature={client.sign(payload)}", headers


def test_malformed(client):
    client.sandbox.fault(Fault(kind="malformed", times=2))
    with pytest.raises(json.JSONDecodeError):
        client.create()
    client.sandbox.clear_faults()
    client.sandbox.fault(Fault(kind="malformed", body='{"code":"000000"}'))
    assert client.create().json == {"code": "000000"}
    assert len(client.sandbox.cards()) == 2


def held_up(client, **fault):
    """A connection whose call is held up by a fault."""
    client.sandbox.fault(Fault(**fault))
    connection = socket.create_connection((client.connection.host, client.connection.port), timeout=60)
    body, headers = signed(client, "token=USDT&amount=25")
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "Content-Length": len(body)}.items())
    connection.sendall(f"POST /sapi/v1/giftcard/createCode HTTP/1.1\r\nHost: x\r\n{lines}\r\n{body}".encode())
    until(lambda: not client.sandbox.faults())  # it was taken
    return connection


@pytest.mark.parametrize(("kind", "done_at_once"), [("delay-after", True), ("delay-before", False)])
def test_delays(client, connect, kind, done_at_once):
    with held_up(client, kind=kind, delay_ms=3_600_000):
        until(lambda: len(client.sandbox.cards()) == done_at_once)
        assert connect(client.sandbox, client.now_ms).create().data  # others are not held up
        assert len(client.sandbox.cards()) == 1 + done_at_once
    with held_up(client, kind=kind, delay_ms=50) as waiting:
        assert waiting.recv(4096).startswith(b"HTTP/1.1 200")
    assert len(client.sandbox.cards()) == 2 + done_at_once
    assert client.sandbox.requests()[-1].duration_us >= 50_000


def test_a_caller_who_gives_up_does_not_undo_what_is_held_up(client):
    held_up(client, kind="delay-before", delay_ms=200).close()
    until(client.sandbox.cards)
    assert client.sandbox.balance("USDT") == 975


def test_which_calls_are_hit(client):
    client.sandbox.fault(Fault(kind="error-before", operation="createGiftCard", code=-1008, skip=1, times=2))
    codes = [client.create().code for _ in range(4)]
    assert codes == ["000000", -1008, -1008, "000000"]
    assert client.sandbox.faults() == []
    client.sandbox.fault(Fault(kind="error-before", operation="createGiftCard", code=-1008, times=None))
    assert client.redeem("A").code == -3026
    assert [client.create().code for _ in range(3)] == [-1008] * 3


def test_by_chance_and_the_same_every_time(make):
    def hits():
        client = make(balances={"USDT": "1000"}, seed="7")
        client.sandbox.fault(Fault(kind="error-before", code=-1008, times=None, chance=0.5))
        return [client.create().code for _ in range(30)]

    first = hits()
    assert set(first) == {"000000", -1008}
    assert hits() == first


def test_the_clock_can_be_hit_too(client):
    client.sandbox.fault(Fault(kind="error-before", operation="getServerTime", code=-1000, status=500))
    assert client.send("GET", "/api/v3/time").status == 500
    assert client.send("GET", "/api/v3/time").status == 200


def test_what_is_not_of_the_contract_is_not_hit(client):
    client.sandbox.fault(Fault(kind="error-before", code=-1008))
    assert client.send("GET", "/api/v3/ping").status == 200
    assert client.create().code == -1008


def test_over_http(client):
    fault = {"kind": "error-before", "operation": "createGiftCard", "code": -1007, "times": None}
    [added] = client.control("POST", "faults", fault).json
    assert added.items() >= fault.items()
    assert client.create().code == -1007
    assert client.control("GET", "faults").json == [added]
    assert client.control("DELETE", "faults").json == []
    assert client.create().data


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "explode"}, "kind"),
        ({}, "kind"),
        ({"kind": "drop-after", "operation": "create"}, "there is no operation 'create'; there are: buyGiftCard"),
        ({"kind": "delay-after"}, "needs delay_ms"),
        ({"kind": "delay-after", "delay_ms": -1}, "from 0 to an hour"),
        ({"kind": "drop-after", "times": 0}, "times at least 1"),
        ({"kind": "drop-after", "chance": 0}, "chance must be above 0"),
        ({"kind": "error-after", "status": 700}, "status must be from 200 to 599"),
        ({"kind": "drop-after", "colour": "red"}, "a fault has no 'colour'; it has: kind"),
        ({"kind": "drop-after", "times": "often"}, "Expected `int | null`"),
    ],
)
def test_a_fault_that_makes_no_sense(client, given, words):
    answer = client.control("POST", "faults", given)
    assert answer.status == 400
    assert words in answer.json["error"]
    assert client.sandbox.faults() == []
    assert client.create().data
