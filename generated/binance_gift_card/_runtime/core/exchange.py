# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One request on its way and what is known of it, whatever happens to it."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .answer import Answer, ExchangeError, UnreadableError
from .deadline import Deadline
from .fork import IN_A_CALL
from .opaque import Opaque

if TYPE_CHECKING:
    from .reader import Reader


class Exchange(Opaque):
    """One request on its way."""

    method: str
    request: bytes
    """Every byte of it, from the request line to the end of the body."""
    deadline: Deadline
    body_bytes: int
    """The most bytes that the body of the answer may have."""
    process: int
    """The one that makes the call: a child of it must neither send nor read over its connection."""
    idle_seconds: float
    """How long a connection may have been unused to be trusted with it. A server ends an idle one without a word, and a
    request that crosses that end on its way is lost."""
    pool: Any = None
    """Where its connection comes from."""
    connection: Any = None
    """The one that is reserved for it."""
    is_over: bool = False
    """Whether it went to its end, so that its connection can be used for another one, or is closed."""
    left: bool = False
    """Whether the kernel may have taken the whole request: only then can the server have acted on it."""
    reader: Reader | None = None
    """What came of the answer so far."""
    answer: Answer | None = None

    def check_process(self) -> None:
        """Stop in a child that was forked by this very thread, out of a signal handler.

        Raises:
            ExchangeError: This is one.
        """
        if self.process != os.getpid():
            raise ExchangeError(IN_A_CALL, final=True)

    def came(self) -> Answer | None:
        """The answer, if all of it came: an interrupt may have kept it from being handed over."""
        if self.answer is None and self.reader is not None and self.reader.complete and not self.reader.excess:
            with contextlib.suppress(UnreadableError):
                self.answer = self.reader.answer()
        return self.answer


def peer_of(server: str, proxy: str | None, *, is_through: bool = False) -> str:
    """Whom a connection speaks with, in messages.

    Args:
        server: Host and port.
        proxy: Those of the proxy, if there is one.
        is_through: Whether that has let the connection through to the server.
    """
    if proxy is None:
        return server
    return f"{server}, behind the proxy {proxy}" if is_through else f"{proxy}, the proxy"


def refused_way(peer: str, status: int) -> str:
    """What a proxy came to that was asked for a way through."""
    hint = (
        "; it asks for a user and a password, which its URL can have: http://USER:PASSWORD@…" if status == 407 else ""
    )
    return f"{peer}, refused with HTTP {status}{hint}"


def described(error: BaseException, peer: str) -> str:
    """An error of the system in a few words that hold no secret, with the `peer` of the connection that failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {peer} is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS with {peer} failed: {(error.reason or type(error).__name__).replace('_', ' ').lower()}"
    if isinstance(error, TimeoutError):
        return f"the time was over, waiting for {peer}"
    if isinstance(error, socket.gaierror):
        return f"there is no address for {peer}: {(error.strerror or type(error).__name__).lower()}"
    if isinstance(error, ConnectionError) and error.errno and type(error) in _BY_THE_PEER:
        return f"{_BY_THE_PEER[type(error)]} by {peer}"
    words = str(error) if isinstance(error, OSError) and error.args else type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        words = error.strerror.lower()
    return words if peer in words else f"{words} ({peer})"


_BY_THE_PEER: Mapping[type[ConnectionError], str] = {
    ConnectionRefusedError: "connection refused",
    ConnectionResetError: "connection reset",
    ConnectionAbortedError: "connection aborted",
}
"""What asyncio says in words of its own."""


def system_error(error: BaseException | None) -> OSError | None:
    """The innermost error of the system that led to this one, without its traceback."""
    found = None
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError):
            found = error
        inner = getattr(error, "original_error", None) or getattr(error, "reason", None)
        inner = inner if isinstance(inner, BaseException) else None
        error = inner or error.__cause__ or error.__context__ or _argument(error)
    if found is not None:
        found.__traceback__ = found.__cause__ = found.__context__ = None
    return found


def _argument(error: BaseException) -> BaseException | None:
    return next((item for item in error.args if isinstance(item, BaseException)), None)
