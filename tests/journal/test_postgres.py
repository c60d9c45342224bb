"""What is particular to a journal in PostgreSQL."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors
from binance_gift_card_sandbox import Sandbox

pytestmark = pytest.mark.only("postgres")


def test_many_processes_make_the_tables_at_once(journal_of) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: journal_of().prepare(), range(8)))
    assert journal_of().check() == []


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
            api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=journal, timeout=20
        )
        got, refused = [], []

        def work(_: int) -> None:
            while not over.is_set():
                try:
                    got.append(client.create_gift_card(token="USDT", amount="1"))
                except errors.NotSentError as error:
                    refused.append(error)

        with client, ThreadPoolExecutor(4) as threads:
            done = threads.map(work, range(4))
            for how in ("immediate", "fast", "immediate"):
                time.sleep(0.7)
                postgres.restart(how)
            time.sleep(0.7)
            over.set()
            list(done)
            made = 1_000_000 - sandbox.balance("USDT")
            later(120)  # an outcome that was not on the disk yet follows from the answer, which was
            entries = list(client.history(state="done"))
            assert made == len(got) == len(entries)
            assert len(got) > 50
            known = {card.reference_no: card.code for card in got}
            assert all(journal.result(entry).code == known[entry.reference] for entry in entries)


def test_nothing_is_sent_while_the_database_is_away(postgres, client_of, sandbox, later) -> None:
    client = client_of(sandbox, timeout=1)
    client.create_gift_card(token="USDT", amount="1")
    postgres.halt()
    try:
        with pytest.raises(errors.JournalError):
            client.create_gift_card(token="USDT", amount="1")
        assert sandbox.balance("USDT") == 999
    finally:
        postgres.start()
    client.create_gift_card(token="USDT", amount="1")
    later(120)
    assert [entry.state for entry in client.history()] == ["done", "done"]
