"""No secret where it does not belong: errors, tracebacks with locals, logs, pickles, URLs, reprs."""

from __future__ import annotations

import io
import logging
import os
import pickle
import signal
import sqlite3
import traceback

import pytest
from rich.console import Console
from rich.traceback import Traceback

from binance_gift_card import GiftCardClient, HmacSigner, Network, errors
from tests.faults.server import CARD, CODE, always, answer, closing, once

KEY, SECRET = "the-api-key-itself", "the-api-secret-itself"
ECHO = '{"code":-1100,"msg":"Illegal characters in code=CODE for key KEY"}'.replace("CODE", CODE).replace("KEY", KEY)


class BadSigner:
    def sign(self, payload: bytes) -> str:
        held = payload  # what a debugger would show
        raise RuntimeError(f"no vault for {len(held)} bytes")


def redeem(client: GiftCardClient, **options: object) -> object:
    # Put together where it is used: the caller's own variables, and the lines of its source, are the caller's.
    return client.redeem_gift_card(code="".join(("6H9EKF5E", "CCWFBHGE")), **options)


CALLS = {
    "refused": lambda serve, made: redeem(made(serve(always(answer('{"code":-18004,"msg":"x"}', "400 Bad Request"))))),
    "echoed": lambda serve, made: redeem(made(serve(always(answer(ECHO, "400 Bad Request"))))),
    "lost": lambda serve, made: redeem(made(serve(closing))),
    "cut": lambda serve, made: redeem(
        made(serve(once(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + CARD.encode())))
    ),
    "undecodable": lambda serve, made: redeem(made(serve(always(answer(CARD.replace("referenceNo", "number")))))),
    "failed": lambda serve, made: redeem(made(serve(always(answer(CARD, "503 Service Unavailable"))))),
    "a bare card with a failure": lambda serve, made: redeem(
        made(serve(always(answer(f'{{"referenceNo":"1","code":"{CODE}"}}', "503 Service Unavailable"))))
    ),
    "a bare card with a refusal": lambda serve, made: redeem(
        made(serve(always(answer(f'{{"referenceNo":"1","code":"{CODE}"}}', "400 Bad Request"))))
    ),
    "a bare card": lambda serve, made: redeem(made(serve(always(answer(f'{{"referenceNo":"1","code":"{CODE}"}}'))))),
    "not sent": lambda serve, made: redeem(made("http://127.0.0.1:9", attempts=1)),
    "no name": lambda serve, made: redeem(made("https://name.invalid", attempts=1)),
    "slow": lambda serve, made: redeem(made(serve(lambda peer: peer.gone())), timeout=0.2),
    "not taken": lambda serve, made: made(serve(lambda peer: peer.over.wait(10))).redeem_gift_card(
        code="".join(("6H9EKF5E", "CCWFBHGE")) * 2_000_000, timeout=0.5
    ),
    "signer": lambda serve, made: redeem(made(serve(closing), signer=BadSigner())),
    "argument": lambda serve, made: redeem(made(serve(closing)), external_uid="x" * 401),
    "code too short": lambda serve, made: made(serve(closing)).redeem_gift_card(code=""),
    "code of another kind": lambda serve, made: made(serve(closing)).redeem_gift_card(code=CODE.encode()),
    "surrogate": lambda serve, made: made(serve(closing)).redeem_gift_card(code=f"{CODE}\udc80"),
    "held back": lambda serve, made: _held_back(made(serve(always(answer("", "418 Teapot"))))),
    "key not given": lambda serve, made: redeem(made(serve(closing)), encrypt=True),
    "proxy": lambda serve, made: redeem(
        made("https://api.example.com", network=Network(proxy=f"http://{SECRET}:{SECRET}@127.0.0.1:9"), attempts=1)
    ),
}


def _held_back(client: GiftCardClient) -> None:
    with pytest.raises(errors.ApiError):
        redeem(client)
    redeem(client)


@pytest.mark.deadline(5)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_error_shows_no_secret(serve, client_of, caplog, call) -> None:
    caplog.set_level(logging.DEBUG)
    servers = []

    def kept(*behaviours: object) -> object:
        servers.append(serve(*behaviours))
        return servers[-1]

    with pytest.raises(errors.GiftCardError) as raised:
        call(kept, client_of)
    shown = {
        "log": caplog.text,
        "traceback": _shown(raised.value),
        "pickle": pickle.dumps(raised.value).decode("latin-1"),
        "again": repr(vars(pickle.loads(pickle.dumps(raised.value)))),
        "words": f"{raised.value!r} {raised.value} {raised.value.server_message}",
    }
    signatures = [
        request.split(b"signature=")[1][:64].decode()
        for server in servers
        for request in server.requests
        if b"signature=" in request
    ]
    for place, text in shown.items():
        for secret in (CODE, KEY, SECRET, *signatures):
            assert secret not in text, place
    assert all(
        CODE.encode() not in request.partition(b" HTTP/1.1")[0] for server in servers for request in server.requests
    )


def _shown(error: BaseException) -> str:
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()) + _rich(error)


def _rich(error: BaseException) -> str:
    screen = io.StringIO()
    shown = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True, extra_lines=0)
    Console(file=screen, width=1000).print(shown)
    return screen.getvalue()


class TimeLimit(Exception):  # noqa: N818 - as task queues call them
    pass


@pytest.mark.deadline(5)
@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeLimit, TimeoutError, sqlite3.OperationalError])
@pytest.mark.parametrize("when", ["after the request", "in the middle of the answer"])
def test_an_interrupt_shows_no_secret(serve, client_of, kind, when) -> None:
    def handler(*_: object) -> None:
        raise kind("enough")

    def interrupting(peer) -> None:
        peer.request()
        if when != "after the request":
            peer.send(answer(CARD)[:-20])
            peer.over.wait(0.1)
        os.kill(os.getpid(), signal.SIGUSR1)
        peer.gone()

    client = client_of(serve(interrupting))
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(kind, match="enough") as raised:
            client.redeem_gift_card(code="".join(("6H9EKF5E", "CCWFBHGE")))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert isinstance(raised.value.__cause__, errors.OutcomeUnknownError)
    assert raised.value.__context__ is None
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames[-1] == "handler", "where it came from is told"
    assert not {"_write", "_read", "_receive", "_sent", "_attempt"} & set(frames)
    shown = _shown(raised.value)
    for secret in (KEY, SECRET, CODE):
        assert secret not in shown


@pytest.mark.deadline(5)
def test_a_pickled_error_tells_all_but_what_came(serve, client_of) -> None:
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        client_of(serve(always(answer(CARD, "503 Service Unavailable")))).create_gift_card(token="USDT", amount=1)
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is type(raised.value)
    assert str(again) == str(raised.value)
    for name in ("operation", "executed", "attempts", "status", "code", "settled_after", "repeatable"):
        assert getattr(again, name) == getattr(raised.value, name)
    assert dict(again.headers) == dict(raised.value.headers)
    assert (again.body, raised.value.body) == (b"", CARD.encode())


@pytest.mark.deadline(5)
def test_nothing_that_a_client_holds_shows_a_secret(serve, client_of) -> None:
    server = serve(always(answer(CARD)))
    client = client_of(server)
    card = client.create_gift_card(token="USDT", amount=1)
    response = client.raw.create_gift_card(token="USDT", amount=1)
    assert (card.code, response.result.code) == (CODE, CODE), "by attribute it is there"
    held = [card, response, response.headers, client, client.raw, HmacSigner(SECRET), client.limits]
    core = client._core
    held += [core, *core.credentials.values(), core.transport, core.transport._network, Network(proxy="http://u:p@h:1")]
    text = " ".join(f"{item!r} {item}" for item in held)
    for secret in (CODE, KEY, SECRET, "u:p@"):
        assert secret not in text
