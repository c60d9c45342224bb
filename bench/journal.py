"""What the journal costs: a call beside its bare statements, many threads and tasks beside one, a million entries."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from bench.calls import one_processor, serving
from binance_gift_card import AsyncGiftCardClient, GiftCardClient, HmacSigner, Journal, Network
from binance_gift_card.journal import new_key

_SECRET = "the-secret-of-the-benchmark"
_CALLS = 200
_THREADS = 8
_TASKS = 100
_ANSWER = 180
"""Bytes of a sealed answer to a created card."""

Figures = dict[str, tuple[float, float, float]]


def measure(rounds: int, entries: int = 1_000_000) -> Figures:
    """Figure → ours, theirs, the mark; a long journal is one of so many entries."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with one_processor(), serving("card") as port:
            added = _added(folder, port, rounds)
        with serving("card") as port:
            at_once = {**_threads(folder, port, rounds), **asyncio.run(_tasks(folder, port, rounds))}
        return {**added, **at_once, **_long(folder, entries)}


def _client(port: int, journal: Path | None) -> GiftCardClient:
    kept: Journal | Literal[False] = False if journal is None else Journal(journal, key=new_key())
    url = f"http://127.0.0.1:{port}"
    return GiftCardClient(api_key="k", signer=HmacSigner(_SECRET), base_url=url, journal=kept)


def _added(folder: Path, port: int, rounds: int) -> Figures:
    """Seconds that the journal adds to a call, beside its bare statements around a call that is not journalled.

    The statements stand where the journal has them: what a flush costs depends on what came before it.
    """
    with _client(port, None) as plain, _client(port, folder / "ours.db") as kept, _Bare(folder / "bare.db") as bare:

        def call() -> None:
            plain.create_gift_card(token="USDT", amount="25")

        def journalled() -> None:
            kept.create_gift_card(token="USDT", amount="25")

        def with_statements() -> None:
            bare.before()
            call()
            bare.after()

        works: dict[Callable[[], None], list[float]] = {call: [], journalled: [], with_statements: []}
        for work in works:
            _seconds(work)
        for _ in range(rounds):
            for work, taken in works.items():
                taken.append(_seconds(work))
    alone, ours, theirs = (statistics.median(taken) for taken in works.values())
    return {"what the journal adds": (ours - alone, theirs - alone, 1.3)}


class _Bare:
    """The statements of one call, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        with Journal(path.with_name("schema.db"), key=new_key()) as journal:
            journal.prepare()
        with sqlite3.connect(path.with_name("schema.db")) as schema:
            for (statement,) in schema.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall():
                self._connection.execute(statement)
        schema.close()

    def before(self) -> None:
        """What is written before a request leaves."""
        now = time.time_ns() // 1000
        number = self._transaction(
            "FULL",
            "INSERT INTO entries (at, changed, operation, state, open, ends, arguments, attempts, doubt, settled,"
            " checked, reason, token, amount, owner, server, sdk, spec) VALUES (?, ?, 'create_gift_card', 'sent', 1, ?,"
            " '{\"amount\":\"25\",\"token\":\"USDT\"}', 1, 0, ?, 0, '', 'USDT', '25', 'abcdefabcdefabcd',"
            " 'http://127.0.0.1:12345', '0.1.0', '1')",
            (now, now, now, now),
        )
        self._number, self._now = number, now

    def after(self) -> None:
        """What is written once its answer has come."""
        number, now = self._number, self._now
        self._transaction(
            "FULL",
            "UPDATE entries SET status = 200, answer = ?, changed = ? WHERE number = ? AND state = 'sent'",
            (os.urandom(_ANSWER), now, number),
        )
        self._transaction(
            "NORMAL",
            "UPDATE entries SET state = 'done', open = NULL, changed = ?, reason = '', code = NULL,"
            " reference = '0033002144060553', expires = ?, live = 1 WHERE number = ?",
            (now, now, number),
        )

    def _transaction(self, synchronous: str, statement: str, values: tuple[object, ...]) -> int | None:
        run = self._connection.execute
        run(f"PRAGMA synchronous = {synchronous}")
        run("BEGIN IMMEDIATE")
        number = run(statement, values).lastrowid
        run("COMMIT")
        return number

    def __enter__(self) -> _Bare:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(_CALLS):
        work()
    return (time.perf_counter() - began) / _CALLS


def _threads(folder: Path, port: int, rounds: int) -> Figures:
    """Seconds for a journalled call among 8 threads, beside one alone."""
    taken: dict[int, list[float]] = {_THREADS: [], 1: []}
    with _client(port, folder / "threads.db") as client:
        for _ in range(rounds):
            for threads, seconds in taken.items():
                seconds.append(_seconds_of_threads(client, threads))
    return {"a journalled call in 8 threads": (min(taken[_THREADS]), min(taken[1]), 1 / 3)}


def _seconds_of_threads(client: GiftCardClient, threads: int) -> float:
    share = _THREADS * _CALLS // threads // 2

    def work(_: int) -> None:
        for _ in range(share):
            client.create_gift_card(token="USDT", amount="25")

    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        list(pool.map(work, range(threads)))
        return (time.perf_counter() - began) / (share * threads)


async def _tasks(folder: Path, port: int, rounds: int) -> Figures:
    """Seconds for a journalled call among 100 tasks of a loop, beside one alone."""
    taken: dict[int, list[float]] = {_TASKS: [], 1: []}
    async with AsyncGiftCardClient(
        api_key="k",
        signer=HmacSigner(_SECRET),
        base_url=f"http://127.0.0.1:{port}",
        journal=Journal(folder / "tasks.db", key=new_key()),
        network=Network(connections=_TASKS),
        timeout=60,
    ) as client:
        for _ in range(rounds):
            for tasks, seconds in taken.items():
                seconds.append(await _seconds_of_tasks(client, tasks))
    return {"a journalled call in 100 tasks": (min(taken[_TASKS]), min(taken[1]), 1 / 4)}


async def _seconds_of_tasks(client: AsyncGiftCardClient, tasks: int) -> float:
    calls = iter(range(5 * _TASKS))

    async def work() -> None:
        for _ in calls:
            await client.create_gift_card(token="USDT", amount="25")

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(tasks)))
    return (time.perf_counter() - began) / (5 * _TASKS)


def _long(folder: Path, entries: int) -> Figures:
    """Seconds of a look-up and of a page among so many entries; bytes for each entry."""
    path = folder / "long.db"
    with Journal(path, key=new_key()) as journal:
        journal.prepare()
        _fill(path, entries)
        some = [entries // 7 * part for part in range(1, 7)]
        by_reference = _median(lambda n: next(journal.history(reference=f"{n:016d}")), some)
        by_key = _median(lambda n: next(journal.history(idempotency_key=f"order {n}")), some)
        pages = _median(lambda n: _page(journal, n), some)
    return {
        "look-up by reference": (by_reference, 1e-3, 1.0),
        "look-up by idempotency key": (by_key, 1e-3, 1.0),
        "a page of history": (pages, 10e-3, 1.0),
        "an entry: bytes": (path.stat().st_size / entries, 1024, 1.0),
    }


def _page(journal: Journal, number: int) -> object:
    since = journal.entry(number).time
    found = journal.history(since=since)
    return [next(found) for _ in range(100)]


def _median(work: Callable[[int], object], numbers: list[int]) -> float:
    taken = []
    for number in numbers:
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _fill(path: Path, entries: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO entries (at, changed, operation, state, ends, arguments, attempts, doubt, settled, status,"
            " answer, checked, reason, reference, token, amount, expires, live, key, claim, owner, server, sdk, spec)"
            ' VALUES (?, ?, \'create_gift_card\', \'done\', ?, \'{"amount":"25","token":"USDT"}\', 1, 0, ?, 200, ?,'
            " 0, '', ?, 'USDT', '25', ?, 1, ?, ?, 'abcdefabcdefabcd', 'https://api.binance.com', '0.1.0', '1')",
            (
                (n, n, n, n, os.urandom(_ANSWER), f"{n:016d}", n, f"order {n}", f"order {n}")
                for n in range(1, entries + 1)
            ),
        )
    connection.close()
