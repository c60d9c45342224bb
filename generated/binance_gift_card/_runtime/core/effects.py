# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a call asks its driver for: all that may wait. Of each the driver sends back what came of it, or throws."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from .deadline import Deadline
from .exchange import Exchange
from .opaque import Opaque

T = TypeVar("T")


class Pause(Opaque):
    """Let time pass."""

    seconds: float


class Sign(Opaque):
    """Have something signed by a signer that may wait, such as one in a vault."""

    sign: Callable[[Any], object]
    payload: Any
    deadline: Deadline
    signature: object = None
    """What it gave; here, since a driver's variables may be shown."""


class Connect(Opaque):
    """Open the connection of an exchange within so many seconds."""

    exchange: Exchange
    seconds: float


class Transmit(Opaque):
    """Send a request over its connection, and read its answer; gives the answer."""

    exchange: Exchange


class Await(Opaque):
    """Wait for what an async hook gave."""

    awaitable: Any
    deadline: Deadline


class Write(Opaque):
    """Do work in one transaction of a journal's store, as its `write` does; gives what `work(session)` gives."""

    store: Any
    work: Callable[[Any], Any]
    durable: bool
    seconds: float


class Read(Opaque):
    """Read what a journal's store keeps, as its `rows` does."""

    store: Any
    statement: str
    values: Mapping[str, Any]
    seconds: float
    rows: Sequence[Sequence[Any]] = ()
    """What it found; here, as above."""


Effect: TypeAlias = Pause | Sign | Connect | Transmit | Await | Write | Read
Flow: TypeAlias = Generator[Effect, Any, T]
