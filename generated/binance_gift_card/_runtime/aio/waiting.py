# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Ways to wait in a loop: within a time, to the end whatever is cancelled, and for what blocks in a thread."""

from __future__ import annotations

import asyncio
from _thread import start_new_thread
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ..core.keeper import Submission

T = TypeVar("T")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives. `asyncio.wait_for` of Python 3.10 and 3.11 may lose a cancellation.

    Raises:
        TimeoutError: It did not end in time, and was cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=max(seconds, 0))
        if not task.done():
            raise TimeoutError(f"no answer within {seconds:.3g} s")
        return task.result()
    finally:
        task.cancel()


async def to_its_end(work: Awaitable[T], *, patient: bool) -> T:
    """What `work` gives, which is not cancelled with its caller.

    Args:
        work: What is waited for.
        patient: Whether a cancellation that comes meanwhile is passed over, because one was told before.
    """
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await _end_of(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None and not patient:
        _ = task.cancelled() or task.exception()  # seen
        raise cancelled
    return task.result()


def _end_of(task: asyncio.Future[Any]) -> asyncio.Future[None]:
    """Is over when the task is, and may be cancelled without it; `asyncio.wait` does the same in many more steps."""
    waiter: asyncio.Future[None] = task.get_loop().create_future()
    task.add_done_callback(lambda _: None if waiter.done() else waiter.set_result(None))
    return waiter


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """What `work` gives, which may block: in a thread of its own and the context of the caller.

    It is no task, so nobody cancels it by the way; whoever is cancelled leaves it to itself. The executor of a loop
    would keep the program from ending.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(done: Callable[[Any], None], value: object) -> None:
        with suppress(RuntimeError):  # the loop was closed
            loop.call_soon_threadsafe(lambda: None if future.done() else done(value))

    def run() -> None:
        try:
            value = work()
        except BaseException as error:
            settle(future.set_exception, error)
        else:
            settle(future.set_result, value)

    start_new_thread(copy_context().run, (run,))
    return future


class Submissions:
    """Work of a loop that the threads of journals do.

    Args:
        loop: Which.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._futures: dict[Submission[Any], asyncio.Future[Any]] = {}

    def begin(self, submit: Callable[..., Submission[T]]) -> asyncio.Future[T]:
        """What becomes of what is submitted."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._futures[submit(done=self._tell)] = future
        return future

    def _tell(self, submissions: list[Any]) -> None:
        self._loop.call_soon_threadsafe(self._settle, submissions)

    def _settle(self, submissions: list[Any]) -> None:
        for submission in submissions:
            future = self._futures.pop(submission)
            try:
                result = submission.outcome()
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)
