"""A machine that slept: time has passed at the server too, though the usual clock of a process stood still."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from binance_gift_card import errors
from binance_gift_card._runtime.sync import connection
from tests.faults.server import CARD, VALID, always, answer

SLEEPLESS = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
"""The clock that goes on; `time.monotonic` reads another, or where there is no such choice, counts sleep itself."""

if SLEEPLESS is None:
    pytest.skip("the one clock of this system counts sleep", allow_module_level=True)

Sleep = Callable[[float], None]


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> Sleep:
    """Makes the machine one that has slept for so many seconds."""
    slept = 0
    clocks = {
        "uptime": lambda: time.clock_gettime(SLEEPLESS) + slept / 1e9,
        "uptime_ns": lambda: time.clock_gettime_ns(SLEEPLESS) + slept,
    }

    def fall_asleep(seconds: float) -> None:
        nonlocal slept
        slept += int(seconds * 1e9)

    runtime = connection.__name__.partition(".sync")[0]
    for module in [module for name, module in sys.modules.items() if name.startswith(runtime)]:
        for name in vars(module).keys() & clocks.keys():
            monkeypatch.setattr(module, name, clocks[name])
    return fall_asleep


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


def verify(client):
    return client.verify_gift_card(reference_no="0033002144060553")


@pytest.mark.deadline(5)
@pytest.mark.parametrize(("call", "trusted", "idle"), [(create, 1, 4), (verify, 20, 31)])
def test_a_connection_that_slept_too_long_is_not_used(serve, client_of, sleep, call, trusted, idle) -> None:
    server = serve(always(answer(CARD if call is create else VALID)))
    client = client_of(server)
    call(client)
    sleep(trusted)
    call(client)
    assert server.connections == 1
    sleep(idle)
    call(client)
    assert server.connections == 2


@pytest.mark.deadline(5)
def test_a_ban_is_over_when_it_is_over_at_the_server(serve, client_of, sleep) -> None:
    ban = answer('{"code":-1003}', "418 I'm a teapot", "Retry-After: 300")
    server = serve(always(ban), always(answer(CARD)))  # by then it is another connection
    client = client_of(server)
    with pytest.raises(errors.RateLimitError):
        create(client)
    sleep(200)
    with pytest.raises(errors.HeldBackError) as held:
        create(client)
    left = held.value.until - datetime.now(timezone.utc)
    assert timedelta(seconds=60) < left <= timedelta(seconds=100)
    sleep(100)
    assert client.limits.held_until is None
    create(client)
    assert len(server.requests) == 2


@pytest.mark.deadline(5)
def test_wrong_attempts_are_forgotten_when_the_server_forgets_them(serve, client_of, sleep) -> None:
    server = serve(always(answer('{"code":-3026,"msg":"no"}', "400 Bad Request")))
    client = client_of(server)

    def wrong(times: int) -> None:
        for _ in range(times):
            with pytest.raises(errors.ApiError):
                client.redeem_gift_card(code="6H9EKF5ECCWFBHGE")
        with pytest.raises(errors.LockoutError):
            client.redeem_gift_card(code="6H9EKF5ECCWFBHGE")

    wrong(4)
    sleep(23 * 3600)
    wrong(0)
    sleep(3600)
    wrong(4)
    assert len(server.requests) == 8


@pytest.mark.deadline(5)
def test_what_the_server_said_is_as_old_as_it_is(serve, client_of, sleep) -> None:
    server = serve(always(answer(VALID, "200 OK", "X-SAPI-USED-IP-WEIGHT-1M: 11999")))
    client = client_of(server, pace=0.9)
    verify(client)
    sleep(3600)
    assert datetime.now(timezone.utc) - client.limits.usage["ip"].seen > timedelta(minutes=59)
    verify(client)  # that weight was used in another window
    assert len(server.requests) == 2
