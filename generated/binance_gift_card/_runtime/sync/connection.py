# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A connection under urllib3's pool that writes prepared bytes and reads its answer under one deadline.

urllib3 keeps what it is good at: proxies, TLS and the pool. Ours are the bytes, because `http.client` waits for ever on
a header that drips, spends most of a call in the email package, and does not say whether a request left.
"""

from __future__ import annotations

import select
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.connection import allowed_gai_family, create_connection
from urllib3.util.wait import wait_for_read

from ..core.answer import ExchangeError, UnreadableError
from ..core.clock import uptime
from ..core.deadline import Deadline
from ..core.exchange import Exchange, described, peer_of, refused_way, system_error
from ..core.fork import let_go, renewed_after_fork
from ..core.interrupts import is_the_systems, pass_on
from ..core.reader import Reader

_CHUNK = 16_384
_SLACK = 0.02
"""Seconds by which one wait may outlast its deadline. By a thousandth of what is left it may fall short of it."""


class _Connection:
    """The part of a connection that is ours."""

    sock: Any
    _reused = False
    _idle_since = 0.0
    _patience = 0.0
    """The socket's timeout."""
    _has_deadline = False
    """Whether that ends all that is done until the next is set, and not one wait: then each call sets its own."""
    _silence: Any = None
    """Tells whether something comes over the socket."""
    _is_through = False
    """Whether the proxy has let it through."""

    @property
    def peer(self) -> str:
        """Whom it speaks with, in messages."""
        own = f"{_bracketed(self.host)}:{self.port}"  # type: ignore[attr-defined]
        if self.proxy is None:  # type: ignore[attr-defined]
            return own
        server = f"{_bracketed(self._tunnel_host or '')}:{self._tunnel_port}"  # type: ignore[attr-defined]
        return peer_of(server, own, is_through=self._is_through)

    def after_fork(self) -> None:
        """Let go of the socket: a signal handler may have forked while this thread waits for its parent's answer."""
        if self.sock is not None and self.sock.fileno() >= 0:
            let_go(self.sock.fileno())

    def _new_conn(self) -> socket.socket:
        """A socket to the first address that answers; all of them share the time that there is."""
        renewed_after_fork(self)
        self._reused, self._patience, self._silence, self._is_through = False, 0.0, None, False
        budget = Deadline(self.timeout)  # type: ignore[attr-defined]
        host = self._dns_host.strip("[]")  # type: ignore[attr-defined]
        addresses = _resolved(host, self.port, budget)  # type: ignore[attr-defined]
        for index, address in enumerate(addresses):
            share = budget.need() / (len(addresses) - index)
            try:
                made = create_connection((address, self.port), share, None, self.socket_options)  # type: ignore[attr-defined]
            except OSError as error:
                pass_on(error)
                if index + 1 == len(addresses):
                    raise
            else:
                made.settimeout(budget.need())  # for the handshake
                return made
        raise OSError("the name has no address")

    def _tunnel(self) -> None:
        """Ask the proxy for a way through."""
        place = f"{_bracketed(self._tunnel_host)}:{self._tunnel_port}"  # type: ignore[attr-defined]
        headers = {**self._tunnel_headers, "Host": place}  # type: ignore[attr-defined]
        lines = [f"CONNECT {place} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        budget = Deadline(self.sock.gettimeout())
        self.sock.sendall("\r\n".join(lines).encode("latin-1"))
        reader = Reader(method="CONNECT", body_bytes=_CHUNK)
        while not reader.head:
            self._receive(reader, budget)
        if not 200 <= reader.status < 300:
            raise OSError(refused_way(self.peer, reader.status))
        if reader.excess:
            raise OSError(f"{self.peer}, sent more than its answer")
        self._is_through = True
        self.sock.settimeout(budget.need())
        self._patience = 0.0

    def is_usable(self, idle_seconds: float) -> bool:
        """Whether it is open, was used not longer ago than that, the machine's sleep counted in, and is silent."""
        if self.sock is None or uptime() - self._idle_since > idle_seconds:
            return False
        if self._silence is None:
            self._silence = _poll_of(self.sock)
        return not self._silence()

    def exchange(self, exchange: Exchange) -> None:
        """Write a request and read its answer; afterwards the connection is ready for another one, or closed.

        Raises:
            ExchangeError: The answer did not come; the exchange tells whether the request left.
        """
        try:
            self._write(exchange)
            reader = self._read(exchange)
        except OSError as error:
            exchange.check_process()
            pass_on(error)
            raise ExchangeError(described(error, self.peer), cause=system_error(error)) from None
        if reader.excess and self._reused:
            raise UnreadableError("more came than one answer, so it may belong to another request")
        exchange.answer = reader.answer()
        if reader.keep_alive and not reader.excess:
            self._reused = True
            self._idle_since = uptime()
        else:
            self.close()  # type: ignore[attr-defined]
        exchange.is_over = True

    def _write(self, exchange: Exchange) -> None:
        rest: memoryview | bytes = exchange.request
        while rest:
            self._arm(exchange.deadline)
            exchange.check_process()
            exchange.left = True  # before it does: an interrupt may hide what `send` would have told
            try:
                taken = self.sock.send(rest)
            except OSError as error:
                exchange.left = not is_the_systems(error, self.sock)
                raise
            if taken == len(rest):
                return
            exchange.left = False
            rest = memoryview(rest)[taken:]

    def _arm(self, deadline: Deadline) -> None:
        """Give the socket what is left of the time, unless what it has is hardly more or less: it is a system call."""
        left = deadline.need()
        if self._has_deadline or not -_SLACK < left - self._patience < left / 1000:
            self.sock.settimeout(left)
            self._patience = left

    def _read(self, exchange: Exchange) -> Reader:
        exchange.reader = reader = Reader(method=exchange.method, body_bytes=exchange.body_bytes)
        try:
            while not reader.complete:
                exchange.check_process()
                self._receive(reader, exchange.deadline)
        finally:
            reader.close()
        return reader

    def _receive(self, reader: Reader, deadline: Deadline) -> None:
        self._arm(deadline)
        data = self.sock.recv(_CHUNK)
        if data:
            reader.feed(data)
        else:
            reader.end()


class DeadlineSocket:
    """A socket whose timeout ends all that is done until the next is set: TLS within TLS may wait often."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.settimeout(sock.gettimeout())

    def settimeout(self, seconds: float) -> None:
        self._deadline = Deadline(seconds)

    def gettimeout(self) -> float:
        return self._deadline.need()

    def recv(self, *arguments: Any) -> Any:
        self._sock.settimeout(self._deadline.need())
        return self._sock.recv(*arguments)

    def sendall(self, *arguments: Any) -> None:
        self._sock.settimeout(self._deadline.need())
        self._sock.sendall(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Connection(_Connection, HTTPConnection):
    """In the clear."""


class SecureConnection(_Connection, HTTPSConnection):
    """Over TLS."""

    def is_usable(self, idle_seconds: float) -> bool:
        """As above; OpenSSL may hold what came already."""
        return super().is_usable(idle_seconds) and not getattr(self.sock, "sslobj", self.sock).pending()

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        self._has_deadline = True
        return DeadlineSocket(super()._connect_tls_proxy(hostname, sock))


class IdleConnections:
    """Connections that wait for their next use, last in, first out. `LifoQueue` pays for callers that wait for one."""

    def __init__(self, maxsize: int) -> None:
        self._kept: deque[Any] = deque()
        self._most = maxsize

    def get(self, block: bool = False) -> Any:
        try:
            return self._kept.pop()
        except IndexError:
            raise Empty from None

    def put(self, connection: Any, block: bool = False) -> None:
        if connection is not None:
            if len(self._kept) >= self._most:
                connection.close()
            else:
                self._kept.append(connection)


class _Pooled:
    """The part of a pool that is ours. `urlopen` would cost half as much again as everything that a call does."""

    pool: Any
    """`IdleConnections`; `None` once it is closed."""

    def reserve(self, exchange: Exchange) -> bool:
        """Take a connection for an exchange; whether it is open already.

        Raises:
            ExchangeError: The pool is closed.
        """
        idle = self.pool
        if idle is None:
            raise ExchangeError("the pool is closed")
        try:
            connection = idle.get()
        except Empty:
            exchange.connection = self._new_conn()  # type: ignore[attr-defined]
            return False
        exchange.connection = connection
        is_usable: bool = connection.is_usable(exchange.idle_seconds)
        if not is_usable:
            connection.close()
        return is_usable

    def connect(self, exchange: Exchange, seconds: float) -> None:
        """Open the connection of an exchange within so many seconds.

        Raises:
            ExchangeError: It did not open.
        """
        exchange.connection.timeout = seconds
        try:
            self._connect(exchange.connection)
        except (OSError, HTTPError) as error:
            pass_on(error)
            cause = system_error(error)
            raise ExchangeError(described(cause or error, exchange.connection.peer), cause=cause) from None

    def release(self, exchange: Exchange) -> None:
        """Take back the connection of an exchange that is over, or close it."""
        connection, exchange.connection = exchange.connection, None
        if connection is None:
            return
        idle = self.pool
        if exchange.is_over and idle is not None:
            idle.put(connection)
        else:
            connection.close()

    def _connect(self, connection: Any) -> None:
        connection.connect()


class Pool(_Pooled, HTTPConnectionPool):
    """Connections in the clear."""

    ConnectionCls = Connection  # pyright: ignore[reportAssignmentType]
    QueueCls = IdleConnections  # type: ignore[assignment]


class SecurePool(_Pooled, HTTPSConnectionPool):
    """Connections over TLS."""

    ConnectionCls = SecureConnection  # pyright: ignore[reportAssignmentType]
    QueueCls = IdleConnections  # type: ignore[assignment]

    def _connect(self, connection: Any) -> None:
        if self.proxy is None:
            connection.connect()
        else:
            self._prepare_proxy(connection)  # which connects as well


def _poll_of(sock: Any) -> Callable[[], object]:
    """What tells whether something came over a socket."""
    if not hasattr(select, "poll"):
        return partial(wait_for_read, sock, timeout=0.0)
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return partial(poll.poll, 0)


def _resolved(host: str, port: int, budget: Deadline) -> list[str]:
    """The addresses of a host. The resolver takes no timeout, so another thread waits for it."""
    family = allowed_gai_family()
    try:  # an address needs no resolver
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        from .bounded import bounded

        found = bounded(lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM), budget.need())
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
