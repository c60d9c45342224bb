# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""Threads that write at the same time share a transaction, and so its flush to the disk.

Whoever comes first commits for all that came meanwhile, and then lets the next one lead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import JournalError
from .store import Session, TakenError

T = TypeVar("T")

_LONGEST_TURN = 30.0
"""Seconds after which a job leads although nobody said so: whoever was to say it was interrupted."""


class Job:
    """Work that waits for its transaction."""

    __slots__ = ("done", "durable", "error", "leads", "result", "turn", "work")

    def __init__(self, work: Callable[[Session], Any], *, durable: bool) -> None:
        self.work = work
        self.durable = durable
        self.done = self.leads = False
        self.turn: threading.Lock | None = None
        """Held until the job is done, or leads; one that led from the start has none."""
        self.result: Any = None
        self.error: Exception | None = None

    def begin(self, session: Session) -> None:
        """Do the work, in a transaction that is not over."""
        try:
            self.result = self.work(session)
            self.error = None
        except TakenError as taken:
            self.error = taken

    def fail(self, error: JournalError) -> None:
        """Nothing is kept of the work, and nothing will be."""
        self.error, self.done = error, True


class Group:
    """The jobs of all threads.

    Args:
        commit: Does some jobs in one transaction, and marks them as done; told how many seconds to wait for others.
    """

    def __init__(self, commit: Callable[[list[Job], float], None]) -> None:
        self._commit = commit
        self._lock = threading.Lock()
        self._queue: list[Job] = []
        self._led = False
        self._committing = threading.Lock()

    def do(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        """Do the work, alone or with that of others."""
        job = Job(work, durable=durable)
        try:
            with self._lock:
                if self._led:
                    job.turn = threading.Lock()
                    job.turn.acquire()
                    self._queue.append(job)
                else:
                    self._led = job.leads = True
            if job.turn is not None:
                job.turn.acquire(timeout=_LONGEST_TURN)
            if not job.done:
                self._lead(job, seconds)
        finally:
            if job.leads or not job.done:
                self._leave(job)
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def _lead(self, job: Job, seconds: float) -> None:
        with self._committing:
            if job.done:  # by another, while this one waited
                return
            jobs = [job]
            if self._queue:
                with self._lock:
                    jobs += [other for other in self._queue if other is not job]
            try:
                self._commit(jobs, seconds)
            except JournalError as error:
                for other in jobs:
                    if not other.done:
                        other.fail(JournalError(str(error)))
            finally:
                if len(jobs) > 1:
                    self._dismiss(jobs[1:])

    def _dismiss(self, jobs: list[Job]) -> None:
        """Let those that are done go on."""
        with self._lock:
            self._queue = [job for job in self._queue if not job.done]
            for job in jobs:
                if job.done and job.turn is not None:
                    job.turn.release()

    def _leave(self, job: Job) -> None:
        """Whoever led lets the next one lead; one that was interrupted is not done afterwards."""
        with self._lock:
            if job.turn is not None and job in self._queue:
                self._queue.remove(job)
            if job.leads:
                self._led = bool(self._queue)
                if self._queue:
                    first = self._queue[0]
                    first.leads = True
                    if first.turn is not None:
                        first.turn.release()
