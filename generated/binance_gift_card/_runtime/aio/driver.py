# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Does what a call asks for, and lets others run meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from typing import Any, TypeVar

from ..core.effects import Await, Connect, Effect, Flow, Pause, Read, Sign, Transmit, Write
from .transport import Transport
from .waiting import in_thread, to_its_end, within

T = TypeVar("T")

_LAST = 1.0
"""Seconds that a hook has after its call was cancelled."""


async def drive(flow: Flow[T], transport: Transport) -> T:
    """What a flow comes to. All that is raised meanwhile is thrown into it, a cancellation too; what it asks for after
    one, to keep what is true, is done whatever is cancelled.
    """
    value: Any = None
    raised: BaseException | None = None
    cancelled = False
    while True:
        try:
            while True:  # no jump of it is outside of `try`, where an interrupt would pass the flow by
                if raised is None:
                    ask = flow.send(value)
                else:
                    cancelled = cancelled or isinstance(raised, asyncio.CancelledError)
                    thrown, raised = [raised], None
                    ask = flow.throw(thrown.pop())  # not by a name: it holds this frame
                try:
                    if type(ask) is Transmit:
                        value = await transport.transmit(ask.exchange)
                    elif type(ask) is Connect:
                        await transport.connect(ask.exchange, ask.seconds)
                    else:
                        value = await _do(ask, transport, cancelled=cancelled)
                except BaseException as error:
                    raised = error
        except StopIteration as end:
            result: T = end.value
            return result
        except BaseException as error:
            if flow.gi_frame is None:  # type: ignore[attr-defined]  # the flow is over, and raised it
                raise
            raised = error


async def _do(ask: Effect, transport: Transport, *, cancelled: bool) -> Any:
    if isinstance(ask, Write):
        write = partial(ask.store.submit, ask.work, durable=ask.durable, seconds=ask.seconds)
        return await to_its_end(transport.submissions.begin(write), patient=cancelled)
    if isinstance(ask, Read):
        read = partial(ask.store.submit_rows, ask.statement, ask.values, seconds=ask.seconds)
        ask.rows = await to_its_end(transport.submissions.begin(read), patient=cancelled)
        return None
    if isinstance(ask, Await):
        if cancelled:
            return await to_its_end(within(_LAST, ask.awaitable), patient=True)
        return await within(ask.deadline.left(), ask.awaitable)
    if isinstance(ask, Sign):
        ask.signature = await within(ask.deadline.need(), _signature(ask.sign, ask.payload))
        return None
    assert isinstance(ask, Pause)
    await asyncio.sleep(ask.seconds)
    return None


async def _signature(sign: Callable[[bytes], object], payload: bytes) -> object:
    """What a signer gives that may be an async function, or block."""
    given = sign(payload) if iscoroutinefunction(sign) else await in_thread(lambda: sign(payload))
    found: Awaitable[object] | object = given
    return await found if isawaitable(found) else found
