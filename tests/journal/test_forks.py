"""A process that forks: what parent and child do afterwards costs no card its entry, and no key a second card."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import pytest

from binance_gift_card import GiftCardClient, Journal, errors
from binance_gift_card._runtime.journal.stores import sqlite
from binance_gift_card_sandbox.rules import plain
from tests.journal.forking import (
    LONGEST,
    RICH,
    UNLIMITED,
    Child,
    Scene,
    Slow,
    forked_by_a_server,
    forked_in_c,
    paid,
    refused,
)
from tests.sandbox_process import SandboxProcess
from tests.waits import until

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxProcess]:
    """In a process of its own: no thread of it is in the middle of anything when the tests' process forks."""
    with SandboxProcess(balances=RICH) as sandbox:
        yield sandbox


@pytest.fixture
def scene(running: SandboxProcess, address: str, key: str) -> Scene:
    running.control("POST", "reset", {})
    running.control("POST", "rules", plain(UNLIMITED))
    return Scene(running, address, key)


@contextmanager
def busy(client: GiftCardClient, *, threads: int = 3, first: int = 100_000) -> Iterator[list[BaseException]]:
    """Meanwhile, threads make cards and read; what went wrong with them."""
    over, went_wrong = threading.Event(), []

    def work(number: int) -> None:
        amount = first + 10_000 * number
        try:
            while not over.is_set():
                paid(client, amount)
                amount += 1
                sum(1 for _ in client.journal.history(newest_first=True, state="sent"))
        except BaseException as error:
            went_wrong.append(error)

    working = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in working:
        thread.start()
    try:
        yield went_wrong
    finally:
        over.set()
        for thread in working:
            thread.join(LONGEST)
            assert not thread.is_alive()


# Parents and children.


@pytest.mark.parametrize("before", [0, 3])
def test_both_sides_go_on(scene, before) -> None:
    def program() -> list[str]:
        client = scene.client()
        paid(client, *range(1, 1 + before))
        children = [Child(partial(paid, client, *range(at, at + 5))) for at in (10, 20)]
        mine = paid(client, *range(30, 35))
        return mine + children[0].result() + children[1].result() + paid(client, 40)

    assert len(set(Child(program).result())) == 16
    assert len(scene.cards()) == 16 + before
    assert scene.wrong() == []


@pytest.mark.parametrize("who", ["parent", "child"])
@pytest.mark.parametrize("how", ["closed", "forgotten", "killed"])
def test_one_ends_while_the_other_works(scene, who, how) -> None:
    def end(client: GiftCardClient) -> None:
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "closed":
            client.close()
        del client
        gc.collect()

    def program() -> None:
        clients = [scene.client()]
        paid(clients[0], 1)
        ear, mouth = Pipe()

        def first() -> None:
            paid(clients[0], 2)
            mouth.send("worked")
            assert mouth.recv() == "end"
            end(clients.pop())
            mouth.send("ended")

        def other() -> None:
            paid(clients[0], 3)
            assert ear.recv() == "worked"
            ear.send("end")
            with suppress(EOFError):
                ear.recv()
            made = paid(clients[0], *range(4, 14), key=None)
            assert paid(clients[0], 14, key="again") == paid(clients[0], 14, key="again")
            assert len(set(made)) == 10
            told.send("worked to the end")

        def ours(work) -> None:
            (ear if work is first else mouth).close()
            work()

        parent, child = (first, other) if who == "parent" else (other, first)
        Child(lambda: ours(child))
        ours(parent)

    listening, told = Pipe(duplex=False)
    Child(program)
    told.close()
    assert listening.poll(LONGEST)
    try:
        assert listening.recv() == "worked to the end"
    except EOFError:
        pytest.fail("it did not; why is shown above")
    assert scene.wrong(killed=True) == []
    assert len(scene.cards()) == 14


def test_a_daemon_whose_parent_is_gone(scene) -> None:
    """A script forks twice and ends as scripts end, with all that Python closes then."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "CHILD_URL": scene.sandbox.url,
        "CHILD_API_KEY": scene.sandbox.api_key,
        "CHILD_API_SECRET": scene.sandbox.api_secret,
        "CHILD_JOURNAL": scene.address,
        "BINANCE_JOURNAL_KEY": scene.key,
    }
    script = [sys.executable, str(HERE / "child_daemon.py")]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["parent", "daemon"], done.stderr  # it ends when the daemon does
    assert len(scene.cards()) == 12
    assert scene.wrong() == []


@pytest.mark.parametrize("thread", ["main", "another"])
def test_with_calls_in_flight(scene, thread) -> None:
    def program() -> list[str]:
        client = scene.client()

        def forks() -> list[str]:
            children = [Child(partial(paid, client, *range(at, at + 3))) for at in (10, 20, 30, 40, 50, 60)]
            return [reference for child in children for reference in child.result()]

        with busy(client) as went_wrong:
            if thread == "main":
                made = forks()
            else:
                with ThreadPoolExecutor(1) as pool:
                    made = pool.submit(forks).result()
            paid(client, 1)
        assert went_wrong == []
        return made

    assert len(set(Child(program).result())) == 18
    assert scene.wrong() == []


def test_every_thread_of_a_pool_forks(scene) -> None:
    def program() -> int:
        client = scene.client()
        paid(client, 1)
        with ThreadPoolExecutor(4) as pool:
            children = list(pool.map(lambda at: Child(partial(paid, client, at, at + 1)), range(10, 50, 2)))
            made = [reference for child in children for reference in child.result()]
        return len(set(made + paid(client, 2)))

    assert Child(program).result() == 41
    assert scene.wrong() == []


def test_children_of_children(scene) -> None:
    def generation(client: GiftCardClient, number: int) -> int:
        paid(client, number)
        made = Child(partial(generation, client, number + 1)).result() if number < 6 else 0
        paid(client, number + 100)
        return made + 2

    assert Child(lambda: generation(scene.client(), 1)).result() == 12
    assert scene.wrong() == []


def test_one_key_on_both_sides_is_one_card(scene) -> None:
    def program() -> list[set[str]]:
        client = scene.client()
        paid(client, 1000, key="used before")
        found = []
        for round_ in range(5):
            children = [Child(partial(paid, client, 1 + round_, key=f"key {round_}")) for _ in range(3)]
            mine = paid(client, 1 + round_, key=f"key {round_}")
            found.append({*mine, *(child.result()[0] for child in children)})
        children = [Child(partial(paid, client, 1000, key="used before")) for _ in range(2)]
        found.append({child.result()[0] for child in children})
        return found

    assert [len(references) for references in Child(program).result()] == [1] * 6
    assert len(scene.cards()) == 6
    assert scene.wrong() == []


def test_two_clients_with_two_journals_and_two_with_one(scene, tmp_path) -> None:
    other = str(tmp_path / "other.db")

    def program() -> int:
        clients = [scene.client(), scene.client(), scene.client(journal=Journal(other, key=scene.key))]

        def both(at: int) -> list[str]:
            return [made for number, client in enumerate(clients) for made in paid(client, 1000 * number + at)]

        made = both(1)
        children = [Child(partial(both, at)) for at in (2, 3)]
        made += both(4)
        clients.pop(0).close()
        made += children[0].result() + children[1].result()
        return len(set(made + Child(partial(paid, clients[1], 2005)).result() + paid(clients[0], 1005)))

    assert Child(program).result() == 14
    assert scene.wrong(amounts=range(2000)) == []
    assert scene.wrong(amounts=range(2000, 3000), address=other) == []


def test_a_program_started_meanwhile(scene) -> None:
    def program() -> None:
        client = scene.client()
        with busy(client) as went_wrong:
            for _ in range(5):
                subprocess.run([sys.executable, "-c", ""], preexec_fn=os.setsid, check=True, timeout=20)
        assert went_wrong == []

    Child(program).result()
    assert scene.wrong() == []


# By way of the standard library.


def from_pool(at: int) -> list[str]:
    return paid(CLIENTS[0], at)


CLIENTS: list[GiftCardClient] = []
"""Of this process, for the children of pools: as a module of a server has it."""


def test_pools_of_forked_processes(scene) -> None:
    def program() -> int:
        CLIENTS.append(scene.client())
        made = paid(CLIENTS[0], 1)
        fork = multiprocessing.get_context("fork")
        with fork.Pool(2, maxtasksperchild=3) as pool:
            made += [reference for found in pool.map(from_pool, range(10, 30), chunksize=1) for reference in found]
            made += paid(CLIENTS[0], 2)
            pool.close()
            pool.join()
        with ProcessPoolExecutor(2, mp_context=fork) as executor:
            made += [reference for found in executor.map(from_pool, range(30, 40)) for reference in found]
        return len(set(made))

    assert Child(program).result() == 32
    assert scene.wrong() == []


def own_client(url: str, api_key: str, api_secret: str, address: str, key: str, at: int) -> list[str]:
    from binance_gift_card import HmacSigner

    with GiftCardClient(
        api_key=api_key, signer=HmacSigner(api_secret), base_url=url, journal=Journal(address, key=key)
    ) as client:
        return paid(client, at)


def test_a_fork_server(scene) -> None:
    """Its children are forked of a process that has no client, while this one's client is at work."""
    sandbox = scene.sandbox
    with closing(scene.client()) as client, closing(client.journal):
        made = paid(client, 1)
        work = partial(own_client, sandbox.url, sandbox.api_key, sandbox.api_secret, scene.address, scene.key)
        server = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(2, mp_context=server) as executor:
            found = executor.map(work, range(10, 14))
            made += paid(client, *range(2, 6))
            made += [reference for references in found for reference in references]
    assert len(set(made)) == 9
    assert scene.wrong() == []


# In the middle of something.


def locked(session) -> None:
    """Take the journal's lock within a transaction, changing nothing."""
    session.run("UPDATE facts SET value = value WHERE name = 'key'", {})


def test_inside_a_transaction(scene, backend) -> None:
    """A signal handler forks while its thread writes: the parent goes on, and nothing waits. The child is told that a
    file is its parent's; to a database it opens connections of its own.
    """

    def program() -> None:
        client = scene.client()
        paid(client, 1)
        said: list[Any] = []

        def child() -> tuple[str | None, str | None]:
            first = refused(client, 2)
            with suppress(errors.NotSentError, errors.ArgumentError):
                paid(scene.client(), 3)
            client.close()
            return first, refused(client, 4)

        def work(session) -> str:
            locked(session)
            signal.raise_signal(signal.SIGUSR1)
            return "kept"

        signal.signal(signal.SIGUSR1, lambda *_: said.append(Child(child).result()))
        assert client.journal.store.write(work, durable=True, seconds=5) == "kept"
        assert (said[0][0] is None) if backend == "postgres" else ("fork" in said[0][0])
        paid(client, *range(10, 15))
        assert len(Child(partial(paid, client, 20)).result()) == 1

    Child(program).result()
    assert scene.wrong() == []


def test_a_child_that_leaves_a_transaction_neither_ends_nor_keeps_it(scene) -> None:
    """The child of a fork in the middle of a transaction goes on with it, long after its parent did."""

    def program() -> None:
        client = scene.client()
        paid(client, 1)
        me = os.getpid()
        ear, mouth = Pipe(duplex=False)
        children: list[int] = []

        def work(session) -> str:
            locked(session)
            session.run("INSERT INTO facts (name, value) VALUES ('who', :who)", {"who": str(os.getpid())})
            children.append(os.fork())
            if children == [0]:
                ear.recv()
            return "kept"

        with suppress(errors.JournalError):  # which is what the child gets
            told = client.journal.store.write(work, durable=False, seconds=5)
        if os.getpid() != me:
            sys.exit()
        assert told == "kept"
        paid(client, *range(2, 12))
        mouth.send("go on")
        os.waitpid(children[0], 0)
        paid(client, *range(12, 22))

    child = Child(program)
    child.result()
    assert scene.wrong() == []
    with closing(scene.journal()) as journal:
        assert journal.store.rows("SELECT value FROM facts WHERE name = 'who'", {}) == [(str(child.pid),)]


def test_two_threads_fork_inside_two_transactions(scene, tmp_path, monkeypatch) -> None:
    """Neither waits for the other's transaction for ever."""
    monkeypatch.setattr(sqlite, "_FORKING", 0.5)

    def program() -> None:
        client, other = scene.client(), scene.client(journal=Journal(tmp_path / "other.db", key=scene.key))
        both = threading.Barrier(2)

        def work(amount: int, session) -> str | None:
            locked(session)
            both.wait(LONGEST)
            return Child(partial(refused, client, amount)).result()

        with ThreadPoolExecutor(2) as pool:
            written = [
                pool.submit(one.journal.store.write, partial(work, amount), durable=True, seconds=5)
                for one, amount in ((client, 5), (other, 6))
            ]
            for done in written:
                done.result(LONGEST)
        paid(client, 10)
        paid(other, 2010)

    Child(program).result()
    assert scene.wrong(amounts=range(2000)) == []


@pytest.mark.only("sqlite")
def test_a_fork_does_not_wait_for_ever(scene, monkeypatch) -> None:
    """One that waits holds what others have locked for it, and the one that it waits for may fork as well."""
    monkeypatch.setattr(sqlite, "_FORKING", 0.5)

    def program() -> None:
        client = scene.client()
        inside, forking = threading.Event(), threading.Event()

        def work(session) -> None:
            locked(session)
            inside.set()
            forking.wait(LONGEST)
            threading.Event().wait(0.2)  # until the other waits for this transaction
            Child(partial(refused, client, 5)).result()

        def announced() -> int:
            forking.set()
            return os.fork()

        def fork() -> str | None:
            inside.wait(LONGEST)
            return Child(partial(refused, client, 6), fork=announced).result()

        with ThreadPoolExecutor(2) as pool:
            forked = pool.submit(fork)
            pool.submit(client.journal.store.write, work, durable=True, seconds=5).result(LONGEST)
            assert "fork" in (forked.result(LONGEST) or "")
        paid(client, 7)

    Child(program).result()
    assert scene.wrong() == []


def test_a_fork_waits_for_another_threads_transaction(scene) -> None:
    def program() -> list[str]:
        client = scene.client()
        inside = threading.Event()

        def work(session) -> str:
            locked(session)
            inside.set()
            threading.Event().wait(0.5)
            return "kept"

        with ThreadPoolExecutor(1) as pool:
            written = pool.submit(client.journal.store.write, work, durable=True, seconds=5)
            inside.wait(LONGEST)
            child = Child(partial(paid, client, 2))
            assert written.result() == "kept"
        return child.result() + paid(client, 3)

    assert len(Child(program).result()) == 2
    assert scene.wrong() == []


class Forks:
    """Forks in the middle of a call, and lets both sides go on with it."""

    def __init__(self, when: str) -> None:
        self.when = when
        self.child: int | None = None

    def _fork(self, when: str) -> None:
        if when == self.when and self.child is None:
            self.child = os.fork()

    def before_attempt(self, sending) -> None:
        self._fork("before")

    def after_attempt(self, sending, attempt) -> None:
        self._fork("after")


def test_a_call_in_whose_middle_a_process_forks_is_the_parents(scene) -> None:
    def program() -> tuple[list[str], object]:
        ear, mouth = Pipe(duplex=False)
        hooks = Forks("before")
        client = scene.client(hooks=hooks)
        made: list[str] = []
        try:
            made = paid(client, 1, key="one")
        except errors.ClientError as error:
            if hooks.child == 0:
                mouth.send((type(error).__name__, error.executed))
        if hooks.child == 0:
            if made:
                mouth.send(("a card", made))
            os._exit(0)
        assert ear.poll(LONGEST)
        os.waitpid(hooks.child, 0)
        return made, ear.recv()

    _, (kind, executed) = Child(program).result()
    assert (kind, executed) == ("OutcomeUnknownError", "unknown")  # its parent's call may do it
    assert len(scene.cards()) == 1
    assert scene.wrong() == []


def test_a_child_does_not_read_its_parents_answer(scene) -> None:
    """A signal handler forks while the answer is waited for, and both sides go on with the call; the child first."""

    def program() -> tuple[list[str], str]:
        client = scene.client()
        paid(client, 1)
        ear, mouth = Pipe(duplex=False)
        children: list[int] = []

        def fork(*_: object) -> None:
            children.append(os.fork())
            if children[0]:
                ear.poll(LONGEST)

        def interrupt() -> None:
            until(lambda: not scene.sandbox.control("GET", "faults"))  # the server has the request
            os.kill(os.getpid(), signal.SIGUSR1)

        signal.signal(signal.SIGUSR1, fork)
        fault = {"kind": "delay-after", "delay_ms": 1000, "operation": "createGiftCard"}
        scene.sandbox.control("POST", "faults", fault)
        threading.Thread(target=interrupt).start()
        made, said = [], ""
        try:
            made = paid(client, 2, key="two")
        except errors.ClientError as error:
            said = error.executed
        if children == [0]:
            mouth.send(said or "a card")
            os._exit(0)
        assert len(children) == 1
        assert ear.poll(LONGEST)
        os.waitpid(children[0], 0)
        assert paid(client, 2, key="two") == made
        return made + paid(client, 3), ear.recv()

    made, told = Child(program).result()
    assert told == "unknown"
    assert len(made) == 2
    assert len(scene.cards()) == 3
    assert scene.wrong() == []


def forked_in_a_call(client: GiftCardClient, interrupt: Callable[[], object]) -> tuple[list[str], str]:
    """Calls whose second is interrupted by a signal handler that forks, and both sides go on with it, the child first.

    Returns:
        The parent's cards, and what its child was told.
    """
    paid(client, 1)
    client.journal.close()
    ear, mouth = Pipe(duplex=False)
    children: list[int] = []

    def fork(*_: object) -> None:
        children.append(os.fork())
        if children[0]:
            ear.poll(LONGEST)

    signal.signal(signal.SIGUSR1, fork)
    interrupt()
    made, said = [], ""
    try:
        made = paid(client, 2)
    except errors.ClientError as error:
        said = f"{error.executed}: {error}"
    if children == [0]:
        mouth.send(said or "a card")
        os._exit(0)
    assert said == ""
    assert ear.poll(LONGEST)
    os.waitpid(children[0], 0)
    return made + paid(client, 3), ear.recv()


@pytest.mark.only("postgres")
def test_a_child_has_no_part_in_a_connection_that_its_parent_is_opening(scene, postgres) -> None:
    """It must not read the answer of the database, which is its parent's."""
    ear, mouth = Pipe()
    slow = Slow(scene.address, 0.6)

    def program() -> tuple[list[str], str]:
        client = scene.client(journal=Journal(slow.address, key=scene.key))
        return forked_in_a_call(client, lambda: ask(mouth, "interrupt me when I open the next one"))

    with closing(slow):
        child = Child(program)
        hear(ear, lambda: setattr(slow, "before_answer", partial(os.kill, child.pid, signal.SIGUSR1)))
        made, told = child.result()
    assert re.match("unknown: .*forked in the middle of the call", told)
    assert len(made) == 2
    assert len(scene.cards()) == len(entries(scene)) == 3
    assert scene.wrong() == []


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "event",
    [
        "sqlite3.connect",
        pytest.param(
            "sqlite3.connect/handle",
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 does not tell when it is open"),
        ),
    ],
)
def test_a_child_has_no_part_in_a_file_that_its_parent_is_opening(scene, event) -> None:
    """Just before, or just after: it would write to the file without a lock."""

    def program() -> tuple[list[str], str]:
        client = scene.client()
        events: list[str] = []

        def interrupt() -> None:
            sys.addaudithook(opened)

        def opened(name: str, _: object) -> None:
            if name == event and not events:
                events.append(name)
                signal.raise_signal(signal.SIGUSR1)

        return forked_in_a_call(client, interrupt)

    made, told = Child(program).result()
    assert re.match("unknown: .*forked", told)
    assert len(made) == 2
    assert len(scene.cards()) == len(entries(scene)) == 3
    assert scene.wrong() == []


def ask(mouth: Connection, what: str) -> None:
    """Ask the tests' process to get ready for something, and wait until it is."""
    mouth.send(what)
    assert mouth.recv() == "ready"


def hear(ear: Connection, get_ready: Callable[[], object]) -> None:
    """Get ready for what a child asks."""
    assert ear.poll(LONGEST)
    ear.recv()
    get_ready()
    ear.send("ready")


def entries(scene: Scene) -> list[Any]:
    with closing(scene.journal()) as journal:
        return list(journal.history())


@pytest.mark.only("postgres")
@pytest.mark.parametrize("opening", [False, True])
def test_a_child_keeps_no_session_of_a_dead_parent(scene, postgres, opening) -> None:
    """Else a row that the parent had locked stays so, for as long as the child lives."""
    ear, mouth = Pipe()
    slow = Slow(scene.address, 0.5)

    def program() -> None:
        client = scene.client(journal=Journal(slow.address, key=scene.key))
        paid(client, 1)
        client.journal.close()
        inside, forked = threading.Event(), threading.Event()

        def hold(session) -> None:
            locked(session)
            inside.set()
            forked.wait(30)
            os._exit(0)  # inside of its transaction

        ask(mouth, "tell me when I open the next one")
        threading.Thread(target=lambda: client.journal.store.write(hold, durable=True, seconds=30), daemon=True).start()
        assert mouth.recv() == "it is being opened"
        assert opening or inside.wait(LONGEST)

        def child() -> None:
            paid(client, 2)
            mouth.send("up")
            mouth.recv()
            paid(client, 3)
            mouth.send("worked")

        Child(child)
        forked.set()
        threading.Event().wait(30)

    with closing(slow):
        Child(program)
        hear(ear, lambda: setattr(slow, "before_answer", partial(ear.send, "it is being opened")))
        assert ear.poll(LONGEST)
        assert ear.recv() == "up"
        with closing(scene.journal()) as journal:
            journal.store.write(locked, durable=True, seconds=8)
        ear.send("go on")
        assert ear.recv() == "worked"
    assert scene.wrong() == []


# Forks that Python's hooks do not see, or not whole.


@pytest.mark.parametrize("fork", [forked_in_c, forked_by_a_server])
def test_a_fork_that_nobody_announced_is_refused(scene, backend, fork) -> None:
    """What was open then is the parent's, and nobody could close it in time; a database's connections can be let go."""

    def program() -> None:
        client = scene.client()
        paid(client, 1)

        def child() -> tuple[str | None, str | None]:
            first = refused(client, 2)
            try:
                again = scene.client()
            except errors.ClientError as error:
                return first, str(error)
            return first, refused(again, 3)

        said, _ = Child(child, fork=fork).result()
        if backend == "postgres" and fork is forked_by_a_server:
            assert said is None
        else:
            assert said is not None
            assert "fork" in said
        paid(client, *range(10, 20))
        assert len(Child(partial(paid, client, 20)).result()) == 1
        client.close()

    Child(program).result()
    assert scene.wrong() == []


@pytest.mark.parametrize("fork", [forked_in_c, forked_by_a_server])
def test_a_fork_that_nobody_announced_while_nothing_is_open(scene, fork) -> None:
    """A server that forks so has its way: it closes the journal before, or makes the client in each child."""

    def program() -> list[str]:
        client = scene.client()
        made = paid(client, 1)
        client.journal.close()

        def child() -> list[str]:
            ours = client if fork is forked_by_a_server else scene.client()
            return paid(ours, *range(2, 6))

        return made + Child(child, fork=fork).result() + paid(client, 6)

    assert len(set(Child(program).result())) == 6
    assert scene.wrong() == []


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("fork", [forked_in_c, forked_by_a_server])
def test_no_child_uses_a_connection_to_the_server_that_its_parent_has(scene, fork) -> None:
    """Not without a journal either: each could get the other's card."""

    def program() -> tuple[list[str], list[str] | str]:
        client = scene.client(journal=False)
        paid(client, 1)

        def work() -> list[str] | str:
            return (refused(client, 99) or "") if fork is forked_in_c else paid(client, *range(100, 110))

        child = Child(work, fork=fork)
        return paid(client, *range(200, 230)), child.result()

    mine, its = Child(program).result()
    if fork is forked_in_c:
        assert "forked" in its
        its = []
    amounts = {reference: amount for amount, reference in scene.cards()}
    assert [amounts[reference] for reference in mine] == [*range(200, 230)]
    assert [amounts[reference] for reference in its] == [*range(100, 110)][: len(its)]
    assert 99 not in amounts.values()


# What it costs to have been made.


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("clients", [50, pytest.param(1000, marks=pytest.mark.proof)])
def test_many_clients_leave_nothing_behind(scene, monkeypatch, clients) -> None:
    def once_is_enough(**_: object) -> None:
        raise AssertionError("a hook for each client would stay for ever")

    def program() -> None:
        monkeypatch.setattr(os, "register_at_fork", once_is_enough)
        gone = []
        for _ in range(clients):
            with scene.client(attempts=1) as client:
                gone += [weakref.ref(client), weakref.ref(client.journal), weakref.ref(client.journal.store)]
            del client
        gc.collect()
        assert [reference() for reference in gone if reference() is not None] == []
        assert Child(lambda: 1).result() == 1

    Child(program).result()


# Files that are taken away.


def gone(address: str, how: str) -> None:
    if how == "replaced":
        shutil.copy(address, f"{address}-copy")
        Path(f"{address}-copy").replace(address)
    else:
        Path(address + how).unlink()


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("how", ["", "-wal", "-shm", "replaced"])
def test_a_file_that_goes_while_it_is_written_is_told(scene, how) -> None:
    """Looked at before the transaction, it would be missed: what was kept is gone."""
    with closing(scene.client()) as client, closing(client.journal):
        paid(client, 1)

        def work(session) -> None:
            locked(session)
            gone(scene.address, how)

        with pytest.raises(errors.JournalError, match=r"replaced|removed"):
            client.journal.store.write(work, durable=True, seconds=5)
        assert refused(client, 2) is not None
        assert len(scene.cards()) == 1


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("how", ["", "-wal", "-shm", "replaced"])
def test_nothing_is_sent_once_a_file_is_gone(scene, how) -> None:
    with closing(scene.client()) as client, closing(client.journal):
        paid(client, 1)
        gone(scene.address, how)
        assert re.search("replaced|removed", refused(client, 2) or "")
        assert refused(client, 3) is not None
        assert len(scene.cards()) == 1
