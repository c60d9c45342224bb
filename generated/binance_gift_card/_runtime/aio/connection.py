# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One connection in a loop: prepared bytes out, one answer in, under one deadline."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Any

from ..core.answer import ExchangeError, UnreadableError
from ..core.clock import uptime
from ..core.exchange import Exchange, described, refused_way, system_error
from ..core.interrupts import pass_on
from ..core.reader import Reader
from .tls import Layer

_TUNNEL_BODY = 16_384
_INBOX = 1_048_576
"""The most bytes that may come at once while a connection is opened."""


class Connection(asyncio.Protocol):
    """A connection, in the clear or over layers of TLS.

    Args:
        loop: Whose.
        peer: Whom it speaks with, in messages.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, peer: str) -> None:
        self._loop = loop
        self.peer = peer
        # Of other loops, such as that of Windows, the kernel may have more than they say.
        self._tells_what_left = isinstance(loop, asyncio.SelectorEventLoop) or type(loop).__module__ == "uvloop"
        self._transport: Any = None
        self._layers: list[Layer] = []
        self._inbox = bytearray()
        """What came while the connection is opened."""
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._exchange: Exchange | None = None
        self._reader: Reader | None = None
        self._error: BaseException | None = None
        """What broke the exchange."""
        self._paused = False
        """Whether the kernel has not taken all that was written."""
        self._ended = False
        """Whether nothing more can come."""
        self._closed = False
        self._reused = False
        self._idle_since = 0.0

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.set_write_buffer_limits(high=0)
        self._peek = _peek_at(self._transport.get_extra_info("socket").fileno())
        if self._closed:
            self._transport.abort()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._exchange is not None:
            self._exchange.left = True
            if self._exchange.reader is not None and self._exchange.reader.complete:
                self._wake()

    def data_received(self, data: bytes) -> None:
        if self._layers:
            try:
                data = self._plain(data)
            except OSError as error:
                self._fail(error)
                return
        reader = self._reader
        if reader is None:
            self._inbox += data
            if self._reused or len(self._inbox) > _INBOX:
                self.close()  # nobody asked for it
            self._wake()
        elif data and self._error is None:
            try:
                complete = reader.feed(data)
            except ExchangeError as error:
                self._fail(error)
                return
            if complete and self._exchange is not None and self._exchange.left:
                self._wake()
        if any(layer.ended for layer in self._layers):
            self._end()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and (self._reader is None or not self._reader.complete):
            self._fail(exc)
        self._disarm()
        self._end()

    def _plain(self, data: bytes) -> bytes:
        for layer in self._layers:
            data = layer.plain(data)
        self._write(b"")  # what the layers answer
        return data

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._reader is not None and self._error is None and not self._reader.complete:
            try:
                self._reader.end()
            except ExchangeError as error:
                self._error = error
        self._wake()

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # How it is opened.

    async def secure(self, layer: Layer) -> None:
        """Put a layer of TLS over what there is."""
        data = b""
        while not layer.handshake(data):
            self._write(layer.sealed(b""))
            data = await self._more()
            if not data:
                raise OSError("the connection ended in the middle of its handshake")
        self._write(layer.sealed(b""))
        self._layers.append(layer)

    async def tunnel(self, place: str, headers: str, peer: str) -> None:
        """Ask a proxy for a way through; whom the connection speaks with afterwards is told.

        Raises:
            OSError: It refused.
        """
        self._write(f"CONNECT {place} HTTP/1.1\r\n{headers}Host: {place}\r\n\r\n".encode("latin-1"))
        reader = Reader(method="CONNECT", body_bytes=_TUNNEL_BODY)
        while not reader.head:
            data = await self._more()
            if data:
                reader.feed(data)
            else:
                reader.end()
        if not 200 <= reader.status < 300:
            raise OSError(refused_way(self.peer, reader.status))
        if reader.excess:
            raise OSError(f"{self.peer}, sent more than its answer")
        self.peer = peer

    async def _more(self) -> bytes:
        """The next bytes; none at the end."""
        if not self._inbox and not self._ended and self._error is None:
            await self._wait()
        if self._error is not None:
            raise self._error
        data = bytes(self._inbox)
        self._inbox.clear()
        return data

    def _wait(self) -> asyncio.Future[None]:
        self._waiter = self._loop.create_future()
        return self._waiter

    # How it is used.

    def is_usable(self, idle_seconds: float) -> bool:
        """Whether the connection can be trusted with another request: open, silent, and used not longer ago."""
        if self._ended or self._inbox or self._error is not None or self._transport.is_closing():
            return False
        if any(layer.holds for layer in self._layers) or uptime() - self._idle_since > idle_seconds:
            return False
        return not self._peek(0)

    async def exchange(self, exchange: Exchange) -> None:
        """Write a request and read its answer; afterwards the connection is ready for another one, or closed.

        Raises:
            ExchangeError: The answer did not come; the exchange tells whether the request left.
        """
        exchange.check_process()
        exchange.reader = self._reader = reader = Reader(method=exchange.method, body_bytes=exchange.body_bytes)
        self._exchange = exchange
        try:
            if self._inbox:
                raise UnreadableError("something came before the request was sent")
            await self._carry(exchange, reader)
        except OSError as error:
            pass_on(error)
            raise ExchangeError(described(error, self.peer), cause=system_error(error)) from None
        finally:
            self._reader = self._exchange = self._waiter = None
            reader.close()
        if reader.excess and self._reused:
            raise UnreadableError("more came than one answer, so it may belong to another request")
        exchange.answer = reader.answer()
        if reader.keep_alive and not reader.excess:
            self._reused = True
            self._idle_since = uptime()
        else:
            self.close()
        exchange.is_over = True

    async def _carry(self, exchange: Exchange, reader: Reader) -> None:
        waiter = self._wait()
        self._arm(exchange.deadline.need())
        self._send(exchange)
        await waiter
        if self._error is not None:
            raise self._error
        if not reader.complete or not exchange.left:
            raise ConnectionResetError("the connection ended")

    def _arm(self, seconds: float) -> None:
        """See that the time is looked at when it is over. A timer that comes before stays: it asks for another one."""
        ends = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > ends:
            self._disarm()
        if self._timer is None:
            self._timer = self._loop.call_at(ends, self._expire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        left = 0.0 if self._exchange is None else self._exchange.deadline.left()
        if left > 0:
            self._arm(left)
        elif self._exchange is not None:
            self._fail(TimeoutError("the time is over"))

    def _send(self, exchange: Exchange) -> None:
        """Write the request. Unless the loop says for certain that the kernel did not take all of it, it did."""
        data = exchange.request
        for layer in reversed(self._layers):
            data = layer.sealed(data)
        if self._error is not None:
            raise self._error
        if self._ended or self._transport.is_closing():
            raise ConnectionResetError("the connection ended")
        exchange.left = True
        self._transport.write(data)
        if self._tells_what_left and (self._paused or self._transport.is_closing()):
            exchange.left = False

    def _write(self, data: bytes) -> None:
        for layer in reversed(self._layers):
            data = layer.sealed(data)
        if data:
            self._transport.write(data)

    def close(self) -> None:
        """Close it; what the kernel has not taken is dropped."""
        self._closed = self._ended = True
        self._disarm()
        if self._transport is not None and not self._loop.is_closed():
            self._transport.abort()


def _peek_at(descriptor: int) -> Callable[[int], list[Any]]:
    """What tells, given 0, whether bytes or an end wait there that the loop has not told of yet."""
    if not hasattr(select, "poll"):
        return lambda seconds: select.select([descriptor], [], [], seconds)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return poll.poll
