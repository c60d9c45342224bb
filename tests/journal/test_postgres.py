"""What is particular to a journal in PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors
from binance_gift_card._runtime.journal.record import _INSERT
from binance_gift_card._runtime.journal.stores.postgres_session import PostgresSession
from binance_gift_card_sandbox import Sandbox
from tests.processes import at_once

pytestmark = pytest.mark.only("postgres")


def test_many_processes_make_the_tables_at_once(journal_of) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: journal_of().prepare(), range(8)))
    assert journal_of().check() == []


PREPARE = """
import sys
from binance_gift_card import Journal
journal = Journal(sys.argv[1], key="unsealed")
print("ready", flush=True)
sys.stdin.read(1)
journal.prepare()
"""
CREATE = """
import sys
from binance_gift_card import GiftCardClient, HmacSigner, Journal
address, key, url, api_key, secret = sys.argv[1:]
with GiftCardClient(
    api_key=api_key, signer=HmacSigner(secret), base_url=url, journal=Journal(address, key=key), timeout=20
) as client:
    print("ready", flush=True)
    sys.stdin.read(1)
    print(client.create_gift_card(token="USDT", amount="1", idempotency_key="the only one").code)
"""


def told_at_once(script: str, count: int, *arguments: str) -> list[str]:
    """What processes print that begin at the same time."""
    with at_once(count, [sys.executable, "-c", script, *arguments], stderr=None) as started:
        told = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0] * count
    return told


def test_two_processes_make_the_tables_at_once(address) -> None:
    told_at_once(PREPARE, 3, address)
    with Journal(address, key="unsealed") as journal:
        assert journal.check() == []


def test_two_processes_with_one_key_make_one_card(address, key, sandbox) -> None:
    told = told_at_once(CREATE, 2, address, key, sandbox.url, sandbox.api_key, sandbox.api_secret)
    assert told[0] == told[1] != ""
    assert sandbox.balance("USDT") == 999


ENTRY = {
    **dict.fromkeys(("secrets", "settled", "reference", "token", "amount", "expires", "note", "key", "account")),
    **{"at": 1, "operation": "o", "state": "sent", "ends": 2, "arguments": "{}", "attempts": 1, "doubt": 0},
    **{"owner": "me", "server": "s", "sdk": "s", "spec": "s"},
}


def test_an_entry_whose_number_is_known_outlives_a_crash_of_the_server(postgres, journal) -> None:
    journal.prepare()
    number, synchronous = journal.store.write(
        lambda session: (session.insert(_INSERT, ENTRY), session.rows("SHOW synchronous_commit", {})),
        durable=False,
        seconds=5,
    )
    postgres.restart("immediate")
    assert journal.store.rows("SELECT number FROM entries", {}) == [(number,)]
    assert synchronous == [("on",)]


def test_a_commit_whose_word_was_lost_is_not_done_again(client, sandbox, monkeypatch) -> None:
    client.create_gift_card(token="USDT", amount="1")
    said, lost = PostgresSession.say, []

    def say(session: PostgresSession, statement: str) -> str | None:
        answer = said(session, statement)
        if statement == "COMMIT" and len(lost) < 4:
            lost.append(statement)
            raise psycopg.OperationalError("the connection broke after the server had committed")
        return answer

    monkeypatch.setattr(PostgresSession, "say", say)
    client.create_gift_card(token="USDT", amount="2")
    client.create_gift_card(token="USDT", amount="3", idempotency_key="once")
    assert len(lost) == 4
    assert [(entry.amount, entry.state) for entry in client.history()] == [(1, "done"), (2, "done"), (3, "done")]
    assert sandbox.balance("USDT") == 994


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing can be stopped here")
def test_a_server_that_says_nothing_any_more_is_not_waited_for(postgres, journal) -> None:
    journal.prepare()
    [(backend,)] = journal.store.rows("SELECT pg_backend_pid()", {})
    stopped = [postgres.pid, backend]
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(errors.JournalError, match="cannot be used"):
            journal.store.write(lambda session: session.insert(_INSERT, ENTRY), durable=True, seconds=0.5)
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)
    assert time.monotonic() - began < 30


def test_a_row_that_somebody_holds_is_not_waited_for_longer_than_there_is_time(address, journal) -> None:
    journal.prepare()
    number = journal.store.write(lambda session: session.insert(_INSERT, ENTRY), durable=True, seconds=5)
    with psycopg.connect(address) as other:
        other.execute("SELECT 1 FROM entries FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(errors.JournalError, match="lock timeout"):
            journal.store.write(
                lambda session: session.run("UPDATE entries SET note = '' WHERE number = :number", {"number": number}),
                durable=True,
                seconds=0.5,
            )
        assert 0.4 < time.monotonic() - began < 30


def test_a_wrong_password_is_told_at_once_and_not_shown(postgres, key) -> None:
    journal = Journal(postgres.url("postgres", "the-wrong-password", user="guarded"), key=key)
    began = time.monotonic()
    with pytest.raises(
        errors.JournalError, match=r"127\.0\.0\.1:\d+/postgres cannot be used: .*authentication"
    ) as caught:
        journal.prepare()
    assert time.monotonic() - began < 10
    assert "the-wrong-password" not in f"{caught.value}{caught.value!r}{journal!r}{vars(journal.store)!r}"


@pytest.mark.parametrize("rest", ["u:the-pass@word@host/d", "u:the-pass/word@host/d", "u:the-pass%zz@host/d"])
def test_a_password_that_libpq_would_take_for_something_else_is_refused(rest, key) -> None:
    with pytest.raises(errors.ArgumentError, match="percent-encoded") as caught:
        Journal(f"postgresql://{rest}", key=key)
    assert "the-pass" not in str(caught.value)


def test_a_user_without_rights_is_told_which(postgres, address, journal, key) -> None:
    journal.prepare()
    theirs = address.replace("tests@", "guarded:the-right-password@")
    with Journal(theirs, key=key) as other:
        with pytest.raises(errors.JournalError, match=r"permission denied for table facts \(grant SELECT"):
            other.prepare()
        postgres.run(address, "GRANT SELECT, INSERT, UPDATE ON facts, events, run_rows TO guarded")
        with pytest.raises(errors.JournalError, match="without SELECT on entries, INSERT on entries, UPDATE on"):
            other.prepare()
        postgres.run(address, "GRANT SELECT, INSERT, UPDATE ON entries TO guarded")
        other.prepare()
        with pytest.raises(errors.JournalError, match="owner"):
            other.store.scrub()
    journal.store.scrub()
    postgres.run(address, "REVOKE ALL ON facts, events, entries, run_rows FROM guarded")


def test_what_is_no_journal_of_this_version_is_refused(postgres, journal_of, address) -> None:
    with pytest.raises(errors.JournalError, match="there is no journal"):
        list(journal_of().history())
    postgres.run(address, "CREATE TABLE facts (number INTEGER)")
    with pytest.raises(errors.JournalError, match="something else"):
        journal_of().prepare()
    postgres.run(address, "DROP TABLE facts", "CREATE TABLE events (number INTEGER)")
    with pytest.raises(errors.JournalError, match="something else"):
        journal_of().prepare()
    postgres.run(address, "DROP TABLE events")
    journal_of().prepare()
    postgres.run(address, "UPDATE facts SET value = '0'")
    with pytest.raises(errors.JournalError, match="another version"):
        journal_of().prepare()


def test_damage_is_found(postgres, address, client) -> None:
    client.create_gift_card(token="USDT", amount="1")
    store = client.journal.store
    assert store.problems() == []
    [(file,)] = store.rows("SELECT pg_relation_filepath('entries')", {})
    postgres.run(address, "CHECKPOINT")
    postgres.restart("fast")
    with (postgres.data / file).open("r+b") as damaged:
        damaged.write(b"\xff" * 8192)
    [problem] = store.problems()
    assert "is damaged: invalid page" in problem
    assert "Error" not in problem


def test_no_password_is_told(postgres, key) -> None:
    gone = postgres.url("nowhere", "the-password").replace(str(postgres.port), "9")
    for address in (gone, postgres.url("nowhere", "the-password")):
        journal = Journal(address, key=key)
        assert "the-password" not in repr(journal)
        with pytest.raises(errors.JournalError) as caught:
            list(journal.history())
        assert "the-password" not in str(caught.value)
    with pytest.raises(errors.ArgumentError) as refused:
        Journal("postgresql://u:the-password@[x", key=key)
    assert "the-password" not in str(refused.value)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_opens_its_own_connections(client, sandbox) -> None:
    client.create_gift_card(token="USDT", amount="1")
    child = os.fork()
    if child == 0:
        try:
            client.create_gift_card(token="USDT", amount="2")
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    client.create_gift_card(token="USDT", amount="3")
    assert [entry.amount for entry in client.history(state="done")] == [1, 2, 3]


def test_a_database_that_is_restarted_in_the_middle_loses_no_card(postgres, address, key, later) -> None:
    over = threading.Event()
    with Sandbox(balances={"USDT": "1000000"}) as sandbox:
        signer = HmacSigner(sandbox.api_secret)
        journal = Journal(address, key=key)
        client = GiftCardClient(
            api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=journal, timeout=120
        )
        got, refused = [], []

        def work(_: int) -> None:
            while not over.is_set():
                try:
                    got.append(client.create_gift_card(token="USDT", amount="1"))
                except errors.NotSentError as error:
                    refused.append(error)

        def more(cards: int) -> None:
            wanted, ends = len(got) + cards, time.monotonic() + 60
            while len(got) < wanted and time.monotonic() < ends:
                time.sleep(0.01)

        with client, ThreadPoolExecutor(4) as threads:
            done = threads.map(work, range(4))
            for how in ("immediate", "fast", "immediate"):
                more(20)
                postgres.restart(how)
            more(20)
            over.set()
            list(done)
            made = 1_000_000 - sandbox.balance("USDT")
            later(200)  # an outcome that was not on the disk yet follows from the answer, which was
            entries = list(client.history(state="done"))
            assert made == len(got) == len(entries)
            assert len(got) > 50
            known = {card.reference_no: card.code for card in got}
            assert all(journal.result(entry).code == known[entry.reference] for entry in entries)


def test_nothing_is_sent_while_the_database_is_away(postgres, client_of, sandbox, later) -> None:
    client = client_of(sandbox)
    client.create_gift_card(token="USDT", amount="1")
    postgres.halt()
    try:
        with pytest.raises(errors.JournalError):
            client.create_gift_card(token="USDT", amount="1", timeout=1)
        assert sandbox.balance("USDT") == 999
    finally:
        postgres.start()
    client.create_gift_card(token="USDT", amount="1")
    later(120)
    assert [entry.state for entry in client.history()] == ["done", "done"]
