"""Processes killed at any instant, and many of them on one journal: no card is lost, none is made twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from binance_gift_card import Journal
from binance_gift_card_sandbox import Rules, Sandbox
from tests.processes import piped
from tests.waits import until

KILLS = int(os.environ.get("TEST_KILLS", "200"))
AT_ONCE = 8
EACH = 20

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")

_CREATE = """
import os, sys
from binance_gift_card import GiftCardClient, HmacSigner
signer = HmacSigner(os.environ["SECRET"])
with GiftCardClient(api_key="k" * 64, signer=signer, base_url=sys.argv[1], journal=sys.argv[2], timeout=60) as client:
    print("ready", flush=True)
    number = 0
    while number < int(sys.argv[4]):
        number += 1
        client.create_gift_card(token="USDT", amount="1", idempotency_key=f"{sys.argv[3]}-{number}")
"""


@pytest.fixture
def bank():
    with Sandbox(
        api_key="k" * 64, balances={"USDT": 10**9}, rules=Rules(monthly_cards=None, monthly_amount=None)
    ) as running:
        yield running


@pytest.fixture
def start(bank, address, key) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    environment = {**os.environ, "BINANCE_JOURNAL_KEY": key, "SECRET": bank.api_secret}
    with ExitStack() as running:

        def start(name: str, cards: int = 10**9) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", _CREATE, bank.url, address, name, str(cards)]
            return running.enter_context(piped(command, env=environment))

        yield start


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == -9, errors


def agree(sandbox: Sandbox, journal: Journal) -> tuple[int, int]:
    """The cards that the server made are those in the journal, with their codes, and some of what is unknown."""
    journal.store.write(
        lambda session: session.run("UPDATE entries SET ends = 1 WHERE open = 1", {}), durable=True, seconds=10
    )
    journal.recover()
    assert not journal.check()
    cards = {card.reference_no: card for card in sandbox.cards()}
    done = list(journal.history(state="done"))
    unknown = list(journal.history(state="unknown"))
    assert not list(journal.history(state="sent"))
    assert not list(journal.history(state="intended"))
    assert len({entry.reference for entry in done}) == len(done), "one card stands in two entries"
    for entry in done:
        assert journal.result(entry).code == cards[entry.reference].code
    assert len(done) <= len(cards) <= len(done) + len(unknown)
    return len(done), len(unknown)


@pytest.mark.proof
def test_kills_at_random_instants_lose_no_card(bank, start, journal_of, backend, seed) -> None:
    chance = random.Random(seed)
    kills = KILLS if backend == "sqlite" else KILLS // 4
    for first in range(0, kills, AT_ONCE):
        running = [start(f"{first + n}") for n in range(min(AT_ONCE, kills - first))]
        for process in running:
            assert process.stdout.readline() == "ready\n", process.communicate()
        for process in running:
            time.sleep(chance.uniform(0, 0.02))
            kill(process)
    done, unknown = agree(bank, journal_of())
    assert done > AT_ONCE
    assert unknown <= kills  # one call at most was on its way in each process


def test_eight_processes_write_one_journal(bank, start, journal_of) -> None:
    running = [start(f"p{n}", EACH) for n in range(AT_ONCE)]
    for process in running:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    journal = journal_of()
    assert agree(bank, journal) == (AT_ONCE * EACH, 0)
    keys = [entry.idempotency_key for entry in journal.history()]
    assert len(set(keys)) == len(keys)
    assert {key.partition("-")[0] for key in keys} == {f"p{n}" for n in range(AT_ONCE)}


@pytest.mark.only("sqlite")
def test_an_entry_is_whole_or_not_there(bank, start, journal_of) -> None:
    process = start("whole")
    process.stdout.readline()
    until(lambda: bank.cards() or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    for _ in range(20):  # what a reader sees while it is written
        seen = list(journal_of().history())
        assert all(entry.token == "USDT" and entry.amount == 1 for entry in seen)
        assert all(entry.reference for entry in seen if entry.state == "done")
    kill(process)
