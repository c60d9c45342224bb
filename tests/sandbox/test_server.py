"""Starting, stopping, and what one may ask of a `Sandbox`."""

import http.client
import json
import socket
import subprocess
import sys
import threading
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from binance_gift_card_sandbox import Fault, Sandbox
from binance_gift_card_sandbox.server import _listen
from tests.ports import held_port


def test_defaults():
    with Sandbox() as sandbox, Sandbox() as other:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox.url != other.url
        assert len(sandbox.api_key) == len(sandbox.api_secret) == 64
        assert sandbox.api_secret != other.api_secret
        assert sandbox.api_secret not in repr(sandbox)
        assert sandbox.balance("USDT") == Decimal(10_000)
        assert sandbox.balance("XYZ") == 0


def test_no_balances_is_none_at_all():
    assert Sandbox(balances={}).balance("USDT") == 0


def test_a_token_of_a_balance_is_supported(make):
    client = make(balances={"XYZ": 3})
    assert client.create("XYZ", "3").data


def test_stop_leaves_no_thread_and_no_port():
    before = {*threading.enumerate()}  # one that an earlier test left may end meanwhile
    with held_port() as port:
        with Sandbox(port=port):
            assert not before >= {*threading.enumerate()}
        assert before >= {*threading.enumerate()}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_stop_does_not_wait_for_a_call_that_never_ends():
    with Sandbox() as sandbox:
        address = urlsplit(sandbox.url)
        unfinished = socket.create_connection((address.hostname, address.port))
        unfinished.sendall(b"POST /sapi/v1/giftcard/createCode HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        idle = socket.create_connection((address.hostname, address.port))
    unfinished.close()
    idle.close()


def test_stopped_and_started_again_it_keeps_its_account(make, connect, clock):
    client = make(balances={"USDT": "10"})
    card = client.create(amount="4").data
    client.sandbox.stop()
    client.sandbox.stop()
    client.sandbox.start()
    again = connect(client.sandbox, clock)
    assert again.verify(card["referenceNo"]).data["valid"] is True
    assert client.sandbox.balance("USDT") == 6


def test_answers_are_not_delayed():
    with _listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio switches Nagle's delay off for nothing else


def test_misuse():
    with Sandbox() as sandbox:
        port = urlsplit(sandbox.url).port
        with pytest.raises(RuntimeError, match="running already"):
            sandbox.start()
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port).start()
    with pytest.raises(RuntimeError, match="no address"):
        _ = sandbox.url


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "lots", ""])
def test_bad_balance(amount):
    with pytest.raises(ValueError, match="balance of USDT"):
        Sandbox(balances={"USDT": amount})


def test_a_float_is_no_balance():
    with pytest.raises(TypeError, match="give a string"):
        Sandbox(balances={"USDT": 0.1})


def test_the_clock_of_the_machine(make):
    client = make(clock=None)
    told = client.send("GET", "/api/v3/time").json["serverTime"]
    assert client.create(timestamp=told).data
    assert client.create(timestamp=told - 5_000_000).code == -1021


@pytest.mark.parametrize("missing", ["jsonschema_rs", "starlette", "uvicorn"])
def test_a_missing_library_is_named(missing):
    program = f"import sys; sys.modules[{missing!r}] = None; from binance_gift_card_sandbox import Sandbox"
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"the sandbox needs {missing}: pip install 'binance-gift-card[sandbox]'" in done.stderr


def test_cryptography_is_not_imported_before_it_is_needed():
    program = (
        "import sys; from binance_gift_card_sandbox import Sandbox\n"
        "with Sandbox(): assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


PLACES = [
    pytest.param("POST /_sandbox/balances", 4 * 1024 * 1024, id="control plane"),
    pytest.param("POST /_sandbox/reset", 4 * 1024 * 1024, id="control plane, where no body is read"),
    pytest.param("POST /sapi/v1/giftcard/createCode", 65_536, id="API"),
    pytest.param("GET /api/v3/ping", 65_536, id="market"),
    pytest.param("GET /nothing", 65_536, id="nowhere"),
]


@pytest.mark.parametrize(("where", "most"), PLACES)
@pytest.mark.parametrize("length", ["known", "unknown"])
def test_a_body_that_is_too_long_is_refused_before_it_is_there(client, where, most, length):
    address = urlsplit(client.sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        head = f"{where} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        if length == "known":
            connection.sendall(f"{head}Content-Length: {100 * 1024 * 1024}\r\n\r\n".encode())
        else:
            chunk = f"{most + 1:x}\r\n".encode() + b" " * (most + 1)  # neither its end nor the next one follows
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
        assert set(json.loads(answer.read())) in ({"error"}, {"code", "msg"})


@pytest.mark.parametrize(("where", "most"), PLACES)
def test_a_body_at_its_bound_is_taken_and_one_beyond_leaves_the_connection_as_it_was(client, where, most):
    method, path = where.split()
    for size, refused in ((most, False), (most + 1, True), (16 * most, True), (most, False)):
        headers = {"Content-Type": "application/json"}
        client.connection.request(method, path, b" " * size, headers)
        answer = client.connection.getresponse()
        assert (answer.status == 413, bool(answer.read())) == (refused, True)


def test_a_call_that_is_too_long_takes_no_fault(client):
    client.sandbox.fault(Fault(kind="drop-after", operation="createGiftCard"))
    assert client.send("POST", "createCode", body="a" * 70_000).status == 413
    with pytest.raises(http.client.RemoteDisconnected):
        client.create()
