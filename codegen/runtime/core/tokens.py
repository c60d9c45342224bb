"""Access tokens: a text, a function that gives one, or a provider that keeps it fresh."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from . import checks
from .clock import Clock
from .deadline import Deadline
from .draft import Draft
from .errors import ArgumentError, SigningError, bare
from .interrupts import pass_on
from .operation import Operation


class TokenProvider(Protocol):
    """Gives a token for each attempt. It may wait, up to the call's deadline; each of its methods may be missing but
    `token`.
    """

    def token(self) -> str | Awaitable[str]:
        """A token that the server takes now."""
        ...

    def at_hand(self) -> str | None:
        """The same, where nothing has to be waited for; `None` where something has."""

    def refused(self, token: str) -> None:
        """The server refused the token with 401: give another one."""


BearerSource: TypeAlias = "str | Callable[[], str | Awaitable[str]] | TokenProvider"
"""What a client takes as a token."""


class Bearer:
    """An access token in the Authorization header.

    Args:
        token: Or what gives it.
        argument: The client's argument that it came by.

    Raises:
        ArgumentError: It is no token, and gives none.
    """

    identity: str | None = None
    nonces = None

    def __init__(self, token: BearerSource | None, *, argument: str) -> None:
        self.argument = argument
        self._token = _checked(token, argument) if isinstance(token, str) else None
        self._gives: Callable[[], Any] | None = None
        if token is not None and not isinstance(token, str):
            gives = getattr(token, "token", token)
            if not callable(gives):
                raise ArgumentError(f"{argument} must be text, a function that gives it, or have a method token()")
            self._gives = gives
        self._at_hand: Callable[[], str | None] = getattr(token, "at_hand", lambda: None)
        self._refused: Callable[[str], object] | None = getattr(token, "refused", None)
        self.sign: Callable[[Any], object] = self._ask
        if getattr(getattr(self._gives, "__code__", None), "co_flags", 0) & 0x80:  # it is an async function
            self.sign = self._ask_async

    @property
    def ready(self) -> bool:
        return self._token is not None or self._gives is not None

    @property
    def waits(self) -> bool:
        """Whether there is none at hand."""
        return self._token is None and self._at_hand() is None

    def expires(self, draft: Draft) -> int | None:
        return None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        self.complete(draft, operation, self._token or self._at_hand(), None)

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock, deadline: Deadline) -> None:
        """Nothing is signed."""

    def _ask(self, payload: None) -> object:
        return self._gives() if self._gives is not None else None

    async def _ask_async(self, payload: None) -> object:
        return await self._gives() if self._gives is not None else None

    def complete(self, draft: Draft, operation: Operation[Any], token: object, failure: Exception | None) -> None:
        """Add the token, or tell that there is none."""
        if failure is not None:
            pass_on(failure)
            raise self._none(operation, f"no token was given: {type(failure).__name__}") from bare(failure)
        try:
            value = _checked(token, self.argument)
        except ArgumentError as error:
            pass_on(error)
            if isinstance(token, Coroutine):
                token.close()  # nobody awaits it
            raise self._none(operation, "what was given is no token") from None
        draft.secrets.append(value)
        draft.made["token"] = value
        draft.headers["authorization"] = f"Bearer {value}"

    def _none(self, operation: Operation[Any], problem: str) -> SigningError:
        return SigningError(f"{operation.name}: {problem}; nothing was sent", operation=operation.name)

    def renew(self, draft: Draft) -> bool:
        """Whether another token may come, now that this one was refused with 401."""
        if self._refused is None:
            return False
        self._refused(draft.made.get("token", ""))
        return True

    def __repr__(self) -> str:
        return "<Bearer>"


def _checked(token: object, argument: str) -> str:
    checks.credential(argument, token)
    if not isinstance(token, str) or not token.isascii():
        raise ArgumentError(f"{argument} must be ASCII text; copy it anew")
    return token
