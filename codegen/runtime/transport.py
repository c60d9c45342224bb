# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""One request out, one answer in, over urllib3's pool. Its own retries and redirects are off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ClosedPoolError, HTTPError

from .draft import Draft
from .errors import ArgumentError, NotSentError, OutcomeUnknownError
from .hidden import Hidden
from .operation import Operation


class Answer(Hidden):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Outgoing(Hidden):
    """The request as it goes out. urllib3 is given the bare path, so that its log shows no query."""

    target: str
    content: bytes | None
    started: bool = False
    """Whether a byte may have left: set between the connection's standing and the first write."""


class _Sending:
    """The part of a connection that writes an `_Outgoing`."""

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        if self.is_closed:  # type: ignore[attr-defined]
            self.connect()  # type: ignore[attr-defined]
        body.started = True
        super().request(method, body.target, body=body.content, headers=headers, **options)  # type: ignore[misc]


class _Connection(_Sending, HTTPConnection):
    pass


class _SecureConnection(_Sending, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class Transport:
    """A pool of connections to one server.

    Args:
        base_url: ``http://`` or ``https://``, a host, and at most a port and a path.
        connect_timeout: Seconds to wait for a connection.
        timeout: Seconds to wait for the server to send the next bytes of an answer.
        user_agent: What the client calls itself.

    Raises:
        ArgumentError: The URL or a timeout is wrong.
    """

    def __init__(self, base_url: str, *, connect_timeout: float, timeout: float, user_agent: str) -> None:
        for name, seconds in (("connect_timeout", connect_timeout), ("timeout", timeout)):
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < float("inf"):
                raise ArgumentError(f"{name} must be a number of seconds above 0, not {seconds!r}")
        scheme, host, port, self._prefix = _parts(base_url)
        limits = urllib3.Timeout(connect=connect_timeout, read=timeout)
        kind = _SecurePool if scheme == "https" else _Pool
        self._pool = kind(host, port, timeout=limits, maxsize=10)
        self._user_agent = user_agent

    def send(self, draft: Draft, operation: Operation[Any]) -> Answer:
        """Send the signed draft once.

        Raises:
            NotSentError: No connection came about, so nothing left.
            OutcomeUnknownError: The request left, and the answer did not come whole.
        """
        outgoing = _Outgoing(self._prefix + draft.target(), draft.content())
        draft.headers["user-agent"] = self._user_agent
        try:
            response = self._pool.urlopen(
                operation.method,
                self._prefix + draft.path,
                body=outgoing,  # type: ignore[arg-type]
                headers=draft.headers,
                retries=False,
                redirect=False,
            )
        except (HTTPError, OSError) as error:
            raise _translated(error, outgoing, operation) from error
        return Answer(response.status, response.headers, response.data)

    def close(self) -> None:
        """Close the connections; nothing can be sent afterwards."""
        self._pool.close()


def _translated(error: Exception, outgoing: _Outgoing, operation: Operation[Any]) -> NotSentError | OutcomeUnknownError:
    kind = type(error).__name__
    if isinstance(error, ClosedPoolError):
        return NotSentError(f"{operation.name}: the client is closed; nothing was sent", operation=operation.name)
    if not outgoing.started:
        return NotSentError(
            f"{operation.name}: no connection to the server ({kind}); nothing was sent", operation=operation.name
        )
    advice = "it is safe to repeat" if operation.repeatable else "it may have been done; find out before you repeat it"
    return OutcomeUnknownError(
        f"{operation.name}: the request left and the answer was lost ({kind}); {advice}",
        operation=operation.name,
        repeatable=operation.repeatable,
    )


def _parts(base_url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path of a base URL."""
    problem = "base_url must be http:// or https://, a host, and at most a port and a path"
    if not isinstance(base_url, str):
        raise ArgumentError(problem)
    try:
        url = urlsplit(base_url)
        port = url.port
    except ValueError:
        raise ArgumentError(problem) from None
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or "@" in url.netloc:
        raise ArgumentError(problem)
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return url.scheme, host, port, url.path.rstrip("/")
