# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One request out, one answer in, over a pool of connections to one server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..core.answer import ExchangeError
from ..core.effects import Connect, Transmit
from ..core.endpoint import Endpoint
from ..core.exchange import Exchange
from ..core.fork import imported_before_fork

if TYPE_CHECKING:
    from ..core.answer import Answer
    from .connection import Pool, SecurePool

imported_before_fork("urllib3", f"{__package__}.bounded", f"{__package__}.connection", f"{__package__}.pools")


class Transport(Endpoint):
    """A pool of connections to one server; threads share it, a child process makes its own."""

    _pool: Pool | SecurePool | None

    def after_fork(self) -> None:
        super().after_fork()
        self._lock = threading.Lock()

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
