"""What a call asks its driver for: all that may wait. Of each the driver sends back what came of it, or throws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .deadline import Deadline
from .exchange import Exchange
from .hidden import Hidden


class Pause(Hidden):
    """Let time pass."""

    seconds: float


class Sign(Hidden):
    """Have something signed by a signer that may wait, such as one in a vault."""

    sign: Callable[[bytes], object]
    payload: bytes
    deadline: Deadline
    signature: object = None
    """What it gave; here, since a driver's variables may be shown."""


class Connect(Hidden):
    """Open the connection of an exchange within so many seconds."""

    exchange: Exchange
    seconds: float


class Transmit(Hidden):
    """Send a request over its connection, and read its answer; gives the answer."""

    exchange: Exchange


class Keep(Hidden):
    """Do a step of the journal; gives what that gives."""

    step: Callable[[], Any]


Effect: TypeAlias = Pause | Sign | Connect | Transmit | Keep
