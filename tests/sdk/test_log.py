"""What is logged: one line an attempt, at a level that says how much it matters, and nothing secret."""

from __future__ import annotations

import logging
import re
from contextlib import suppress

import pytest

from binance_gift_card import Attempt, GiftCardClient, HmacSigner, Journal, Sending, errors
from binance_gift_card_sandbox import Sandbox
from tests.ports import held_port

CODE = "6H9EKF5ECCWFBHGE"
CARD = f'{{"code":"000000","success":true,"data":{{"referenceNo":"0033002144060553","code":"{CODE}"}}}}'
VALID = '{"code":"000000","success":true,"data":{"valid":true}}'
REFERENCE = "0033002144060553"


@pytest.fixture
def recorded(recorder, caplog):
    """A client whose log is read at every level, and its server."""
    caplog.set_level(logging.DEBUG, logger="binance_gift_card")
    signer = HmacSigner("the-api-secret-itself")
    with GiftCardClient(
        api_key="the-api-key-itself", signer=signer, base_url=recorder.url, timeout=5, journal=False
    ) as made:
        yield made


def lines(caplog) -> list[tuple[str, str]]:
    """Level and text of each, without its time and port."""
    told = [
        (record.levelname, re.sub(r"\d+\.\d{3} s|:\d+$", "…", record.getMessage()))
        for record in caplog.records
        if record.name == "binance_gift_card.attempts"
    ]
    caplog.clear()
    return told


def test_each_attempt_has_a_line_at_the_level_of_its_outcome(recorded, recorder, caplog) -> None:
    recorder.reply("503 Service Unavailable", "")
    recorder.then("200 OK", VALID)
    recorded.verify_gift_card(reference_no=REFERENCE)
    assert lines(caplog) == [
        ("WARNING", "verify_gift_card attempt 1: unknown in …: HTTP 503"),
        ("DEBUG", "verify_gift_card attempt 2: done in …, HTTP 200"),
    ]
    recorder.reply("400 Bad Request", '{"code":-1022,"msg":"Signature for this request is not valid."}')
    with pytest.raises(errors.ApiError):
        recorded.create_gift_card(token="USDT", amount=1)
    [(level, line)] = lines(caplog)
    assert (level, line.partition("…")[0]) == ("INFO", "create_gift_card attempt 1: refused in ")
    assert line.startswith("HTTP 400 code -1022", len("create_gift_card attempt 1: refused in …: "))
    recorder.reply("200 OK", CARD.replace("referenceNo", "other"))
    with pytest.raises(errors.DecodeError):
        recorded.create_gift_card(token="USDT", amount=1)
    [(level, line)] = lines(caplog)
    assert (level, line.partition("…")[0]) == ("WARNING", "create_gift_card attempt 1: done in ")
    with held_port() as port:
        url = f"http://127.0.0.1:{port}"
        signer = HmacSigner("secret")
        client = GiftCardClient(api_key="key", signer=signer, base_url=url, attempts=1, journal=False)
        with client, pytest.raises(errors.NotSentError):
            client.create_gift_card(token="USDT", amount=1)
    assert lines(caplog) == [("INFO", "create_gift_card attempt 1: not sent in …: connection refused by 127.0.0.1…")]


def test_no_line_holds_a_secret(recorded, recorder, caplog) -> None:
    for status, body in (
        ("200 OK", CARD),
        ("200 OK", CARD.replace("referenceNo", "other")),
        ("400 Bad Request", f'{{"code":-18004,"msg":"{CODE}"}}'),
        ("400 Bad Request", f'{{"code":"{CODE}","msg":"wrong"}}'),
        ("200 OK", CODE),
    ):
        recorder.reply(status, body)
        for call in (
            lambda: recorded.create_gift_card(token="USDT", amount=1),
            lambda: recorded.redeem_gift_card(code=CODE, external_uid="someone"),
        ):
            with suppress(errors.GiftCardError):
                call()
    assert len(caplog.records) == 8, "after three wrong codes no other is sent"
    said = "\n".join(f"{vars(record)}" for record in caplog.records)
    signatures = [request.split(b"signature=")[1][:64].decode() for request in recorder.requests]
    for secret in (CODE, "the-api-key-itself", "the-api-secret-itself", "someone", *signatures):
        assert secret not in said


def test_the_line_names_the_entry_of_the_journal(sandbox: Sandbox, tmp_path, caplog) -> None:
    caplog.set_level(logging.DEBUG, logger="binance_gift_card")
    signer = HmacSigner(sandbox.api_secret)
    journal = Journal(tmp_path / "cards.db", key="unsealed")
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=journal) as client:
        client.create_gift_card(token="USDT", amount="25", idempotency_key="order-1")
        client.create_gift_card(token="USDT", amount="25", idempotency_key="order-1")
    assert lines(caplog) == [("DEBUG", "create_gift_card attempt 1: done in …, HTTP 200, entry 1")]


def test_what_listens_decides_nothing(recorded, recorder, caplog) -> None:
    def fail(record: logging.LogRecord) -> bool:
        raise RuntimeError("no disk")

    recorder.reply("200 OK", CARD)
    logger = logging.getLogger("binance_gift_card.attempts")
    logger.addFilter(fail)
    try:
        assert recorded.create_gift_card(token="USDT", amount=1).code == CODE
    finally:
        logger.removeFilter(fail)


@pytest.fixture
def failing_handler():
    """A handler of the program's that fails at every line of the package."""

    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise RuntimeError("no disk")

    logger, handler = logging.getLogger("binance_gift_card"), Failing()
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


@pytest.mark.usefixtures("failing_handler")
def test_a_handler_that_fails_costs_no_card_when_a_hook_fails(recorder) -> None:
    class Broken:
        def before_attempt(self, sending: Sending) -> None:
            raise KeyError("before")

        def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
            raise KeyError("after")

    recorder.reply("200 OK", CARD)
    signer = HmacSigner("secret")
    with GiftCardClient(
        api_key="key", signer=signer, base_url=recorder.url, hooks=Broken(), journal=False, attempts=1
    ) as client:
        assert client.create_gift_card(token="USDT", amount=1).code == CODE


@pytest.mark.blocking("a write of its journal can be made to fail where it is called")
@pytest.mark.usefixtures("failing_handler")
def test_a_handler_that_fails_costs_no_card_when_the_journal_fails(sandbox: Sandbox, tmp_path, monkeypatch) -> None:
    signer, journal = HmacSigner(sandbox.api_secret), Journal(tmp_path / "cards.db", key="unsealed")
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=journal) as client:
        real, calls = journal.store.write, []

        def failing(work, *, durable, seconds):
            calls.append(durable)
            if len(calls) > 2:  # after the intent, before the answer
                raise errors.JournalError("the journal cannot be used: database or disk is full")
            return real(work, durable=durable, seconds=seconds)

        monkeypatch.setattr(journal.store, "write", failing)
        assert client.create_gift_card(token="USDT", amount="25").code
        assert len(calls) > 2


def test_a_level_that_there_is_not_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("BINANCE_LOG", "loud")
    with pytest.raises(errors.ArgumentError, match="BINANCE_LOG must be one of debug, info, warning, error"):
        GiftCardClient()
