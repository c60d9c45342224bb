"""Payouts: a key goes out with each attempt, and is the same for all of them."""

from __future__ import annotations

import pytest

from examples.payouts.server import FAULTS
from examples.payouts.show import show


@pytest.fixture
def client(package, credentials, journal):
    with package.PayoutsClient(**credentials, journal=journal) as made:
        yield made


@pytest.fixture
def bare(package, credentials):
    """A client that keeps no journal."""
    with package.PayoutsClient(**credentials, journal=False) as made:
        yield made


def wanted(package, reference="r-1", amount="25.00", recipient="DE02120300000000202051"):
    return package.models.NewPayout(reference=reference, amount=amount, currency="EUR", recipient=recipient)


def keys(api):
    return [key for method, _, key in api.requests if method == "POST"]


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("late", "hang")])
@pytest.mark.parametrize("kind", ["client", "bare"])
def test_an_attempt_whose_outcome_is_unknown_is_made_again_with_its_key(request, package, api, kind, fault):
    api.faults.append(fault)
    payout = request.getfixturevalue(kind).create_payout(body=wanted(package))
    assert [one["id"] for one in api.paid] == [payout.id]
    first, second = keys(api)
    assert first == second
    assert first


def test_each_call_has_a_key_of_its_own(package, api, bare):
    bare.create_payout(body=wanted(package))
    bare.create_payout(body=wanted(package))
    assert len(api.paid) == 2
    assert len(set(keys(api))) == 2


def test_a_callers_key_goes_out_as_it_is_where_it_can(package, api, bare):
    bare.create_payout(body=wanted(package), idempotency_key="order 7")
    bare.create_payout(body=wanted(package), idempotency_key="order-7")
    again = bare.create_payout(body=wanted(package), idempotency_key="order-7")
    digest, plain, same = keys(api)
    assert (plain, same) == ("order-7", "order-7")
    assert len(digest) == 64
    assert digest.isalnum()
    assert again.id == "po_2"
    assert len(api.paid) == 2


def test_an_error_has_the_key_with_which_the_call_can_be_made_again(package, api, bare):
    api.is_blind = True
    api.faults.extend(["cut after", "error before"])
    with pytest.raises(package.OutcomeUnknownError, match="call again with the same idempotency_key") as told:
        bare.with_options(attempts=2).create_payout(body=wanted(package))
    payout = bare.create_payout(body=wanted(package), idempotency_key=told.value.idempotency_key)
    assert [one["id"] for one in api.paid] == [payout.id]


def test_nothing_is_repeated_once_the_server_may_have_forgotten_the_key(package, api, bare):
    api.is_blind = True
    api.faults.append("cut after")
    with pytest.raises(package.OutcomeUnknownError):
        bare.create_payout(body=wanted(package), timeout=80_000)  # more than nine tenths of a day
    assert len(keys(api)) == 1


def test_a_refusal_after_an_unknown_outcome_does_not_say_that_nothing_was_done(package, api, bare):
    api.is_blind = True
    api.faults.append("cut after")
    api.keeps = 0.0
    api.broke_after = 1
    with pytest.raises(package.errors.BalanceTooLowError) as told:
        bare.create_payout(body=wanted(package))
    assert told.value.executed == "unknown"


def test_what_the_call_is_about_is_noted_from_its_body_before_anybody_answers(package, api, client):
    api.is_blind = True
    api.faults.append("cut before")
    with pytest.raises(package.OutcomeUnknownError):
        client.with_options(attempts=1).create_payout(body=wanted(package))
    (entry,) = client.history(state="unknown")
    assert (entry.reference, entry.token, str(entry.amount)) == ("r-1", "EUR", "25.00")
    assert entry.idempotency_key == keys(api)[0]


def test_a_note_needs_a_journal_and_a_key_does_not(package, bare):
    with pytest.raises(package.ArgumentError, match="needs a journal"):
        bare.create_payout(body=wanted(package), note="for Ann")


def test_what_the_example_shows(package, tmp_path, capsys):
    show(package, tmp_path / "payouts.db")
    told = capsys.readouterr().out
    assert "order-5: nobody knows: entry 5, idempotency key " in told
    assert told.endswith("5 payouts for 5 orders\n")
