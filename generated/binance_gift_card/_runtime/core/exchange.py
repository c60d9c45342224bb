# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One request on its way and what is known of it, whatever happens to it."""

from __future__ import annotations

import contextlib
import os
import ssl
from typing import TYPE_CHECKING, Any

from .answer import Answer, ExchangeError, UnreadableError
from .deadline import Deadline
from .fork import IN_A_CALL
from .opaque import Opaque

if TYPE_CHECKING:
    from .reader import Reader


class Exchange(Opaque):
    """One request on its way."""

    method: str
    request: bytes
    """Every byte of it, from the request line to the end of the body."""
    deadline: Deadline
    body_bytes: int
    """The most bytes that the body of the answer may have."""
    process: int
    """The one that makes the call: a child of it must neither send nor read over its connection."""
    idle_seconds: float
    """How long a connection may have been unused to be trusted with it. A server ends an idle one without a word, and a
    request that crosses that end on its way is lost."""
    pool: Any = None
    """Where its connection comes from."""
    connection: Any = None
    """The one that is reserved for it."""
    is_over: bool = False
    """Whether it went to its end, so that its connection can be used for another one, or is closed."""
    left: bool = False
    """Whether the kernel may have taken the whole request: only then can the server have acted on it."""
    reader: Reader | None = None
    """What came of the answer so far."""
    answer: Answer | None = None

    def check_process(self) -> None:
        """Stop in a child that was forked by this very thread, out of a signal handler.

        Raises:
            ExchangeError: This is one.
        """
        if self.process != os.getpid():
            raise ExchangeError(IN_A_CALL, final=True)

    def came(self) -> Answer | None:
        """The answer, if all of it came: an interrupt may have kept it from being handed over."""
        if self.answer is None and self.reader is not None and self.reader.complete and not self.reader.excess:
            with contextlib.suppress(UnreadableError):
                self.answer = self.reader.answer()
        return self.answer


def described(error: BaseException) -> str:
    """An error of the system in a few words that hold no secret."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "the time was over"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) if isinstance(error, OSError) and error.args else type(error).__name__


def system_error(error: BaseException | None) -> OSError | None:
    """The innermost error of the system that led to this one, without its traceback."""
    found = None
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError):
            found = error
        inner = getattr(error, "original_error", None) or getattr(error, "reason", None)
        inner = inner if isinstance(inner, BaseException) else None
        error = inner or error.__cause__ or error.__context__ or _argument(error)
    if found is not None:
        found.__traceback__ = found.__cause__ = found.__context__ = None
    return found


def _argument(error: BaseException) -> BaseException | None:
    return next((item for item in error.args if isinstance(item, BaseException)), None)
