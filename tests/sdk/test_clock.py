"""The client's clock, right and wrong, against a server whose clock was moved."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors


def client_of(sandbox, **options):
    return GiftCardClient(
        api_key=sandbox.api_key, signer=HmacSigner(sandbox.api_secret), base_url=sandbox.url, **options
    )


def test_with_one_attempt_a_wrong_clock_is_right_for_the_next_call(sandbox) -> None:
    with client_of(sandbox, attempts=1) as client:
        sandbox.clock.advance(timedelta(hours=1))
        with pytest.raises(errors.TimestampError) as caught:
            client.create_gift_card(token="USDT", amount=1)
        assert len(caught.value.attempts) == 1
        assert client.create_gift_card(token="USDT", amount=1).code
        asked = [request.path for request in sandbox.requests()]
        client.fetch_token_limit(base_token="USDT")
        assert [request.path for request in sandbox.requests()][len(asked) :] == [
            "/sapi/v1/giftcard/buyCode/token-limit"
        ]
        sandbox.clock.advance(timedelta(hours=-1))  # and again
        with pytest.raises(errors.TimestampError):
            client.create_gift_card(token="USDT", amount=1)
        assert client.create_gift_card(token="USDT", amount=1).code


def test_a_clock_that_could_not_be_corrected_is_for_the_next_call_too(recorder, scripted) -> None:
    late, lost = '{"code":-1021,"msg":"the clock"}', '{"code":-1000,"msg":"no"}'
    recorder.reply("400 Bad", late)
    recorder.then("500 Oh", lost)  # no time
    recorder.then("200 OK", json.dumps({"serverTime": 1_700_000_000_000}))
    recorder.then("400 Bad", '{"code":-1130,"msg":"no"}')
    client = scripted.with_options(attempts=2)
    with pytest.raises(errors.TimestampError):
        client.with_options(attempts=1).create_gift_card(token="USDT", amount=1)
    with pytest.raises(errors.InvalidParameterError):
        client.create_gift_card(token="USDT", amount=1)
    assert b"timestamp=1700000000" in recorder.requests[-1]


def test_a_server_that_tells_no_time_keeps_no_call_from_being_made(recorder, scripted) -> None:
    client = scripted.with_options(attempts=1)
    recorder.reply("400 Bad", '{"code":-1021,"msg":"the clock"}')
    recorder.then("500 Oh", "")
    recorder.then("400 Bad", '{"code":-1130,"msg":"no"}')
    with pytest.raises(errors.TimestampError):
        client.create_gift_card(token="USDT", amount=1)
    with pytest.raises(errors.InvalidParameterError):
        client.create_gift_card(token="USDT", amount=1)


@pytest.mark.parametrize("server", [10**18, -1, 10**40])
def test_a_time_of_the_server_that_is_none_is_not_gone_by(recorder, scripted, server) -> None:
    recorder.reply("200 OK", json.dumps({"serverTime": server}))
    with pytest.raises(errors.DecodeError):
        scripted.sync_clock()
    recorder.reply("400 Bad", '{"code":-1130,"msg":"no"}')
    with pytest.raises(errors.InvalidParameterError):
        scripted.create_gift_card(token="USDT", amount=1)
    assert b"timestamp=1" in recorder.requests[-1]


@pytest.mark.parametrize(
    "told", [1.7e12, "1700000000000", None, 1_700_000_000_000_000, -1, True, ZeroDivisionError()], ids=repr
)
def test_a_clock_that_gives_no_milliseconds_sends_nothing(recorder, told) -> None:
    def clock():
        if isinstance(told, Exception):
            raise told
        return told

    with GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=recorder.url, clock=clock) as client:
        for call in (
            lambda: client.create_gift_card(token="USDT", amount=1),
            lambda: client.redeem_gift_card(code="6H9EKF5ECCWFBHGE", encrypt=True),
            client.sync_clock,
        ):
            with pytest.raises((errors.ArgumentError, errors.SigningError), match="clock"):
                call()
    assert not recorder.requests
