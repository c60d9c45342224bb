"""Waiting for what a test needs, for as long as a busy machine takes: no test sleeps and hopes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LONGEST_S = 60
_PAUSE_S = 0.005


def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so; AssertionError if it never is."""
    ends = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < ends, "it was waited for in vain"
        time.sleep(_PAUSE_S)


async def until_async(is_so: Callable[[], object]) -> None:
    """As `until`, in a loop that goes on meanwhile."""
    ends = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < ends, "it was waited for in vain"
        await asyncio.sleep(_PAUSE_S)
