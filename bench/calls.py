"""A signed call on loopback, beside bare urllib3 with hmac and json doing the same call.

Both processes share one processor. On two, most of what is counted is how long a sleeping processor takes to wake: that
differs from machine to machine, and is the same for both clients.
"""

from __future__ import annotations

import hmac
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

import urllib3

from binance_gift_card import GiftCardClient, HmacSigner

_SECRET = "the-secret-of-the-benchmark"
_CALLS = 500


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, theirs, the mark: CPU seconds for a call; seconds for a call among 8 threads beside one alone."""
    with one_processor(), serving() as port:
        ours, theirs = _ours(port), _theirs(port)
        taken: dict[Callable[[], object], list[float]] = {ours: [], theirs: []}
        for call in (ours, theirs) * 2:
            seconds_of(call)
        for _ in range(rounds):
            for call, seconds in taken.items():
                seconds.append(seconds_of(call))
    return {
        "a signed call": (statistics.median(taken[ours]), statistics.median(taken[theirs]), 0.35),
        "a call in 8 threads": (*_threads(rounds), 1.0),
    }


def _threads(rounds: int) -> tuple[float, float]:
    with serving() as port:
        call = _ours(port)
        taken: dict[int, list[float]] = {8: [], 1: []}
        for _ in range(rounds):
            for threads, seconds in taken.items():
                seconds.append(_seconds_of_threads(call, threads))
        return min(taken[8]), min(taken[1])


def _seconds_of_threads(call: Callable[[], object], threads: int) -> float:
    share = 8 * _CALLS // threads

    def work(_: int) -> None:
        for _ in range(share):
            call()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: call(), range(threads)))
        began = time.perf_counter()
        list(pool.map(work, range(threads)))
        return (time.perf_counter() - began) / (share * threads)


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process, and what it starts, on one processor."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def serving(*what: str) -> Iterator[int]:
    """The port of a running `bench.server`."""
    server = subprocess.Popen([sys.executable, "-m", "bench.server", *what], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _ours(port: int) -> Callable[[], object]:
    client = GiftCardClient(api_key="k", signer=HmacSigner(_SECRET), base_url=f"http://127.0.0.1:{port}")
    return lambda: client.verify_gift_card(reference_no="0033002144060553")


def _theirs(port: int) -> Callable[[], object]:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", port)

    def call() -> object:
        query = f"referenceNo={quote('0033002144060553', safe='')}&timestamp={int(time.time() * 1000)}"
        signature = hmac.new(_SECRET.encode(), query.encode(), "sha256").hexdigest()
        target = f"/sapi/v1/giftcard/verify?{query}&signature={signature}"
        answer = pool.urlopen("GET", target, headers={"X-MBX-APIKEY": "k"}, retries=False)
        return json.loads(answer.data)["data"]

    return call


def seconds_of(call: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    for _ in range(_CALLS):
        call()
    return (time.process_time() - began) / _CALLS
