"""A nonce that has to grow: over processes that keep one journal, whatever becomes of them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.journal.forking import Child

NOW = 1_700_000_000_123


@pytest.fixture
def package(package_of):
    return package_of("nonces", 'exchange = "signature"')


@pytest.fixture
def client_of(package, recorder, address):
    """Makes a client whose clock stands still, of a journal that it opens by itself."""
    recorder.reply("204 No Content", b"")

    def client(kind: str = "NoncesClient", now: int = NOW):
        journal = package.Journal(address, key="unsealed")
        given = {"signer": "secret", "key": address, "base_url": recorder.url, "journal": journal, "timeout": 60.0}
        return getattr(package, kind)(**given, clock=lambda: now)

    return client


@pytest.fixture
def nonces(recorder):
    """What came, in its order."""
    return lambda: [
        int(request.lower().partition(b"x-nonce: ")[2].partition(b"\r\n")[0]) for request in recorder.requests
    ]


def test_processes_at_once_take_no_nonce_twice(client_of, nonces) -> None:
    def work() -> None:
        with client_of() as client:
            for _ in range(4):
                client.list_balances()
                client.send_order(amount="1")

    children = [Child(work) for _ in range(3)]
    for child in children:
        child.result()
    assert sorted(nonces()) == list(range(NOW, NOW + 24))


@pytest.mark.only("sqlite")
def test_each_is_greater_than_those_of_other_processes(client_of, nonces) -> None:
    async def call() -> None:
        async with client_of("AsyncNoncesClient", NOW - 5000) as client:
            await client.list_balances()
            await client.send_order(amount="1")

    with client_of() as client:
        client.list_balances()
        for _ in range(2):
            Child(lambda: asyncio.run(call())).result()
            client.list_balances()
            client.send_order(amount="1")
    assert nonces() == list(range(NOW, NOW + 9))


@pytest.mark.only("sqlite")
def test_they_do_not_go_back_when_a_process_dies_and_the_clock_was_set_back(client_of, nonces) -> None:
    def work() -> None:
        client_of().list_balances()
        os.kill(os.getpid(), signal.SIGKILL)

    os.waitpid(Child(work).pid, 0)
    with client_of(now=NOW - 86_400_000) as client:
        client.list_balances()
    assert nonces() == [NOW, NOW + 1]


@pytest.mark.only("sqlite")
def test_without_the_journal_nothing_is_sent(client_of, package, recorder, address) -> None:
    with client_of() as client:
        Path(address).unlink()
        with pytest.raises(package.errors.JournalError, match="deleted") as raised:
            client.list_balances()
    assert (raised.value.executed, recorder.requests) == ("no", [])
