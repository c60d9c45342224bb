"""A server on loopback that answers what it is told, and keeps what arrived."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Arrival:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    """By names in small letters."""
    body: bytes

    @property
    def query(self) -> list[tuple[str, str]]:
        """The pairs of the query, decoded."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)


@dataclass
class Answering:
    """What the server answers next, and what came last."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    arrivals: list[Arrival] = field(default_factory=list)

    def answer(self, status: int, media_type: str | None, body: bytes, **headers: str) -> None:
        """Answer so from now on; what came before is forgotten."""
        kind = {} if media_type is None else {"content-type": media_type}
        self.status, self.body, self.headers = status, body, {**kind, **headers}
        self.arrivals.clear()


@contextmanager
def serve() -> Iterator[Answering]:
    """Run the server until the block ends."""
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> object:
            if name.startswith("do_"):
                return self._answer
            raise AttributeError(name)

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answering.arrivals.append(Arrival(self.command, self.path, headers, body))
            bodiless = self.command == "HEAD" or answering.status in (204, 304)
            lines = [
                f"HTTP/1.1 {answering.status} X",
                *(f"{name}: {value}" for name, value in answering.headers.items()),
            ]
            if answering.status != 204:
                lines.append(f"content-length: {len(answering.body)}")
            head = "\r\n".join([*lines, "", ""]).encode("latin-1")
            self.wfile.write(head if bodiless else head + answering.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    answering.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield answering
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
