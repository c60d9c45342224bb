# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a signal handler raises, told apart from what the system, a library or this package raises.

A handler runs between any two steps of a call: for a Ctrl-C, or for the time limit of a task queue. What it raises is
the program's own. It leaves a call as it is, whatever the call was at, and none of our frames goes with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from types import CodeType, FrameType, TracebackType
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

_PACKAGE = __name__.partition("._runtime")[0]
_LIBRARIES = {"cryptography", "httptools", "msgspec", "opentelemetry", "psycopg", "pydantic", "urllib3"}
_LIBRARIES |= sys.stdlib_module_names
_DEEPEST = 10


def pass_on(error: BaseException) -> None:
    """Raise what a signal handler raised, be it the error or its cause; for before an error is read as something else.

    It asks whether a frame of the traceback was given the frame that called it, as only handlers are, or is that of a
    handler that is installed. So what a hook, a signer or a socket raises is not taken for it.
    """
    found = _handlers(error)
    if found is not None:
        raise found


def interrupt(error: BaseException) -> BaseException | None:
    """What ended a call from outside, if the error comes of that; `None` if it comes of a fault in the call.

    Besides what a handler raised, that is all that is no `Exception`, and a class of the program's that none of its
    frames raised: another thread can raise one in this.
    """
    found = _handlers(error)
    if found is not None:
        return found
    home = type(error).__module__
    strange = not _is_ours(home) and not _is_a_librarys(home) and _part(error) is None
    return error if strange or not isinstance(error, Exception) else None


def _handlers(error: BaseException) -> BaseException | None:
    found: BaseException | None = error
    for _ in range(_DEEPEST):  # a library may have made another one of it
        if found is None or _handlers_part(found) is not None:
            break
        found = found.__cause__
    else:
        return None
    return found


def is_the_systems(error: BaseException, sock: object) -> bool:
    """Whether the error comes from the socket for certain: the kernel may have taken a request before a handler ran."""
    homes = {_root(_PACKAGE), "ssl", "socket", "urllib3", _root(type(sock).__module__)}
    last = None
    for last in _entries(error):  # noqa: B007 - the last is wanted
        pass
    return _handlers_part(error) is None and (last is None or _root(_module(last.tb_frame)) in homes)


def without_ours(error: BaseException) -> BaseException:
    """The error with what is the program's of its traceback: our local variables hold requests and answers."""
    error.__context__ = None
    return error.with_traceback(_handlers_part(error) or _part(error))


def leaving_nothing(method: Method) -> Method:
    """The method; what a signal handler raises in it leaves without our frames."""

    @wraps(method)
    def door(*given: Any, **named: Any) -> Any:
        try:
            return method(*given, **named)
        except BaseException as error:
            outer = interrupt(error)
            if outer is None:
                raise
        raise without_ours(outer)

    return door  # type: ignore[return-value]


def _handlers_part(error: BaseException) -> TracebackType | None:
    """The traceback from a handler's frame on; `None` if there is none."""
    before: FrameType | None = None
    installed: set[CodeType] | None = None
    for entry in _entries(error):
        frame = entry.tb_frame
        if before is not None and not _is_ours(_module(frame)):
            if _was_given(frame, before):
                return entry
            if not _is_a_librarys(_module(frame)):
                installed = _installed() if installed is None else installed
                if frame.f_code in installed:
                    return entry
        before = frame
    return None


def _part(error: BaseException) -> TracebackType | None:
    """The traceback from the first frame on that is the program's, after the last one of ours."""
    found: TracebackType | None = None
    for entry in _entries(error):
        module = _module(entry.tb_frame)
        if _is_ours(module):
            found = None
        elif found is None and not _is_a_librarys(module):
            found = entry
    return found


def _was_given(frame: FrameType, before: FrameType) -> bool:
    """Whether a function was called with the frame that it was called from."""
    code, values = frame.f_code, frame.f_locals
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    for name in code.co_varnames[:count]:
        value = values.get(name)
        if value is before or (type(value) is tuple and any(item is before for item in value)):
            return True
    return False


def _installed() -> set[CodeType]:
    """What the handlers of this process are made of."""
    import signal  # seldom needed, and not free

    found = set()
    for number in signal.valid_signals():
        handler: object = signal.getsignal(number)
        if not callable(handler):
            continue
        for inner in (handler, getattr(handler, "func", None), getattr(handler, "__call__", None)):  # noqa: B004
            code = getattr(inner, "__code__", None)
            if isinstance(code, CodeType):
                found.add(code)
    return found


def _entries(error: BaseException) -> Iterator[TracebackType]:
    entry = error.__traceback__
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _is_ours(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")


def _is_a_librarys(module: str) -> bool:
    return _root(module) in _LIBRARIES


def _root(module: str) -> str:
    return module.partition(".")[0]
