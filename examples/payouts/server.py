"""The server of the payouts: it holds each request against the description, and does what comes with one key once.

`Payouts` is the API, and what may go wrong with a request to create a payout; `serving` runs it on this machine.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from codegen.pipeline import load
from codegen.signing_kit import Verifier

HERE = Path(__file__).parent
KEY, SECRET = "the-key", "the-secret"
WINDOW_MS = 2000
Fault: TypeAlias = Literal["cut before", "cut after", "error before", "error after", "late", "hang"]
"""What becomes of a request: its connection is cut, or it is answered with a 500, before or after the payout is made;
the connection is cut now and the payout made later; or it is made, and never answered.
"""
FAULTS: tuple[Fault, ...] = get_args(Fault)


class Payouts:
    """The API.

    Args:
        keeps: For how many seconds an idempotency key is known.
        late: After how many seconds a late request is executed.
    """

    def __init__(self, *, keeps: float = 86_400.0, late: float = 0.2) -> None:
        self.keeps = keeps
        self.late = late
        self.faults: deque[Fault] = deque()
        """Of the next requests to create a payout, one each."""
        self.paid: list[dict[str, Any]] = []
        """Every payout that was made."""
        self.broke_after = 1_000_000
        """After so many payouts there is no money left."""
        self.requests: list[tuple[str, str, str]] = []
        """Method, path and idempotency key of all that came."""
        self.refused: list[str] = []
        """What was wrong with signatures."""
        self.is_blind = False
        """Whether finding a payout fails."""
        self.hidden: set[str] = set()
        """References that cannot be found yet, as where a copy of the books lags behind."""
        self.statuses: dict[str, str] = {}
        """Reference → what becomes of its payout; paid, if nothing is said."""
        self.done = threading.Event()
        """Whether a payout was made."""
        self._known: dict[str, tuple[float, bytes, dict[str, Any]]] = {}
        document = load(HERE / "openapi.yaml", [HERE / "overlay.yaml"])
        self._verifier = Verifier(document.tree["components"]["securitySchemes"]["signature"], SECRET)
        self.app = Starlette(
            routes=[
                Route("/v1/payouts", self._checked(self._create), methods=["POST"]),
                Route("/v1/payouts", self._checked(self._list)),
                Route("/v1/payouts/{reference}", self._checked(self._find)),
                Route("/v1/time", self._tell_time),
            ]
        )

    def _checked(self, answer: Callable[[Request, bytes], Awaitable[Response]]) -> Callable[[Request], Any]:
        """What answers a request, once its signature is right."""

        async def checked(request: Request) -> Response:
            body = await request.body()
            headers = dict(request.headers)
            target = request.scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
            self.requests.append((request.method, target, headers.get("idempotency-key", "")))
            found = self._verifier.explain(request.method, f"http://{headers['host']}{target}", headers, body)
            if headers.get("payouts-key") != KEY or not found.is_valid:
                self.refused.append(str(found))
                return _refusal(401, "wrong_signature", "The signature is wrong.")
            if abs(time.time() * 1000 - int(headers["payouts-timestamp"])) > WINDOW_MS:
                return _refusal(401, "wrong_time", "The timestamp is outside the window.")
            return await answer(request, body)

        return checked

    async def _create(self, request: Request, body: bytes) -> Response:
        key = request.headers.get("idempotency-key", "")
        if not key:
            return _refusal(400, "no_key", "An Idempotency-Key is needed.")
        fault = self.faults.popleft() if self.faults else None
        if fault == "cut before":
            return await _cut(request)
        if fault == "error before":
            return _refusal(500, "internal", "Something is wrong.")
        if fault == "late":
            request.app.state.later = asyncio.get_running_loop().call_later(self.late, self._pay, key, body)
            return await _cut(request)
        answer = self._pay(key, body)
        if fault == "cut after":
            return await _cut(request)
        if fault == "hang":
            await asyncio.sleep(3600)
        return _refusal(500, "internal", "Something is wrong.") if fault == "error after" else answer

    def _pay(self, key: str, body: bytes) -> Response:
        """Make the payout, unless its key is known."""
        at, known, payout = self._known.get(key, (0.0, b"", {}))
        if payout and time.monotonic() - at < self.keeps:
            if known != body:
                return _refusal(422, "key_reused", "The key came with another request.")
            return JSONResponse(payout, 201)
        wanted: dict[str, Any] = json.loads(body)
        if len(self.paid) >= self.broke_after:
            return _refusal(402, "balance_too_low", "There is not enough money.")
        payout = {**wanted, "id": f"po_{len(self.paid) + 1}", "status": self.statuses.get(wanted["reference"], "paid")}
        self.paid.append(payout)
        self._known[key] = (time.monotonic(), body, payout)
        self.done.set()
        return JSONResponse(payout, 201)

    async def _find(self, request: Request, _: bytes) -> Response:
        reference = request.path_params["reference"]
        if self.is_blind:
            return _refusal(503, "internal", "Something is wrong.")
        found = [payout for payout in self.paid if payout["reference"] == reference]
        if not found or reference in self.hidden:
            return _refusal(404, "unknown_payout", "There is no payout of that reference.")
        return JSONResponse({**found[0], "status": self.statuses.get(reference, found[0]["status"])})

    async def _list(self, request: Request, _: bytes) -> Response:
        return JSONResponse(self.paid[::-1][: int(request.query_params.get("limit", "100"))])

    async def _tell_time(self, _: Request) -> Response:
        return JSONResponse({"time": int(time.time() * 1000)})


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)


class _Protocol(HttpToolsProtocol):
    """Uvicorn's own, whose requests know their connection, so that it can be closed under them."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"connection": {"transport": self.transport}}


async def _cut(request: Request) -> Response:
    """Close the connection without an answer."""
    request.scope["extensions"]["connection"]["transport"].abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


@contextmanager
def serving(payouts: Payouts) -> Iterator[str]:
    """Run the API in a thread, at a port that is free; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        payouts.app, http=_Protocol, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
