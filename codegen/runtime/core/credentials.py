"""What a client proves with who it is: each completes a draft for one security scheme."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Protocol

from . import checks
from .clock import Clock
from .deadline import Deadline
from .draft import Draft
from .errors import ArgumentError
from .operation import Operation


class Nonces(Protocol):
    """Numbers of which each is greater than the one before, whoever asks."""

    name: str
    """What a journal knows them by, which is no secret."""

    def next(self, now: int) -> int:
        """One that is at least the time, which is given in milliseconds since the epoch."""
        ...

    def pass_over(self, given: int) -> None:
        """Give none up to this one, which another process may have."""


class Credential(Protocol):
    """Completes a draft for one security scheme."""

    @property
    def ready(self) -> bool:
        """Whether it was given its credential."""
        ...

    @property
    def argument(self) -> str:
        """The argument of the client that gives the credential."""
        ...

    @property
    def identity(self) -> str | None:
        """A fingerprint of what tells whose it is, which is no secret; `None` if nothing does."""
        ...

    @property
    def nonces(self) -> Nonces | None:
        """Where the draft's nonce comes from that it signs, if that has to grow."""
        ...

    @property
    def waits(self) -> bool:
        """Whether it is `Waiting`; then it does not `apply`, but is asked to prepare and complete."""
        ...

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        """Add to the draft what the scheme asks for."""

    def renew(self, draft: Draft) -> bool:
        """Whether another one may come, now that the one of the draft was refused with 401."""
        ...

    def expires(self, draft: Draft) -> int | None:
        """When the server takes the draft no more, in milliseconds since the epoch; `None` if it always does."""
        ...


class Waiting(Protocol):
    """Signs with what may wait, such as a vault: between the two halves it is awaited."""

    @property
    def sign(self) -> Callable[[Any], object]:
        """What gives the signature of a payload."""
        ...

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock, deadline: Deadline) -> Any:
        """Add what comes before the signature; what is to be signed."""
        ...

    def complete(self, draft: Draft, operation: Operation[Any], signature: object, failure: Exception | None) -> None:
        """Add what the signer gave, or tell that it failed."""


class _Lasting:
    """A credential that does not expire, and does not sign."""

    identity: str | None = None
    nonces = None
    waits = False

    def renew(self, draft: Draft) -> bool:
        return False

    def expires(self, draft: Draft) -> int | None:
        return None


class ApiKey(_Lasting):
    """A key that is sent as it is, in a header, the query or a cookie."""

    def __init__(self, key: str | None, *, argument: str, name: str, place: str) -> None:
        self.argument = argument
        self._key = None if key is None else _header_value(key, argument)
        self.identity = None if key is None else f"key:{fingerprint(key)}"
        self._name = name
        self._place = place

    @property
    def ready(self) -> bool:
        return self._key is not None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        assert self._key is not None
        draft.secrets.append(self._key)
        draft.put(self._place, self._name, self._key)

    def __repr__(self) -> str:
        return f"<ApiKey in {self._place} {self._name}>"


class Basic(_Lasting):
    """User name and password in the Authorization header."""

    def __init__(self, pair: tuple[str, str] | None, *, argument: str) -> None:
        self.argument = argument
        self._value = None if pair is None else b64encode(_joined(pair, argument)).decode()
        self.identity = None if pair is None else f"user:{fingerprint(pair[0])}"

    @property
    def ready(self) -> bool:
        return self._value is not None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        assert self._value is not None
        draft.secrets.append(self._value)
        draft.headers["authorization"] = f"Basic {self._value}"

    def __repr__(self) -> str:
        return "<Basic>"


def _joined(pair: object, argument: str) -> bytes:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise ArgumentError(f"{argument} must be a user name and a password, as a tuple of two texts")
    for value in pair:
        if value != "":
            checks.credential(argument, value, spaced=True)
    return ":".join(pair).encode()


def fingerprint(text: str) -> str:
    """Enough to tell accounts apart, and too little to find the text by."""
    return hashlib.sha256(b"the account of a client\0" + text.encode()).hexdigest()[:16]


def _header_value(text: object, argument: str) -> str:
    checks.credential(argument, text)
    assert isinstance(text, str)
    if not text.isascii():
        raise ArgumentError(f"{argument} must be ASCII text; copy it anew")
    return text
