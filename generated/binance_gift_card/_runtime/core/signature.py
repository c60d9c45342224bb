# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A signature over what goes out, made anew for each attempt, and what is made for it: a timestamp at least.

What is signed is the encoded query, then the body, unless a description says more: see `described`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from .clock import LATEST, Clock
from .deadline import Deadline
from .draft import Draft
from .errors import ArgumentError, SigningError, bare
from .interrupts import pass_on
from .operation import Operation

if TYPE_CHECKING:  # who signs brings a signer
    from .credentials import Nonces
    from .signers import AsyncSigner, Signer


class Field(msgspec.Struct, frozen=True):
    """Where something goes that signing makes."""

    place: Literal["parameter", "query", "form", "header", "cookie"]
    """A parameter goes where the document declares it."""
    name: str
    template: str = ""
    """How it is written, with the names of what signing makes in braces; as it is, if empty."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """For how long a server takes a signed request."""

    default: int
    """Milliseconds after the timestamp."""
    parameter: str | None = None
    """The parameter by which a caller may change it, in milliseconds."""
    ahead: int = 0
    """Milliseconds by which a timestamp may lie in the server's future."""


Step: TypeAlias = Callable[[Draft, Operation[Any]], None]
"""Adds to a draft something that its `made` holds."""


class Signature:
    """Signs a draft, last of all.

    Args:
        signer: What signs.
        argument: The client's argument that gives it.
        signature: Where the signature goes.
        timestamp: Where the time of signing goes, in milliseconds.
        window: For how long the server takes what is signed.

    Raises:
        ArgumentError: The signer does not sign.
    """

    identity: str | None = None
    nonces: Nonces | None = None

    def __init__(
        self,
        signer: Signer | AsyncSigner | None,
        *,
        argument: str,
        signature: Field,
        timestamp: Field | None,
        window: Window | None = None,
    ) -> None:
        if signer is not None and not callable(getattr(signer, "sign", None)):
            raise ArgumentError(f"{argument} must have a method sign(payload: bytes) -> str")
        self.argument = argument
        self._signer = signer
        self._place = signature
        self._window = window
        self._before = steps([("timestamp", timestamp)])
        self._after = steps([("signature", signature)])
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

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock, deadline: Deadline | None = None) -> bytes:
        """Add what comes before the signature; what is to be signed."""
        draft.stamp = stamp = clock.now()
        draft.made["timestamp"] = str(stamp)
        for step in self._before:
            step(draft, operation)
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
        draft.made["signature"] = signature
        for step in self._after:
            step(draft, operation)

    def renew(self, draft: Draft) -> bool:
        return False

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
        return f"<{type(self).__name__} in {self._place.name}>"


def steps(made: Iterable[tuple[str, Field | None]]) -> tuple[Step, ...]:
    """What puts each where it goes; what goes nowhere by itself may still be signed."""
    return tuple(_step(name, field) for name, field in made if field is not None)


def _step(made: str, field: Field) -> Step:
    """What adds one of them."""
    place, name, template = field.place, field.name, field.template
    if place == "parameter" and not template:
        return lambda draft, operation: draft.add(operation.signed_place, name, draft.made[made])

    def step(draft: Draft, operation: Operation[Any]) -> None:
        value = template.format_map(draft.made) if template else draft.made[made]
        draft.put(operation.signed_place if place == "parameter" else place, name, value)

    return step
