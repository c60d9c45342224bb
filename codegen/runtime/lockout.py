# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""Keeps a client from locking its own account by wrong attempts.

A server that locks after five wrong attempts is never given a fifth that could be wrong. So calls on their way count as
wrong until their answer says otherwise, and so do those whose answer never came.
"""

from __future__ import annotations

from collections import deque
from threading import Condition
from time import monotonic

from .deadline import Deadline
from .fork import renewed_after_fork
from .operation import Lockout


class Guard:
    """Counts the wrong attempts at one operation."""

    def __init__(self, rule: Lockout) -> None:
        self._rule = rule
        self._wrong: deque[float] = deque()
        self._locked_until = 0.0
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        self._changed = Condition()
        self._on_their_way = 0

    def enter(self, deadline: Deadline) -> float | None:
        """Begin an attempt, once those on their way leave room for it.

        Returns:
            `None`, or if the attempt might lock the account, the seconds until it cannot.
        """
        room = self._rule.failures - 1
        with self._changed:
            while True:
                now = monotonic()
                while self._wrong and now - self._wrong[0] >= self._rule.window:
                    self._wrong.popleft()
                if self._locked_until > now:
                    return self._locked_until - now
                if len(self._wrong) >= room:
                    return self._wrong[len(self._wrong) - room] + self._rule.window - now
                if len(self._wrong) + self._on_their_way < room:
                    self._on_their_way += 1
                    return None
                if not self._changed.wait(max(deadline.left(), 0.0)):
                    return 0.0

    def insist(self) -> None:
        """Begin an attempt, come what may."""
        with self._changed:
            self._on_their_way += 1

    def leave(self, begun: int, *, wrong: int, locked: bool) -> None:
        """End the attempts of a call.

        Args:
            begun: How many there were.
            wrong: How many of them were wrong, or may have been.
            locked: Whether the server said that the account is locked.
        """
        with self._changed:
            now = monotonic()
            self._on_their_way -= begun
            self._wrong.extend([now] * wrong)
            if locked:
                self._locked_until = now + self._rule.window
            elif not wrong:
                self._locked_until = 0.0
            self._changed.notify_all()
