# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One point in time that a whole call has to keep, by a clock that nobody sets."""

from __future__ import annotations

from time import monotonic


class Deadline:
    """The end of a call. It stands still while the machine sleeps, as the timeouts of sockets do.

    Args:
        seconds: How long the call may take from now on.
    """

    __slots__ = ("_ends",)

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def left(self) -> float:
        """Seconds until it passes; negative afterwards."""
        return self._ends - monotonic()

    def need(self) -> float:
        """Seconds until it passes.

        Raises:
            TimeoutError: It has passed.
        """
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left
