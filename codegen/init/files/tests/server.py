"""A server on loopback that holds each request against what the API demands of it, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Check = Callable[[str, str, "dict[str, str]", bytes], "str | None"]
"""Method, URL, headers and body of a request → what is wrong with it, if anything."""


@dataclass
class Server:
    """What it answers, and what it has seen."""

    check: Check
    url: str = ""
    status: int = 200
    body: str = ""
    requests: list[str] = field(default_factory=list)
    """Method and target of each request that came."""
    refused: list[str] = field(default_factory=list)
    """What was wrong with those that were refused."""


@contextmanager
def serve(check: Check) -> Iterator[Server]:
    """Run a server until the block ends."""
    state = Server(check)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name: str) -> object:
            if name.startswith("do_"):
                return self.take
            raise AttributeError(name)

        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.requests.append(f"{self.command} {self.path}")
            wrong = state.check(self.command, state.url + self.path, dict(self.headers.items()), body)
            if wrong is not None:
                state.refused.append(wrong)
            self.answer(state.status if wrong is None else 401, state.body if wrong is None else "")

        def answer(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            if content:
                self.send_header("Content-Type", "application/json")
            if status not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
    thread.start()
    state.url = f"http://127.0.0.1:{listener.server_address[1]}"
    try:
        yield state
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
