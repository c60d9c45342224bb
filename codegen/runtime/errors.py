# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""The errors of a client, by situation. `executed` says of each whether the operation was done.

::

    ClientError
    ├── ArgumentError            refused here; nothing was sent
    ├── SigningError             the signer failed; nothing was sent
    ├── NotSentError             no byte of the request left; safe to repeat
    ├── OutcomeUnknownError      it may have been done
    ├── ApiError                 refused by the server: status, code, message
    └── DecodeError              answered, but not as promised; carries what came
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Executed: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether an operation was done: ``unknown`` where nobody can tell from here."""


class ClientError(Exception):
    """The base of every error that a client raises.

    Attributes:
        operation: The name of the method that was called; `None` when it was none.
        executed: Whether the operation was done.
    """

    executed: Executed = "no"

    def __init__(self, message: str, *, operation: str | None = None) -> None:
        super().__init__(message)
        self.operation = operation


class ArgumentError(ClientError, ValueError):
    """An argument or a setting is wrong. Nothing was sent."""


class SigningError(ClientError):
    """The signer failed or gave no signature. Nothing was sent."""


class NotSentError(ClientError):
    """No byte of the request left this machine for the server. It is safe to call again."""


class OutcomeUnknownError(ClientError):
    """The request left, and no answer says what became of it.

    Attributes:
        repeatable: Whether the operation is safe to repeat all the same.
        status: The HTTP status, when there was one.
        code: The API's own code, when there was one.
        server_message: The API's own words, when there were any.
        headers: The headers of the answer.
    """

    executed: Executed = "unknown"

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        repeatable: bool = False,
        status: int | None = None,
        code: int | str | None = None,
        server_message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, operation=operation)
        self.repeatable = repeatable
        self.status = status
        self.code = code
        self.server_message = server_message
        self.headers: Mapping[str, str] = headers or {}


class ApiError(ClientError):
    """The server refused the call. Nothing was done.

    Attributes:
        status: The HTTP status.
        code: The API's own code; `None` when the answer had none.
        server_message: The API's own words; `None` when the answer had none.
        headers: The headers of the answer.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int,
        code: int | str | None = None,
        server_message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, operation=operation)
        self.status = status
        self.code = code
        self.server_message = server_message
        self.headers: Mapping[str, str] = headers or {}


class DecodeError(ClientError):
    """The server answered with a success that does not read as promised.

    Attributes:
        executed: ``yes`` when the answer bears the marks of a success, else ``unknown``.
        status: The HTTP status.
        headers: The headers of the answer.
        body: What came, byte for byte. It may hold secrets, so no message and no repr shows it.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        executed: Executed = "unknown",
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(message, operation=operation)
        self.executed = executed
        self.status = status
        self.headers: Mapping[str, str] = headers or {}
        self.body = body
