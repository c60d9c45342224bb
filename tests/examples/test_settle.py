"""An unknown outcome is settled by asking for the payout: within the call, by the next one, or by whoever looks."""

from __future__ import annotations

import asyncio
import base64

import msgspec
import pytest

from tests.examples.test_again import KEY, lost, say
from tests.examples.test_payouts import keys, wanted


@pytest.fixture
def client(package, credentials, journal):
    with package.PayoutsClient(**credentials, journal=journal, attempts=1) as made:
        yield made


@pytest.fixture
def unknown(package, api, client):
    """An entry of unknown outcome, of a request that was done or not."""

    def make(fault):
        api.is_blind = True
        lost(package, api, client, fault)
        api.is_blind = False

    return make


def late(journal):
    """As much time has passed as it takes for nothing to be found to be a proof."""
    say(journal, "UPDATE entries SET changed = changed - 1000001, settled = settled - 2000000")


@pytest.mark.parametrize("fault", ["cut after", "error after", "late"])
@pytest.mark.parametrize("keeps", [True, False])
def test_the_call_itself_asks(package, api, credentials, journal, fault, keeps):
    api.faults.append(fault)
    with package.PayoutsClient(**credentials, journal=journal if keeps else False, attempts=1) as client:
        response = client.raw.create_payout(body=wanted(package))
    assert [one["id"] for one in api.paid] == [response.result.id]
    assert len(keys(api)) == 1
    if keeps:
        (entry,) = journal.history()
        assert (entry.state, entry.number, entry.reason) == ("done", response.entry, "get_payout found it")
        assert journal.result(entry) == response.result


def test_async_calls_do_so_too(package, api, credentials, journal):
    async def story():
        async with package.AsyncPayoutsClient(**credentials, journal=journal, attempts=1) as client:
            api.faults.append("cut after")
            return await client.create_payout(body=wanted(package))

    assert asyncio.run(story()).id == "po_1"
    assert len(keys(api)) == 1


def test_what_is_not_found_was_not_done_once_nothing_can_happen_any_more(package, api, client):
    api.faults.append("cut before")
    with pytest.raises(package.NotSentError, match="nothing was done: get_payout knows nothing of it") as told:
        client.create_payout(body=wanted(package))
    assert sum(attempt.seconds for attempt in told.value.attempts) < 2
    (entry,) = client.history()
    assert entry.state == "not sent"
    assert (entry.changed - entry.time).total_seconds() >= 2  # for so long the server takes the request
    assert client.create_payout(body=wanted(package)).id == "po_1"


def test_what_is_not_found_before_that_is_no_proof(package, api, client):
    api.faults.append("late")
    api.late = 1.0
    assert client.create_payout(body=wanted(package)).id == "po_1"
    assert len(api.paid) == 1


def test_what_failed_is_refused(package, api, client):
    api.faults.append("cut after")
    api.statuses["r-1"] = "failed"
    with pytest.raises(package.ApiError, match="nothing was done: get_payout tells that it failed"):
        client.create_payout(body=wanted(package))
    (entry,) = client.history()
    assert (entry.state, entry.reason) == ("refused", "get_payout tells that it failed")


def test_what_is_not_decided_yet_is_asked_about_until_the_deadline(package, api, client):
    api.faults.append("cut after")
    api.statuses["r-1"] = "checking"
    with pytest.raises(package.OutcomeUnknownError):
        client.create_payout(body=wanted(package), timeout=1.0)
    assert sum(method == "GET" for method, *_ in api.requests) > 1
    api.statuses["r-1"] = "paid"
    (entry,) = client.history()
    assert entry.state == "done"


def test_another_payout_of_that_reference_settles_nothing(package, api, client, caplog):
    client.create_payout(body=wanted(package, amount="1.00"))
    api.faults.append("cut before")
    with pytest.raises(package.OutcomeUnknownError):
        client.create_payout(body=wanted(package), timeout=1.0)
    assert "differs in amount" in caplog.text
    assert "25.00" not in caplog.text


def test_a_reference_that_was_used_before_tells_nothing(package, api, client, caplog):
    client.create_payout(body=wanted(package))
    api.faults.append("cut before")
    with pytest.raises(package.OutcomeUnknownError):
        client.create_payout(body=wanted(package), timeout=1.0)
    assert "its reference is that of entry 1 as well" in caplog.text
    assert [entry.state for entry in client.history()] == ["done", "unknown"]


def test_a_failed_one_of_that_reference_tells_nothing_either(package, api, client):
    client.create_payout(body=wanted(package))
    api.statuses["r-1"] = "failed"
    api.faults.append("cut after")
    with pytest.raises(package.OutcomeUnknownError):
        client.create_payout(body=wanted(package), timeout=1.0)


def test_what_failed_says_nothing_of_the_next_one_with_its_reference(package, api, client):
    api.statuses["r-1"] = "failed"
    api.faults.extend(["cut after", "cut after"])
    with pytest.raises(package.ApiError, match="it failed"):
        client.create_payout(body=wanted(package))
    with pytest.raises(package.OutcomeUnknownError):
        client.create_payout(body=wanted(package), timeout=1.0)


def test_of_two_with_one_reference_nobody_knows_whose_it_is(package, api, client, unknown):
    api.is_blind = True
    for fault in ("cut before", "cut after"):
        api.faults.append(fault)
        with pytest.raises(package.OutcomeUnknownError):
            client.create_payout(body=wanted(package))
    api.is_blind = False
    assert [entry.state for entry in client.history()] == ["unknown", "unknown"]


def test_an_interrupt_once_it_was_found_does_not_undo_that(package, api, client, journal, monkeypatch):
    """The first request was done, the second refused: what was found outweighs both, and is about to be kept."""
    api.faults.append("cut after")
    api.keeps, api.broke_after = 0.0, 1
    write, interrupts = journal.store.write, [KeyboardInterrupt]

    def interrupted(*work, **how):
        if interrupts and any(method == "GET" for method, *_ in api.requests):
            raise interrupts.pop()
        return write(*work, **how)

    monkeypatch.setattr(journal.store, "write", interrupted)
    with pytest.raises(KeyboardInterrupt) as told:
        client.with_options(attempts=2).create_payout(body=wanted(package))
    assert not interrupts
    assert told.value.__cause__ is None or told.value.__cause__.executed != "no"
    assert [entry.state for entry in journal.history()] == ["done"]


def test_what_was_found_and_is_no_result_leaves_no_answer_of_an_attempt(package, operation, api, client, journal):
    usual = operation.settle
    msgspec.structs.force_setattr(operation, "settle", msgspec.structs.replace(usual, fits=False))
    try:
        api.faults.append("error after")
        for _ in range(2):  # the second is told by the entry of the first
            with pytest.raises(package.errors.DecodeError, match="it was done") as told:
                client.create_payout(body=wanted(package), idempotency_key=KEY)
            assert told.value.executed == "yes"
            assert "by hand" not in str(told.value)
    finally:
        msgspec.structs.force_setattr(operation, "settle", usual)
    (entry,) = journal.history()
    assert (entry.state, entry.reason) == ("done", "get_payout found it")
    with pytest.raises(package.ArgumentError, match="is done, but its answer never came"):
        journal.result(entry)
    assert len(api.paid) == 1


def test_the_next_call_with_the_key_asks_before_it_sends(package, api, client, unknown):
    unknown("cut after")
    payout = client.create_payout(body=wanted(package), idempotency_key=KEY)
    assert [one["id"] for one in api.paid] == [payout.id]
    assert len(keys(api)) == 1


def test_it_sends_again_in_an_entry_of_its_own_what_certainly_was_not_done(package, api, client, journal, unknown):
    unknown("cut before")
    late(journal)
    assert client.create_payout(body=wanted(package), idempotency_key=KEY).id == "po_1"
    assert [entry.state for entry in client.history()] == ["not sent", "done"]


@pytest.mark.parametrize(("fault", "state"), [("cut after", "done"), ("cut before", "not sent")])
@pytest.mark.parametrize("how", ["history", "reconcile"])
def test_whoever_looks_asks(package, api, client, journal, unknown, fault, state, how):
    unknown(fault)
    late(journal)
    if how == "history":
        assert not list(client.history(state="unknown"))
    else:
        assert client.reconcile().unknown == []
    (entry,) = journal.history()
    assert entry.state == state
    if state == "done":
        assert journal.result(entry).id == "po_1"


def test_async_clients_look_so_too(package, api, credentials, journal, client, unknown):
    unknown("cut after")

    async def story():
        async with package.AsyncPayoutsClient(**credentials, journal=journal) as other:
            assert (await other.reconcile()).unknown == []
            return [entry.state async for entry in other.history()]

    assert asyncio.run(story()) == ["done"]


def test_what_is_sealed_under_a_key_that_was_not_given_is_asked_about_another_time(
    package, operation, api, credentials, tmp_path
):
    body, path = operation.body, tmp_path / "sealed.db"
    old, new = (base64.b64encode(bytes([number]) * 32).decode() for number in range(2))
    msgspec.structs.force_setattr(body, "holds_secret", True)
    try:
        with package.Journal(path, key=old) as journal, package.PayoutsClient(**credentials, journal=journal) as client:
            api.is_blind = True
            lost(package, api, client, "cut after")
            api.is_blind = False
        with package.Journal(path, key=f"{new} {old}") as journal:
            journal.prepare()
        with package.Journal(path, key=new) as journal, package.PayoutsClient(**credentials, journal=journal) as client:
            assert [entry.state for entry in client.history()] == ["unknown"]
        both = f"{new} {old}"
        with (
            package.Journal(path, key=both) as journal,
            package.PayoutsClient(**credentials, journal=journal) as client,
        ):
            assert [(entry.state, entry.arguments) for entry in client.history()] == [("done", {"body": "********"})]
    finally:
        msgspec.structs.force_setattr(body, "holds_secret", False)


def test_a_person_is_told_what_the_server_knows_better(package, api, client, unknown):
    unknown("cut after")
    with pytest.raises(package.ArgumentError, match="entry 1 is not unknown, but done"):
        client.resolve(1, "refused", reason="the balance did not change", force=True)


def test_a_person_decides_where_the_server_does_not_answer(package, api, client, unknown):
    unknown("cut after")
    api.is_blind = True
    assert client.resolve(1, "done", reason="it is in the books").state == "done"


def test_nothing_is_asked_where_nothing_is_to_be_sent(package, api, client, unknown):
    unknown("cut after")
    before = len(api.requests)
    assert [entry.state for entry in client.reconcile(check=False).unknown] == ["unknown"]
    assert len(api.requests) == before


def test_what_another_account_did_is_not_asked_about(package, api, credentials, journal, client, unknown):
    unknown("cut after")
    with package.PayoutsClient(**credentials, journal=journal, account="other") as other:
        assert len(other.reconcile().unknown) == 1
