# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The base of every async client: the door that every call goes through."""

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
from .driver import drive
from .transport import Transport

T = TypeVar("T")
C = TypeVar("C", bound="AsyncClient")


class AsyncClient(ClientBase):
    """Holds the connections and the credentials; generated clients add the operations."""

    _transports = Transport
    _awaits = True

    async def _call(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> T:
        return (await self._respond(operation, arguments, timeout, tag)).result

    async def _respond(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> Response[T]:
        self._transport.bind()
        options = self._options if timeout is None else self._within(timeout)
        if tag is not None and self._core.journal is None:
            self._go_without_journal(operation, tag)
        call = Call(self._core, options, operation, Deadline(options.timeout))
        verdict = await drive(call.flow(arguments, tag), self._transport)
        if verdict.error is not None:
            raise verdict.error
        return verdict.response  # type: ignore[return-value]  # it is one of the two

    async def _sync_clock(self) -> None:
        self._transport.bind()
        try:
            await drive(sync_clock(self._core, self._options, Deadline(self._options.timeout)), self._transport)
        except ClientError as error:
            problem = error
        else:
            return
        raise problem.bare()

    async def close(self) -> None:
        """Close the connections. A closed client sends nothing; closing it twice does no harm."""
        self._transport.close()

    async def aclose(self) -> None:
        """The same, under the name that `contextlib.aclosing` knows."""
        await self.close()

    def __getstate__(self) -> object:
        raise TypeError("a client cannot be pickled; make one in each process")

    async def __aenter__(self: C) -> C:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
