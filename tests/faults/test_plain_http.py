"""What is not encrypted does not leave this machine, unless it is asked for."""

from __future__ import annotations

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Network, errors
from tests.faults.server import CARD, CODE, always, answer

HERE = ["127.0.0.1", "127.0.0.53", "127.255.255.254:80", "[::1]", "localhost", "LOCALHOST:8765"]
ELSEWHERE = [
    *("api.example.com", "sandbox:8765", "10.0.0.1", "0.0.0.0", "[::]", "[::2]", "[::ffff:127.0.0.1]", "128.0.0.1"),
    *("127.example.com", "127.0.0.1.example.com", "localhost.example.com", "localhost.", "127.1", "2130706433"),
]


def client(url: str, **options: object) -> GiftCardClient:
    return GiftCardClient(api_key="k", signer=HmacSigner("s"), journal=False, base_url=url, **options)


@pytest.mark.parametrize("host", HERE)
def test_this_machine_needs_no_leave(host) -> None:
    client(f"http://{host}").close()


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_machine_needs_leave(host, monkeypatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", None)  # nothing is looked up
    refused = r"is not this machine.*Network\(plain_http=True\).*BINANCE_PLAIN_HTTP=1"
    with pytest.raises(errors.ArgumentError, match=refused):
        client(f"http://{host}")
    with pytest.raises(errors.ArgumentError, match=refused):
        client(f"http://{host}", network=Network(proxy="http://127.0.0.1:9"))
    client(f"http://{host}", network=Network(plain_http=True)).close()
    client(f"https://{host}").close()


def test_the_environment_gives_leave(monkeypatch) -> None:
    monkeypatch.setenv("BINANCE_BASE_URL", "http://sandbox:8765")
    network = Network(connections=3)
    for given in (None, network):
        with pytest.raises(errors.ArgumentError, match="not this machine"):
            GiftCardClient.from_env(journal=False, network=given)
    monkeypatch.setenv("BINANCE_PLAIN_HTTP", "1")
    for given in (None, network):
        GiftCardClient.from_env(journal=False, network=given).close()
    assert not network.plain_http, "what was given is as it was"
    monkeypatch.setenv("BINANCE_PLAIN_HTTP", "true")
    with pytest.raises(errors.ArgumentError, match="BINANCE_PLAIN_HTTP must be 1 for yes or 0 for no"):
        GiftCardClient.from_env(journal=False)


def test_a_name_that_begins_like_this_machine_goes_by_the_proxy(serve, monkeypatch) -> None:
    proxy = serve(always(answer(CARD)))
    monkeypatch.setenv("http_proxy", proxy.url)
    with client("http://127.example.com", network=Network(plain_http=True)) as reached:
        assert reached.create_gift_card(token="USDT", amount=1).code == CODE
    assert proxy.requests[0].startswith(b"POST http://127.example.com/")
