# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a process must not share with its child is closed before the fork, and made anew on both sides.

SQLite's locks belong to a process: a child believes in locks that it does not hold. So a journal's connections are
closed before Python forks, once their transactions are over. A fork that nobody announced (C code forks by itself) is
noticed by its process id.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import weakref
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol

_NOTIFY = threading.Condition.notify.__code__

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
        ...

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
_LATE = ("cryptography.", "psycopg.", "psycopg_binary.", f"{__name__.rpartition('._runtime')[0]}.")
"""What else is imported when it is needed first."""
_needed: list[str] = []
_imported: set[str] = set()
"""Modules whose import was over at an earlier fork."""


def renewed_after_fork(thing: Renewed) -> None:
    """From now on, for as long as it lives."""
    with _registering:
        _renewed.add(thing)


def closed_before_fork(thing: Closed) -> None:
    """From now on, for as long as it lives."""
    with _registering:
        _closed.add(thing)


def imported_before_fork(*modules: str) -> None:
    """They are imported in the middle of a call, when they are needed first; so they are all there before a fork."""
    _needed.extend(modules)


def held_here(owning: threading.Condition) -> bool:
    """Whether this thread holds the lock of a condition; `RLock` has no public way to ask."""
    try:
        owning.notify(0)
    except RuntimeError as error:
        last = error.__traceback__.tb_next if error.__traceback__ is not None else None
        if last is None or last.tb_next is not None or last.tb_frame.f_code is not _NOTIFY:
            raise  # a signal handler raised it
        return False
    return True


def let_go(descriptor: int) -> None:
    """Let go of a parent's socket, in its child. Its number stays taken, because somebody still believes in it."""
    ended, other = socket.socketpair()  # no file: what waits for a socket may refuse one
    other.close()
    with ended:
        os.dup2(ended.fileno(), descriptor, inheritable=False)


def _copied(things: Iterable[Closed]) -> list[Closed]:
    with _registering:
        return list(things)


def _before() -> None:
    prepared: list[Closed] = []
    _here.prepared.append(prepared)
    things = _copied(_closed)
    # It cannot wait for itself; the child is told when it asks for one of them.
    if not held_here(_owning) and not any(thing.used_here() for thing in things):
        _forking.acquire()
        for thing in things:
            prepared.append(thing)
            thing.before_fork()
    if things or _renewed:
        _wait_for_imports()


def _wait_for_imports() -> None:
    """Let other threads end what they are importing: a child would wait for them, and they are not in it."""
    begun = [name for name in list(sys.modules) if f"{name}.".startswith(_LATE)]
    for name in [name for name in (*_needed, *begun) if name not in _imported]:  # in the order in which calls import
        with contextlib.suppress(ImportError):  # which is for those others to tell
            import_module(name)
        _imported.add(name)


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
