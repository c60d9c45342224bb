"""Work that is handed to a store by somebody who must not wait, as an event loop must not."""

from __future__ import annotations

import _thread
import asyncio
import gc
import threading
import time
from functools import partial
from queue import SimpleQueue

import pytest

from binance_gift_card import Journal, errors
from tests.journal.forking import Child

MANY = 200
EVENTS = "INSERT INTO events (entry, at, before, state, reason) VALUES (:entry, 1, '', '', '')"
COUNT = "SELECT count(*) FROM events"
ENTRIES = "SELECT entry FROM events ORDER BY entry"


@pytest.fixture
def store(journal):
    journal.prepare()
    return journal.store


def note(number: object, session) -> int:
    return session.run(EVENTS, {"entry": number})


def submit(store, number: object, done, *, seconds: float = 30):
    return store.submit(partial(note, number), durable=True, seconds=seconds, done=done)


def told(lists: SimpleQueue, count: int) -> list:
    """So many submissions, as their ends are told."""
    found: list = []
    while len(found) < count:
        found += lists.get(timeout=30)
    return found


def threads_end(count: int) -> bool:
    """Whether there are no more than so many threads, at last."""
    ends = time.monotonic() + 10
    while _thread._count() > count and time.monotonic() < ends:
        time.sleep(0.01)
    return _thread._count() <= count


def test_an_event_loop_goes_on_meanwhile(store) -> None:
    async def write(number: int) -> int:
        job = submit(store, number, settle_soon)
        futures[job] = loop.create_future()
        await futures[job]
        return job.outcome()

    async def main() -> list[int]:
        nonlocal loop
        loop = asyncio.get_running_loop()
        return await asyncio.gather(*map(write, range(1, MANY + 1)))

    def settle(jobs: list) -> None:
        batches.append(len(jobs))
        for job in jobs:
            futures.pop(job).set_result(None)

    def settle_soon(jobs: list) -> None:
        loop.call_soon_threadsafe(settle, jobs)

    loop: asyncio.AbstractEventLoop
    futures: dict = {}
    batches: list[int] = []
    assert asyncio.run(main()) == [1] * MANY
    assert sum(batches) == MANY
    assert store.rows(ENTRIES, {}) == [(number,) for number in range(1, MANY + 1)]


@pytest.mark.only("sqlite")
def test_what_comes_while_the_disk_is_flushed_shares_the_next_transaction(store) -> None:
    ends: SimpleQueue = SimpleQueue()
    begun, go_on = threading.Event(), threading.Event()

    def slow(session) -> None:
        begun.set()
        assert go_on.wait(30)

    first = store.submit(slow, durable=True, seconds=30, done=ends.put)
    assert begun.wait(30)
    others = [submit(store, number, ends.put) for number in range(1, MANY + 1)]
    unkeepable = submit(store, object(), ends.put)
    go_on.set()
    assert ends.get(timeout=30) == [first]
    assert ends.get(timeout=30) == [*others, unkeepable]
    assert [job.outcome() for job in others] == [1] * MANY, "one that cannot be done fails alone"
    with pytest.raises(errors.JournalError, match="cannot keep this"):
        unkeepable.outcome()


def test_writers_that_wait_and_those_that_do_not(store) -> None:
    ends: SimpleQueue = SimpleQueue()

    def work(first: int) -> None:
        for number in range(first, first + MANY, 2):
            submit(store, number, ends.put)
            store.write(partial(note, number + 1), durable=False, seconds=30)

    threads = [threading.Thread(target=work, args=(first,)) for first in (1, 1001, 2001)]
    for thread in threads:
        thread.start()
    assert [job.outcome() for job in told(ends, 3 * MANY // 2)] == [1] * (3 * MANY // 2)
    for thread in threads:
        thread.join()
    assert store.rows(COUNT, {}) == [(3 * MANY,)]


def test_rows_are_read_elsewhere(store) -> None:
    ends: SimpleQueue = SimpleQueue()
    submit(store, 7, ends.put)
    told(ends, 1)
    [found, wrong] = (
        store.submit_rows(statement, {}, seconds=5, done=ends.put) for statement in (ENTRIES, "SELECT nothing")
    )
    assert {*told(ends, 2)} == {found, wrong}
    assert found.outcome() == [(7,)]
    with pytest.raises(errors.JournalError, match="nothing"):
        wrong.outcome()


def test_one_that_hears_nothing_any_more_harms_nobody(store) -> None:
    loop, ends = asyncio.new_event_loop(), SimpleQueue()
    loop.close()
    submit(store, 1, partial(loop.call_soon_threadsafe, print))
    submit(store, 2, ends.put)
    told(ends, 1)[0].outcome()
    store.close()
    assert store.rows(COUNT, {}) == [(2,)]


def test_to_close_is_to_wait_for_it(store) -> None:
    before, ends = _thread._count(), SimpleQueue()
    jobs = [submit(store, number, ends.put) for number in range(1, MANY + 1)]
    store.close()
    assert [job.outcome() for job in jobs] == [1] * MANY
    assert threads_end(before)
    submit(store, MANY + 1, ends.put)
    assert len(told(ends, MANY + 1)) == MANY + 1
    assert store.rows(COUNT, {}) == [(MANY + 1,)]


def test_it_can_be_closed_by_one_while_others_submit(store) -> None:
    ends: SimpleQueue = SimpleQueue()

    def work(first: int) -> None:
        for number in range(first, first + MANY):
            submit(store, number, ends.put)

    threads = [threading.Thread(target=work, args=(first,)) for first in (1, 1001)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        store.close()
    assert [job.outcome() for job in told(ends, 2 * MANY)] == [1] * (2 * MANY)
    assert store.rows(COUNT, {}) == [(2 * MANY,)]


def test_a_forgotten_journal_keeps_no_thread(address, key) -> None:
    before, ends = _thread._count(), SimpleQueue()
    journal = Journal(address, key=key)
    journal.prepare()
    submit(journal.store, 1, ends.put)
    told(ends, 1)[0].outcome()
    del journal
    gc.collect()
    assert threads_end(before)


def test_both_sides_of_a_fork_go_on(store) -> None:
    ends: SimpleQueue = SimpleQueue()

    def child() -> int:
        mine: SimpleQueue = SimpleQueue()
        submit(store, 1000, mine.put)
        return told(mine, 1)[0].outcome()

    for number in range(1, MANY + 1):
        submit(store, number, ends.put)
    assert Child(child).result() == 1
    assert [job.outcome() for job in told(ends, MANY)] == [1] * MANY
    assert store.rows(COUNT, {}) == [(MANY + 1,)]


def test_it_waits_for_others_no_longer_than_it_may(store, journal_of) -> None:
    ends: SimpleQueue = SimpleQueue()
    other = journal_of().store

    def work(session) -> None:
        session.run("UPDATE facts SET value = value WHERE name = 'key'", {})
        store.submit(partial(lock, 1), durable=True, seconds=0.5, done=ends.put)
        with pytest.raises(errors.JournalError):
            told(ends, 1)[0].outcome()

    def lock(number: int, session) -> None:
        session.run("UPDATE facts SET value = value WHERE name = 'key'", {})

    other.write(work, durable=False, seconds=10)
    submit(store, 1, ends.put)
    assert told(ends, 1)[0].outcome() == 1
