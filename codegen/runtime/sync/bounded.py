"""Work that takes no timeout of its own, waited for no longer than a call has time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def bounded(work: Callable[[], T], seconds: float) -> T:
    """What `work` gives, waited for no longer than `seconds`; for work that takes no timeout of its own.

    It runs in a thread, in the context of the caller. If it does not end in time it is left to itself.

    Raises:
        TimeoutError: It did not end in time.
    """
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:
            failure.append(error)

    context = copy_context()
    thread = threading.Thread(target=_in(context.run, run), daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if failure:
        raise failure[0]
    if not result:
        raise TimeoutError(f"no answer within {seconds:.3g} s")
    return result[0]


def _in(run: Callable[..., Any], work: Callable[[], None]) -> Callable[[], None]:
    return lambda: run(work)
