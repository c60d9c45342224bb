"""One request out, one answer in, over connections to one server that belong to one loop."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from urllib.parse import urlsplit

from ..core.answer import Answer, ExchangeError
from ..core.deadline import Deadline
from ..core.endpoint import Endpoint
from ..core.errors import ArgumentError
from ..core.exchange import Exchange, described, peer_of, system_error
from ..core.interrupts import pass_on
from ..core.network import proxy_authorization
from .connection import Connection
from .tls import Layer
from .waiting import Submissions, in_thread, within

_PORTS = {"http": 80, "https": 443}


class Transport(Endpoint):
    """Connections to one server, in the loop that uses the client; a child process makes its own.

    A client may be used in one loop after another, as by several `asyncio.run`, but not in two at a time.
    """

    _pool: deque[Connection] | None
    """Those that wait for their next use, last in, first out."""
    _last: AsyncGenerator[None, None] | None = None
    """What a loop closes before it ends, and so the connections with it."""

    def after_fork(self) -> None:
        super().after_fork()
        self._close_idle()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._proxy = ""
        self._contexts: dict[str, ssl.SSLContext] = {}

    def bind(self) -> None:
        """See that the client is used in its loop.

        Raises:
            ArgumentError: It belongs to another one.
        """
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None and not self._loop.is_closed():
            raise ArgumentError("this client belongs to another event loop; make one in each loop")
        self._loop = loop
        self._making = asyncio.Lock()
        self.submissions = Submissions(loop)
        if self._pool is not None:
            self._pool = deque()
        self._last = self._until_the_end()
        with suppress(StopIteration):
            self._last.__anext__().send(None)

    async def _until_the_end(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            while self._pool:
                self._pool.pop().close()

    def _open(self) -> None:
        port = self._port
        self._proxy = self._network.proxy_for(self._scheme, self._host, port) or ""
        if self._proxy and self._scheme == "http":  # a proxy forwards these, it does not tunnel them
            self._origin = f"http://{self._place}"
            self._for_proxy = _authorization(self._proxy)
        self._pool = deque()

    def reserve(self, exchange: Exchange) -> bool:
        """Take a connection for an exchange; whether there is an open one.

        Raises:
            ExchangeError: The client is closed.
        """
        pool = self._pool
        if pool is None:
            raise ExchangeError("the client is closed", final=True)
        while pool:
            connection = pool.pop()
            if connection.is_usable(exchange.idle_seconds):
                exchange.connection = connection
                return True
            connection.close()
        return False

    async def connect(self, exchange: Exchange, connect_timeout: float) -> None:
        """Open a connection for an exchange, with its proxy and TLS.

        Args:
            exchange: Which needs one.
            connect_timeout: Seconds to wait for it, unless the deadline comes first.

        Raises:
            ExchangeError: It did not open.
        """
        seconds = min(connect_timeout, exchange.deadline.left())
        if seconds <= 0:
            raise ExchangeError("the time was over", final=True)
        try:
            await within(seconds, self._connect(exchange, Deadline(seconds)))
        except OSError as error:
            pass_on(error)
            self._check_closed(exchange)
            cause = system_error(error)
            peer = self._peer() if exchange.connection is None else exchange.connection.peer
            raise ExchangeError(described(cause or error, peer), cause=cause) from None

    def _peer(self, *, is_through: bool = False) -> str:
        """Whom a new connection speaks with, in messages."""
        proxy = urlsplit(self._proxy).netloc.rpartition("@")[2] or None
        return peer_of(f"{self._host}:{self._port or _PORTS[self._scheme]}", proxy, is_through=is_through)

    async def _connect(self, exchange: Exchange, budget: Deadline) -> None:
        proxy, host, port = urlsplit(self._proxy), self._host, self._port or _PORTS[self._scheme]
        if proxy.hostname is None:
            exchange.connection = connection = await self._dial(host, port, budget)
        else:
            exchange.connection = connection = await self._dial(proxy.hostname, proxy.port or 0, budget)
        try:
            if proxy.hostname is not None and proxy.scheme == "https":
                await connection.secure(Layer(await self._context("proxy"), proxy.hostname))
            if proxy.hostname is not None and self._scheme == "https":
                await connection.tunnel(f"{host}:{port}", _authorization(self._proxy), self._peer(is_through=True))
            if self._scheme == "https":
                await connection.secure(Layer(await self._context("server"), host))
        except BaseException:
            connection.close()
            raise

    async def _context(self, of: str) -> ssl.SSLContext:
        """What is trusted; it is read from files, once."""
        async with self._making:
            if of not in self._contexts:
                self._contexts[of] = await in_thread(self._network.tls_context)
                self._contexts[of].set_alpn_protocols(["http/1.1"])
        return self._contexts[of]

    async def _dial(self, host: str, port: int, budget: Deadline) -> Connection:
        """A connection to the first address that answers; all of them share the time that there is."""
        loop = asyncio.get_running_loop()
        addresses = await _resolved(host.strip("[]"), port)
        for index, address in enumerate(addresses):
            connection = Connection(loop, self._peer())
            share = budget.need() / (len(addresses) - index)
            try:
                await within(share, loop.create_connection(lambda made=connection: made, address, port))  # type: ignore[misc]
            except BaseException as error:
                connection.close()
                if not isinstance(error, OSError) or index + 1 == len(addresses):
                    raise
                pass_on(error)
            else:
                return connection
        raise OSError("the name has no address")

    async def transmit(self, exchange: Exchange) -> Answer:
        """Send a request over its connection, and read its answer.

        Raises:
            ExchangeError: No answer came; the exchange tells whether the request left.
        """
        if exchange.deadline.left() <= 0:
            raise ExchangeError("the time was over", final=True)
        try:
            await exchange.connection.exchange(exchange)
        except ExchangeError:
            self._check_closed(exchange)
            raise
        assert exchange.answer is not None
        return exchange.answer

    def release(self, exchange: Exchange) -> None:
        """Take back the connection of an exchange that is over, or close it."""
        connection, exchange.connection = exchange.connection, None
        if connection is None:
            return
        pool = self._pool
        if exchange.is_over and pool is not None and len(pool) < self._network.connections:
            pool.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close the connections; nothing can be sent afterwards."""
        self._closed = True
        self._close_idle()
        self._pool = None

    def _close_idle(self) -> None:
        if self._last is not None:
            with suppress(StopIteration):
                self._last.aclose().send(None)


async def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a host. The resolver takes no timeout, so another thread waits for it."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [host]
    found = await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _authorization(proxy: str) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in proxy_authorization(proxy).items())
