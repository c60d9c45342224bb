# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Threads that write at the same time share a transaction, and so its flush to the disk.

Whoever has the turn commits for all that came meanwhile; they find it done when it is their turn.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from ...core.errors import JournalError
from ...core.fork import IN_A_CALL, held_here
from ..store import Done, Session, TakenError
from .background import Task

T = TypeVar("T")

_LONGEST = 30.0
"""Seconds to wait for a transaction that has begun: only a disk that does not answer takes so long."""

_LOOK_UP = 1.0
"""Seconds after which one who waits looks up, whether there is anybody to wait for."""


class LockedError(JournalError):
    """Another process holds the journal; nothing was done."""


class Job(Task[Any]):
    """Work that waits for its transaction."""

    __slots__ = ("_ends", "claim", "durable", "ended")

    def __init__(
        self, work: Callable[[Session], Any], *, durable: bool, seconds: float, tell: Done | None = None
    ) -> None:
        super().__init__(work, tell)
        self.durable = durable
        self.ended: list[None] = []
        """Not empty once it is over. The jobs of a transaction share it: no interrupt comes between the first and the
        last of them."""
        self.claim = threading.Lock()
        """Taken by whoever does the job, or gives it up."""
        self._ends = monotonic() + seconds

    @property
    def done(self) -> bool:
        """Whether it is over, done or failed."""
        return bool(self.ended)

    def left(self) -> float:
        """Seconds for which it may still wait for others."""
        return max(self._ends - monotonic(), 0.0)

    def do(self, session: Session) -> None:
        """Do the work, in a transaction that is not over; it may be done again from the start."""
        try:
            self.result = self.work(session)
            self.error = None
        except TakenError as taken:
            self.error = taken

    def fail(self, error: Exception) -> None:
        """End it without its work."""
        self.error, self.ended = error, [None]


class GroupCommit:
    """The jobs of all threads.

    Args:
        commit: Does some jobs in one transaction and marks those as done that are; told how many seconds to wait for
            other processes. Raises `LockedError` when that was too short, and `JournalError` when all of them failed.
    """

    def __init__(self, commit: Callable[[list[Job], float], None]) -> None:
        self.turn = threading.RLock()
        """Held by whoever uses the connection that writes."""
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
        self._jobs.update(dict.fromkeys(jobs))
        for job in jobs:
            try:
                self._do(job)
            except Exception as error:
                if not job.done:
                    job.fail(error)

    def _do(self, job: Job) -> None:
        try:
            try:
                self._jobs[job] = None
                if not job.done:
                    self._wait(job)
                while not job.done:
                    self._lead(job)
            finally:
                self._leave(job)
        finally:  # again, for an interrupt that came while it left
            self._leave(job)

    def _leave(self, job: Job) -> None:
        """Let others have the turn; after an interrupt nobody begins with the job any more."""
        if held_here(self.owning):  # asked, not remembered: an interrupt may come between a lock and a variable
            self.turn.release()
        self._jobs.pop(job, None)
        if not job.done and not job.claim.acquire(blocking=False) and self._take_turn(_LONGEST):
            self.turn.release()  # somebody was at it; now it is known what came of it

    def _take_turn(self, seconds: float) -> bool:
        """Wait for the turn. In a child that a signal handler forked out of this, nobody is there to give it."""
        ends = monotonic() + seconds
        while not self.turn.acquire(timeout=max(min(ends - monotonic(), _LOOK_UP), 0.0)):
            if self._process != os.getpid() or monotonic() >= ends:
                return False
        return True

    def _wait(self, job: Job) -> None:
        """Wait for the turn, or for the end of the job at somebody else's hands."""
        if self._take_turn(job.left()):
            return
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        if job.claim.acquire(blocking=False):  # nobody has begun with it, and nobody will
            job.fail(JournalError("the journal cannot be used: other threads wrote to it for all of the time"))
        elif not self._take_turn(_LONGEST):
            job.fail(JournalError("the journal cannot be used: its disk does not answer"))

    def _lead(self, mine: Job) -> None:
        """Do the jobs of all that wait, in one transaction."""
        if self._process != os.getpid():
            raise JournalError(IN_A_CALL)
        others = [job for job in list(self._jobs) if job is not mine and not job.done]  # a done one's owner may be late
        jobs = [mine, *(job for job in others if job.claim.acquire(blocking=False))]
        try:
            self._commit(jobs, min(job.left() for job in jobs))
        except LockedError as error:
            for job in jobs:
                if not job.left():
                    job.fail(JournalError(str(error)))
        except JournalError as error:
            for job in jobs:
                job.fail(JournalError(str(error)))
        finally:
            for job in jobs[1:]:
                if not job.done:
                    job.claim.release()
