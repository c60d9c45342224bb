"""A client of the sandbox, and a server that answers what a test tells it to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from binance_gift_card import GiftCardClient, HmacSigner
from binance_gift_card_sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[GiftCardClient]:
    signer = HmacSigner(sandbox.api_secret)
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url) as made:
        yield made


class Recorder:
    """Answers each request with the bytes it was given, then closes; keeps what it was sent."""

    def __init__(self) -> None:
        self.answer = b""
        self._later: list[bytes] = []
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def reply(self, status: str, body: bytes | str, content_type: str = "application/json", extra: str = "") -> None:
        self.answer = _written(status, body, content_type, extra)

    def then(self, status: str, body: str) -> None:
        """Answer the next request like this, and so on; the last answer stays."""
        self._later.append(_written(status, body, "application/json", ""))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                received = b""
                while not _whole(received) and (data := connection.recv(65536)):
                    received += data
                if received:
                    self.requests.append(received)
                answer = self.answer
                if received and self._later:  # before the client can go on, and give others
                    self.answer = self._later.pop(0)
                connection.sendall(answer)


def _written(status: str, body: bytes | str, content_type: str, extra: str) -> bytes:
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{extra}Content-Length: {len(content)}\r\n"
    head += "Connection: close\r\n\r\n"
    return head.encode() + content


def _whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end) and len(body) >= int(lengths[0].split(b":")[1] if lengths else 0)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    running = Recorder()
    yield running
    running.close()


@pytest.fixture
def scripted(recorder: Recorder) -> Iterator[GiftCardClient]:
    """A client of the recorder."""
    signer = HmacSigner("the-api-secret-itself")
    with GiftCardClient(api_key="the-api-key-itself", signer=signer, base_url=recorder.url, timeout=5) as made:
        yield made
