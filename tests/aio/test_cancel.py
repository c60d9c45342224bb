"""A task is cancelled at every await of a call: the journal stays true, and nothing that was paid for is lost."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import types
import warnings
from collections import Counter
from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest

from binance_gift_card import errors
from tests.faults.server import CARD, always, answer, silent
from tests.waits import until_async

MOST = 40


class Stepper:
    """Runs a coroutine and cancels its task at some of its awaits: as it begins to wait, or when what it waits for is
    there already.
    """

    def __init__(self, coroutine: Any, *steps: int, late: bool = False) -> None:
        self.coroutine = coroutine
        self.steps = steps
        self.late = late
        self.count = 0

    @types.coroutine
    def run(self) -> Generator[Any, Any, Any]:
        task = asyncio.current_task()
        assert task is not None
        send, given = self.coroutine.send, None
        while True:
            try:
                waited = send(given)
            except StopIteration as end:
                return end.value
            self.count += 1
            hit = self.count in self.steps
            if hit and not self.late:
                task.cancel()
            try:
                given = yield waited
                send = self.coroutine.send
            except BaseException as error:
                send, given = self.coroutine.throw, error
            if hit and self.late:
                send, given = self.coroutine.throw, asyncio.CancelledError()


async def cancelled(call: Any, *steps: int, late: bool = False) -> tuple[int, BaseException | None]:
    """How often a call waited, and what it raised."""
    stepper = Stepper(call, *steps, late=late)

    async def main() -> BaseException | None:
        try:
            await stepper.run()
        except BaseException as error:
            return error
        return None

    raised = await asyncio.ensure_future(main())
    return stepper.count, raised


@pytest.mark.parametrize("late", [False, True], ids=["as it waits", "when it is there"])
@pytest.mark.parametrize("again", [(), (1,), (1, 2), (2,)], ids=["once", "twice", "three times", "twice apart"])
def test_a_journalled_call_that_is_cancelled_anywhere_leaves_the_truth(run, of, sandbox, journal, again, late) -> None:
    ends: list[tuple[Decimal, Any, Any]] = []

    async def story() -> None:
        async with of(journal=journal) as client:
            for step in range(1, MOST):
                key, amount = f"key {step}", Decimal(step) / 10  # by its amount a card is known
                call = client.create_gift_card(token="USDT", amount=amount, idempotency_key=key)
                steps = (step, *(step + more for more in again))
                count, raised = await cancelled(call, *steps, late=late)
                if raised is None:  # there was no such await
                    assert count < step or late
                    return
                assert type(raised) is asyncio.CancelledError
                found = [entry async for entry in client.history(idempotency_key=key)]
                assert len(found) <= 1
                ends.append((amount, raised.__cause__, found[0] if found else None))
                if found and found[0].state == "done":
                    card = await client.create_gift_card(token="USDT", amount=amount, idempotency_key=key)
                    assert card.reference_no == found[0].reference
            pytest.fail("there was no end of awaits")

    run(story())
    sandbox.stop()  # what left has come
    cards = Counter(card.amount for card in sandbox.cards())
    for amount, cause, entry in ends:
        state = entry.state if entry is not None else "not sent"
        assert isinstance(cause, errors.GiftCardError)
        if state == "not sent":
            assert (cause.executed, cards[amount]) == ("no", 0)
        elif state == "done":
            assert cards[amount] == 1, "it is there, and was not bought again"
        else:
            assert (state, cause.executed, cause.entry) == ("unknown", "unknown", entry.number)
            assert cards[amount] <= 1
    assert {"done", "not sent"} <= {entry.state for *_, entry in ends if entry is not None}


def test_a_call_without_a_journal_says_what_is_known(run, of, serve) -> None:
    server = serve(silent)

    async def story() -> None:
        async with of(server) as client:
            task = asyncio.ensure_future(client.create_gift_card(token="USDT", amount="1"))
            await until_async(lambda: server.requests)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            assert task.cancelled()
            told = raised.value.__cause__ or raised.value.__context__.__cause__
            assert isinstance(told, errors.OutcomeUnknownError)

    run(story())


def test_a_connection_of_a_cancelled_call_is_not_used_again(run, of, serve) -> None:
    server = serve(silent, always(answer(CARD)))

    async def story() -> None:
        async with of(server) as client:
            task = asyncio.ensure_future(client.create_gift_card(token="USDT", amount="1"))
            await until_async(lambda: server.requests)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await client.create_gift_card(token="USDT", amount="1")

    run(story())
    assert server.connections == 2


def test_a_bulk_run_that_is_cancelled_ends_cleanly(run, of, sandbox, journal) -> None:
    told: list[Any] = []

    async def rows() -> Any:
        for _ in range(1000):
            await asyncio.sleep(0.002)
            yield {"token": "USDT", "amount": "0.1"}

    async def story() -> None:
        async with of(journal=journal) as client:
            task = asyncio.ensure_future(client.bulk.create(rows(), run="gifts", on_result=told.append))
            await until_async(lambda: len(told) >= 3)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            states = [entry.state async for entry in client.history()]
            assert states == ["done"] * len(states)
            sent = [outcome for outcome in told if outcome.state != "not sent"]
            assert 3 <= len(sandbox.cards()) == len(states) == len(sent) < 1000

    run(story())


def test_a_bulk_run_whose_rows_never_come_can_be_cancelled(run, of, journal) -> None:
    asked: list[Any] = []

    async def rows() -> Any:
        asked.append("a row")
        await asyncio.sleep(600)
        yield {}

    async def story() -> None:
        async with of(journal=journal) as client:
            task = asyncio.ensure_future(client.bulk.create(rows(), run="gifts"))
            await until_async(lambda: asked)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(story())


def test_the_end_of_a_loop_ends_a_bulk_run(of, sandbox, journal) -> None:
    """`asyncio.run` cancels every task, those of the run's calls as well."""

    async def story() -> None:
        client = of(journal=journal)
        rows = [{"token": "USDT", "amount": "0.1"}] * 500
        asyncio.ensure_future(client.bulk.create(rows, run="gifts"))  # noqa: RUF006 - it is left alone
        while not [entry async for entry in client.history(state="done")]:
            await asyncio.sleep(0.01)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # of connections that nobody closed
        asyncio.run(story())
        gc.collect()
    states = {entry.state for entry in journal.history()}
    assert states <= {"done", "not sent", "unknown"}
    assert len(sandbox.cards()) >= sum(entry.state == "done" for entry in journal.history()) >= 1
    assert len(sandbox.cards()) <= sum(entry.state in ("done", "unknown") for entry in journal.history())


CLOSED = """
import asyncio, sys
from binance_gift_card import AsyncGiftCardClient, HmacSigner, Journal

async def begin():
    journal = Journal(sys.argv[2], key="unsealed")
    client = AsyncGiftCardClient(api_key="k" * 64, signer=HmacSigner("s"), base_url=sys.argv[1], journal=journal)
    task = asyncio.ensure_future(client.bulk.create([{"token": "USDT", "amount": "1"}] * 5, run="gifts"))
    while not [entry async for entry in client.history(state="sent")]:
        await asyncio.sleep(0.01)
    return task

loop = asyncio.new_event_loop()
task = loop.run_until_complete(begin())
loop.close()
"""


def test_a_loop_that_is_closed_in_the_middle_leaves_no_thread_waiting(serve, journal, tmp_path) -> None:
    """Nobody told the run's task: the program can end, and the journal tells what became of its calls."""
    server = serve(silent)
    command = [sys.executable, "-c", CLOSED, server.url, str(tmp_path / "cards.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert {entry.state for entry in journal.history()} <= {"sent", "intended", "unknown"}
