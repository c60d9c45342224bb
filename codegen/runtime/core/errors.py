"""The errors of a client, by situation. `executed` says of each whether the operation was done.

Their family:

    ClientError
    ├── ArgumentError            refused here; nothing was sent
    ├── SigningError             the signer failed; nothing was sent
    ├── NotSentError             the request did not leave; safe to repeat
    │   ├── HeldBackError        the server's rate limit or ban is not over yet
    │   ├── LockoutError         one more wrong attempt would lock the account
    │   └── JournalError         the journal cannot be read or written
    ├── OutcomeUnknownError      it may have been done
    ├── ApiError                 refused by the server: status, code, message
    └── DecodeError              answered, but not as promised; carries what came
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from .interrupts import pass_on

E = TypeVar("E", bound="ClientError")

Executed: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether an operation was done: ``unknown`` where nobody can tell from here."""

Outcome: TypeAlias = Literal["done", "refused", "not sent", "unknown"]
"""What became of one attempt."""


class Attempt(msgspec.Struct, frozen=True):
    """One request that was made, or tried, for a call."""

    number: int
    """From 1."""
    outcome: Outcome
    """What became of it."""
    seconds: float
    """How long it took."""
    status: int | None
    """The HTTP status, when there was an answer."""
    code: int | str | None
    """The API's own code, when there was one."""
    reason: str
    """What went wrong, in a few words; empty when nothing did."""


class ClientError(Exception):
    """The base of every error that a client raises.

    Attributes:
        operation: The name of the method that was called; `None` when it was none.
        executed: Whether the operation was done: ``no``, ``yes``, or ``unknown`` where nobody can tell from here.
        attempts: The attempts that were made, in order.
        status: The HTTP status, when there was an answer.
        code: The API's own code, when there was one.
        server_message: The API's own words, when there were any; they can change at any time.
        headers: The headers of the answer, without cookies.
        settled_after: With an unknown outcome: from this instant (UTC) on the server can no longer begin to execute
            the request, because its signature has expired. `None` where no signature limits that.
        until: When it makes sense to call again (UTC), if the server said so.
        entry: The number of the call's entry in the journal, if there is one.
        idempotency_key: What the server was sent as the call's key, where it takes one: a call with the same
            `idempotency_key` is the same to it.
        variables: Where something is missing that the environment can give: its variables, in words.
        problem: What is missing then, without the ways out that the message names.
        body: What came of the answer, byte for byte. It may hold what was paid for, and secrets: no message, repr or
            pickle shows it.
    """

    executed: Executed = "no"
    variables: str = ""
    problem: str = ""
    _model: Callable[[bytes], Any] | None = None

    def __init__(self, message: str = "", *, operation: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.operation: str | None = operation
        self.attempts: tuple[Attempt, ...] = ()
        self.status: int | None = None
        self.code: int | str | None = None
        self.server_message: str | None = None
        self.headers: Mapping[str, str] = {}
        self.settled_after: datetime | None = None
        self.until: datetime | None = None
        self.entry: int | None = None
        self.idempotency_key: str | None = None
        self.body: bytes = b""
        for name, value in facts.items():
            setattr(self, name, value)

    @property
    def error(self) -> Any:
        """The answer's body as the document describes it for this status; `None` where it does not, or is not so.

        It may hold secrets, as the body may. After a pickle there is none.
        """
        try:
            return None if self._model is None else self._model(self.body)
        except ValueError as error:
            pass_on(error)
            return None

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "body": b"", "_model": None}
        return _restored, (type(self), str(self)), state

    def bare(self: E) -> E:
        """The error without the tracebacks of its making, whose local variables hold requests and answers."""
        error: BaseException = self
        error.__traceback__ = error.__context__ = None
        return self


def _restored(kind: type[ClientError], message: str) -> ClientError:
    return kind(message)


class ArgumentError(ClientError, ValueError):
    """An argument or a setting is wrong. Nothing was sent."""


class SigningError(ClientError):
    """The signer failed, gave no signature or took too long. Nothing was sent; the cause is what the signer raised."""


class NotSentError(ClientError):
    """The request did not leave this machine, or not whole, so nothing was done. It is safe to call again."""


class HeldBackError(NotSentError):
    """The server has set a rate limit or a ban that is not over yet, so nothing was sent. `until` says when it is."""


class LockoutError(NotSentError):
    """One more wrong attempt would lock the account, so nothing was sent. `until` says when one may try again."""


class JournalError(NotSentError):
    """The journal cannot be read or written, so nothing was sent."""


class OutcomeUnknownError(ClientError):
    """The request left, and no answer says what became of it.

    Attributes:
        repeatable: Whether the operation is safe to repeat all the same.
    """

    executed: Executed = "unknown"
    repeatable: bool = False


class ApiError(ClientError):
    """The server refused the call. Nothing was done."""


class DecodeError(ClientError):
    """The server answered with a success that does not read as promised.

    `executed` is ``yes`` when the answer bears the marks of a success, else ``unknown``; `body` is what came.
    """

    executed: Executed = "unknown"


class NoJournalWarning(UserWarning):
    """A client without a journal makes what is told only once: a program that dies at the wrong moment loses it."""


def bare(error: BaseException) -> BaseException:
    """The error without its traceback, whose local variables may hold what was signed."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error
