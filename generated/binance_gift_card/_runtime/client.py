# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""The base of every client: how a call goes, from its arguments to a result or an error."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeVar

from .classify import Response, classify
from .draft import Draft, draft
from .errors import ArgumentError
from .operation import Operation
from .signing import Clock, Hook
from .transport import Transport

T = TypeVar("T")
C = TypeVar("C", bound="Client")

CONNECT_TIMEOUT = 5.0
TIMEOUT = 30.0


def wall_clock() -> int:
    """Milliseconds since the epoch, by this machine's clock."""
    return time.time_ns() // 1_000_000


class Client:
    """Holds the connections and the credentials; generated clients add the operations."""

    def __init__(
        self,
        *,
        base_url: str | None,
        hooks: Mapping[str, Hook],
        connect_timeout: float,
        timeout: float,
        clock: Clock | None,
        user_agent: str,
    ) -> None:
        if base_url is None:
            raise ArgumentError("base_url is missing, and the document names no server")
        self._base_url = base_url
        self._transport = Transport(base_url, connect_timeout=connect_timeout, timeout=timeout, user_agent=user_agent)
        self._hooks = hooks
        self._clock = clock or wall_clock

    def _call(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        return self._respond(operation, arguments).result

    def _respond(self, operation: Operation[T], arguments: Mapping[str, Any]) -> Response[T]:
        request = draft(operation, arguments)
        self._sign(request, operation)
        return classify(operation, self._transport.send(request, operation))

    def _sign(self, request: Draft, operation: Operation[Any]) -> None:
        if not operation.security:
            return
        for alternative in operation.security:
            hooks = [self._hooks[name] for name in alternative]
            if all(hook.ready for hook in hooks):
                for hook in hooks:
                    hook.apply(request, operation, self._clock)
                return
        missing = " or ".join(self._wanted(alternative) for alternative in operation.security)
        raise ArgumentError(f"{operation.name} needs {missing}; give it to the client", operation=operation.name)

    def _wanted(self, alternative: tuple[str, ...]) -> str:
        return " and ".join(self._hooks[name].argument for name in alternative if not self._hooks[name].ready)

    def close(self) -> None:
        """Close the connections. A closed client sends nothing; closing it twice does no harm."""
        self._transport.close()

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self._base_url}>"
