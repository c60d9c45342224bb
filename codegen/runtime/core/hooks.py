"""The seam for those who watch the calls of a client: tracing, metrics, logs."""

from __future__ import annotations

from typing import Any, Protocol

from .errors import Attempt


class Sending:
    """An attempt that is about to be made. It holds nothing secret: no argument, no header, no query, no body.

    Attributes:
        operation: The name of the method that was called.
        method: The HTTP method.
        path: The path as the document writes it, with ``{names}`` in place of values.
        server: Scheme, host and port of the server.
        number: The number of the attempt within its call, from 1.
        state: Yours, from `before_attempt` to `after_attempt`; `None` at first.
    """

    __slots__ = ("method", "number", "operation", "path", "server", "state")

    def __init__(self, operation: str, method: str, path: str, server: str, number: int) -> None:
        self.operation: str = operation
        self.method: str = method
        self.path: str = path
        self.server: str = server
        self.number: int = number
        self.state: Any = None

    def __repr__(self) -> str:
        return f"<Sending {self.operation}, attempt {self.number}>"


class Hooks(Protocol):
    """Watches every attempt of a client, in the thread that makes the call.

    The two come in pairs: once `before_attempt` was called for an attempt, `after_attempt` is called once for the same,
    with the same `Sending`, whatever happened in between, a Ctrl-C included. A call makes one attempt, or several when
    it tries again; correcting the clock and fetching a key are calls of their own. Arguments that are refused here and
    calls that are held back make no attempt.

    Hooks watch, they do not decide. They see no secret, and cannot change a request. What one raises is logged by its
    type, under the name of the package, and changes nothing. Their time counts towards the deadline of the call, and
    nothing interrupts them: return at once.
    """

    def before_attempt(self, sending: Sending) -> None:
        """An attempt is about to be signed and sent."""

    def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
        """It ended like this."""


class AsyncHooks(Protocol):
    """What `Hooks` are, for an async client: its loop goes on meanwhile."""

    async def before_attempt(self, sending: Sending) -> None:
        """An attempt is about to be signed and sent."""

    async def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
        """It ended like this."""
