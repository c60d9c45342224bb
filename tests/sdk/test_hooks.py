"""The seam for those who watch: when they are called, with what, and that they see no secret."""

from __future__ import annotations

import logging

import pytest

from binance_gift_card import Attempt, GiftCardClient, HmacSigner, Sending, errors
from tests.ports import held_port

CODE = "6H9EKF5ECCWFBHGE"
CARD = '{"code":"000000","success":true,"data":{"referenceNo":"1","code":"CODE"}}'.replace("CODE", CODE)


class Watcher:
    def __init__(self) -> None:
        self.seen: list[tuple[str, Sending, Attempt | None]] = []

    def before_attempt(self, sending: Sending) -> None:
        sending.state = f"mine {sending.number}"
        self.seen.append(("before", sending, None))

    def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
        assert sending.state == f"mine {sending.number}"
        self.seen.append(("after", sending, attempt))


@pytest.fixture
def watched(recorder):
    watcher = Watcher()
    signer = HmacSigner("the-api-secret-itself")
    with GiftCardClient(
        api_key="the-api-key-itself", signer=signer, base_url=recorder.url, timeout=5, hooks=watcher
    ) as made:
        yield made, watcher


def test_they_come_in_pairs_for_every_attempt(watched, recorder) -> None:
    client, watcher = watched
    recorder.reply("503 Service Unavailable", "")
    recorder.then("503 Service Unavailable", "")
    recorder.then("200 OK", '{"code":"000000","success":true,"data":{"valid":true}}')
    client.verify_gift_card(reference_no="0033002144060553")
    assert [(when, sending.number) for when, sending, _ in watcher.seen] == [
        (when, number) for number in (1, 2, 3) for when in ("before", "after")
    ]
    told = [attempt for _, _, attempt in watcher.seen if attempt is not None]
    assert [(attempt.outcome, attempt.status) for attempt in told] == [
        ("unknown", 503),
        ("unknown", 503),
        ("done", 200),
    ]
    sending = watcher.seen[0][1]
    assert (sending.operation, sending.method, sending.path, sending.server) == (
        "verify_gift_card",
        "GET",
        "/sapi/v1/giftcard/verify",
        recorder.url,
    )


def test_they_see_no_secret(watched, recorder) -> None:
    client, watcher = watched
    recorder.reply("400 Bad Request", '{"code":-18004,"msg":"6H9EKF5ECCWFBHGE"}')
    with pytest.raises(errors.ApiError):
        client.redeem_gift_card(code=CODE, external_uid="someone")
    shown = "".join(
        f"{sending!r} {[getattr(sending, name) for name in Sending.__slots__]} {attempt!r}"
        for _, sending, attempt in watcher.seen
    )
    signature = recorder.requests[0].split(b"signature=")[1][:64].decode()
    for secret in (CODE, "the-api-key-itself", "the-api-secret-itself", "someone", signature):
        assert secret not in shown


def test_what_makes_no_attempt_is_not_told(watched) -> None:
    client, watcher = watched
    with pytest.raises(errors.ArgumentError):
        client.create_gift_card(token="", amount=1)
    client.close()
    assert watcher.seen == []


def test_an_attempt_that_was_not_sent_is_told(recorder) -> None:
    watcher = Watcher()
    with held_port() as port:
        url = f"http://127.0.0.1:{port}"
        client = GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=url, hooks=watcher, attempts=2)
        with pytest.raises(errors.NotSentError):
            client.create_gift_card(token="USDT", amount=1)
    assert [attempt.outcome for _, _, attempt in watcher.seen if attempt] == ["not sent", "not sent"]


def test_what_a_hook_raises_changes_nothing(recorder, caplog) -> None:
    class Broken:
        def before_attempt(self, sending: Sending) -> None:
            raise RuntimeError("a secret of its own")

        def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
            raise KeyError("another")

    recorder.reply("200 OK", CARD)
    client = GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=recorder.url, hooks=Broken())
    assert client.create_gift_card(token="USDT", amount=1).code == CODE
    told = [(record.name, record.levelno, record.getMessage()) for record in caplog.records]
    assert told == [
        (
            "binance_gift_card",
            logging.ERROR,
            "RuntimeError in test_what_a_hook_raises_changes_nothing.<locals>.Broken.before_attempt",
        ),
        (
            "binance_gift_card",
            logging.ERROR,
            "KeyError in test_what_a_hook_raises_changes_nothing.<locals>.Broken.after_attempt",
        ),
    ]
