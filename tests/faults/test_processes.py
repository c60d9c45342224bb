"""Threads, forks, Ctrl-C and the end: one client in a real program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from binance_gift_card import Network, errors
from tests.faults.server import CARD, CODE, VALID, always, answer, one


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


def echoing(peer) -> None:
    """A card whose number is the amount that was asked for."""
    while request := peer.request():
        amount = request.split(b"amount=")[1].split(b"&")[0].decode()
        body = '{"code":"000000","success":true,"data":{"referenceNo":"?","code":"C"}}'.replace("?", amount)
        peer.send(answer(body))


@pytest.mark.deadline(5)
def test_eight_threads_each_get_their_own_answer(serve, client_of) -> None:
    server = serve(echoing)
    client = client_of(server)
    with ThreadPoolExecutor(8) as threads:
        cards = list(threads.map(lambda n: client.create_gift_card(token="USDT", amount=n), range(1, 401)))
    assert [card.reference_no for card in cards] == [str(n) for n in range(1, 401)]
    assert len(server.requests) == 400
    assert server.connections <= 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.deadline(5)
def test_a_child_opens_its_own_connection(serve, client_of) -> None:
    server = serve(echoing)
    client = client_of(server)
    assert client.create_gift_card(token="USDT", amount=1).reference_no == "1"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            numbers = [client.create_gift_card(token="USDT", amount=n).reference_no for n in range(100, 150)]
            os.write(writing, b"right" if numbers == [str(n) for n in range(100, 150)] else repr(numbers).encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        numbers = [client.create_gift_card(token="USDT", amount=n).reference_no for n in range(200, 250)]
        assert numbers == [str(n) for n in range(200, 250)]
        assert os.read(reading, 10_000) == b"right"
    finally:
        os.close(reading)
        os.waitpid(child, 0)
    assert server.connections == 2


class Interrupting:
    """Presses Ctrl-C in this process once the server has the request, and lets the call wait."""

    def __init__(self) -> None:
        self.pressed = threading.Event()

    def __call__(self, peer) -> None:
        peer.request()
        os.kill(os.getpid(), signal.SIGINT)
        self.pressed.set()
        peer.gone()


@pytest.mark.deadline(5)
def test_ctrl_c_in_a_post_tells_the_outcome_and_leaves_the_pool_usable(serve, client_of) -> None:
    server = serve(Interrupting(), always(answer(CARD)))
    client = client_of(server)
    with pytest.raises(KeyboardInterrupt) as raised:
        create(client)
    told = raised.value.__cause__
    assert isinstance(told, errors.OutcomeUnknownError)
    assert (told.executed, told.operation) == ("unknown", "create_gift_card")
    assert told.settled_after is not None
    assert [attempt.outcome for attempt in told.attempts] == ["unknown"]
    assert create(client).code == CODE
    assert server.connections == 2


@pytest.mark.deadline(5)
def test_ctrl_c_while_signing_sent_nothing(serve, client_of) -> None:
    class Impatient:
        def sign(self, payload: bytes) -> str:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(1)
            return "late"

    server = serve(always(answer(CARD)))
    with pytest.raises(KeyboardInterrupt) as raised:
        create(client_of(server, signer=Impatient()))
    assert isinstance(raised.value.__cause__, errors.NotSentError)
    assert server.requests == []


@pytest.mark.deadline(5)
def test_ctrl_c_between_attempts_tells_what_was_known(serve, client_of) -> None:
    def failing(peer) -> None:
        peer.request()
        peer.send(answer("", "503 Service Unavailable", "Retry-After: 3"))
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        peer.gone()

    server = serve(failing)
    with pytest.raises(KeyboardInterrupt) as raised:
        client_of(server).verify_gift_card(reference_no="0033002144060553")
    assert isinstance(raised.value.__cause__, errors.OutcomeUnknownError)
    assert len(raised.value.__cause__.attempts) == 1


@pytest.mark.deadline(5)
def test_a_closed_client_sends_nothing(serve, client_of) -> None:
    server = serve(always(answer(VALID)))
    client = client_of(server)
    client.verify_gift_card(reference_no="0033002144060553")
    client.close()
    client.close()
    for closed in (client, client.with_options(timeout=1)):
        with pytest.raises(errors.NotSentError, match="the client is closed"):
            create(closed)
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
def test_a_client_that_is_closed_in_the_middle_says_unknown(serve, client_of) -> None:
    clients = []

    def closer(peer) -> None:
        peer.request()
        clients[0].close()
        peer.send(answer(CARD))
        peer.gone()

    server = serve(closer)
    clients.append(client_of(server))
    assert create(clients[0]).code == CODE, "what came is not thrown away"
    with pytest.raises(errors.NotSentError):
        create(clients[0])


@pytest.mark.deadline(5)
def test_the_end_of_a_program_waits_for_nothing(serve) -> None:
    server = serve(one(answer(VALID)))
    code = (
        "import sys; from binance_gift_card import *\n"
        "client = GiftCardClient(api_key='k', signer=HmacSigner('s'), base_url=sys.argv[1])\n"
        "print(client.verify_gift_card(reference_no='0033002144060553').valid)"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, server.url],
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "PYTHONPATH": path},
        cwd=Path(__file__).parent,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


@pytest.mark.deadline(5)
def test_a_second_ctrl_c_while_the_first_is_told_tells_the_outcome_as_well(serve, client_of) -> None:
    class Impatient:
        """Presses Ctrl-C again when it hears of the attempt's end."""

        def before_attempt(self, sending: object) -> None:
            pass

        def after_attempt(self, sending: object, attempt: object) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(1)

    server = serve(Interrupting(), always(answer(CARD)))
    client = client_of(server, hooks=Impatient())
    with pytest.raises(KeyboardInterrupt) as raised:
        create(client)
    told = raised.value.__cause__
    assert isinstance(told, errors.OutcomeUnknownError)
    assert told.settled_after is not None
    assert raised.value.__context__ is None


class Alarm(Exception):  # noqa: N818 - a program's own
    pass


@pytest.mark.deadline(5)
@pytest.mark.parametrize("kind", [TimeoutError, ConnectionResetError, Alarm])
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("call", ["create", "verify"])
def test_what_a_signal_handler_raises_is_not_taken_for_the_networks(
    serve, client_of, authority, monkeypatch, kind, secure, call
) -> None:
    """It runs as soon as the kernel has taken the request: to call that *not sent* would make a second card."""

    def handler(*_: object) -> None:
        raise kind("the program's own alarm")

    before = signal.signal(signal.SIGALRM, handler)
    server = serve(always(answer(CARD)), tls=authority.server() if secure else None)
    client = client_of(server, network=Network(ca_file=authority.file))
    create(client)
    connection = client._core.transport._pool.pool._kept[-1]

    class Ringing:
        """A socket under which the alarm rings once the request is with the kernel."""

        def __init__(self, real) -> None:
            self._real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

        def send(self, data: bytes) -> int:
            taken = self._real.send(data)
            signal.raise_signal(signal.SIGALRM)
            return taken

    Ringing.__module__ = type(connection.sock).__module__
    connection.sock = Ringing(connection.sock)
    try:
        with pytest.raises(kind, match="the program's own alarm") as raised:
            create(client) if call == "create" else client.verify_gift_card(reference_no="0033002144060553")
    finally:
        signal.signal(signal.SIGALRM, before)
    told = raised.value.__cause__
    assert isinstance(told, errors.OutcomeUnknownError)
    assert told.executed == "unknown"
    assert [attempt.outcome for attempt in told.attempts] == ["unknown"]
    client.close()
