"""One deadline over everything: nobody waits longer than they said, and the connection is not used again."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Network, errors
from tests.faults.server import CARD, CODE, VALID, always, answer, one, silent, then
from tests.waits import until

DEADLINE = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Slow: " + b"x" * 5000
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


def dripping_body(peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    peer.drip(b" " * 5000)


def dripping_head(peer) -> None:
    peer.request()
    peer.drip(HEAD)


def dripping_chunks(peer) -> None:
    peer.request()
    peer.send(CHUNKED)
    while not peer.over.wait(0.02):
        peer.send(b"1\r\n \r\n")


def dripping_trailers(peer) -> None:
    peer.request()
    peer.send(CHUNKED + b"2\r\n{}\r\n0\r\n")
    peer.drip(b"X-Trailer: x\r\n" * 500)


def endless_continue(peer) -> None:
    peer.request()
    while not peer.over.wait(0.01):
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")


def flood_of_continue(peer) -> None:
    peer.request()
    while not peer.over.is_set():
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


SLOW = [silent, dripping_body, dripping_head, dripping_chunks, dripping_trailers, endless_continue, flood_of_continue]


@pytest.mark.deadline(DEADLINE)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("reused", [False, True], ids=["fresh", "reused"])
@pytest.mark.parametrize("slow", SLOW)
def test_a_slow_answer_to_a_post_is_unknown_in_time(serve, client_of, authority, slow, reused, secure) -> None:
    first = then(one(answer(VALID)), slow) if reused else slow
    server = serve(first, always(answer(CARD)), tls=authority.server() if secure else None)
    client = client_of(server, network=Network(ca_file=authority.file))
    if reused:
        client.verify_gift_card(reference_no="0033002144060553")
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        client.create_gift_card(token="USDT", amount=1, timeout=DEADLINE)
    assert raised.value.executed == "unknown"
    assert sum(request.startswith(b"POST") for request in server.requests) == 1
    assert create(client).code == CODE
    assert server.connections == 2, "the connection was closed, not used again"


@pytest.mark.deadline(DEADLINE)
@pytest.mark.parametrize("call", ["create", "verify"])
def test_interim_answers_are_read_until_they_are_too_many(serve, client_of, call) -> None:
    """As many as fit into a head would cost seconds, and no other attempt would fare better."""
    tiny = b"HTTP/1.1 100 \r\n\r\n"
    answers = [tiny * 32 + answer(CARD if call == "create" else VALID), tiny * 3000]
    server = serve(always(*answers))
    client = client_of(server)

    def made() -> None:
        client.create_gift_card(token="USDT", amount=1) if call == "create" else client.verify_gift_card(
            reference_no="0033002144060553"
        )

    made()
    with pytest.raises(errors.OutcomeUnknownError, match="more than 32 interim answers"):
        made()
    assert len(server.requests) == 2


@pytest.mark.deadline(DEADLINE)
def test_attempts_share_the_deadline(serve, client_of) -> None:
    """Each answer comes before the deadline, and each is a failure: the waits in between are counted as well."""

    def failing(peer) -> None:
        while peer.request():
            peer.over.wait(0.2)
            peer.send(answer("", "503 Service Unavailable"))

    server = serve(failing)
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        client_of(server, timeout=DEADLINE, attempts=100).verify_gift_card(reference_no="0033002144060553")
    sent = [attempt for attempt in raised.value.attempts if attempt.outcome != "not sent"]  # the last may come too late
    assert 1 <= len(sent) <= 1 + DEADLINE / 0.2
    until(lambda: len(server.requests) == len(sent))  # the last may not have been read yet


@pytest.fixture
def black_hole():
    """An address that swallows the SYN: its queue of connections is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(8):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        waiting.append(filler)
    time.sleep(0.1)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    for filler in waiting:
        filler.close()
    listener.close()


@pytest.mark.deadline(DEADLINE)
def test_a_swallowed_syn_is_not_sent_in_time(black_hole, client_of) -> None:
    with pytest.raises(errors.NotSentError) as raised:
        create(client_of(black_hole, timeout=DEADLINE))
    assert raised.value.executed == "no"


@pytest.mark.deadline(0.3)
def test_connecting_has_a_time_of_its_own(black_hole, client_of) -> None:
    with pytest.raises(errors.NotSentError):
        create(client_of(black_hole, timeout=5.0, connect_timeout=0.3, attempts=1))


@pytest.mark.deadline(DEADLINE)
def test_a_handshake_that_never_comes_is_not_sent_in_time(serve, client_of, authority) -> None:
    server = serve(lambda peer: peer.gone())
    client = client_of(server.url.replace("http:", "https:"), network=Network(ca_file=authority.file))
    with pytest.raises(errors.NotSentError):
        create(client.with_options(timeout=DEADLINE))


@pytest.mark.deadline(DEADLINE)
def test_a_resolver_that_hangs_is_left_in_time(client_of, monkeypatch) -> None:
    """The one thing that no loopback server can do: the resolver is the system's."""
    over = threading.Event()
    real = socket.getaddrinfo

    def hanging(host, *arguments, **options):
        if not arguments[4:]:  # not the look whether it is an address
            over.wait(10)
        return real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    try:
        with pytest.raises(errors.NotSentError):
            create(client_of("https://slow.example.com:1", timeout=DEADLINE))
    finally:
        over.set()


@pytest.mark.deadline(DEADLINE)
def test_a_signer_that_hangs_is_left_in_time(serve, client_of) -> None:
    over = threading.Event()

    class Hanging:
        def sign(self, payload: bytes) -> str:
            over.wait(10)
            return "late"

    server = serve(always(answer(CARD)))
    try:
        with pytest.raises(errors.SigningError) as raised:
            create(client_of(server, signer=Hanging(), timeout=DEADLINE))
    finally:
        over.set()
    assert raised.value.executed == "no"
    assert isinstance(raised.value.__cause__, TimeoutError)
    assert server.requests == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"timeout": 0}, "timeout must be a number of seconds above 0"),
        ({"timeout": float("inf")}, "timeout must be"),
        ({"connect_timeout": -1}, "connect_timeout must be"),
        ({"timeout": True}, "timeout must be"),
        ({"attempts": 0}, "attempts must be a whole number above 0"),
        ({"pace": 1.5}, "pace must be a share"),
    ],
)
def test_a_time_that_is_none_is_refused(options, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        GiftCardClient(api_key="k", signer=HmacSigner("s"), **options)
