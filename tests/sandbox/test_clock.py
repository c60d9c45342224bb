"""The server's clock, moved from Python and over HTTP."""

import asyncio
import threading
from datetime import datetime, timedelta, timezone

import pytest

from binance_gift_card_sandbox import Fault, Sandbox

DAY_MS = 86_400_000
NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)
NEW_YEAR_MS = 1_767_225_600_000


def server_time(client):
    return client.send("GET", "/api/v3/time").json["serverTime"]


def test_a_card_expires_when_the_clock_is_moved(client):
    card = client.create().data
    client.sandbox.clock.advance(timedelta(days=365))
    client.now_ms = client.sandbox.clock
    assert client.verify(card["referenceNo"]).data["valid"] is False
    assert client.sandbox.card_counts() == {"active": 0, "redeemed": 0, "expired": 1}


def test_set_and_go_on(client, clock):
    client.sandbox.clock.set(NEW_YEAR)
    assert server_time(client) == NEW_YEAR_MS
    clock.pass_ms(5)
    assert server_time(client) == NEW_YEAR_MS + 5
    client.sandbox.clock.reset()
    assert server_time(client) == clock()


def test_frozen(client, clock):
    turned = client.sandbox.clock
    turned.freeze()
    before = turned.now_ms
    clock.pass_ms(1000)
    assert (turned.now_ms, turned.frozen) == (before, True)
    turned.advance(-250)
    turned.freeze(False)
    clock.pass_ms(1)
    assert (turned.now_ms, turned.frozen) == (before - 249, False)


def test_over_http(client, clock):
    assert client.control("POST", "clock", {"now": "2026-01-01T00:00:00Z"}).json["now"] == NEW_YEAR_MS
    moved = client.control("POST", "clock", {"advance_ms": DAY_MS, "frozen": True}).json
    assert moved == {"now": NEW_YEAR_MS + DAY_MS, "offset_ms": NEW_YEAR_MS + DAY_MS - clock(), "frozen": True}
    assert client.control("POST", "clock", {"now": 5}).json["now"] == 5
    assert client.control("POST", "clock", {"reset": True}).json == {"now": clock(), "offset_ms": 0, "frozen": False}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"now": -1}, "from 1970 to 9999"),
        ({"now": 10**18}, "from 1970 to 9999"),
        ({"now": "2026-01-01T00:00:00"}, "needs its zone"),
        ({"now": "soon"}, "Invalid"),
        ({"advance": 5}, "unknown field `advance`"),
        ([], "Expected `object`"),
    ],
)
def test_a_clock_that_cannot_be_set_so(client, clock, body, words):
    answer = client.control("POST", "clock", body)
    assert answer.status == 400
    assert words in answer.json["error"]
    assert server_time(client) == clock()


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs its zone"):
        Sandbox().clock.set(datetime(2026, 1, 1))


def test_a_request_that_was_held_up_is_looked_at_again(make, clock):
    """The server looks at the time when it takes a request and again before it passes it on."""

    def now_ms():
        if threading.current_thread() is not threading.main_thread() and not client.sandbox.faults():
            asyncio.get_running_loop().call_soon(clock.pass_ms, 400)  # as soon as it waits
        return clock()

    client = make(clock=now_ms)
    client.sandbox.fault(Fault(kind="delay-before", delay_ms=50))
    assert client.create(recvWindow=200).code == -1021
    assert client.sandbox.requests()[0].duration_us >= 50_000  # so the first look let it pass
    assert not client.sandbox.cards()
