# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Where a client calls, and the bytes of its requests, however they are carried."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import urlsplit

from .answer import ExchangeError
from .checks import shown
from .deadline import Deadline
from .draft import Draft
from .errors import ArgumentError
from .exchange import Exchange
from .fork import imported_before_fork, renewed_after_fork
from .interrupts import pass_on
from .network import Network, host_of, is_this_machine

imported_before_fork("encodings.idna")
_WITH_BODY = ("POST", "PUT", "PATCH")
_IDLE_SECONDS = 30.0
_IDLE_SECONDS_OF_ONCE = 3.0  # servers end connections that were idle for as little as five seconds


class Endpoint(ABC):
    """One server, and what every request to it says; transports add the connections.

    Args:
        base_url: ``http://`` or ``https://``, a host, and at most a port and a path.
        network: How to get there.
        user_agent: What the client calls itself.
        environment: The prefix of the environment's variables, for messages.

    Raises:
        ArgumentError: The URL is wrong, or is one of ``http://`` that leaves this machine and was not asked for.
    """

    process: int
    """The process that the connections belong to."""
    _pool: Any
    """The connections; `None` until the first request, and afterwards."""

    def __init__(self, base_url: str, *, network: Network, user_agent: str, environment: str | None = None) -> None:
        self._scheme, self._host, self._port, self._prefix = _parts(base_url)
        if self._scheme == "http" and not network.plain_http and not is_this_machine(self._host):
            raise _in_the_clear(self._host, environment)
        self._network = network
        self.download_bytes = network.max_download
        self._place = self._host if self._port is None else f"{self._host}:{self._port}"
        self._fixed = f"host: {self._place}\r\nuser-agent: {user_agent}\r\naccept-encoding: identity\r\n"
        self._origin = self._for_proxy = ""
        self._closed = False
        self.after_fork()
        renewed_after_fork(self)

    @property
    def origin(self) -> str:
        """Scheme, host and, where it is given, port."""
        return f"{self._scheme}://{self._place}"

    @property
    def prefix(self) -> str:
        """The path that stands before that of every operation."""
        return self._prefix

    def after_fork(self) -> None:
        """Start with no connections: a parent's carry the parent's answers."""
        self.process = os.getpid()
        self._pool = None

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

    @abstractmethod
    def _open(self) -> None:
        """Make the pool."""

    def _check_closed(self, exchange: Exchange) -> None:
        if self._closed and not exchange.left:
            raise ExchangeError("the client is closed", final=True) from None


def _in_the_clear(host: str, environment: str | None) -> ArgumentError:
    risk = f"is http:// to {host}, which is not this machine: everybody on the way could read codes and change answers"
    variable, meant = f"{environment}_PLAIN_HTTP=1", "if that is meant (a sandbox in a network of your own)"
    return ArgumentError(
        f"base_url {risk}; use https://, or, {meant}, say Network(plain_http=True)"
        + (f", or set {variable} for from_env() and the command line" if environment else ""),
        problem=f"the server {risk}",
        variables=f"{variable} {meant}, else use https://" if environment else "",
    )


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
