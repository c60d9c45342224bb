"""A journal that others hold: a call ends while they do; only for an answer that was paid for is it tried longer."""

from __future__ import annotations

import contextlib
import sqlite3
import threading

import pytest

from binance_gift_card import errors

_LONG = 60.0
"""Seconds after which a call that does not end is given up."""


@pytest.fixture
def holding(address, backend):
    """Holds the journal against all who write, as another process would, until its end."""

    @contextlib.contextmanager
    def hold():
        if backend == "sqlite":
            other = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
            other.execute("BEGIN IMMEDIATE")
        else:
            import psycopg

            other = psycopg.connect(address)
            other.execute("LOCK TABLE entries IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            other.rollback() if backend == "postgres" else other.execute("ROLLBACK")
            other.close()

    return hold


def outcome(work):
    """What a call comes to that must end by itself, whatever is held meanwhile."""
    found = []

    def run():
        try:
            found.append(work())
        except errors.GiftCardError as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_LONG)
    assert found, "the call waits for as long as the journal is held"
    return found[0]


def test_a_journal_that_is_held_before_the_request_leaves(client, sandbox, holding) -> None:
    with holding():
        for given in ({}, {"idempotency_key": "order 1"}):
            found = outcome(lambda given=given: client.create_gift_card(token="USDT", amount=1, timeout=0.5, **given))
            assert isinstance(found, errors.JournalError)
            assert found.executed == "no"
    assert not sandbox.cards()
    assert client.create_gift_card(token="USDT", amount=1, idempotency_key="order 1").code


def test_a_journal_that_is_held_once_the_call_has_its_entry(client_of, sandbox, holding) -> None:
    held = contextlib.ExitStack()

    class Holds:
        def before_attempt(self, sending):
            held.enter_context(holding())

        def after_attempt(self, sending, attempt):
            pass

    client = client_of(sandbox, hooks=Holds())
    with held:
        given = {"idempotency_key": "order 1", "timeout": 0.5}  # with a key the entry stands before the attempt
        found = outcome(lambda: client.create_gift_card(token="USDT", amount=1, **given))
        assert isinstance(found, errors.JournalError)
        assert not sandbox.cards()
    (entry,) = client.history()
    assert entry.state in ("intended", "not sent")


@pytest.mark.only("sqlite")
def test_threads_that_write_for_long(client, journal, sandbox) -> None:
    begun, go = threading.Event(), threading.Event()
    store = client.journal.store

    def hold(session):
        begun.set()
        go.wait(_LONG)
        return session.rows("SELECT 1", {})

    writer = threading.Thread(target=lambda: store.write(hold, durable=True, seconds=_LONG))
    writer.start()
    assert begun.wait(_LONG)
    found = outcome(lambda: client.create_gift_card(token="USDT", amount=1, timeout=0.5))
    go.set()
    writer.join(_LONG)
    assert isinstance(found, errors.JournalError)
    assert not sandbox.cards()
    assert not list(client.history())


@pytest.mark.proof
def test_an_answer_that_cannot_be_kept_is_handed_over_once_that_is_certain(client_of, serve, holding, caplog) -> None:
    from tests.faults.server import answer

    held = contextlib.ExitStack()

    def behave(peer):
        peer.request()
        held.enter_context(holding())
        peer.send(answer())

    client = client_of(serve(behave), timeout=0.5)
    with held:
        card = outcome(lambda: client.create_gift_card(token="USDT", amount=1))
    assert card.code
    assert "is not in the journal" in caplog.text
    assert card.code not in caplog.text
