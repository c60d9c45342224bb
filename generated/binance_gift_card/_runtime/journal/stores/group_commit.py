# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Threads that write at the same time share a transaction, and so its flush to the disk.

Whoever has the turn commits for all that came meanwhile, and wakes them; and one that came too late has the next turn.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from ...core.errors import JournalError
from ...core.fork import IN_A_CALL, held_here
from ..store import Done, Session
from .background import Task

T = TypeVar("T")

_LONGEST = 30.0
"""Seconds to wait for a transaction that has begun: only a disk that does not answer takes so long."""

_LOOK_UP = 0.1
"""Seconds after which one who waits looks up: whoever was to wake it may be gone, or was interrupted."""


class LockedError(JournalError):
    """Another process holds the journal; nothing was done."""


class Job(Task[Any]):
    """Work that waits for its transaction."""

    __slots__ = ("claim", "durable", "ended", "ends", "wake")

    def __init__(
        self, work: Callable[[Session], Any], *, durable: bool, seconds: float, tell: Done | None = None
    ) -> None:
        self.work = work
        self.tell = tell
        self.error = None
        self.durable = durable
        self.ended: list[None] = []
        """Not empty once it is over. The jobs of a transaction share it: no interrupt comes between the first and the
        last of them."""
        self.claim = threading.Lock()
        """Taken by whoever does the job, or gives it up."""
        self.ends = monotonic() + seconds
        """Until when it may wait for others."""
        self.wake: SimpleQueue[None] = SimpleQueue()
        """Where its thread waits."""

    def left(self) -> float:
        """Seconds for which it may still wait for others."""
        return max(self.ends - monotonic(), 0.0)

    def fail(self, error: Exception) -> None:
        """End it without its work."""
        self.error, self.ended = error, [None]


class GroupCommit:
    """The jobs of all threads.

    Args:
        commit: Does some jobs in one transaction and ends those that are done, waiting for other processes as long as
            all of them may. Raises `LockedError` when that was too short, and `JournalError` when all of them failed.
    """

    def __init__(self, commit: Callable[[list[Job]], None]) -> None:
        self.turn = threading.RLock()
        """Held by whoever uses the connection that writes; afterwards the next one is woken."""
        self.owning = threading.Condition(self.turn)
        self._commit = commit
        self._process = os.getpid()
        self._jobs: dict[Job, None] = {}

    def do(self, work: Callable[[Session], T], *, durable: bool, seconds: float) -> T:
        """Do the work, alone or with that of others."""
        if held_here(self.owning):
            raise JournalError("the journal is being written by this very thread: a signal handler cannot write to it")
        job = Job(work, durable=durable, seconds=seconds)
        self._do(job)
        result: T = job.outcome()
        return result

    def do_all(self, jobs: list[Job]) -> None:
        """Do what was submitted; in a thread that no signal reaches."""
        for job in jobs:
            job.wake = jobs[0].wake
        self._jobs.update(dict.fromkeys(jobs))
        for job in jobs:
            try:
                self._do(job)
            except Exception as error:
                if not job.ended:
                    job.fail(error)

    def wake_next(self) -> None:
        """Wake one whose job nobody has begun with."""
        for job in list(self._jobs):
            if not job.ended:
                job.wake.put(None)
                return

    def gather(self, jobs: list[Job], *, durable: bool) -> None:
        """Claim what has come besides these jobs, and can share their transaction: a durable one takes all."""
        if len(self._jobs) > len(jobs):
            for job in list(self._jobs):
                is_wanted = job is not jobs[0] and not job.ended and (durable or not job.durable)
                if is_wanted and job.claim.acquire(blocking=False):
                    jobs.append(job)

    def _do(self, job: Job) -> None:
        try:
            try:
                self._jobs[job] = None
                while not job.ended and not self.turn.acquire(blocking=False):
                    self._wait(job)
                while not job.ended:
                    self._lead(job)
            finally:
                self._leave(job)
        finally:
            if job in self._jobs:  # an interrupt came while it left
                self._leave(job)

    def _leave(self, job: Job) -> None:
        """Let others have the turn; after an interrupt nobody begins with the job any more."""
        led = held_here(self.owning)  # asked, not remembered: an interrupt may come between a lock and a variable
        if led:
            self.turn.release()
        if not job.ended:
            led = self._give_up(job)
        self._jobs.pop(job, None)
        if led and self._jobs:
            self.wake_next()

    def _give_up(self, job: Job) -> bool:
        """See that nobody begins with the job; whoever is at it is waited for. Whether it is known what came of it."""
        if job.claim.acquire(blocking=False):
            return True
        ends = monotonic() + _LONGEST
        while not self.turn.acquire(timeout=_LOOK_UP):  # in a child that a signal handler forked, nobody gives it
            if self._process != os.getpid() or monotonic() >= ends:
                return False
        job.claim.acquire(blocking=False)
        self.turn.release()
        return True

    def _wait(self, job: Job) -> None:
        """Wait for the turn, or for the end of the job at somebody else's hands."""
        try:
            return job.wake.get(timeout=min(job.left(), _LOOK_UP))
        except Empty:
            pass
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        if job.left() or job.ended:
            return None
        if not self._give_up(job):
            return job.fail(JournalError("the journal cannot be used: its disk does not answer"))
        if not job.ended:
            job.fail(JournalError("the journal cannot be used: other threads wrote to it for all of the time"))
        return self.wake_next()

    def _lead(self, mine: Job) -> None:
        """Do the jobs of all that wait, in one transaction."""
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        jobs = [mine]
        self.gather(jobs, durable=True)
        try:
            self._commit(jobs)
        except LockedError as error:
            for job in jobs:
                if not job.left():
                    job.fail(JournalError(str(error)))
        except JournalError as error:
            for job in jobs:
                job.fail(JournalError(str(error)))
        finally:
            for job in jobs[1:]:
                if not job.ended:
                    job.claim.release()
                if job.wake is not mine.wake:
                    job.wake.put(None)
