"""The async client behind the face of the one that blocks: each call is made in a loop of another thread.

With `pytest --client=async` it takes the place of `GiftCardClient`, so that the tests of the SDK are held against both
from one source. What only one of the two can do is marked: `@pytest.mark.blocking("why")`.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import cache, wraps
from queue import SimpleQueue
from typing import Any

import binance_gift_card
from binance_gift_card import AsyncGiftCardClient


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True, name="the loop of the async client").start()
    return loop


def _wait(work: Any) -> Any:
    """What a coroutine gives; an interrupt of the one who waits cancels it, and is raised once it has ended."""
    made: list[asyncio.Task[Any]] = []
    ended: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    async def keep() -> None:
        made.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            ended.put((await work, None))
        except BaseException as error:
            ended.put((None, error))

    copy_context().run(asyncio.run_coroutine_threadsafe, keep(), _loop())
    raised: BaseException | None = None
    while True:
        try:
            value, error = ended.get()
            break
        except BaseException as interrupt:
            raised = interrupt
            _loop().call_soon_threadsafe(lambda: made[0].cancel())
    if raised is not None:
        raise raised from (error.__cause__ if error is not None else None)
    if error is not None:
        raise error
    return value


class _Face:
    """Every method of something async, waited for."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if inspect.isasyncgenfunction(found):
            return lambda **given: _each(found(**given))
        if inspect.iscoroutinefunction(found):
            return _waiting(found)
        return _Face(found) if name in ("raw", "bulk") else found

    def __repr__(self) -> str:
        return repr(self._inner)


def _waiting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wait(*arguments: Any, **given: Any) -> Any:
        return _wait(method(*arguments, **given))

    return wait


def _each(source: Any) -> Iterator[Any]:
    while (found := _wait(anext(source, _waiting))) is not _waiting:
        yield found


class _Signatures(type):
    def __getattr__(cls, name: str) -> Any:
        return getattr(AsyncGiftCardClient, name)


class BlockingClient(_Face, metaclass=_Signatures):
    """Takes the arguments of `GiftCardClient`."""

    @wraps(AsyncGiftCardClient.__init__)
    def __init__(self, **given: Any) -> None:
        self._take(AsyncGiftCardClient(**given))

    def _take(self, inner: AsyncGiftCardClient) -> None:
        super().__init__(inner)
        _wait(inner.open())

    @classmethod
    def from_env(cls, **given: Any) -> BlockingClient:
        return cls._of(AsyncGiftCardClient.from_env(**given))

    @classmethod
    def _of(cls, inner: AsyncGiftCardClient) -> BlockingClient:
        made = object.__new__(cls)
        made._take(inner)
        return made

    @wraps(AsyncGiftCardClient.with_options)
    def with_options(self, **given: Any) -> BlockingClient:
        return self._of(self._inner.with_options(**given))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return pickle.loads, (pickle.dumps(self._inner, protocol),)

    def __enter__(self) -> BlockingClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def use_it() -> None:
    """Let every test that imports the client get this one."""
    BlockingClient.__name__ = BlockingClient.__qualname__ = "AsyncGiftCardClient"
    binance_gift_card.GiftCardClient = BlockingClient  # type: ignore[misc, assignment]
