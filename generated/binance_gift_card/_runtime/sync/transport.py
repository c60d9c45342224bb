# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""One request out, one answer in, over a pool of connections to one server."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..core.answer import ExchangeError
from ..core.checks import shown
from ..core.deadline import Deadline
from ..core.draft import Draft
from ..core.effects import Connect, Transmit
from ..core.errors import ArgumentError
from ..core.exchange import Exchange
from ..core.fork import imported_before_fork, renewed_after_fork
from ..core.interrupts import pass_on
from ..core.network import Network, host_of, is_this_machine

if TYPE_CHECKING:
    from ..core.answer import Answer
    from .connection import Pool, SecurePool

imported_before_fork("encodings.idna", "urllib3", f"{__package__}.connection", f"{__package__}.pools")
_WITH_BODY = ("POST", "PUT", "PATCH")
_IDLE_SECONDS = 30.0
_IDLE_SECONDS_OF_ONCE = 3.0  # servers end connections that were idle for as little as five seconds


class Transport:
    """A pool of connections to one server; threads share it, a child process makes its own.

    Args:
        base_url: ``http://`` or ``https://``, a host, and at most a port and a path.
        network: How to get there.
        user_agent: What the client calls itself.

    Raises:
        ArgumentError: The URL is wrong, or is one of ``http://`` that leaves this machine and was not asked for.
    """

    def __init__(self, base_url: str, *, network: Network, user_agent: str) -> None:
        self._scheme, self._host, self._port, self._prefix = _parts(base_url)
        if self._scheme == "http" and not network.plain_http and not is_this_machine(self._host):
            raise ArgumentError(
                f"base_url is http:// to {self._host}, which is not this machine: everybody on the way could read codes"
                " and change answers; use https://, or, if that is meant (a sandbox in a network of your own), say"
                " Network(plain_http=True), or set the variable …_PLAIN_HTTP=1 for from_env() and the command line"
            )
        self._network = network
        self._place = self._host if self._port is None else f"{self._host}:{self._port}"
        self._fixed = f"host: {self._place}\r\nuser-agent: {user_agent}\r\naccept-encoding: identity\r\n"
        self._origin = self._for_proxy = ""
        self._closed = False
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        """Start with no connections: a parent's carry the parent's answers."""
        self.process = os.getpid()
        self._lock = threading.Lock()
        self._pool: Pool | SecurePool | None = None

    def exchange(self, method: str, draft: Draft, deadline: Deadline, *, repeatable: bool, process: int) -> Exchange:
        """A signed draft, ready to go out.

        Args:
            method: The HTTP method.
            draft: What to send.
            deadline: Of the call.
            repeatable: Whether it can be sent again if its answer is lost.
            process: The process that makes the call.

        Raises:
            ArgumentError: A setting of the network cannot be used.
        """
        if self._pool is None and not self._closed:
            self._open()
        content = draft.content() or b""
        lines = "".join([f"{name}: {value}\r\n" for name, value in draft.headers.items()])
        length = f"content-length: {len(content)}\r\n" if content or method in _WITH_BODY else ""
        target = f"{self._origin}{self._prefix}{draft.target()}"
        head = f"{method} {target} HTTP/1.1\r\n{self._fixed}{self._for_proxy}{lines}{length}\r\n".encode("latin-1")
        idle_seconds = _IDLE_SECONDS if repeatable else _IDLE_SECONDS_OF_ONCE
        return Exchange(method, head + content, deadline, self._network.max_body, process, idle_seconds)

    def reserve(self, exchange: Exchange) -> bool:
        """Take a connection for an exchange; whether it is open already.

        Raises:
            ExchangeError: The client is closed.
        """
        pool = self._pool
        if pool is None:
            raise ExchangeError("the client is closed", final=True)
        exchange.pool = pool
        try:
            return pool.reserve(exchange)
        except ExchangeError:
            self._check_closed(exchange)
            raise

    def connect(self, ask: Connect) -> None:
        """Open the connection of an exchange, with its proxy and TLS.

        Raises:
            ExchangeError: It did not open.
        """
        exchange = ask.exchange
        seconds = min(ask.seconds, exchange.deadline.left())
        if seconds <= 0:
            raise ExchangeError("the time was over", final=True)
        try:
            exchange.pool.connect(exchange, seconds)
        except ExchangeError:
            self._check_closed(exchange)
            raise

    def transmit(self, ask: Transmit) -> Answer:
        """Send a request over its connection, and read its answer.

        Raises:
            ExchangeError: No answer came; the exchange tells whether the request left.
        """
        exchange = ask.exchange
        try:
            exchange.connection.exchange(exchange)
        except ExchangeError:
            self._check_closed(exchange)
            raise
        return exchange.answer  # type: ignore[return-value]  # it is there now

    def release(self, exchange: Exchange) -> None:
        """Give the connection of an exchange back, or close it, if it was not used to its end."""
        if exchange.pool is not None:
            exchange.pool.release(exchange)

    def _check_closed(self, exchange: Exchange) -> None:
        if self._closed and not exchange.left:
            raise ExchangeError("the client is closed", final=True) from None

    def _open(self) -> None:
        from .pools import pool_of

        pool = pool_of(self._network, self._scheme, self._host, self._port)  # it takes time, so not under the lock
        with self._lock:
            if self._pool is not None or self._closed:
                return
            if pool.proxy is not None and self._scheme == "http":  # a proxy forwards these, it does not tunnel them
                self._origin = f"http://{self._place}"
                headers = pool.proxy_headers.items()
                self._for_proxy = "".join(f"{name}: {value}\r\n" for name, value in headers)
            self._pool = pool

    def close(self) -> None:
        """Close the connections; nothing can be sent afterwards."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()


def _parts(base_url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path of a base URL."""
    problem = "base_url must be http:// or https://, a host, and at most a port and a path"
    if not isinstance(base_url, str):
        raise ArgumentError(problem)
    try:
        url = urlsplit(base_url)
        port = url.port
    except ValueError as error:
        pass_on(error)
        raise ArgumentError(problem) from None
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or "@" in url.netloc:
        raise ArgumentError(problem)
    host = host_of(url.hostname)
    if host is None:
        raise ArgumentError(f"base_url names no host that there can be: {shown(url.hostname)}")
    if not url.path.isascii() or not url.path.isprintable() or " " in url.path:
        raise ArgumentError("the path of base_url must be percent-encoded, printable ASCII")
    return url.scheme, host, port, url.path.rstrip("/")
