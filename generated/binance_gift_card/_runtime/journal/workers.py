# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Work on other threads, for a caller that a signal handler may interrupt at any step.

What the standard library has for it locks in Python: an interrupt between a lock and its `with` leaves it locked, and
the threads that need it wait for ever. So the caller touches nothing that threads share but queues written in C.
"""

from __future__ import annotations

import os
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

from ..core.errors import JournalError
from ..core.fork import IN_A_CALL

T = TypeVar("T")

_LOOK_UP = 1.0
"""Seconds after which one who waits looks up, whether there is anybody to wait for."""


class Workers(Generic[T]):
    """Some threads. What they have begun is waited for at the end, whatever ends the block.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self.pending = 0
        """How many results are still to come."""
        self._count = count
        self._process = os.getpid()
        self._jobs: SimpleQueue[Callable[[], T] | None] = SimpleQueue()
        self._done: SimpleQueue[Future[T] | None] = SimpleQueue()
        self._over = False

    def __enter__(self) -> Workers[T]:
        try:
            start_new_thread(self._start, ())  # no signal reaches it; `Thread.start` takes a lock as above
        except BaseException:
            self._jobs.put(None)
            raise
        return self

    def __exit__(self, kind: object, error: object, traceback: TracebackType | None) -> None:
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()  # after an error, what was not begun
        self._jobs.put(None)
        while not self._is_over():
            self._next()

    def begin(self, work: Callable[[], T]) -> None:
        """Have it done as soon as a thread is free."""
        self.pending += 1
        self._jobs.put(work)

    def result(self) -> T:
        """The next result that comes; what the work raised is raised.

        Raises:
            JournalError: This is a child that a signal handler forked: the threads are its parent's.
        """
        while True:
            done = self._next()
            if done is not None:
                return done.result()

    def rest(self) -> Iterator[T]:
        """All results that are still to come; after an interrupt it can be asked again. Nothing can begin any more."""
        self._jobs.put(None)
        while not self._is_over():
            done = self._next()
            if done is not None:
                yield done.result()

    def _is_over(self) -> bool:
        return self._over and self._done.empty()

    def _next(self) -> Future[T] | None:
        try:
            done = self._done.get(timeout=_LOOK_UP)
        except Empty:
            if self._process != os.getpid():
                raise JournalError(IN_A_CALL) from None
            return None
        self.pending -= done is not None
        return done

    def _start(self) -> None:
        threads: list[Thread] = []
        try:
            for _ in range(self._count):
                thread = Thread(target=self._work, daemon=False)  # at its end the process waits for what is on its way
                thread.start()
                threads.append(thread)
        except Exception as error:
            if not threads:  # else those that there are do it
                self._fail(error)
        for thread in threads:
            thread.join()
        self._over = True
        self._done.put(None)

    def _work(self) -> None:
        while (work := self._jobs.get()) is not None:
            done: Future[T] = Future()
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)
            self._done.put(done)
        self._jobs.put(None)  # for the others

    def _fail(self, error: Exception) -> None:
        done: Future[T] = Future()
        done.set_exception(error)
        self._done.put(done)
