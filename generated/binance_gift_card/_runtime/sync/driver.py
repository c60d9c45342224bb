# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Does what a call asks for, and waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from ..core.effects import Connect, Flow, Pause, Read, Sign, Transmit, Write
from .transport import Transport

T = TypeVar("T")

Doing: TypeAlias = Mapping[type, Callable[[Any], Any]]
"""How each effect is done."""


def doing(transport: Transport) -> Doing:
    """How each effect is done, over the connections of a client."""
    return {
        Transmit: transport.transmit,
        Write: lambda ask: ask.store.write(ask.work, durable=ask.durable, seconds=ask.seconds),
        Read: _read,
        Connect: transport.connect,
        Sign: _sign,
        Pause: lambda ask: time.sleep(ask.seconds),
    }


def _sign(ask: Sign) -> None:
    from .bounded import bounded  # the signers of ours wait for nothing

    ask.signature = bounded(lambda: ask.sign(ask.payload), ask.deadline.need())


def _read(ask: Read) -> None:
    ask.rows = ask.store.rows(ask.statement, ask.values, seconds=ask.seconds)


def drive(flow: Flow[T], do: Doing) -> T:
    """What a flow comes to. All that is raised meanwhile is thrown into it, also between two of these lines."""
    value: Any = None
    raised: BaseException | None = None
    while True:
        try:
            while True:  # no jump of it is outside of `try`, where an interrupt would pass the flow by
                if raised is None:
                    ask = flow.send(value)
                else:
                    thrown, raised = [raised], None
                    ask = flow.throw(thrown.pop())  # not by a name: it holds this frame
                try:
                    value = do[type(ask)](ask)
                except BaseException as error:
                    raised = error
        except StopIteration as end:
            result: T = end.value
            return result
        except BaseException as error:
            if flow.gi_frame is None:  # type: ignore[attr-defined]  # the flow is over, and raised it
                raise
            raised = error
