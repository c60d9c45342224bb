"""Deprecation as PEP 702 has it: a type checker reports a use, and a call warns once at each place that makes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from warnings import warn

from .opaque import Arguments

if TYPE_CHECKING:
    from typing_extensions import deprecated as deprecated

F = TypeVar("F", bound=Callable[..., Any])

_COROUTINE = 0x80  # inspect.CO_COROUTINE; the module takes long to import


def deprecated_arguments(messages: Mapping[str, str]) -> Callable[[F], F]:
    """Let a call warn that passes one of these arguments, by what is said of each."""

    def decorate(function: F) -> F:
        return _warning(function, lambda given: [messages[name] for name in messages if given.get(name) is not None])

    return decorate


if not TYPE_CHECKING:

    def deprecated(message: str) -> Callable[[F], F]:
        """Let every call warn."""

        def decorate(function: F) -> F:
            function.__deprecated__ = message
            return _warning(function, lambda _: [message])

        return decorate


def warn_caller(message: str) -> None:
    """Warn of what a caller of the package does, who may be some calls away."""
    package = __name__.partition("._runtime.")[0]
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith(f"{package}."):
        level, frame = level + 1, frame.f_back
    warn(message, DeprecationWarning, stacklevel=level)


def _warning(function: F, messages: Callable[[Mapping[str, Any]], list[str]]) -> F:
    """The function, which warns as it is called; one that is awaited does not wait for that."""

    @wraps(function)
    def warned(*values: Any, **named: Any) -> Any:
        named = Arguments(named)  # no traceback shows what is in it
        for message in messages(named):
            warn(message, DeprecationWarning, stacklevel=2)
        return function(*values, **named)

    if function.__code__.co_flags & _COROUTINE:
        _mark(warned)
    decorated: Any = warned
    return decorated  # type: ignore[no-any-return]


def _mark(function: Any) -> None:
    """Let it be known as one that is awaited."""
    if sys.version_info >= (3, 12):
        from inspect import markcoroutinefunction

        markcoroutinefunction(function)
    elif "asyncio.coroutines" in sys.modules:
        function._is_coroutine = sys.modules["asyncio.coroutines"]._is_coroutine
