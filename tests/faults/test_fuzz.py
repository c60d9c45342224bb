"""Any bytes for an answer end in a result or an error of ours, in time, and never in a second request."""

from __future__ import annotations

import gzip
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors
from tests.faults.server import CARD, CODE, Peer, answer

INPUTS = int(os.environ.get("TEST_FUZZ_INPUTS", "3000"))
"""How many answers the proofs try."""

SEEDS = [
    answer(CARD),
    answer(CARD, "200 OK", "Connection: close"),
    answer(gzip.compress(CARD.encode(), mtime=0), "200 OK", "Content-Encoding: gzip"),
    answer('{"code":-1021,"msg":"no"}', "400 Bad Request"),
    answer('{"code":-1007,"msg":"no"}', "503 Service Unavailable", "Retry-After: 1"),
    answer("<html></html>", "403 Forbidden", kind="text/html"),
    b"HTTP/1.1 100 Continue\r\n\r\n" + answer(CARD),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\nX: y\r\n\r\n" % (len(CARD), CARD.encode()),
    b"HTTP/1.0 200 OK\r\n\r\n" + CARD.encode(),
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    % (len(gzip.compress(CARD.encode(), mtime=0)), gzip.compress(CARD.encode(), mtime=0)),
]
PIECES = [
    *(
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"\x00",
        b": ",
        b"HTTP/1.1 ",
        b"0",
        b"-1",
        b"fffffffff",
        b"{",
        b"}",
        b'"',
        b"null",
    ),
    *(
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"\xff\xfe",
        b"[" * 200,
    ),
    *(
        b"9" * 30,
        b"1e999",
        b'"success":false',
        b'"code":"000000"',
        b"\xf0\x9f\x92\xb3",
        b"Retry-After: -5\r\n",
        b" " * 70,
    ),
]


def fuzzed(chance: random.Random) -> bytes:
    """Random bytes now and then, and else an answer with something changed in it."""
    if chance.random() < 0.15:
        return chance.randbytes(chance.randrange(200))
    if chance.random() < 0.1:
        return random_parts(chance)
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 0, 1, 1, 4, 30)))
        other = chance.choice(SEEDS)
        cut = chance.randrange(len(other))
        new = chance.choice((b"", chance.randbytes(1), chance.choice(PIECES), other[cut : cut + 40]))
        data[start:end] = new
    return bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.1 else data)


def random_parts(chance: random.Random) -> bytes:
    """A status line, headers and a body, of which any may be any bytes."""
    status = chance.choice((b"HTTP/1.1 200 OK", b"HTTP/1.1 " + chance.randbytes(5), chance.randbytes(12)))
    lines = [chance.choice(PIECES) + b": " + chance.randbytes(4) for _ in range(chance.randrange(3))]
    body = chance.choice((CARD.encode(), chance.randbytes(chance.randrange(60))))
    framing = chance.choice((b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked", b"Connection: close"))
    return b"\r\n".join([status, *lines, framing, b"", body])


class Fuzzing:
    """Answers each request with the next answer, then closes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.last = b""

    def __call__(self, peer: Peer) -> None:
        if peer.request():
            self.last = fuzzed(self.chance)
            peer.send(self.last)


@pytest.fixture
def _alarm() -> Iterator[None]:
    """A hang is a fault too."""

    def over(*_: object) -> None:
        raise AssertionError("a call hangs")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(60 + INPUTS // 50)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_alarm")
@pytest.mark.parametrize("inputs", [300, pytest.param(INPUTS, marks=pytest.mark.proof)])
def test_a_fuzzed_answer_ends_in_a_result_or_an_error_of_ours(serve, seed, inputs) -> None:
    fuzzing = Fuzzing(seed)
    server = serve(fuzzing)
    outcomes: Counter[str] = Counter()
    for number in range(1, inputs + 1):
        with GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=server.url, timeout=5) as client:
            try:
                outcome, executed, shown = _called(client.with_options(attempts=1, timeout=2))
            except Exception as error:
                raise AssertionError(f"{error!r} of input {number} of seed {seed}: {fuzzing.last!r}") from error
        told = f"input {number} of seed {seed}: {fuzzing.last!r}"
        assert CODE not in shown, told
        assert executed in ("no", "yes", "unknown"), told
        assert len(server.requests) == number, f"not one request for one call, {told}"
        outcomes[outcome] += 1
    assert outcomes["card"] > inputs / 100, outcomes
    assert outcomes["OutcomeUnknownError"] > inputs / 10, outcomes


def _called(client: GiftCardClient) -> tuple[str, str, str]:
    """What the call came to, whether it was executed, and what is shown of it."""
    try:
        card = client.create_gift_card(token="USDT", amount=1)
    except errors.GiftCardError as error:
        return type(error).__name__, error.executed, f"{error} {error!r}"
    assert card.code
    assert card.reference_no
    return "card", "yes", repr(card)
