# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Does what a call asks for, and waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from ..core.effects import Connect, Keep, Pause, Sign, Transmit
from ..core.flow import Flow
from .bounded import bounded
from .transport import Transport

T = TypeVar("T")

Doing: TypeAlias = Mapping[type, Callable[[Any], Any]]
"""How each effect is done."""


def doing(transport: Transport) -> Doing:
    """How each effect is done, over the connections of a client."""
    return {
        Transmit: lambda ask: transport.transmit(ask.exchange),
        Keep: lambda ask: ask.step(),
        Connect: lambda ask: transport.connect(ask.exchange, ask.seconds),
        Sign: lambda ask: bounded(lambda: ask.sign(ask.payload), ask.deadline.need()),
        Pause: lambda ask: time.sleep(ask.seconds),
    }


def drive(flow: Flow[T], do: Doing, raised: BaseException | None = None) -> T:
    """What a flow comes to. All that is raised meanwhile is thrown into it, also between two of these lines."""
    try:
        while True:
            try:
                return _steps(flow, do, raised)
            except BaseException as error:
                if flow.gi_frame is None:  # type: ignore[attr-defined]
                    raise
                raised = error
    except BaseException as error:
        if flow.gi_frame is None:  # type: ignore[attr-defined]
            raise
        return drive(flow, do, error)


def _steps(flow: Flow[T], do: Doing, raised: BaseException | None) -> T:
    try:
        ask = flow.send(None) if raised is None else flow.throw(raised)
        while True:
            ask = flow.send(do[type(ask)](ask))
    except StopIteration as end:
        if flow.gi_frame is not None:  # type: ignore[attr-defined]  # what was asked for raised it
            raise
        result: T = end.value
        return result
