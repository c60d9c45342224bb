# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""What a client proves with who it is: each completes a draft for one security scheme."""

from __future__ import annotations

import hashlib
import math
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from . import checks
from .clock import LATEST, Clock
from .draft import Draft
from .errors import ArgumentError, SigningError, bare
from .interrupts import pass_on
from .operation import Operation
from .signers import AsyncSigner, Signer


class Credential(Protocol):
    """Completes a draft for one security scheme."""

    @property
    def ready(self) -> bool:
        """Whether it was given its credential."""

    @property
    def argument(self) -> str:
        """The argument of the client that gives the credential."""

    @property
    def identity(self) -> str | None:
        """A fingerprint of what tells whose it is, which is no secret; `None` if nothing does."""

    @property
    def waits(self) -> bool:
        """Whether it is a `Signature` that may wait; then it does not `apply`, but is asked to prepare and complete."""

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        """Add to the draft what the scheme asks for."""

    def expires(self, draft: Draft) -> int | None:
        """When the server takes the draft no more, in milliseconds since the epoch; `None` if it always does."""


class _Lasting:
    """A credential that does not expire, and does not sign."""

    identity: str | None = None
    waits = False

    def expires(self, draft: Draft) -> int | None:
        return None


class ApiKey(_Lasting):
    """A key that is sent as it is, in a header, the query or a cookie."""

    def __init__(self, key: str | None, *, argument: str, name: str, place: str) -> None:
        self.argument = argument
        self._key = None if key is None else _header_value(key, argument)
        self.identity = None if key is None else f"key:{_fingerprint(key)}"
        self._name = name
        self._place = place

    @property
    def ready(self) -> bool:
        return self._key is not None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        assert self._key is not None
        draft.secrets.append(self._key)
        if self._place == "query":
            draft.add("query", self._name, self._key)
        elif self._place == "cookie":
            draft.append("cookie", f"{self._name}={self._key}")
        else:
            draft.headers[self._name] = self._key

    def __repr__(self) -> str:
        return f"<ApiKey in {self._place} {self._name}>"


class Bearer(_Lasting):
    """An access token in the Authorization header."""

    def __init__(self, token: str | None, *, argument: str) -> None:
        self.argument = argument
        self._token = None if token is None else _header_value(token, argument)

    @property
    def ready(self) -> bool:
        return self._token is not None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        assert self._token is not None
        draft.secrets.append(self._token)
        draft.headers["authorization"] = f"Bearer {self._token}"

    def __repr__(self) -> str:
        return "<Bearer>"


class Basic(_Lasting):
    """User name and password in the Authorization header."""

    def __init__(self, pair: tuple[str, str] | None, *, argument: str) -> None:
        self.argument = argument
        self._value = None if pair is None else b64encode(_joined(pair, argument)).decode()
        self.identity = None if pair is None else f"user:{_fingerprint(pair[0])}"

    @property
    def ready(self) -> bool:
        return self._value is not None

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        assert self._value is not None
        draft.secrets.append(self._value)
        draft.headers["authorization"] = f"Basic {self._value}"

    def __repr__(self) -> str:
        return "<Basic>"


class Window(msgspec.Struct, frozen=True):
    """For how long a server takes a signed request."""

    parameter: str
    """The parameter by which a caller may change it, in milliseconds."""
    default: int
    """Milliseconds after the timestamp."""
    ahead: int
    """Milliseconds by which a timestamp may lie in the server's future."""


class Signature:
    """A timestamp and, last of all, a signature over the encoded query and body."""

    identity: str | None = None

    def __init__(
        self,
        signer: Signer | AsyncSigner | None,
        *,
        argument: str,
        timestamp: str,
        signature: str,
        window: Window | None = None,
    ) -> None:
        if signer is not None and not callable(getattr(signer, "sign", None)):
            raise ArgumentError(f"{argument} must have a method sign(payload: bytes) -> str")
        self.argument = argument
        self._signer = signer
        self._timestamp = timestamp
        self._signature = signature
        self._window = window
        self.waits = "signs_at_once" not in vars(type(signer))  # what inherits from it may wait

    @property
    def ready(self) -> bool:
        return self._signer is not None

    @property
    def sign(self) -> Callable[[bytes], object]:
        """What gives the signature of a payload."""
        assert self._signer is not None
        return self._signer.sign

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        payload = self.prepare(draft, operation, clock)
        signature = failure = None
        try:
            signature = self._signer.sign(payload)  # type: ignore[union-attr]  # it is ready
        except Exception as error:
            failure = error
        self.complete(draft, operation, signature, failure)

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock) -> bytes:
        """Add what comes before the signature; what is to be signed."""
        draft.stamp = stamp = clock.now()
        draft.add(operation.signed_place, self._timestamp, str(stamp))
        return draft.payload()

    def complete(self, draft: Draft, operation: Operation[Any], signature: object, failure: Exception | None) -> None:
        """Add what the signer gave, or tell that it failed."""
        if failure is not None:
            pass_on(failure)
            raise SigningError(
                f"{operation.name}: the signer failed: {type(failure).__name__}", operation=operation.name
            ) from bare(failure)
        if not isinstance(signature, str) or not signature.isascii() or not signature.isprintable() or not signature:
            kind = "no printable ASCII text" if isinstance(signature, str) else type(signature).__name__
            raise SigningError(f"{operation.name}: the signer gave {kind}, not a signature", operation=operation.name)
        draft.secrets.append(signature)
        draft.add(operation.signed_place, self._signature, signature)

    def expires(self, draft: Draft) -> int | None:
        if self._window is None or draft.stamp is None:
            return None
        pairs = [pair.partition("=") for pair in f"{draft.query}&{draft.form}".split("&")]
        chosen = [value for name, _, value in pairs if name == self._window.parameter]
        try:
            lasts = math.ceil(float(chosen[0])) if chosen else self._window.default
        except (ValueError, OverflowError) as error:
            pass_on(error)
            return LATEST + 1
        return draft.stamp + lasts + self._window.ahead

    def __repr__(self) -> str:
        return f"<Signature in {self._signature}>"


def _joined(pair: object, argument: str) -> bytes:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise ArgumentError(f"{argument} must be a user name and a password")
    for value in pair:
        if value != "":
            checks.credential(argument, value, spaced=True)
    return ":".join(pair).encode()


def _fingerprint(text: str) -> str:
    """Enough to tell accounts apart, and too little to find the text by."""
    return hashlib.sha256(b"the account of a client\0" + text.encode()).hexdigest()[:16]


def _header_value(text: object, argument: str) -> str:
    checks.credential(argument, text)
    assert isinstance(text, str)
    if not text.isascii():
        raise ArgumentError(f"{argument} must be ASCII text; copy it anew")
    return text
