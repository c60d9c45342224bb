# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The base of every client that blocks: the door that every call goes through."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeVar

from ..core.classify import Response
from ..core.client_base import ClientBase
from ..core.deadline import Deadline
from ..core.errors import ClientError
from ..core.flow import Call, sync_clock
from ..core.keeper import Tag
from ..core.operation import Operation
from .driver import doing, drive
from .transport import Transport

T = TypeVar("T")
C = TypeVar("C", bound="Client")


class Client(ClientBase):
    """Holds the connections and the credentials; generated clients add the operations."""

    _transports = Transport

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._do = doing(self._transport)

    def _call(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> T:
        return self._respond(operation, arguments, timeout, tag).result

    def _respond(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> Response[T]:
        options = self._options if timeout is None else self._within(timeout)
        if tag is not None and self._core.journal is None:
            self._go_without_journal(operation, tag)
        call = Call(self._core, options, operation, Deadline(options.timeout))
        verdict = drive(call.flow(arguments, tag), self._do)
        if verdict.error is not None:
            raise verdict.error
        return verdict.response  # type: ignore[return-value]  # it is one of the two

    def _sync_clock(self) -> None:
        try:
            drive(sync_clock(self._core, self._options, Deadline(self._options.timeout)), self._do)
        except ClientError as error:
            problem = error
        else:
            return
        raise problem.bare()

    def close(self) -> None:
        """Close the connections. A closed client sends nothing; closing it twice does no harm."""
        self._transport.close()

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
