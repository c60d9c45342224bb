"""Where a request is provably not sent, and where it may have been: what the server saw, what the caller is told."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance_gift_card import Network, errors
from tests.faults.server import CARD, CODE, VALID, always, answer, closing, once, one, resetting, silent, then
from tests.ports import held_port


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


@pytest.fixture
def deaf_port() -> Iterator[int]:
    with held_port() as port:
        yield port


@pytest.mark.deadline(5)
def test_a_refused_connection_is_not_sent_and_tried_again(client_of, deaf_port) -> None:
    client = client_of(f"http://127.0.0.1:{deaf_port}", attempts=3)
    with pytest.raises(
        errors.NotSentError, match=f"connection refused by 127.0.0.1:{deaf_port}; nothing was sent"
    ) as raised:
        create(client)
    error = raised.value
    assert (error.executed, error.settled_after, error.status) == ("no", None, None)
    assert [(attempt.number, attempt.outcome) for attempt in error.attempts] == [(n, "not sent") for n in (1, 2, 3)]
    assert {attempt.reason for attempt in error.attempts} == {f"connection refused by 127.0.0.1:{deaf_port}"}
    assert isinstance(error.__cause__, ConnectionRefusedError)


@pytest.mark.deadline(5)
def test_a_name_without_address_is_not_sent(client_of) -> None:
    with pytest.raises(
        errors.NotSentError, match=r"no address for name\.invalid:443: name or service not known; nothing was sent"
    ):
        create(client_of("https://name.invalid", attempts=1))


@pytest.mark.deadline(5)
@pytest.mark.parametrize("end", [closing, resetting])
def test_an_idle_connection_that_was_closed_costs_nothing(serve, client_of, end) -> None:
    """Closed while nobody used it: the next call opens another and is sent once."""
    closed = threading.Event()

    def stale(peer) -> None:
        one(answer(VALID))(peer)
        if end is resetting:
            peer.reset()
        peer.connection.close()
        closed.set()

    server = serve(stale, always(answer(CARD)))
    client = client_of(server)
    client.verify_gift_card(reference_no="0033002144060553")
    assert closed.wait(5)
    assert create(client).code == CODE
    assert [request.split()[0] for request in server.requests] == [b"GET", b"POST"]


@pytest.mark.deadline(5)
@pytest.mark.parametrize("reused", [False, True])
@pytest.mark.parametrize("end", [closing, resetting])
def test_a_connection_that_ends_after_a_post_is_unknown_and_not_repeated(serve, client_of, end, reused) -> None:
    first = then(one(answer(VALID)), end) if reused else end
    server = serve(first, always(answer(CARD)))
    client = client_of(server)
    if reused:
        client.verify_gift_card(reference_no="0033002144060553")
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(client)
    error = raised.value
    assert (error.executed, error.repeatable) == ("unknown", False)
    assert [attempt.outcome for attempt in error.attempts] == ["unknown"]
    assert sum(request.startswith(b"POST") for request in server.requests) == 1
    assert create(client).code == CODE, "the pool is usable afterwards"


@pytest.mark.deadline(5)
@pytest.mark.parametrize("end", [closing, resetting])
def test_a_get_whose_answer_is_lost_is_tried_again(serve, client_of, end) -> None:
    server = serve(end, end, always(answer(VALID)))
    assert client_of(server).verify_gift_card(reference_no="0033002144060553").valid
    assert len(server.requests) == 3
    signatures = {request.split(b"signature=")[1][:64] for request in server.requests}
    stamps = {request.split(b"timestamp=")[1][:13] for request in server.requests}
    assert len(signatures) == len(stamps), "each attempt is signed afresh"


@pytest.mark.deadline(5)
def test_an_unknown_outcome_says_when_it_is_settled(serve, client_of) -> None:
    server = serve(closing)
    client = client_of(server, clock=lambda: 1_700_000_000_000)
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(client)
    assert raised.value.settled_after.isoformat() == "2023-11-14T22:13:26+00:00"  # 5 s of window, 1 s of tolerance
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        client.redeem_gift_card(code=CODE, recv_window=60000)
    assert raised.value.settled_after.isoformat() == "2023-11-14T22:14:21+00:00"


@pytest.mark.deadline(2)
def test_a_request_that_the_kernel_did_not_take_whole_is_not_sent(serve, client_of) -> None:
    """A form of 200 MB to a server that does not read: the buffers fill up long before its end."""

    def deaf(peer) -> None:
        peer.over.wait(10)

    server = serve(deaf)
    client = client_of(server, timeout=2.0, attempts=1)
    with pytest.raises(errors.NotSentError) as raised:
        client.redeem_gift_card(code="A" * 100_000_000)
    assert raised.value.executed == "no"
    assert server.requests == []


@pytest.mark.deadline(5)
@pytest.mark.parametrize("server", ["https://api.example.com", "http://api.example.com"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(client_of, deaf_port, server) -> None:
    network = Network(proxy=f"http://user:pass@127.0.0.1:{deaf_port}", plain_http=True)
    with pytest.raises(errors.NotSentError, match=f"connection refused by 127.0.0.1:{deaf_port}, the proxy;") as raised:
        create(client_of(server, network=network, attempts=1))
    assert "pass" not in f"{raised.value!s} {raised.value.attempts}"


@pytest.mark.deadline(5)
def test_who_breaks_off_is_named(serve, client_of) -> None:
    server = serve(resetting)
    with pytest.raises(errors.OutcomeUnknownError, match=f"connection reset by 127.0.0.1:{server.port};"):
        create(client_of(server))
    server = serve(lambda peer: peer.over.wait(10))
    with pytest.raises(errors.OutcomeUnknownError, match=f"the time was over, waiting for 127.0.0.1:{server.port};"):
        create(client_of(server, timeout=0.5))


@pytest.mark.deadline(5)
def test_no_tls_behind_a_proxy_is_told_of_the_server(serve, client_of) -> None:
    def babbling(peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.connection.recv(1)
        peer.send(b"no TLS at all")

    proxy = serve(babbling)
    client = client_of("https://api.example.com", network=Network(proxy=proxy.url), attempts=1)
    behind = f"TLS with api.example.com:443, behind the proxy 127.0.0.1:{proxy.port} failed"
    with pytest.raises(errors.NotSentError, match=behind):
        create(client)


@pytest.mark.deadline(5)
@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_a_proxy_that_refuses_lets_nothing_through(serve, client_of, status) -> None:
    proxy = serve(once(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno".encode()))
    network = Network(proxy=f"http://user:swordfish@127.0.0.1:{proxy.port}")
    with pytest.raises(
        errors.NotSentError, match=f"127.0.0.1:{proxy.port}, the proxy, refused with HTTP {status[:3]}"
    ) as raised:
        create(client_of("https://api.example.com", network=network, attempts=1))
    (asked,) = proxy.requests
    assert asked.startswith(b"CONNECT api.example.com:443 HTTP/1.1\r\n")
    assert b"giftcard" not in asked
    assert "swordfish" not in str(raised.value)


@pytest.mark.deadline(2)
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000])
def test_a_proxy_that_does_not_answer_is_left_in_time(serve, client_of, head) -> None:
    def slow(peer) -> None:
        peer.request()
        peer.drip(head)
        peer.gone()

    proxy = serve(slow)
    client = client_of("https://api.example.com", network=Network(proxy=proxy.url), connect_timeout=1.0, timeout=2.0)
    with pytest.raises(errors.NotSentError):
        create(client.with_options(attempts=1))


@pytest.mark.deadline(5)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_call_through_a_proxy(serve, client_of, authority, secure) -> None:
    server = serve(always(answer(CARD)), tls=authority.server())

    def tunnel(peer) -> None:
        place = peer.request().split()[1].decode()
        host, port = place.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(peer, onward)

    proxy = serve(tunnel, tls=authority.server() if secure else None)
    place = f"https://user:pass@localhost:{proxy.port}" if secure else f"http://user:pass@127.0.0.1:{proxy.port}"
    network = Network(proxy=place, ca_file=authority.file)
    client = client_of(server, network=network)
    assert create(client).code == CODE
    assert create(client).code == CODE
    assert (proxy.connections, server.connections) == (1, 1)
    assert b"proxy-authorization: Basic dXNlcjpwYXNz\r\n" in proxy.requests[0]
    assert all(b"roxy-" not in request for request in server.requests)


@pytest.mark.deadline(5)
def test_each_call_through_a_tls_proxy_has_its_own_time(serve, client_of, authority, monkeypatch) -> None:
    """TLS within TLS counts the time of a socket from when it was set: that of the call before would be over."""
    server = serve(always(answer(CARD)), tls=authority.server())

    def tunnel(peer) -> None:
        peer.request()
        with socket.create_connection(("127.0.0.1", server.port)) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(peer, onward)

    proxy = serve(tunnel, tls=authority.server())
    network = Network(proxy=f"https://localhost:{proxy.port}", ca_file=authority.file)
    client = client_of(server, network=network, attempts=1)
    for minutes in range(12):
        monkeypatch.setattr(
            "binance_gift_card._runtime.core.deadline.monotonic", lambda later=minutes * 60: time.monotonic() + later
        )
        assert create(client).code == CODE
    assert (proxy.connections, server.connections) == (1, 1)


@pytest.mark.deadline(0.6)
def test_tls_that_drips_through_a_tls_proxy_is_left_in_time(serve, client_of, authority) -> None:
    server = serve(always(answer(CARD)), tls=authority.server())

    def tunnel(peer) -> None:
        peer.request()
        with socket.create_connection(("127.0.0.1", server.port)) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(peer, onward, drip=True)

    proxy = serve(tunnel, tls=authority.server())
    network = Network(proxy=proxy.url, ca_file=authority.file)
    with pytest.raises(errors.NotSentError):
        create(client_of(server, network=network, connect_timeout=0.6, attempts=1))
    assert server.requests == []


def _relay(peer, onward: socket.socket, *, drip: bool = False) -> None:
    """Carry bytes both ways, in one thread: two must not use one TLS connection at a time."""
    while not peer.over.is_set():
        for source, sink in ((peer.connection, onward), (onward, peer.connection)):
            waiting = isinstance(source, ssl.SSLSocket) and source.pending()
            if not waiting and not select.select([source], [], [], 0.01)[0]:
                continue
            data = source.recv(65536)
            if not data:
                return
            if drip and sink is peer.connection:
                peer.drip(data)
            else:
                sink.sendall(data)


@pytest.mark.deadline(5)
def test_the_environment_names_a_proxy_but_not_for_this_machine(serve, client_of, monkeypatch) -> None:
    proxy = serve(once(answer("no", "403 Forbidden")))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(errors.NotSentError, match="the proxy, refused"):
        create(client_of("https://api.example.com", attempts=1))
    server = serve(always(answer(CARD)))
    assert create(client_of(server)).code == CODE
    assert len(proxy.requests) == 1
    monkeypatch.setenv("NO_PROXY", "api.invalid")
    with pytest.raises(errors.NotSentError) as raised:
        create(client_of("https://api.invalid", attempts=1))
    assert "proxy" not in str(raised.value)
    assert len(proxy.requests) == 1


@pytest.mark.deadline(5)
def test_an_http_server_behind_a_proxy_is_asked_through_it(serve, client_of) -> None:
    proxy = serve(always(answer(CARD)))
    client = client_of("http://api.example.com:8080/base", network=Network(proxy=proxy.url, plain_http=True))
    assert create(client).code == CODE
    (request,) = proxy.requests
    assert request.startswith(b"POST http://api.example.com:8080/base/sapi/v1/giftcard/createCode?")


@pytest.mark.deadline(5)
@pytest.mark.parametrize(
    ("host", "days", "trusted", "words"),
    [
        ("localhost", 1, False, "the certificate of localhost:[0-9]+ is not trusted"),
        ("localhost", -1, True, "certificate has expired"),
        ("elsewhere.example.com", 1, True, "ostname mismatch"),
    ],
)
def test_a_certificate_that_is_wrong_sends_nothing(serve, client_of, authority, host, days, trusted, words) -> None:
    server = serve(always(answer(CARD)), tls=authority.server(host, days=days))
    network = Network(ca_file=authority.file) if trusted else Network()
    with pytest.raises(errors.NotSentError, match=words) as raised:
        create(client_of(server, network=network))
    assert raised.value.executed == "no"
    assert len(raised.value.attempts) == 1, "it will not be another the next time"
    assert isinstance(raised.value.__cause__, ssl.SSLCertVerificationError)
    assert server.requests == []


@pytest.mark.deadline(5)
def test_a_handshake_that_breaks_is_not_sent(serve, client_of, authority) -> None:
    server = serve(lambda peer: peer.connection.recv(1))
    client = client_of(server.url.replace("http:", "https:"), network=Network(ca_file=authority.file), attempts=2)
    with pytest.raises(errors.NotSentError) as raised:
        create(client)
    assert len(raised.value.attempts) == server.connections == 2


@pytest.mark.deadline(5)
@pytest.mark.parametrize("reused", [False, True])
@pytest.mark.parametrize("end", [closing, resetting, silent])
def test_a_tls_stream_that_breaks_after_a_post_was_read_is_unknown(serve, client_of, authority, end, reused) -> None:
    def broken(peer) -> None:
        end(peer)
        peer.connection.unwrap = None  # no farewell: the stream is cut

    first = then(one(answer(VALID)), broken) if reused else broken
    server = serve(first, always(answer(CARD)), tls=authority.server())
    client = client_of(server, network=Network(ca_file=authority.file), timeout=2.0)
    if reused:
        client.verify_gift_card(reference_no="0033002144060553")
    with pytest.raises(errors.OutcomeUnknownError):
        create(client)
    assert sum(request.startswith(b"POST") for request in server.requests) == 1


@pytest.mark.deadline(5)
def test_a_client_certificate_and_a_floor_of_tls(serve, client_of, authority) -> None:
    demanding = authority.server()
    demanding.verify_mode = ssl.CERT_REQUIRED
    demanding.load_verify_locations(authority.file)
    server = serve(always(answer(CARD)), tls=demanding)
    pem = authority.pem("client.example.com", passphrase=b"open sesame")
    network = Network(ca_file=authority.file, client_certificate=pem, client_key_passphrase="open sesame")
    assert create(client_of(server, network=network)).code == CODE
    with pytest.raises(errors.ArgumentError, match="passphrase"):
        create(client_of(server, network=Network(ca_file=authority.file, client_certificate=pem)))
    old = authority.server()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(errors.NotSentError):
        create(client_of(serve(always(answer(CARD)), tls=old), network=Network(ca_file=authority.file), attempts=1))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Network(proxy="socks5://127.0.0.1:1"), "proxy must be http:// or https://"),
        (lambda: Network(proxy="http://user:s3cret@"), "proxy must be"),
        (lambda: Network(max_body=0), "max_body must be"),
        (lambda: Network(connections=True), "connections must be"),
        (lambda: Network(client_key="key.pem"), "needs a client_certificate"),
        (lambda: Network(ca_file="absent.pem"), "ca_file absent.pem cannot be read"),
        (lambda: Network(client_certificate=Path("absent.pem")), "client_certificate absent.pem cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why(make, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words) as raised:
        make()
    assert "s3cret" not in str(raised.value)


@pytest.mark.deadline(5)
def test_a_card_is_not_asked_for_over_a_connection_that_was_idle(serve, client_of, monkeypatch) -> None:
    """Its server may be ending it at this very moment, and then nobody could tell whether the card was made."""
    longest = "binance_gift_card._runtime.core.endpoint._IDLE_SECONDS_OF_ONCE"
    server = serve(always(answer(CARD)))
    client = client_of(server)
    monkeypatch.setattr(longest, 60)
    create(client)
    create(client)
    assert server.connections == 1
    monkeypatch.setattr(longest, 0.05)
    threading.Event().wait(0.1)
    create(client)
    assert server.connections == 2
