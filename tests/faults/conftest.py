"""Servers that fail on demand, and clients of them. A test says the deadline of its calls; the bench holds it to it."""

from __future__ import annotations

import importlib.util
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from binance_gift_card import GiftCardClient, HmacSigner

API_KEY = "the-api-key-itself"
SECRET = "the-api-secret-itself"


def _load(name: str) -> ModuleType:
    """Tests are imported by their files, so what they share is too."""
    spec = importlib.util.spec_from_file_location(f"faults_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_load("server")

Serve = Callable[..., object]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes a server of behaviours."""
    from faults_server import FaultServer

    running = []

    def make(*behaviours: object, **options: object) -> object:
        running.append(FaultServer(*behaviours, **options))
        return running[-1]

    yield make
    for server in running:
        server.over.set()
    for server in running:
        server.close()


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
    from faults_server import Authority

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
