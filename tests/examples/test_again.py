"""A later call with the key of one whose outcome is unknown goes on with it, in whatever process it is made."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from tests.examples.test_payouts import keys, wanted

KEY = "order-7"


@pytest.fixture
def client(package, credentials, journal):
    with package.PayoutsClient(**credentials, journal=journal, attempts=2) as made:
        yield made


@pytest.fixture(autouse=True)
def blind(api):
    """Asking is told apart."""
    api.is_blind = True


def lost(package, api, client, *faults):
    """Calls whose outcomes are unknown, all with one key."""
    for fault in faults:
        api.faults.append(fault)
        with pytest.raises(package.OutcomeUnknownError):
            client.with_options(attempts=1).create_payout(body=wanted(package), idempotency_key=KEY)


def say(journal, statement, **values):
    journal.store.write(lambda session: session.run(statement, values), durable=True, seconds=10)


@pytest.mark.parametrize(
    "faults", [["cut before"], ["cut after"], ["error after"], ["cut before", "cut after"]], ids=str
)
def test_the_same_key_goes_on_with_the_same_entry(package, api, client, faults):
    lost(package, api, client, *faults)
    payout = client.create_payout(body=wanted(package), idempotency_key=KEY)
    assert [one["id"] for one in api.paid] == [payout.id]
    (entry,) = client.history()
    assert (entry.state, entry.attempts, entry.reference) == ("done", len(faults) + 1, "r-1")
    assert set(keys(api)) == {KEY}
    assert client.create_payout(body=wanted(package), idempotency_key=KEY) == payout
    assert len(keys(api)) == len(faults) + 1


def test_async_calls_do_so_too(package, api, credentials, journal):
    async def story():
        async with package.AsyncPayoutsClient(**credentials, journal=journal) as client:
            api.faults.append("cut after")
            with pytest.raises(package.OutcomeUnknownError):
                await client.with_options(attempts=1).create_payout(body=wanted(package), idempotency_key=KEY)
            return await client.create_payout(body=wanted(package), idempotency_key=KEY)

    assert asyncio.run(story()).id == "po_1"
    assert len(api.paid) == 1


def test_a_call_goes_on_with_one_of_a_program_that_was_killed(package, api, url, folder, credentials, tmp_path):
    api.faults.append("hang")
    path = tmp_path / "payouts.db"
    child = subprocess.Popen([sys.executable, "-m", "tests.examples.child_payout", folder, url, path])
    assert api.done.wait(30)
    child.kill()
    child.wait()
    with package.Journal(path, key="unsealed") as journal:
        say(journal, "UPDATE entries SET ends = 1 WHERE open = 1")  # the time has passed that the call had
        with package.PayoutsClient(**credentials, journal=journal) as client:
            payout = client.create_payout(body=wanted(package), idempotency_key="order 7")
            (entry,) = client.history()
    assert [one["id"] for one in api.paid] == [payout.id]
    assert entry.state == "done"


def test_many_at_once_make_one_payout(package, api, client):
    lost(package, api, client, "cut before")
    start = threading.Barrier(4)

    def call(_):
        start.wait()
        return client.create_payout(body=wanted(package), idempotency_key=KEY).id

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(call, range(4))) == {"po_1"}
    assert [entry.state for entry in client.history()] == ["done"]


def test_a_key_that_the_server_may_have_forgotten_goes_out_no_more(package, api, client, journal):
    lost(package, api, client, "cut after")
    say(journal, "UPDATE entries SET at = at - 80000000000")  # more than nine tenths of a day
    with pytest.raises(package.OutcomeUnknownError, match="stands for entry 1, whose outcome is unknown") as told:
        client.create_payout(body=wanted(package), idempotency_key=KEY)
    assert told.value.settled_after is not None
    assert len(keys(api)) == 1


def test_a_key_that_did_not_go_out_like_this_is_not_sent_again(package, operation, api, client, journal):
    """The server cannot know it: the entry is one of a package whose document said something else of keys."""
    lost(package, api, client, "cut after")
    say(journal, "UPDATE entries SET owner = substr(owner, 1, 16)")  # as those kept it that sent none
    with pytest.raises(package.OutcomeUnknownError, match="stands for entry 1"):
        client.create_payout(body=wanted(package), idempotency_key=KEY)
    api.faults.append("cut after")
    with pytest.raises(package.OutcomeUnknownError):
        client.with_options(attempts=1).create_payout(body=wanted(package, "r-2"), idempotency_key="order 8")
    shorter = msgspec.structs.replace(operation.idempotency, length=32)
    try:
        usual = operation.idempotency
        msgspec.structs.force_setattr(operation, "idempotency", shorter)
        with pytest.raises(package.OutcomeUnknownError, match="stands for entry 2"):
            client.create_payout(body=wanted(package, "r-2"), idempotency_key="order 8")
    finally:
        msgspec.structs.force_setattr(operation, "idempotency", usual)
    assert len(api.paid) == 2
    assert client.create_payout(body=wanted(package, "r-2"), idempotency_key="order 8").id == "po_2"


def test_the_latest_of_all_its_requests_says_when_nothing_can_happen_any_more(package, api, client, journal):
    lost(package, api, client, "cut before")
    say(journal, "UPDATE entries SET settled = settled + 60000000")
    api.faults.append("cut before")
    with pytest.raises(package.OutcomeUnknownError) as told:
        client.with_options(attempts=1).create_payout(body=wanted(package), idempotency_key=KEY)
    (entry,) = journal.history()
    assert told.value.settled_after == entry.settled_after
    assert (entry.settled_after - entry.changed).total_seconds() > 10


def test_a_refusal_does_not_settle_what_went_before(package, api, client):
    api.broke_after = 0
    lost(package, api, client, "cut before")
    with pytest.raises(package.errors.BalanceTooLowError) as told:
        client.create_payout(body=wanted(package), idempotency_key=KEY)
    assert told.value.executed == "unknown"
    (entry,) = client.history()
    assert entry.state == "unknown"


def test_a_word_that_is_lost_of_the_take_over_changes_nothing(package, api, client, journal, monkeypatch):
    """A database does the work again whose commit it did not confirm; the earlier request is no less in doubt."""
    lost(package, api, client, "cut before")
    api.broke_after = 0
    write = journal.store.write

    def twice(work, **how):
        if not how["durable"]:
            write(work, **how)
        return write(work, **how)

    monkeypatch.setattr(journal.store, "write", twice)
    with pytest.raises(package.errors.BalanceTooLowError) as told:
        client.create_payout(body=wanted(package), idempotency_key=KEY)
    assert told.value.executed == "unknown"
    assert [(entry.state, entry.attempts) for entry in journal.history()] == [("unknown", 2)]


def test_a_call_that_cannot_be_sent_leaves_what_went_before_unknown(package, api, client, credentials, journal):
    lost(package, api, client, "cut after")
    with package.PayoutsClient(**{**credentials, "base_url": "http://127.0.0.1:1"}, journal=journal) as gone:
        journal.adopt(credentials["base_url"], "http://127.0.0.1:1", kind="server", reason="it moved")
        with pytest.raises(package.OutcomeUnknownError):
            gone.with_options(attempts=1).create_payout(body=wanted(package), idempotency_key=KEY)
    (entry,) = client.history()
    assert (entry.state, entry.idempotency_key) == ("unknown", KEY)
    assert client.create_payout(body=wanted(package), idempotency_key=KEY).id == "po_1"


def test_other_arguments_are_refused(package, api, client):
    lost(package, api, client, "cut before")
    with pytest.raises(package.ArgumentError, match="with other arguments"):
        client.create_payout(body=wanted(package, amount="26.00"), idempotency_key=KEY)


def test_a_bulk_run_that_goes_on_makes_what_was_unknown_again(package, api, client):
    rows = [{"body": wanted(package, reference=f"r-{number}")} for number in range(3)]
    api.faults.append("cut before")
    first = client.with_options(attempts=1).bulk.create_payout(rows, run="r")
    assert (first.states, len(api.paid)) == ({"unknown": 1, "done": 2}, 2)
    again = client.bulk.create_payout(rows, run="r", resume=True)
    assert (again.states, len(api.paid)) == ({"done": 3}, 3)
