"""A host of code on loopback: its API of merge requests, which keeps what it got, and git over HTTP."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cret-t0ken"

GITHUB = {"opens": "POST", "edits": "PATCH", "body": "body", "source": "head", "target": "base", "number": "number"}
GITLAB = {
    "opens": "POST",
    "edits": "PUT",
    "body": "description",
    "source": "source_branch",
    "target": "target_branch",
    "number": "iid",
}
WORDS = {"github": GITHUB, "gitlab": GITLAB}
COLLECTION = {"github": "/api/repos/owner/cards/pulls", "gitlab": "/api/projects/42/merge_requests"}


@dataclass
class Api:
    """A host's API of merge requests: keeps what it got, and answers from the requests that it has."""

    address: str
    words: dict[str, str]
    calls: list[tuple[str, str, dict[str, list[str]], Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    refusal: tuple[int, bytes] | None = None

    def answer(self, method: str, sent: Any) -> Any:
        if method == "GET":
            return self.open
        if method == "POST":
            self.open.append({self.words["number"]: 7, "html_url": "its page", "web_url": "its page"})
        return self.open[0]


@contextmanager
def serving(words: dict[str, str], folder: Path) -> Iterator[Api]:
    """The host, and the repositories in `folder`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        api = Api(f"http://127.0.0.1:{server.server_port}", words)
        server.RequestHandlerClass = _handler(api, folder)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield api
        server.shutdown()
        thread.join()


def _handler(api: Api, folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/api/"):
                self.call(body)
            else:
                self.git(body)

        do_GET = do_POST = do_PATCH = do_PUT = answer  # noqa: N815 - names of the base class

        def call(self, body: bytes) -> None:
            parts, sent = urlsplit(self.path), json.loads(body) if body else None
            api.calls.append((self.command, parts.path, parse_qs(parts.query), sent))
            api.secrets.append(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN"))
            if api.refusal:
                self.reply(*api.refusal)
            else:
                self.reply(200, json.dumps(api.answer(self.command, sent)).encode())

        def git(self, body: bytes) -> None:
            secret = self.headers.get("Authorization")
            api.secrets.append(secret)
            if not secret or not base64.b64decode(secret.removeprefix("Basic ")).decode().endswith(f":{TOKEN}"):
                self.reply(401, b"", **{"WWW-Authenticate": 'Basic realm="git"'})
                return
            head, _, content = self.backend(body).partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.reply(int(headers.pop("Status", "200").split()[0]), content, **headers)

        def backend(self, body: bytes) -> bytes:
            parts = urlsplit(self.path)
            environment = {
                **os.environ,
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_USER": "somebody",
            }
            done = subprocess.run(
                ["git", "http-backend"], env=environment, input=body, capture_output=True, timeout=30, check=True
            )
            return done.stdout

        def reply(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Keep the test's output clean."""

    return Handler
