# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Keeps a client from locking its own account by wrong attempts.

A server that locks after five wrong attempts is never given a fifth that could be wrong. So calls on their way count as
wrong until their answer says otherwise, and so do those whose answer never came.
"""

from __future__ import annotations

from collections import deque
from threading import Lock

from .clock import uptime
from .fork import renewed_after_fork
from .operation import Lockout


class Guard:
    """Counts the wrong attempts at one operation."""

    def __init__(self, rule: Lockout) -> None:
        self._rule = rule
        self._room = rule.failures - 1
        self._wrong: deque[float] = deque()
        self._locked_until = 0.0
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        self._lock = Lock()
        self._on_their_way: list[object] = []

    def enter(self, call: object) -> float | None:
        """Begin an attempt, if those on their way leave room for it.

        Args:
            call: Whose attempt it is.

        Returns:
            `None`, or if the attempt might lock the account, the seconds until it cannot.
        """
        with self._lock:
            now = uptime()
            while self._wrong and now - self._wrong[0] >= self._rule.window:
                self._wrong.popleft()
            if self._locked_until > now:
                return self._locked_until - now
            if len(self._wrong) + len(self._on_their_way) < self._room:
                self._on_their_way.append(call)
                return None
            return self._clear(now)

    def waits(self, call: object) -> bool:
        """Whether an attempt that found no room may find it once those of other calls have ended."""
        with self._lock:
            mine = self.admitted(call)
            others = len(self._on_their_way) - mine
            return others > 0 and self._locked_until <= uptime() and len(self._wrong) + mine < self._room

    def _clear(self, now: float) -> float:
        """Seconds until an attempt cannot lock the account."""
        beyond = len(self._wrong) - self._room
        return self._wrong[max(beyond, 0)] + self._rule.window - now if self._wrong else self._rule.window

    def insist(self, call: object) -> None:
        """Begin an attempt, come what may."""
        self._on_their_way.append(call)

    def admitted(self, call: object) -> int:
        """How many attempts of a call were begun."""
        return self._on_their_way.count(call)

    def leave(self, call: object, *, wrong: int = 0, locked: bool = False) -> None:
        """End the attempts of a call; a second time it does nothing.

        Args:
            call: Whose attempts they are.
            wrong: How many of them were wrong, or may have been.
            locked: Whether the server said that the account is locked.
        """
        with self._lock:
            others = [other for other in self._on_their_way if other is not call]
            if len(others) == len(self._on_their_way):
                return
            every, until = self._wrong, self._locked_until if wrong else 0.0
            if wrong or locked:
                now = uptime()
                every = deque([*every, *[now] * wrong])
                until = now + self._rule.window if locked else until
            # In one step, which no interrupt divides.
            self._on_their_way, self._wrong, self._locked_until = others, every, until
