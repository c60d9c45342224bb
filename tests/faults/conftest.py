"""Servers that fail on demand, and clients of them. A test says the deadline of its calls; the bench holds it to it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from binance_gift_card import GiftCardClient, HmacSigner
from tests.faults.server import Authority

API_KEY = "the-api-key-itself"
SECRET = "the-api-secret-itself"


@pytest.fixture
def client_of() -> Iterator[Callable[..., GiftCardClient]]:
    """Makes a client of a server, or of a URL."""
    made = []

    def make(server: object, **options: object) -> GiftCardClient:
        url = server if isinstance(server, str) else server.url
        given = {"api_key": API_KEY, "signer": HmacSigner(SECRET), "timeout": 5.0, **options}
        made.append(GiftCardClient(base_url=url, **given))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> object:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name but this machine's is looked up: to ask for another would be traffic."""
    real = socket.getaddrinfo

    def local(host: str, *arguments: object, **options: object) -> object:
        if host == "localhost" or host.replace(".", "").isdigit():
            return real(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.fixture(autouse=True)
def _deadline(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    marker = request.node.get_closest_marker("deadline")
    if marker is not None:
        record_property("deadline", marker.args[0])
