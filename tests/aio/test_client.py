"""What only an async client has: loops, hooks and signers that may be async, and a thread that nothing may hold."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import subprocess
import sys
import threading
import time
import warnings
from typing import Any

import pytest

from binance_gift_card import AsyncGiftCardClient, GiftCardClient, HmacSigner, Journal, Network, errors
from tests.faults.server import CARD, CODE, VALID, always, answer, one, silent
from tests.waits import LONGEST_S, until_async

WAITING = ("sqlite3.", "socket.getaddrinfo", "socket.gethostby", "open", "os.fsync", "time.sleep", "subprocess.")


class Watch:
    """What the loop's thread did that may wait; it is heard for good, so it is made where it is needed."""

    def __init__(self) -> None:
        self.thread: int | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.thread == threading.get_ident() and event.startswith(WAITING):
            self.seen.append(f"{event} {arguments[:1]}")


async def everything(client: AsyncGiftCardClient) -> None:
    card = await client.create_gift_card(token="USDT", amount="1", idempotency_key="a")
    await client.verify_gift_card(reference_no=card.reference_no)
    await client.redeem_gift_card(code=card.code, encrypt=True)
    assert [entry.state async for entry in client.history()] == ["done", "done"]
    await client.bulk.create([{"token": "USDT", "amount": "1"}] * 3, run="gifts")
    await client.reconcile()
    await client.sync_clock()


def test_nothing_waits_in_the_thread_of_the_loop(run, of, sandbox, tmp_path) -> None:
    def client(name: str) -> AsyncGiftCardClient:
        url = sandbox.url.replace("127.0.0.1", "localhost")
        journal = Journal(tmp_path / name, key="unsealed")
        return of(url, journal=journal, sync_clock=True)

    async def story() -> None:
        async with client("first.db") as first:  # imports what there is to import
            await everything(first)
        watch = Watch()
        made = client("second.db")
        watch.thread = threading.get_ident()
        try:
            async with made as second:
                await everything(second)
            seen = list(watch.seen)
            open(os.devnull).close()
            assert len(watch.seen) > len(seen), "it is seen"
        finally:
            watch.thread = None
        assert seen == []

    run(story())


def test_many_calls_at_once_share_connections(run, of, sandbox) -> None:
    async def story() -> None:
        async with of(network=Network(connections=5), timeout=60) as client:  # a busy machine takes its time
            made = await asyncio.gather(*(client.create_gift_card(token="USDT", amount="1") for _ in range(50)))
            assert len({card.reference_no for card in made}) == 50
            assert len(client._transport._pool) == 5

    run(story())
    assert len(sandbox.cards()) == 50


def test_a_client_may_be_used_in_one_loop_after_another(of) -> None:
    async def last(client: AsyncGiftCardClient) -> object:
        async with client:
            return await client.get_server_time()

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        client = of()
        assert asyncio.run(client.get_server_time())
        assert asyncio.run(last(client))
        del client
        gc.collect()
    assert not shown, "the first loop left no connection open"


def test_a_client_of_another_loop_is_refused(of) -> None:
    client = of()
    loops = [asyncio.new_event_loop() for _ in range(2)]
    try:
        assert loops[0].run_until_complete(client.get_server_time())
        with pytest.raises(errors.ArgumentError, match="belongs to another event loop; make one in each loop"):
            loops[1].run_until_complete(client.get_server_time())
        loops[0].run_until_complete(client.close())
    finally:
        for loop in loops:
            loop.close()


def test_a_client_that_is_closed_lets_a_call_end_and_sends_nothing_more(run, of, serve) -> None:
    closed = threading.Event()

    def slow(peer) -> None:
        peer.request()
        closed.wait(LONGEST_S)
        peer.send(answer(CARD))

    server = serve(slow)

    async def story() -> None:
        client = of(server, timeout=LONGEST_S)
        call = asyncio.ensure_future(client.create_gift_card(token="USDT", amount="1"))
        await until_async(lambda: server.requests)
        await client.close()
        await client.aclose()
        closed.set()
        assert (await call).code == CODE
        with pytest.raises(errors.NotSentError, match="the client is closed"):
            await client.create_gift_card(token="USDT", amount="1")

    run(story())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_makes_connections_of_its_own(of, sandbox) -> None:
    client = of()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(client.get_server_time())
    child = os.fork()
    if not child:
        status = 1
        try:
            asyncio.run(client.create_gift_card(token="USDT", amount="1"))
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert loop.run_until_complete(client.create_gift_card(token="USDT", amount="1"))
    loop.run_until_complete(client.close())
    loop.close()
    assert len(sandbox.cards()) == 2


NAME = contextvars.ContextVar("NAME", default="nobody")


class AsyncHooks:
    def __init__(self, *, fails: bool = False) -> None:
        self.told: list[str] = []
        self.fails = fails

    async def before_attempt(self, sending) -> None:
        await asyncio.sleep(0.01)
        self.told.append(f"{sending.operation} {sending.number} for {NAME.get()}")
        if self.fails:
            raise RuntimeError("of a hook")

    async def after_attempt(self, sending, attempt) -> None:
        await asyncio.sleep(0.01)
        self.told.append(attempt.outcome)


@pytest.mark.parametrize("fails", [False, True])
def test_hooks_may_be_async(run, of, fails) -> None:
    hooks = AsyncHooks(fails=fails)

    async def story() -> None:
        NAME.set("somebody")
        async with of(hooks=hooks) as client:
            await client.get_server_time()
            with pytest.raises(errors.ApiError):
                await client.create_gift_card(token="NONE", amount="1")

    run(story())
    told = ["get_server_time 1 for somebody", "done", "create_gift_card 1 for somebody", "refused"]
    assert hooks.told == told


def test_an_async_hook_ends_with_its_call_and_is_told_of_its_end(run, of, serve) -> None:
    hooks, server = AsyncHooks(), serve(silent)

    async def story() -> None:
        async with of(server, hooks=hooks) as client:
            task = asyncio.ensure_future(client.create_gift_card(token="USDT", amount="1"))
            await until_async(lambda: server.requests)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(story())
    assert hooks.told == ["create_gift_card 1 for nobody", "unknown"]


@pytest.mark.blocking("it is about that client")
def test_a_client_that_blocks_refuses_async_hooks() -> None:
    with pytest.raises(errors.ArgumentError, match="before_attempt is an async function"):
        GiftCardClient(api_key="k", signer=HmacSigner("s"), hooks=AsyncHooks())


class AsyncSigner:
    def __init__(self, secret: str, seconds: float = 0.01) -> None:
        self._signer, self._seconds = HmacSigner(secret), seconds

    async def sign(self, payload: bytes) -> str:
        await asyncio.sleep(self._seconds)
        return self._signer.sign(payload)


class BlockingSigner(AsyncSigner):
    def sign(self, payload: bytes) -> str:  # type: ignore[override]
        assert threading.current_thread() is not threading.main_thread()
        time.sleep(self._seconds)
        return self._signer.sign(payload)


@pytest.mark.parametrize("signer", [AsyncSigner, BlockingSigner])
def test_a_signer_may_be_async_or_block(run, of, sandbox, signer) -> None:
    async def story() -> None:
        async with of(signer=signer(sandbox.api_secret)) as client:
            assert await client.create_gift_card(token="USDT", amount="1")
        async with of(signer=signer(sandbox.api_secret, 2.0), timeout=0.2) as client:
            with pytest.raises(errors.SigningError) as raised:
                await client.create_gift_card(token="USDT", amount="1")
            assert isinstance(raised.value.__cause__, TimeoutError)

    run(story())
    assert len(sandbox.cards()) == 1


def test_the_loop_goes_on_while_a_call_waits(run, of, serve) -> None:
    went_on = threading.Event()

    def slow(peer) -> None:
        peer.request()
        assert went_on.wait(LONGEST_S)
        peer.send(answer(CARD))

    server = serve(slow)

    async def tick() -> None:
        await until_async(lambda: server.requests)
        for _ in range(10):
            await asyncio.sleep(0.01)
        went_on.set()

    async def story() -> None:
        async with of(server, timeout=LONGEST_S) as client:
            ticking = asyncio.ensure_future(tick())
            assert (await client.create_gift_card(token="USDT", amount="1")).code == CODE
            await ticking

    run(story())


def test_what_nobody_asked_for_ends_an_idle_connection(run, of, serve) -> None:
    talked = threading.Event()

    def talkative(peer) -> None:
        one(answer(VALID))(peer)
        peer.send(answer(VALID))
        talked.set()
        peer.gone()

    server = serve(talkative, always(answer(CARD)))

    async def story() -> None:
        async with of(server) as client:
            await client.verify_gift_card(reference_no="0033002144060553")
            await until_async(talked.is_set)
            assert (await client.create_gift_card(token="USDT", amount="1")).code == CODE

    run(story())
    assert server.connections == 2


def test_a_key_that_is_wrong_is_told_when_the_client_is_opened(of, tmp_path) -> None:
    async def story() -> None:
        client = of(journal=Journal(tmp_path / "cards.db"))
        with pytest.raises(errors.ArgumentError, match="needs a key for its secrets"):
            await client.open()
        with pytest.raises(errors.ArgumentError, match="is not open yet"):
            client.journal.history()

    asyncio.run(story())


def test_the_package_imports_no_loop_for_who_wants_none() -> None:
    code = "import sys, binance_gift_card; binance_gift_card.GiftCardClient; print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
