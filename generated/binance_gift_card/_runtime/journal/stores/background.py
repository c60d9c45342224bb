# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Threads of a store's own, for callers that must not wait, such as an event loop's.

Callers may be interrupted at any step, so they share nothing with the threads but queues written in C; no signal
reaches these. They begin when there is something to do, and end when the store is closed or forgotten.
"""

from __future__ import annotations

import os
from _thread import get_ident, start_new_thread
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeAlias, TypeVar

from ...core import log
from ...core.errors import JournalError
from ...core.interrupts import pass_on
from ..store import Done

T = TypeVar("T")

_LOOK_UP = 1.0
"""Seconds after which one who waits looks up, whether there is anybody to wait for."""


class Task(Generic[T]):
    """Work for another thread, and what became of it."""

    __slots__ = ("error", "result", "tell", "work")

    def __init__(self, work: Callable[..., T], tell: Done | None = None) -> None:
        self.work = work
        self.tell = tell
        """Is told when it is over."""
        self.result: T
        self.error: Exception | None = None

    def do_alone(self) -> None:
        """Do it here and now."""
        try:
            self.result = self.work()
        except Exception as error:
            self.error = error

    def outcome(self) -> T:
        """What it gave; what it raised is raised."""
        if self.error is not None:
            raise self.error
        return self.result


Doing: TypeAlias = Callable[["list[Task[Any]]"], None]
Tasks: TypeAlias = "SimpleQueue[tuple[Doing, Task[Any]] | None]"


class _Crew:
    """The threads from one opening of a store to its end."""

    def __init__(self) -> None:
        self.tasks: Tasks = SimpleQueue()
        self.ends: SimpleQueue[None] = SimpleQueue()
        self.threads: list[int] = []


class Background:
    """Some threads.

    Args:
        do: Does some tasks that wait, and raises nothing.
        threads: How many there may be.
        most: How many tasks to do at once.
    """

    def __init__(self, do: Doing, *, threads: int = 1, most: int = 1) -> None:
        self._do = do
        self._threads = threads
        self._most = most
        self._process = os.getpid()
        self._crew = _Crew()

    def begin(self, task: Task[Any]) -> None:
        """Have it done.

        Raises:
            JournalError: There is no thread for it.
        """
        crew = self._crew
        if len(crew.threads) < self._threads:
            try:
                crew.threads += [start_new_thread(_serve, (crew.tasks, crew.ends, self._most))]
            except RuntimeError as error:  # too many threads, or the interpreter is at its end
                pass_on(error)
                if not crew.threads:
                    raise JournalError(f"the journal cannot be used: {error}") from None
        crew.tasks.put((self._do, task))
        if crew is not self._crew:  # it was closed meanwhile, and the task may have come after the end
            for late in _drain(crew.tasks):
                crew.tasks.put(None) if late is None else self.begin(late[1])

    def close(self) -> None:
        """Let the threads end, and wait for what was begun."""
        crew, self._crew = self._crew, _Crew()
        for _ in crew.threads:
            crew.tasks.put(None)
        others = [thread for thread in crew.threads if thread != get_ident()]
        while others and self._process == os.getpid():
            with suppress(Empty):
                crew.ends.get(timeout=_LOOK_UP)
                others.pop()

    def __del__(self) -> None:
        for _ in self._crew.threads:
            self._crew.tasks.put(None)


def _serve(tasks: Tasks, ends: SimpleQueue[None], most: int) -> None:
    """Do what comes. While nothing does, nothing here holds the store: it may be forgotten."""
    while (found := _batch(tasks, most)) is not None:
        do, batch = found
        do(batch)
        _tell(batch)
        del do, batch, found
    ends.put(None)


def _batch(tasks: Tasks, most: int) -> tuple[Doing, list[Task[Any]]] | None:
    first = tasks.get()
    if first is None:
        return None
    do, batch = first[0], [first[1]]
    with suppress(Empty):
        while len(batch) < most:
            following = tasks.get_nowait()
            if following is None:  # the end, which comes after these
                tasks.put(None)
                break
            batch.append(following[1])
    return do, batch


def _tell(batch: list[Task[Any]]) -> None:
    told: dict[Done, list[Any]] = {}
    for task in batch:
        if task.tell is not None:
            told.setdefault(task.tell, []).append(task)
    for tell, tasks in told.items():
        try:
            tell(tasks)
        except Exception as error:  # an event loop that was closed, say: the journal goes on
            log.error("nobody hears what became of %d tasks: %s", len(tasks), type(error).__name__)


def _drain(tasks: Tasks) -> list[tuple[Doing, Task[Any]] | None]:
    found = []
    with suppress(Empty):
        while True:
            found.append(tasks.get_nowait())
    return found
