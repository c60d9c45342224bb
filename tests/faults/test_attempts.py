"""When a call is tried again: the table of rules, and what the rules do over a real socket."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from binance_gift_card import errors
from binance_gift_card._runtime.core import retry
from tests.faults.server import CARD, CODE, VALID, always, answer, closing, one

# What became of an attempt: what is done when the operation is safe to repeat, and when it never is.
TABLE = """
    refused        raise              raise
    wrong clock    correct the clock  correct the clock
    rate limited   wait               wait
    banned         raise              raise
    busy           back off           raise
    not sent       back off           back off
    hopeless       raise              raise
    lost           back off           raise
    failed         back off           raise
    unreadable     raise              raise
"""
RULES = {
    row[4:19].strip(): (row[19:38].strip(), row[38:].strip()) for row in TABLE.strip("\n").splitlines() if row.strip()
}


def test_the_rules_are_these() -> None:
    assert {name: (rule["safe"], rule["never"]) for name, rule in retry.RULES.items()} == RULES


@pytest.mark.parametrize("situation", RULES)
@pytest.mark.parametrize("repeatable", [True, False])
def test_rules_end(situation, repeatable) -> None:
    wanted = RULES[situation][0 if repeatable else 1]
    given = {"repeatable": repeatable, "attempts": 4, "cured": False}
    assert retry.action(situation, number=1, **given) == wanted
    assert retry.action(situation, number=4, **given) == "raise"
    cured = retry.action(situation, number=1, **{**given, "cured": True})
    assert cured == ("raise" if situation == "wrong clock" else wanted)


def test_pauses_are_random_below_a_bound_that_doubles() -> None:
    for number, bound in ((1, 0.25), (2, 0.5), (3, 1.0), (6, 5.0), (2000, 5.0)):
        pauses = [retry.pause(number) for _ in range(200)]
        assert 0 <= min(pauses) < bound / 4
        assert bound * 3 / 4 < max(pauses) <= bound


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


def verify(client):
    return client.verify_gift_card(reference_no="0033002144060553")


def refusal(code: int, status: str = "400 Bad Request", *headers: str) -> bytes:
    return answer(json.dumps({"code": code, "msg": "no"}), status, *headers)


UNKNOWN = [
    answer("", "500 Internal Server Error"),
    refusal(-1007, "503 Service Unavailable"),
    refusal(-1006, "400 Bad Request"),
    refusal(-1007, "200 OK"),
    refusal(-1000, "500 Internal Server Error"),
    answer("<html>Gateway</html>", "504 Gateway Timeout", kind="text/html"),
    answer("", "408 Request Timeout"),
]


@pytest.mark.deadline(5)
@pytest.mark.parametrize("data", UNKNOWN)
def test_a_server_that_failed_may_have_made_a_card(serve, client_of, data) -> None:
    server = serve(always(data))
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(client_of(server))
    error = raised.value
    assert (error.executed, len(error.attempts), len(server.requests)) == ("unknown", 1, 1)
    assert error.status == int(data.split()[1])
    assert error.settled_after is not None


@pytest.mark.deadline(5)
@pytest.mark.parametrize("data", UNKNOWN)
def test_a_server_that_failed_twice_is_asked_again_by_a_get(serve, client_of, data) -> None:
    server = serve(always(data, data, answer(VALID)))
    assert verify(client_of(server)).valid
    assert len(server.requests) == 3


@pytest.mark.deadline(5)
def test_a_get_gives_up_after_its_attempts(serve, client_of) -> None:
    server = serve(always(answer("", "503 Service Unavailable")))
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        verify(client_of(server, attempts=3))
    assert [(a.number, a.outcome, a.status) for a in raised.value.attempts] == [(n, "unknown", 503) for n in (1, 2, 3)]
    assert len(server.requests) == 3


@pytest.mark.deadline(5)
@pytest.mark.parametrize("code", [-1004, -1008, -1016])
def test_a_busy_server_is_asked_again_where_that_is_safe(serve, client_of, code) -> None:
    server = serve(always(refusal(code), answer(VALID)))
    assert verify(client_of(server)).valid
    server = serve(always(refusal(code), answer(CARD)))
    with pytest.raises(errors.ServiceUnavailableError):
        create(client_of(server))
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
def test_a_refusal_is_final(serve, client_of) -> None:
    server = serve(always(refusal(-18006), answer(CARD)))
    with pytest.raises(errors.AmountTooSmallError):
        create(client_of(server))
    with pytest.raises(errors.ApiError):
        verify(client_of(serve(always(refusal(-1100)))))
    assert len(server.requests) == 1


# The clock.


def clocked(offset: int, *, window: int = 5000):
    """A server whose clock is ahead by so many milliseconds, and that holds requests to it."""

    def behave(peer) -> None:
        while request := peer.request():
            now = int(time.time() * 1000) + offset
            if b"/api/v3/time" in request:
                peer.send(answer(json.dumps({"serverTime": now})))
                continue
            stamp = int(request.split(b"timestamp=")[1][:13])
            fits = stamp < now + 1000 and now - stamp <= window
            peer.send(answer(CARD if b"POST" in request else VALID) if fits else refusal(-1021))

    return behave


@pytest.mark.deadline(5)
@pytest.mark.parametrize("offset", [10_000, -10_000, 86_400_000, -86_400_000])
def test_a_clock_that_is_wrong_is_corrected_once_and_stays_corrected(serve, client_of, offset) -> None:
    server = serve(clocked(offset))
    client = client_of(server)
    assert create(client).code == CODE
    assert [request.split()[1][:12] for request in server.requests] == [
        b"/sapi/v1/gif",
        b"/api/v3/time",
        b"/sapi/v1/gif",
    ]
    signatures = {request.split(b"signature=")[1][:64] for request in server.requests if b"signature" in request}
    assert len(signatures) == 2
    create(client)
    assert len(server.requests) == 4


@pytest.mark.deadline(5)
def test_a_clock_that_cannot_be_corrected_is_corrected_once(serve, client_of) -> None:
    server = serve(clocked(0, window=-1000))
    with pytest.raises(errors.TimestampError) as raised:
        create(client_of(server))
    assert raised.value.executed == "no"
    assert [attempt.outcome for attempt in raised.value.attempts] == ["refused", "refused"]
    assert sum(b"/api/v3/time" in request for request in server.requests) == 1


@pytest.mark.deadline(5)
def test_a_server_that_does_not_tell_the_time_leaves_the_refusal(serve, client_of) -> None:
    def behave(peer) -> None:
        while request := peer.request():
            peer.send(answer("", "404 Not Found") if b"/api/v3/time" in request else refusal(-1021))

    with pytest.raises(errors.TimestampError):
        create(client_of(serve(behave)))


@pytest.mark.deadline(5)
def test_the_clock_is_corrected_by_choice(serve, client_of) -> None:
    server = serve(clocked(86_400_000))
    client = client_of(server, sync_clock=True)
    assert server.requests == [], "not before it is needed"
    create(client)
    create(client)
    assert [b"/time" in request for request in server.requests] == [True, False, False]
    client.sync_clock()
    assert len(server.requests) == 4
    with pytest.raises(errors.NotSentError, match="the server's time was not given") as raised:
        create(client_of(serve(closing), sync_clock=True))
    assert raised.value.executed == "no"


@pytest.mark.deadline(5)
def test_a_jump_of_the_wall_clock_does_no_harm(serve, client_of, monkeypatch) -> None:
    server = serve(clocked(0))
    client = client_of(server)
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3_600_000_000_000)
    assert create(client).code == CODE
    assert len(server.requests) == 1


# Rates.


@pytest.mark.deadline(5)
@pytest.mark.parametrize("call", [create, verify])
def test_a_rate_limit_is_waited_for(serve, client_of, call) -> None:
    done = answer(CARD if call is create else VALID)
    server = serve(always(refusal(-1003, "429 Too Many Requests", "Retry-After: 1"), done))
    call(client_of(server))
    assert len(server.requests) == 2


@pytest.mark.deadline(5)
@pytest.mark.parametrize("wait", ["3600", "99999999999999999999", "date"])
def test_a_rate_limit_beyond_the_deadline_is_raised_at_once_and_holds_back(serve, client_of, wait) -> None:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    header = f"Retry-After: {format_datetime(later, usegmt=True) if wait == 'date' else wait}"
    server = serve(always(refusal(-1003, "429 Too Many Requests", header)))
    client = client_of(server)
    with pytest.raises(errors.RateLimitError) as raised:
        create(client)
    assert raised.value.executed == "no"
    until = raised.value.until
    assert until > later - timedelta(seconds=10)
    for call in (create, verify, create):
        with pytest.raises(errors.HeldBackError, match="nothing was sent") as held:
            call(client)
        assert abs(held.value.until - until) < timedelta(seconds=2)
        assert (held.value.executed, held.value.attempts) == ("no", ())
    assert abs(client.limits.held_until - until) < timedelta(seconds=2)
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
@pytest.mark.parametrize(("headers", "least"), [(("Retry-After: 300",), 299), ((), 119), (("Retry-After: soon",), 119)])
def test_a_ban_holds_every_later_call_back(serve, client_of, headers, least) -> None:
    server = serve(always(refusal(-1003, "418 I'm a teapot", *headers)))
    client, began = client_of(server), datetime.now(timezone.utc)
    with pytest.raises(errors.RateLimitError):
        verify(client)
    with pytest.raises(errors.HeldBackError) as held:
        create(client)
    assert held.value.until > began + timedelta(seconds=least)
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
def test_weights_are_told_and_paced(serve, client_of) -> None:
    def counted(peer) -> None:
        used = 9000
        while peer.request():
            used += 1000
            weights = (f"X-SAPI-USED-IP-WEIGHT-1M: {used}", "x-sapi-used-uid-weight-1m: 7")
            peer.send(answer(VALID, "200 OK", *weights))

    server = serve(counted)
    start = 1_700_000_000_000 // 60_000 * 60_000
    client = client_of(server, clock=lambda: start + 1000, pace=0.9)
    assert client.limits.usage == {}
    verify(client)
    usage = client.limits.usage
    assert (usage["ip"].used, usage["ip"].limit, usage["ip"].window) == (10_000, 12_000, 60)
    assert (usage["uid"].used, usage["uid"].limit) == (7, None)
    verify(client)
    with pytest.raises(errors.HeldBackError, match="leaves no room") as held:
        verify(client)
    assert held.value.executed == "no"
    assert len(server.requests) == 2
    verify(client_of(server))  # nobody told this one to slow down


# The rule of wrong attempts.

WRONG = refusal(-3026)
UNTOLD = answer('{"code":"000000","success":true,"data":{"valid":false}}')


@pytest.mark.deadline(5)
@pytest.mark.parametrize("wrong", [WRONG, refusal(-77777), UNTOLD], ids=["refused", "undocumented", "not valid"])
def test_the_attempt_that_might_lock_is_not_sent(serve, client_of, wrong) -> None:
    server = serve(always(answer(VALID), wrong, answer(VALID), wrong, wrong, wrong, answer(VALID)))
    client = client_of(server)
    for _ in range(6):
        with contextlib.suppress(errors.ApiError):
            verify(client)
    with pytest.raises(errors.LockoutError, match="one more wrong attempt would lock the account") as raised:
        verify(client)
    assert (raised.value.executed, raised.value.attempts) == ("no", ())
    assert raised.value.until > datetime.now(timezone.utc) + timedelta(minutes=59)
    assert len(server.requests) == 6
    assert verify(client.with_options(insist=True)).valid
    assert len(server.requests) == 7


@pytest.mark.deadline(5)
def test_redemption_has_a_rule_of_its_own(serve, client_of) -> None:
    server = serve(always(WRONG))
    client = client_of(server)
    for _ in range(4):
        with pytest.raises(errors.ApiError):
            client.redeem_gift_card(code=CODE)
    with pytest.raises(errors.LockoutError) as raised:
        client.redeem_gift_card(code=CODE)
    assert raised.value.until > datetime.now(timezone.utc) + timedelta(hours=23)
    assert CODE not in str(raised.value)
    with pytest.raises(errors.ApiError):
        verify(client)
    assert len(server.requests) == 5


@pytest.mark.deadline(5)
def test_a_lost_answer_may_have_been_a_wrong_attempt(serve, client_of) -> None:
    server = serve(closing)
    client = client_of(server)
    for _ in range(4):
        with pytest.raises(errors.OutcomeUnknownError):
            client.redeem_gift_card(code=CODE)
    with pytest.raises(errors.LockoutError):
        client.redeem_gift_card(code=CODE)
    assert len(server.requests) == 4


@pytest.mark.deadline(5)
def test_repeats_do_not_lock_either(serve, client_of) -> None:
    """Every attempt of a call may be a wrong one, also when the call is one."""
    server = serve(closing)
    with pytest.raises(errors.OutcomeUnknownError):
        verify(client_of(server, attempts=10))
    assert len(server.requests) == 4


@pytest.mark.deadline(5)
def test_a_lost_attempt_counts_whatever_comes_after_it(serve, client_of) -> None:
    """Each call loses one answer, and is then refused for a reason that has nothing to do with the number."""
    server = serve(
        *[closing, one(refusal(-1100, "400 Bad Request", "Connection: close"))] * 3, closing, always(answer(VALID))
    )
    client = client_of(server)
    for _ in range(3):
        with pytest.raises(errors.ApiError):
            verify(client)
    with pytest.raises(errors.OutcomeUnknownError):
        verify(client)
    assert len(server.requests) == 7, "a second attempt of the fourth call might have been the fifth wrong one"
    with pytest.raises(errors.LockoutError):
        verify(client)


@pytest.mark.deadline(5)
def test_a_repeat_that_succeeds_clears_what_was_lost_before(serve, client_of) -> None:
    server = serve(closing, closing, always(answer(VALID)))
    client = client_of(server)
    for _ in range(10):
        assert verify(client).valid
    assert len(server.requests) == 12


@pytest.mark.deadline(5)
@pytest.mark.parametrize(
    ("code", "call"), [(-18005, verify), (-18004, lambda client: client.redeem_gift_card(code=CODE))]
)
def test_a_lock_that_the_server_told_is_kept(serve, client_of, code, call) -> None:
    server = serve(always(refusal(code)))
    client = client_of(server)
    with pytest.raises(errors.ApiError):
        call(client)
    with pytest.raises(errors.LockoutError):
        call(client)
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
def test_many_threads_do_not_lock_the_account(serve, client_of) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def slow(peer) -> None:
        while peer.request():
            peer.over.wait(0.05)
            peer.send(WRONG)

    server = serve(slow)
    client = client_of(server)

    def attempt(_: int) -> str:
        try:
            verify(client)
        except errors.GiftCardError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(attempt, range(24)))
    assert told.count("ApiError") + told.count("InvalidParameterError") == 4
    assert told.count("LockoutError") == 20
    assert len(server.requests) == 4


@pytest.mark.deadline(5)
def test_an_earlier_attempt_that_may_have_been_done_outweighs_a_later_refusal(serve, client_of) -> None:
    server = serve(closing, one(refusal(-1100)))
    with pytest.raises(errors.ApiError) as raised:
        verify(client_of(server))
    assert raised.value.executed == "unknown"
    assert [attempt.outcome for attempt in raised.value.attempts] == ["unknown", "refused"]
