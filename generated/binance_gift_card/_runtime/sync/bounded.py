# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Work that takes no timeout of its own, waited for no longer than a call has time."""

from __future__ import annotations

from _thread import start_new_thread
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def bounded(work: Callable[[], T], seconds: float) -> T:
    """What `work` gives, waited for no longer than `seconds`; for work that takes no timeout of its own.

    It runs in a thread, in the context of the caller. If it does not end in time it is left to itself.

    Raises:
        TimeoutError: It did not end in time.
    """
    ended: SimpleQueue[Future[T]] = SimpleQueue()
    run: Callable[..., object] = copy_context().run
    start_new_thread(run, (_end, work, ended))  # as in journal/workers.py, for the same reason
    try:
        done = ended.get(timeout=max(seconds, 0))
    except Empty:
        raise TimeoutError(f"no answer within {seconds:.3g} s") from None
    return done.result()


def _end(work: Callable[[], T], ended: SimpleQueue[Future[T]]) -> None:
    done: Future[T] = Future()
    try:
        done.set_result(work())
    except BaseException as error:
        done.set_exception(error)
    ended.put(done)
