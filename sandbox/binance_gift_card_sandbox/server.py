"""The app on Uvicorn, in a thread, on a socket bound here so that the port is known at once."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from binance_gift_card_sandbox.transport import Protocol

BACKLOG = 2048
IDLE_S = 75  # how long an unused connection is kept
STOP_S = 1  # how long a call that is not finished may hold up the end


class Server:
    """Accepts calls as soon as it is made, until `stop`. OSError when the address cannot be had."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        listener = _listen(host, port)
        self.url = _url(listener)
        self._server = _Server(_config(app))
        self._thread = threading.Thread(
            target=self._server.serve_on, args=(listener,), name="gift-card-sandbox", daemon=True
        )
        self._thread.start()
        self._server.ready.wait()
        if not self._server.started:
            self._thread.join()
            raise RuntimeError("the sandbox did not start")

    def stop(self) -> None:
        """Returns when port and thread are gone."""
        self._server.should_exit = True
        self._thread.join()


class _Server(uvicorn.Server):
    """Says when it is ready, or that it never will be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().time = _seconds  # type: ignore[method-assign]
        await super().startup(sockets)
        self.ready.set()

    def serve_on(self, listener: socket.socket) -> None:
        try:
            with listener:
                self.run(sockets=[listener])
        finally:
            self.ready.set()


def _seconds(otherwise: Callable[[], float] = time.monotonic) -> float:
    """As `time.monotonic`, but not where a test stands that still or moves it: the server would wait for ever."""
    return otherwise() if sys.platform == "win32" else time.clock_gettime(time.CLOCK_MONOTONIC)


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        loop="asyncio",  # others do not let their clock be replaced
        interface="asgi3",
        lifespan="off",
        ws="none",
        access_log=False,  # query strings carry signatures, and codes where a caller puts them there
        log_config=None,  # the logging of this process belongs to whoever started the sandbox in it
        log_level="critical",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=STOP_S,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Named as TCP, for only then does asyncio switch Nagle's delay off: it would cost 40 ms a call."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
