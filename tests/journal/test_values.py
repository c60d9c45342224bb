"""What comes from outside, as it meets the journal: texts, numbers and dates that a database cannot hold."""

from __future__ import annotations

import threading
import time

import pytest

from binance_gift_card import errors

_GUARD = 20.0


@pytest.mark.parametrize(
    ("column", "bad"),
    [("note", "\ud800"), ("note", object()), ("checked", 2**70), ("at", None)],
    ids=["surrogate", "object", "large", "nothing"],
)
def test_what_cannot_be_kept_fails_alone_and_not_what_other_threads_write_with_it(client, journal, column, bad) -> None:
    """One thread holds the transaction until the bad value and a good one wait for the next, side by side."""
    client.create_gift_card(token="USDT", amount=1)
    begun, go = threading.Event(), threading.Event()

    def hold(session):
        begun.set()
        assert go.wait(_GUARD)
        return session.run("UPDATE entries SET token = 'held' WHERE number = 1", {})

    found: dict[str, object] = {}

    def write(name, work):
        try:
            found[name] = journal.store.write(work, durable=True, seconds=_GUARD)
        except Exception as error:
            found[name] = error

    def start(name, work):
        threads.append(threading.Thread(target=write, args=(name, work)))
        threads[-1].start()

    threads: list[threading.Thread] = []
    start("first", hold)
    assert begun.wait(_GUARD)
    before = "INSERT INTO events (entry, at, before, state, reason) VALUES (1, 1, '', '', 'of the bad one')"
    spoil = f"UPDATE entries SET {column} = :value WHERE number = 1"
    start("bad", lambda session: (session.run(before, {}), session.run(spoil, {"value": bad})))
    start("good", lambda session: session.run("UPDATE entries SET spec = 'good' WHERE number = 1", {}))
    group = getattr(journal.store, "_group", None)
    while group is not None and len(group._jobs) < 3:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join(_GUARD)
    assert isinstance(found.pop("bad"), errors.JournalError)
    assert found == {"first": 1, "good": 1}
    assert (journal.entry(1).token, journal.entry(1).spec) == ("held", "good")
    assert not list(journal.events())
