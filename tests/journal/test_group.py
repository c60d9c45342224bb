"""Threads that write at the same time: each piece of work is done once, in whatever order they take turns."""

from __future__ import annotations

import threading
import time

import pytest

THREADS, EACH = 8, 25


class Hesitant(dict):
    """Jobs whose owners are slow to take them away, as a thread is that loses its turn just then."""

    def pop(self, *arguments):
        time.sleep(0.001)
        return super().pop(*arguments)


@pytest.mark.only("sqlite")
def test_what_many_threads_write_is_written_once(journal) -> None:
    journal.prepare()
    store, wrong = journal.store, []
    store._group._jobs = Hesitant()

    def note(number: int) -> None:
        values = {"entry": number}
        statement = "INSERT INTO events (entry, at, before, state, reason) VALUES (:entry, 1, '', '', '')"
        try:
            for _ in range(EACH):
                store.write(lambda session: session.run(statement, values), durable=False, seconds=60)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=note, args=(number,)) for number in range(1, THREADS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert store.rows("SELECT count(*) FROM events", {}) == [(THREADS * EACH,)]
