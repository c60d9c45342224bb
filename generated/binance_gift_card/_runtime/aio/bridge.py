# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Work that blocks, in a thread beside the loop: it makes its calls in the loop, and is stopped with its task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextvars import copy_context
from inspect import isawaitable
from typing import Any, TypeVar

from ..core.errors import ClientError, NotSentError
from .waiting import in_thread

T = TypeVar("T")

_END = object()
_LOOK_UP = 1.0
"""Seconds after which a thread looks up, whether there is still a loop."""


class Bridge:
    """The way from that thread, and from those that it begins, into the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._feed: Future[Any] | None = None
        """The row that is waited for."""
        self.cancelled = False
        self.stop: Callable[[], None] | None = None
        """Has the work end early."""

    def ask(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What a call brings.

        Raises:
            ClientError: It brought nothing, or the task was cancelled.
        """
        if self.cancelled:
            raise NotSentError("the task was cancelled; nothing was sent")
        return self._wait(self._begin(_outcome(call)))

    def told(self, function: Any) -> Any:
        """The same function, sync or async, called in the loop."""

        async def tell(*given: Any) -> None:
            result = function(*given)
            if isawaitable(result):
                await result

        return (lambda *given: self._wait(self._begin(tell(*given)))) if callable(function) else function

    def rows(self, rows: Any) -> Any:
        """The same rows, where the loop has to be asked for each."""
        return self._each(rows) if isinstance(rows, AsyncIterable) else rows

    def _each(self, rows: AsyncIterable[Any]) -> Iterator[Any]:
        source = rows.__aiter__()

        async def next_row() -> Any:
            try:
                return await source.__anext__()
            except StopAsyncIteration:
                return _END

        while not self.cancelled:
            self._feed = self._begin(next_row())
            row = self._wait(self._feed)
            if row is _END:
                return
            yield row

    def _begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return self._context.copy().run(asyncio.run_coroutine_threadsafe, work, self._loop)

    def _wait(self, future: Future[T]) -> T:
        while True:
            try:
                return future.result(_LOOK_UP)
            except FutureTimeout:
                if future.done():
                    raise
                if self._loop.is_closed():
                    raise RuntimeError("the event loop was closed in the middle of the run") from None

    def cancel(self) -> None:
        """Begin nothing more; what is on its way ends by itself."""
        self.cancelled = True
        if self._feed is not None:
            self._feed.cancel()
        if self.stop is not None:
            self.stop()


async def _outcome(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What a call brings; where the loop ends it, what is known of it."""
    try:
        return await call()
    except asyncio.CancelledError as error:
        if isinstance(error.__cause__, ClientError):
            raise error.__cause__ from None
        raise


async def bridged(work: Callable[[Bridge], T]) -> T:
    """What work in a thread gives. A cancellation stops it, and is raised when it has ended."""
    bridge = Bridge()
    future, cancelled = in_thread(lambda: work(bridge)), None
    while not future.done():
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError as error:
            cancelled = error
            bridge.cancel()
    if cancelled is not None:
        raise cancelled from future.exception()
    return future.result()
