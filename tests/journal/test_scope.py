"""What a journal says of one server and account, it says of no other."""

from __future__ import annotations

import getpass
import logging
import socket

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors
from binance_gift_card._runtime.journal import columns
from binance_gift_card.client import SERVERS
from binance_gift_card_sandbox import Sandbox
from tests.faults.server import VALID, always, answer, closing

pytestmark = pytest.mark.usefixtures("serve")  # its servers end after the clients that are connected to them

KEYS = ("the-key-of-one-account", "the-key-of-another-account")


def create(client, key="k", amount="25", **options):
    return client.create_gift_card(token="USDT", amount=amount, idempotency_key=key, **options)


@pytest.fixture
def server(serve):
    return serve(always(answer()))


@pytest.fixture
def one(client_of, server):
    return client_of(server, api_key=KEYS[0])


def say(journal, statement: str, **values: object) -> int:
    return journal.store.write(lambda session: session.run(statement, values), durable=True, seconds=10)


# Another server.


def test_a_key_that_was_used_on_another_server_is_refused_before_anything_is_sent(client, client_of, sandbox) -> None:
    create(client)
    with Sandbox(api_key=sandbox.api_key, api_secret=sandbox.api_secret, balances={"USDT": "100"}) as production:
        other = client_of(production)
        with pytest.raises(errors.ArgumentError, match="entry 1") as caught:
            create(other)
        assert sandbox.url in str(caught.value)
        assert production.url in str(caught.value)
        assert (caught.value.executed, caught.value.entry) == ("no", 1)
        assert production.balance("USDT") == 100
        create(other, "another key")
        assert production.balance("USDT") == 75


@pytest.mark.parametrize("state", ["intended", "sent", "unknown", "done"])
def test_whatever_became_of_the_call_its_key_makes_no_new_one(one, client_of, serve, state, journal) -> None:
    create(one)
    say(journal, "UPDATE entries SET state = :state, open = 1, ends = 9000000000000000, answer = NULL", state=state)
    production = serve(always(answer()))
    for api_key in KEYS:
        with pytest.raises(errors.ArgumentError, match="nothing was sent"):
            create(client_of(production, api_key=api_key))
    assert production.requests == []
    assert [(entry.state, entry.server) for entry in journal.history()] == [(state, one._core.server)]


def test_a_key_that_was_given_back_is_free_on_every_server(client, client_of, server) -> None:
    with pytest.raises(errors.ApiError):
        create(client, amount="5000")
    create(client_of(server), amount="5000")
    assert len(server.requests) == 1
    assert [entry.state for entry in client.history()] == ["refused", "done"]


def test_a_server_is_the_same_however_it_is_written(one, client_of, server) -> None:
    card = create(one)
    for url in (f"{server.url}/", server.url.replace("http", "HTTP")):
        assert create(client_of(server, base_url=url, api_key=KEYS[0])) == card
    with pytest.raises(errors.ArgumentError, match="nothing was sent"):
        create(client_of(server, base_url=f"{server.url}/v2", api_key=KEYS[0]))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "written", [SERVERS[1], SERVERS[-1], f"{SERVERS[0]}:443/", SERVERS[0].upper().replace("S:", "s:")]
)
def test_the_servers_of_the_document_are_one(one, client_of, server, journal, written) -> None:
    card = create(one)
    say(journal, "UPDATE entries SET server = :server", server=written)
    assert create(client_of(server, base_url=SERVERS[0], api_key=KEYS[0])) == card
    with pytest.raises(errors.ArgumentError, match="nothing was sent"):
        create(one)


def test_a_server_that_has_another_name_now_is_adopted(one, client_of, serve, journal) -> None:
    card = create(one)
    moved = serve(always(answer()))
    other = client_of(moved, api_key=KEYS[0])
    with pytest.raises(errors.ArgumentError):
        create(other)
    journal.adopt(f"{one._core.server}/", moved.url, kind="server", reason="the proxy has a new name")
    assert create(other) == card
    assert create(one) == card, "the old name is still in use somewhere"
    assert moved.requests == []


# Another account.


def test_a_key_that_was_used_for_another_account_is_refused(one, client_of, server) -> None:
    card = create(one)
    with pytest.raises(errors.ArgumentError, match="nothing was sent") as caught:
        create(client_of(server, api_key=KEYS[1]))
    mine = next(one.history()).account
    assert mine.startswith("key:")
    assert len(mine) == 20
    assert str(caught.value).count("key:") == 2
    assert mine in str(caught.value)
    assert not any(key in str(caught.value) for key in KEYS)
    assert len(server.requests) == 1
    assert create(client_of(server, api_key=KEYS[0])) == card


def test_a_label_goes_on_when_the_key_is_changed(client_of, server) -> None:
    first = client_of(server, api_key=KEYS[0], account="shop")
    card = create(first)
    assert create(client_of(server, api_key=KEYS[1], account="shop")) == card
    for options in ({"account": "another shop".replace(" ", "-")}, {}):
        with pytest.raises(errors.ArgumentError, match=r"for the account shop; this client calls .* for the account"):
            create(client_of(server, api_key=KEYS[0], **options))
    assert [entry.account for entry in first.history()] == ["shop"]
    assert len(server.requests) == 1


def test_the_label_comes_from_the_environment(server, journal, monkeypatch) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", KEYS[0])
    monkeypatch.setenv("BINANCE_API_SECRET", "the-api-secret-itself")
    monkeypatch.setenv("BINANCE_ACCOUNT", "shop")
    with GiftCardClient.from_env(base_url=server.url, journal=journal) as client:
        create(client)
    with GiftCardClient.from_env(base_url=server.url, journal=journal, account="mall") as client:
        create(client, "another")
    assert [entry.account for entry in journal.history()] == ["shop", "mall"]


@pytest.mark.parametrize("account", ["", " ", "a shop", "x" * 101, "\ud800", "a\nb", "ö", 7, b"shop"])
def test_a_label_that_is_none_is_refused(server, journal, account) -> None:
    with pytest.raises(errors.ArgumentError, match="account must be"):
        GiftCardClient(api_key=KEYS[0], base_url=server.url, journal=journal, account=account)


def test_a_client_that_nothing_identifies_is_not_given_the_results_of_an_account(one, server, journal) -> None:
    create(one)
    with (
        GiftCardClient(base_url=server.url, journal=journal, signer=HmacSigner("s")) as nobody,
        pytest.raises(errors.ArgumentError, match="an account that nothing names"),
    ):
        create(nobody)


def test_a_changed_key_is_adopted_by_an_explicit_word(one, client_of, server, journal) -> None:
    card = create(one)
    changed = client_of(server, api_key=KEYS[1])
    with pytest.raises(errors.ArgumentError):
        create(changed)
    create(changed, "after the change")
    old, new = (entry.account for entry in journal.history())
    journal.adopt(old, new, reason="the key was rotated")
    assert create(changed) == card
    assert create(one) == card, "a process that still has the old key"
    create(one, "after the change")
    assert len(server.requests) == 2
    [event] = journal.events()
    assert (event.entry, event.before, event.state) == (0, f"account {old}", f"account {new}")
    assert event.reason == "the key was rotated"
    assert getpass.getuser() in event.who
    assert socket.gethostname() in event.who
    assert [entry.account for entry in journal.history()] == [old, new]
    third = client_of(server, api_key="the-key-of-a-third", account="shop")
    with pytest.raises(errors.ArgumentError):
        create(third)
    journal.adopt(new, "shop", reason="it has a name now")
    assert create(third) == card


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (
            ("key:0000000000000000", "shop"),
            {"reason": "x"},
            r"no entries of the account key:0000000000000000; it has key:",
        ),
        ((None, "shop"), {"reason": "x"}, r"no entries of the account \(none\)"),
        (("mine", "shop"), {"reason": " "}, "reason"),
        (("mine", "a shop"), {"reason": "x"}, "new must be"),
        (("mine", "mine"), {"reason": "x"}, "another"),
        (("http://127.0.0.1:9", "http://127.0.0.1:8"), {"reason": "x", "kind": "server"}, "no entries of the server"),
        (("mine", "nowhere"), {"reason": "x", "kind": "server"}, "new must be"),
        (("mine", "shop"), {"reason": "x", "kind": "person"}, "kind must be"),
    ],
)
def test_what_cannot_be_adopted_is_refused(one, journal, arguments, options, words) -> None:
    create(one)
    mine = next(journal.history()).account
    with pytest.raises(errors.ArgumentError, match=words):
        journal.adopt(*(mine if name == "mine" else name for name in arguments), **options)
    assert list(journal.events()) == []


# Entries that are older than this.


def test_an_entry_without_an_account_counts_as_ones_own_and_that_is_said_once(one, client_of, server, journal, caplog):
    card = create(one)
    create(one, "another")
    say(journal, "UPDATE entries SET account = NULL")
    caplog.clear()
    other = client_of(server, api_key=KEYS[1])
    with caplog.at_level(logging.WARNING):
        assert create(other) == card
        assert create(other, "another") == card
    [record] = caplog.records
    assert "entry 1 of the journal does not say for which account" in record.getMessage()
    assert "the-key" not in caplog.text
    with pytest.raises(errors.ArgumentError):
        create(client_of(server, base_url=f"{server.url}/v2", api_key=KEYS[1]))


def test_entries_without_an_account_can_be_adopted(one, client_of, server, journal, caplog) -> None:
    card = create(one)
    mine = next(journal.history()).account
    say(journal, "UPDATE entries SET account = NULL")
    journal.adopt(None, mine, reason="there was only this one")
    assert create(one) == card
    assert "does not say" not in caplog.text
    with pytest.raises(errors.ArgumentError, match="an account that nothing names"):
        create(client_of(server, api_key=KEYS[1]))


# Bulk runs.

ROWS = [{"token": "USDT", "amount": str(number)} for number in (1, 2, 3)]


def test_a_run_is_not_resumed_on_another_server(client, client_of, server) -> None:
    client.bulk.create(ROWS, run="r")
    with pytest.raises(errors.ArgumentError, match=r"the run r was begun at .*; this client calls") as caught:
        client_of(server).bulk.create(ROWS, run="r", resume=True)
    assert client._core.server in str(caught.value)
    assert server.url in str(caught.value)
    assert server.requests == []


def test_a_run_that_came_to_nothing_is_not_resumed_for_another_account_either(serve, client_of, journal) -> None:
    refusing = serve(always(answer('{"code":-4026,"msg":"no"}', "400 Bad Request")))
    client_of(refusing, api_key=KEYS[0]).bulk.create(ROWS, run="r", concurrency=1)
    assert {entry.state for entry in journal.history()} == {"refused"}
    count = len(refusing.requests)
    with pytest.raises(errors.ArgumentError, match="was begun at"):
        client_of(refusing, api_key=KEYS[1]).bulk.create(ROWS, run="r", resume=True)
    assert len(refusing.requests) == count


def test_rows_with_keys_of_their_own_are_not_told_as_done_for_another_account(one, client_of, server, journal) -> None:
    rows = [{**row, "idempotency_key": f"row {row['amount']}"} for row in ROWS]
    assert one.bulk.create(rows, run="r", concurrency=1).states == {"done": 3}
    told = []
    report = client_of(server, api_key=KEYS[1]).bulk.create(
        rows, run="r", resume=True, concurrency=1, on_result=told.append
    )
    assert "this idempotency key was used for entry 1" in report.stopped
    assert report.states == {"not sent": 1}
    assert not any(outcome.result or outcome.earlier for outcome in told)
    assert len(server.requests) == 3


@pytest.mark.only("postgres")
def test_a_shared_run_is_of_one_account(one, client_of, server) -> None:
    rows = [{**row, "idempotency_key": f"row {row['amount']}"} for row in ROWS]
    one.bulk.create(rows, run="r", shared=True)
    with pytest.raises(errors.ArgumentError, match="the run r was begun at"):
        client_of(server, api_key=KEYS[1]).bulk.create(rows, run="r", shared=True)
    assert one.bulk.create(rows, run="r", shared=True).rows == 0
    assert len(server.requests) == 3


# What is asked of the server, and what is counted.


@pytest.mark.usefixtures("midday")
def test_only_ones_own_cards_are_checked_and_counted(client, client_of, serve, journal) -> None:
    create(client, "mine", "10")
    asked = serve(always(answer(), answer(), answer(VALID)))
    other = client_of(asked, api_key=KEYS[1])
    create(other, "a", "3")
    create(other, "b", "4")
    say(journal, "UPDATE entries SET expires = NULL")
    found = client.reconcile(prices={"USDT": 1})
    assert (found.checked, found.unchecked, found.others) == (1, 0, 2)
    assert (found.allowance.count, found.allowance.amount) == (1, 10)
    assert [(total.count, total.amount) for total in found.months] == [(1, 10)]
    assert found.states["done"] == 3
    assert [entry.live for entry in journal.history()] == [True, True, True]
    assert len(asked.requests) == 2
    assert other.reconcile(check=False).allowance.count == 2


@pytest.mark.usefixtures("midday")
def test_a_bulk_run_has_the_whole_month_of_its_account(one, client_of, server, journal) -> None:
    create(one)
    say(journal, "UPDATE entries SET amount = '4200000', token = 'USDC'")
    other = client_of(server, api_key=KEYS[1])
    rows = [{"token": "USDC", "amount": "5"}]
    with pytest.raises(errors.ArgumentError, match="this month"):
        one.bulk.create(rows, run="r")
    assert other.bulk.create(rows, run="r").states == {"done": 1}


def test_a_redemption_marks_ones_own_card_only(client, client_of, sandbox, journal) -> None:
    card = create(client, "mine")
    create(client, "theirs")
    journal.adoptions()
    say(
        journal,
        "UPDATE entries SET account = 'theirs', reference = :reference WHERE number = 2",
        reference=card.reference_no,
    )
    client.redeem_gift_card(code=card.code)
    assert [entry.live for entry in journal.history()] == [False, True, None]


@pytest.mark.usefixtures("midday")
def test_a_client_without_credentials_reports_on_all_accounts_of_its_server(one, client_of, server, journal) -> None:
    create(one)
    create(client_of(server, api_key=KEYS[1]), "another")
    with GiftCardClient(base_url=server.url, journal=journal) as nobody:
        found = nobody.reconcile(check=False)
    assert (found.allowance.count, found.others) == (2, 0)


def test_what_a_settlement_by_hand_waits_for(serve, client_of, later) -> None:
    client = client_of(serve(closing), api_key=KEYS[0])
    for number in (1, 2, 3, 4):
        with pytest.raises(errors.OutcomeUnknownError):
            create(client, f"k{number}")
    say(client.journal, "UPDATE entries SET settled = :hour", hour=columns.now() + 3_600_000_000)
    settled = client.journal.entry(1).settled_after
    with pytest.raises(errors.ArgumentError, match=f"{settled:%Y-%m-%d %H:%M:%S} UTC") as caught:
        client.resolve(1, "refused", reason="it is not in the account")
    assert caught.value.entry == 1
    assert client.journal.entry(1).state == "unknown"
    assert list(client.journal.events()) == []
    with pytest.raises(errors.OutcomeUnknownError):
        create(client, "k1")

    assert client.resolve(2, "done", reason="it is in the account").state == "done"
    assert client.resolve(3, "refused", reason="the vendor said so", force=True).state == "refused"
    done, forced = client.journal.events()
    assert (done.state, done.reason) == ("done", "it is in the account")
    assert forced.state == "refused"
    assert forced.reason.startswith(f"forced before {settled:%Y-%m-%d %H:%M}")
    assert forced.reason.endswith("the vendor said so")
    assert {done.who, forced.who} == {f"{getpass.getuser()} on {socket.gethostname()}"}

    say(client.journal, "UPDATE entries SET settled = NULL WHERE number = 4")
    assert client.resolve(4, "refused", reason="a day has passed").state == "refused"
    later(3601)
    assert client.resolve(1, "refused", reason="it is not in the account").state == "refused"
    assert [event.reason for event in client.journal.events(1)] == ["it is not in the account"]
