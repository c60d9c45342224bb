# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""What a process must not share with its child is closed before the fork, and made anew on both sides.

SQLite's locks belong to a process: a child believes in locks that it does not hold. So a journal's connections are
closed before Python forks, once their transactions are over. A fork that nobody announced (C code forks by itself) is
noticed by its process id.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable
from typing import Protocol

UNANNOUNCED = (
    "this process was forked, and Python was not told before; fork with os.fork or multiprocessing, outside of signal"
    " handlers, or make the client in the child only"
)
IN_A_CALL = "this process was forked in the middle of the call, and its parent goes on with it"


class Renewed(Protocol):
    """Something with locks, or with connections that nobody but its process may use."""

    def after_fork(self) -> None:
        """Replace them; called in the child, before anything else."""


class Closed(Protocol):
    """Something that must be closed while its process forks."""

    def used_here(self) -> bool:
        """Whether this very thread is in the middle of using it, so that to wait for its end would be for ever."""

    def before_fork(self) -> None:
        """Wait until nobody uses it, close it, and keep everybody from using it."""

    def after_fork_in_parent(self) -> None:
        """Let it be used again; it opens by itself."""

    def after_fork(self) -> None:
        """Replace its locks; called in the child. What is open now was not closed before, and is not the child's."""


class _Fork(threading.local):
    def __init__(self) -> None:
        self.prepared: list[list[Closed]] = []
        """What this thread closed for each fork that it is making; a signal handler may fork within a fork."""


_renewed: weakref.WeakSet[Renewed] = weakref.WeakSet()
_closed: weakref.WeakSet[Closed] = weakref.WeakSet()
_here = _Fork()
_registering = threading.RLock()
_forking = threading.RLock()
_owning = threading.Condition(_forking)


def renewed_after_fork(thing: Renewed) -> None:
    """From now on, for as long as it lives."""
    with _registering:
        _renewed.add(thing)


def closed_before_fork(thing: Closed) -> None:
    """From now on, for as long as it lives."""
    with _registering:
        _closed.add(thing)


def held_here(owning: threading.Condition) -> bool:
    """Whether this thread holds the lock of a condition; `RLock` has no public way to ask."""
    try:
        owning.notify(0)
    except RuntimeError:
        return False
    return True


def _copied(things: Iterable[Closed]) -> list[Closed]:
    with _registering:
        return list(things)


def _before() -> None:
    prepared: list[Closed] = []
    _here.prepared.append(prepared)
    things = _copied(_closed)
    if held_here(_owning) or any(thing.used_here() for thing in things):
        return  # it cannot wait for itself; the child is told when it asks for one of them
    _forking.acquire()
    for thing in things:
        prepared.append(thing)
        thing.before_fork()


def _after_in_parent() -> None:
    for thing in _here.prepared.pop() if _here.prepared else []:
        thing.after_fork_in_parent()
    if not _here.prepared and held_here(_owning):
        _forking.release()


def _after_in_child() -> None:
    global _registering, _forking, _owning
    _here.prepared.clear()
    _registering = threading.RLock()
    _forking = threading.RLock()
    _owning = threading.Condition(_forking)
    for closed in list(_closed):
        closed.after_fork()
    for renewed in list(_renewed):
        renewed.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
