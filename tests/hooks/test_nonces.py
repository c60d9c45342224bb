"""A nonce that has to grow: over threads, and over processes that keep one journal, whatever becomes of them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import at_once

NOW = 1_700_000_000_123
PROCESS = """
import asyncio, importlib, sys
folder, url, address, client, now = sys.argv[1:]
sys.path.insert(0, folder)
package = importlib.import_module("nonces")
journal = package.Journal(address, key="unsealed")
journal.prepare()
given = {"signer": "secret", "key": "key", "base_url": url, "journal": journal, "clock": lambda: int(now)}
given |= {"timeout": 60.0}
print("ready", flush=True)
sys.stdin.read(1)

async def call(made, name, **arguments):
    result = getattr(made, name)(**arguments)
    return await result if client == "AsyncNoncesClient" else result

async def main():
    made = getattr(package, client)(**given)
    await call(made, "list_balances")
    await call(made, "send_order", amount="1")
    for _ in range(4):
        await call(made, "list_balances")
    print("done", flush=True)
    for line in sys.stdin:
        await call(made, line.strip())
        print("done", flush=True)

asyncio.run(main())
"""


@pytest.fixture
def package(package_of):
    return package_of("nonces", 'exchange = "signature"')


@pytest.fixture
def command(package, recorder, address):
    recorder.reply("204 No Content", b"")
    folder = str(Path(package.__file__).parents[1])

    def made(client: str = "NoncesClient", now: int = NOW) -> list[str]:
        return [sys.executable, "-c", PROCESS, folder, recorder.url, address, client, str(now)]

    return made


@contextmanager
def process_of(command):
    """One that has made its first calls, and makes another one when it is told."""
    with at_once(1, command) as (process,):
        assert process.stdout.readline() == "done\n", process.communicate()

        def call(name: str = "list_balances") -> None:
            process.stdin.write(f"{name}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n", process.communicate()

        process.call = call
        yield process


@pytest.fixture
def nonces(recorder):
    """What came, in its order."""
    return lambda: [
        int(request.lower().partition(b"x-nonce: ")[2].partition(b"\r\n")[0]) for request in recorder.requests
    ]


def test_processes_at_once_take_no_nonce_twice(command, nonces) -> None:
    """Their clocks stand still at the same moment."""
    with at_once(3, command()) as processes:
        for process in processes:
            assert process.stdout.readline() == "done\n", process.communicate()
    assert sorted(nonces()) == list(range(NOW, NOW + 18))


def test_each_is_greater_than_those_of_other_processes(command, nonces) -> None:
    with process_of(command()) as first, process_of(command("AsyncNoncesClient", NOW - 5000)) as second:
        for process in (first, second, first, second):
            process.call()
    assert nonces() == list(range(NOW, NOW + 16))


@pytest.mark.only("sqlite")
def test_they_do_not_go_back_when_a_process_dies_and_the_clock_was_set_back(command, nonces) -> None:
    with process_of(command()) as process:
        process.kill()
    with process_of(command(now=NOW - 86_400_000)):
        pass
    assert nonces() == list(range(NOW, NOW + 12))


@pytest.mark.only("sqlite")
def test_without_the_journal_nothing_is_sent(package, recorder, address) -> None:
    journal = package.Journal(address, key="unsealed")
    with package.NoncesClient(signer="secret", key="key", base_url=recorder.url, journal=journal) as client:
        Path(address).unlink()
        with pytest.raises(package.errors.JournalError, match="deleted") as raised:
            client.list_balances()
    assert (raised.value.executed, recorder.requests) == ("no", [])
