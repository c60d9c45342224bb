"""A signed call in an event loop, beside bare aiohttp with hmac and json doing the same; one loop, one processor."""

from __future__ import annotations

import asyncio
import hmac
import json
import statistics
import tempfile
import time
from asyncio import events
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from bench.calls import one_processor, serving
from binance_gift_card import AsyncGiftCardClient, HmacSigner, Journal, Network

_SECRET = "the-secret-of-the-benchmark"
_CALLS = 500
_AT_ONCE = 1_000
_HELD = 0.005
"""The most seconds for which a callback may hold the loop."""

Call: TypeAlias = Callable[[], Awaitable[object]]


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, theirs, the mark: CPU seconds for a call; seconds for each of many at once; the longest hold."""
    with serving("card") as port, one_processor():  # the server may have another one
        alone, at_once = asyncio.run(_beside_each_other(port, rounds))
        held = asyncio.run(_longest_hold(port))
    return {
        "an async call": (*alone, 0.8),
        "1,000 async calls at once": (*at_once, 0.667),
        "an async call's longest hold": (held, _HELD, 1.0),
    }


async def _beside_each_other(port: int, rounds: int) -> tuple[tuple[float, float], tuple[float, float]]:
    async with AsyncExitStack() as stack:
        calls = (await _ours(port, stack), await _theirs(port, stack))
        alone: list[list[float]] = [[], []]
        at_once: list[list[float]] = [[], []]
        for call in calls:
            await _cpu_seconds(call)
            await _seconds_at_once(call)
        for _ in range(rounds):
            for index, call in enumerate(calls):
                alone[index].append(await _cpu_seconds(call))
                at_once[index].append(await _seconds_at_once(call))
    ours, theirs = map(statistics.median, alone)
    ours_at_once, theirs_at_once = map(statistics.median, at_once)
    return (ours, theirs), (ours_at_once, theirs_at_once)


async def _cpu_seconds(call: Call) -> float:
    began = time.process_time()
    for _ in range(_CALLS):
        await call()
    return (time.process_time() - began) / _CALLS


async def _seconds_at_once(call: Call) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(_AT_ONCE)))
    return (time.perf_counter() - began) / _AT_ONCE


async def _ours(port: int, stack: AsyncExitStack) -> Call:
    url = f"http://127.0.0.1:{port}"
    network = Network(connections=_AT_ONCE)
    made = AsyncGiftCardClient(
        api_key="k", signer=HmacSigner(_SECRET), base_url=url, journal=False, network=network, timeout=60
    )
    client = await stack.enter_async_context(made)
    return lambda: client.create_gift_card(token="USDT", amount="25")  # nothing of it waits for a lock-out


async def _theirs(port: int, stack: AsyncExitStack) -> Call:
    import aiohttp

    session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))

    async def call() -> object:
        query = f"token={quote('USDT', safe='')}&amount={quote('25', safe='')}&timestamp={int(time.time() * 1000)}"
        signature = hmac.new(_SECRET.encode(), query.encode(), "sha256").hexdigest()
        target = f"http://127.0.0.1:{port}/sapi/v1/giftcard/createCode?{query}&signature={signature}"
        async with session.post(target, headers={"X-MBX-APIKEY": "k"}) as answer:
            data: dict[str, Any] = json.loads(await answer.read())
            return data["data"]

    return call


async def _longest_hold(port: int) -> float:
    """The most CPU seconds that one callback of the loop took, among calls that a journal keeps."""
    with tempfile.TemporaryDirectory() as folder:
        made = AsyncGiftCardClient(
            api_key="k",
            signer=HmacSigner(_SECRET),
            base_url=f"http://127.0.0.1:{port}",
            journal=Journal(Path(folder) / "cards.db", key="unsealed"),
            timeout=60,
        )
        async with made as client:
            await client.create_gift_card(token="USDT", amount="1")
            with _timed() as taken:
                for _ in range(5):
                    await asyncio.gather(*(client.create_gift_card(token="USDT", amount="1") for _ in range(20)))
    return max(taken)


@contextmanager
def _timed() -> Iterator[list[float]]:
    """The CPU seconds of each callback; `loop.slow_callback_duration` would count what other processes take."""
    taken: list[float] = []
    run = events.Handle._run

    def timed(self: events.Handle) -> None:
        began = time.thread_time()
        run(self)
        taken.append(time.thread_time() - began)

    events.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield taken
    finally:
        events.Handle._run = run  # type: ignore[method-assign]
