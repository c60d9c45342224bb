"""What a call leaves in the journal, whatever becomes of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal, _operations, errors
from binance_gift_card.journal import UNSEALED, new_key
from binance_gift_card_sandbox import Fault
from tests.faults.server import CARD, CODE, always, answer, closing, once


def create(client, **options):
    return client.create_gift_card(token="USDT", amount="25", **options)


def entries(client, **filters):
    return list(client.history(**filters))


def test_a_card_is_in_the_journal_with_its_code(client) -> None:
    card = create(client, note="for Ann")
    [entry] = entries(client)
    assert (entry.state, entry.operation, entry.reference) == ("done", "create_gift_card", card.reference_no)
    assert (entry.token, entry.amount, entry.note) == ("USDT", Decimal(25), "for Ann")
    assert entry.arguments == {"token": "USDT", "amount": "25"}
    assert (entry.attempts, entry.status, entry.code, entry.live) == (1, 200, None, True)
    assert entry.time.tzinfo is not None
    assert entry.expires.timestamp() * 1000 == card.expired_time
    assert entry.sdk
    assert entry.spec
    assert client.journal.result(entry) == card
    assert client.journal.result(entry.number).code == card.code


def test_a_purchase_and_a_redemption_are_in_the_journal_as_well(client) -> None:
    card = client.buy_gift_card(base_token="USDT", face_token="BNB", base_token_amount="50")
    client.redeem_gift_card(code=card.code, external_uid="ann")
    bought, redeemed = entries(client)
    assert (bought.token, bought.amount, bought.reference) == ("USDT", Decimal(50), card.reference_no)
    assert (redeemed.token, redeemed.amount, redeemed.reference) == ("BNB", Decimal("0.1"), card.reference_no)
    assert redeemed.arguments == {"code": "********", "external_uid": "ann"}
    assert redeemed.live is None


def test_what_moves_nothing_is_not_in_the_journal(client) -> None:
    client.get_server_time()
    client.fetch_token_limit(base_token="USDT")
    assert not entries(client)


def test_an_argument_may_say_when_the_thing_expires(client, monkeypatch) -> None:
    operation = _operations.CREATE_GIFT_CARD
    noted = msgspec.structs.replace(operation.journal, expires=("argument", "recv_window"))
    monkeypatch.setattr(_operations, "CREATE_GIFT_CARD", msgspec.structs.replace(operation, journal=noted))
    create(client, recv_window=9000)
    [entry] = entries(client)
    assert entry.expires.timestamp() == 9


def test_a_refusal_is_in_the_journal(client) -> None:
    with pytest.raises(errors.InsufficientBalanceError) as caught:
        client.create_gift_card(token="USDT", amount="5000")
    [entry] = entries(client)
    assert (entry.state, entry.status, entry.code, entry.reference) == ("refused", 400, -4026, None)
    assert "balance" in entry.reason
    assert caught.value.entry == entry.number


def test_a_lost_answer_is_unknown_with_all_that_is_needed_to_find_it(serve, client_of) -> None:
    client = client_of(serve(closing))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        create(client, note="for Ben")
    [entry] = entries(client, state="unknown")
    assert (entry.attempts, entry.token, entry.amount, entry.note) == (1, "USDT", Decimal(25), "for Ben")
    assert entry.settled_after == caught.value.settled_after
    assert caught.value.entry == entry.number


def test_a_request_that_did_not_leave_is_not_sent(client_of, sandbox) -> None:
    sandbox_url = type("Gone", (), {"url": "http://127.0.0.1:9"})
    client = client_of(sandbox_url, attempts=2, timeout=2)
    with pytest.raises(errors.NotSentError):
        create(client)
    [entry] = entries(client)
    assert (entry.state, entry.attempts) == ("not sent", 0)


def test_the_answer_to_a_card_that_does_not_read_is_kept(serve, client_of) -> None:
    body = '{"code":"000000","success":true,"data":{"code":"ABC"}}'
    client = client_of(serve(once(answer(body))))
    with pytest.raises(errors.DecodeError):
        create(client)
    [entry] = entries(client)
    assert entry.state == "done"
    with pytest.raises(errors.DecodeError) as caught:
        client.journal.result(entry)
    assert caught.value.body == body.encode()


def test_half_an_answer_is_kept(serve, client_of) -> None:
    def half(peer) -> None:
        peer.request()
        peer.send(answer()[:-10])

    client = client_of(serve(half))
    with pytest.raises(errors.OutcomeUnknownError):
        create(client)
    [entry] = entries(client)
    assert entry.state == "unknown"
    row = client.journal.store.rows("SELECT operation, at, answer FROM entries", {})[0]
    found = dict(zip(("operation", "at", "answer"), row, strict=True))
    assert CODE.encode() in client.journal.unseal(found, "answer")


def test_several_attempts_are_one_entry(serve, client_of) -> None:
    late = answer('{"code":-1021,"msg":"late"}', "400 Bad Request")
    time = answer('{"serverTime":1700000000000}')
    server = serve(always(late, time, answer()))
    client = client_of(server)
    create(client)
    [entry] = entries(client)
    assert (entry.state, entry.attempts) == ("done", 2)


# The same idempotency key.


def test_the_same_key_gives_the_first_card_and_sends_nothing(client, sandbox) -> None:
    first = create(client, idempotency_key="order 7")
    assert create(client, idempotency_key="order 7") == first
    assert client.create_gift_card(token="USDT", amount=Decimal(25), idempotency_key="order 7") == first
    assert sandbox.balance("USDT") == 975
    assert len(entries(client)) == 1
    raw = client.raw.create_gift_card(token="USDT", amount="25", idempotency_key="order 7")
    assert (raw.status, raw.result, raw.envelope["success"]) == (200, first, True)


def test_another_process_gets_the_same_card(client, client_of, sandbox) -> None:
    first = create(client, idempotency_key="k")
    client.close()
    assert create(client_of(sandbox), idempotency_key="k") == first


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.create_gift_card(token="USDT", amount="26", idempotency_key="k"),
        lambda client: client.redeem_gift_card(code="6H9EKF5ECCWFBHGE", idempotency_key="k"),
    ],
)
def test_the_same_key_with_other_arguments_is_refused(client, call, sandbox) -> None:
    create(client, idempotency_key="k")
    with pytest.raises(errors.ArgumentError, match="other arguments"):
        call(client)
    assert sandbox.balance("USDT") == 975


def test_the_same_key_with_another_secret_is_refused(client) -> None:
    card = create(client)
    client.redeem_gift_card(code=card.code, idempotency_key="k")
    with pytest.raises(errors.ArgumentError, match="other arguments"):
        client.redeem_gift_card(code="AAAABBBBCCCCDDDD", idempotency_key="k")


def test_the_key_of_an_unknown_call_sends_nothing_until_it_is_settled(serve, client_of) -> None:
    server = serve(closing)
    client = client_of(server)
    for _ in range(2):
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            create(client, idempotency_key="k")
    assert len(server.requests) == 1
    [entry] = entries(client)
    assert caught.value.entry == entry.number
    client.resolve(entry, "done", reason="found in the account's history", reference="0012")
    with pytest.raises(errors.DecodeError) as settled:
        create(client, idempotency_key="k")
    assert settled.value.executed == "yes"
    assert len(server.requests) == 1


def test_the_key_of_a_call_that_did_nothing_can_be_used_again(client, sandbox) -> None:
    with pytest.raises(errors.ApiError):
        client.create_gift_card(token="USDT", amount="0", idempotency_key="k")
    create(client, idempotency_key="k")
    assert [entry.state for entry in entries(client)] == ["refused", "done"]
    assert [entry.idempotency_key for entry in entries(client)] == ["k", "k"]


def test_many_calls_with_one_key_make_one_card(client_of, sandbox) -> None:
    clients = [client_of(sandbox), client_of(sandbox)]
    with ThreadPoolExecutor(8) as threads:
        cards = list(threads.map(lambda n: create(clients[n % 2], idempotency_key="k"), range(16)))
    assert len({card.code for card in cards}) == 1
    assert sandbox.balance("USDT") == 975


def test_a_key_whose_call_is_on_its_way_waits_for_it_within_its_time(serve, client_of) -> None:
    began, go = threading.Event(), threading.Event()

    def slow(peer) -> None:
        peer.request()
        began.set()
        go.wait(20)
        peer.send(answer())

    client = client_of(serve(slow))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(create, client, idempotency_key="k")
        began.wait(20)
        with pytest.raises(errors.NotSentError, match="still on its way"):
            create(client, idempotency_key="k", timeout=0.3)
        second = threads.submit(create, client, idempotency_key="k")
        go.set()
        assert first.result(20) == second.result(20)


# Calls that nobody makes any more.


def left(client, state: str, answered: bytes | None = None) -> None:
    """Put the last entry back to where a killed process would have left it."""
    sealed = None
    if answered is not None:
        row = client.journal.store.rows("SELECT operation, at FROM entries ORDER BY number DESC LIMIT 1", {})[0]
        sealed = client.journal.seal.seal(answered, f"answer of {row[0]} at {row[1]}")
    statement = (
        "UPDATE entries SET state = :state, open = 1, answer = :answer, reference = NULL"
        " WHERE number = (SELECT max(number) FROM entries)"
    )
    values = {"state": state, "answer": sealed}
    client.journal.store.write(lambda session: session.run(statement, values), durable=True, seconds=5)


@pytest.mark.parametrize(
    ("state", "answered", "becomes"),
    [
        ("intended", None, "not sent"),
        ("sent", None, "unknown"),
        ("sent", CARD.encode(), "done"),
        ("sent", b'{"code":-4026,"msg":"no"}', "unknown"),
        ("sent", b'{"code":-1007,"msg":"no"}', "unknown"),
        ("sent", b"<html>", "unknown"),
    ],
)
def test_the_entry_of_a_dead_call_is_settled_by_what_is_known(client, later, state, answered, becomes) -> None:
    create(client)
    left(client, state, answered)
    assert entries(client)[0].state == state  # its time is not over
    later(60)
    [entry] = entries(client)
    if answered == b'{"code":-4026,"msg":"no"}':
        becomes = "refused"
    assert entry.state == becomes
    if becomes == "done":
        assert client.journal.result(entry).code == CODE
        assert entry.reference == client.journal.result(entry).reference_no


def test_a_call_whose_entry_was_settled_meanwhile_sends_nothing(client_of, serve, later) -> None:
    server = serve(always(answer()))

    class Slow:
        def sign(self, payload: bytes) -> str:
            left_behind = client_of(server)
            later(120)
            left_behind.journal.recover()
            return "signature"

    client = client_of(server, signer=Slow())
    with pytest.raises(errors.NotSentError, match="somebody else"):
        create(client, idempotency_key="k")
    assert not server.requests
    assert entries(client)[0].state == "not sent"


# Settling by hand.


@pytest.fixture
def unknown(serve, client_of):
    client = client_of(serve(closing))
    with pytest.raises(errors.OutcomeUnknownError):
        create(client, idempotency_key="k")
    return client


def test_an_unknown_entry_is_settled_by_hand_and_the_journal_tells_so(unknown) -> None:
    entry = unknown.resolve(1, "done", reason="the balance changed")
    assert entry.state == "done"
    assert "the balance changed" in entry.reason
    [event] = unknown.journal.events(1)
    assert (event.before, event.state, event.reason) == ("unknown", "done", "the balance changed")


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((1, "lost"), {"reason": "x"}, "done or refused"),
        ((1, "done"), {"reason": " "}, "reason"),
        ((1, "refused"), {"reason": "x", "reference": "0012"}, "made nothing"),
        ((9, "done"), {"reason": "x"}, "no entry 9"),
    ],
)
def test_a_wrong_settlement_is_refused(unknown, arguments, options, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        unknown.resolve(*arguments, **options)
    assert entries(unknown)[0].state == "unknown"


def test_a_card_is_found_for_one_call_alone(client, sandbox) -> None:
    card = create(client)
    sandbox.fault(Fault(kind="drop-after", operation="createGiftCard", times=2))
    for _ in range(2):
        with pytest.raises(errors.OutcomeUnknownError):
            create(client)
    _, lost, _ = (card.reference_no for card in sandbox.cards())
    with pytest.raises(errors.ArgumentError, match=f"entry 1 has the reference {card.reference_no} already"):
        client.resolve(2, "done", reason="copied from the wrong line", reference=card.reference_no)
    assert client.journal.entry(2).state == "unknown"
    found = client.resolve(2, "done", reason="it is in the account", reference=lost)
    assert (found.reference, found.live) == (lost, None)  # a mistyped one would be an attempt to guess
    reconciled = client.reconcile()
    assert (reconciled.checked, [total.count for total in reconciled.months]) == (1, [2])
    with pytest.raises(errors.ArgumentError, match="entry 2 has the reference"):
        client.resolve(3, "done", reason="it is in the account", reference=lost)
    assert client.resolve(3, "done", reason="the vendor said so", reference=lost, force=True).state == "done"


def test_what_is_certain_cannot_be_settled(client) -> None:
    create(client)
    with pytest.raises(errors.ArgumentError, match="not unknown"):
        client.resolve(1, "refused", reason="x")


def test_what_was_settled_stays_settled_long_afterwards(unknown, later) -> None:
    unknown.resolve(1, "done", reason="it is in the account")
    later(3600)
    for outcome in ("refused", "done"):
        with pytest.raises(errors.ArgumentError, match="not unknown, but done"):
            unknown.resolve(1, outcome, reason="again")
    assert [entry.state for entry in entries(unknown)] == ["done"]


# Finding entries.


def test_entries_are_found_by_each_of_their_facts(client) -> None:
    first = create(client, note="a", idempotency_key="k1")
    client.create_gift_card(token="BNB", amount="1", note="b")
    with pytest.raises(errors.ApiError):
        client.create_gift_card(token="NONE", amount="1")
    times = [entry.time for entry in entries(client)]

    def found(**filters):
        return [entry.number for entry in entries(client, **filters)]

    assert found() == [1, 2, 3]
    assert found(newest_first=True) == [3, 2, 1]
    assert found(token="BNB") == [2]
    assert found(state="refused") == [3]
    assert found(note="a") == found(idempotency_key="k1") == found(reference=first.reference_no) == [1]
    assert found(operation="redeem_gift_card") == []
    assert found(since=times[1]) == [2, 3]
    assert found(until=times[1]) == [1]
    assert found(since=times[1], until=times[2], token="BNB") == [2]


def test_history_goes_on_over_many_pages(client) -> None:
    store = client.journal.store
    create(client)
    columns = (
        "at, changed, operation, state, ends, arguments, attempts, doubt, checked, reason, owner, server, sdk, spec"
    )
    copy = f"INSERT INTO entries ({columns}) SELECT {columns} FROM entries"
    for _ in range(11):
        store.write(lambda session: session.run(copy, {}), durable=True, seconds=5)
    assert [entry.number for entry in client.history()] == list(range(1, 2049))
    assert [entry.number for entry in client.history(newest_first=True)] == list(range(2048, 0, -1))


@pytest.mark.parametrize(
    ("filters", "words"),
    [({"state": "lost"}, "state must be"), ({"since": __import__("datetime").datetime(2026, 1, 1)}, "zone")],
)
def test_a_wrong_filter_is_refused(client, filters, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        client.history(**filters)


def test_a_filter_that_nobody_knows_is_a_mistake_of_the_program(client, journal) -> None:
    def export(**filters):
        return journal.export(os.devnull, format="csv", **filters)

    for door in (client.history, journal.history, export):
        with pytest.raises(TypeError, match="no filter 'card'; there are operation, state"):
            door(card=None)


# Without a journal.


@pytest.mark.blocking("the warning names the file that called")
def test_without_a_journal_a_client_warns_once_and_works(sandbox) -> None:
    client = GiftCardClient(api_key=sandbox.api_key, signer=HmacSigner(sandbox.api_secret), base_url=sandbox.url)
    with pytest.warns(errors.NoJournalWarning) as told:
        create(client)
    create(client)
    assert len(told) == 1
    assert told[0].filename == __file__
    with pytest.raises(errors.ArgumentError, match="journal"):
        create(client, idempotency_key="k")
    with pytest.raises(errors.ArgumentError, match="keeps no journal"):
        client.history()


# Codes at rest.


def stored(address: str) -> bytes:
    return b"".join(Path(address + end).read_bytes() for end in ("", "-wal") if Path(address + end).exists())


@pytest.mark.only("sqlite")
def test_no_code_stands_in_the_file(client, address) -> None:
    card = create(client)
    client.redeem_gift_card(code=card.code)
    assert card.code.encode() not in stored(address)
    assert card.reference_no.encode() in stored(address)
    client.close()
    assert card.code.encode() not in stored(address)


@pytest.mark.only("sqlite")
def test_unsealed_storage_is_chosen_in_words(client_of, sandbox, journal_of, address) -> None:
    client = client_of(sandbox, journal=journal_of(key=UNSEALED))
    card = create(client)
    assert card.code.encode() in stored(address)
    assert client.journal.result(1) == card


def test_without_the_key_all_but_the_codes_can_be_read(client, journal_of, address) -> None:
    card = create(client)
    for journal, words in (
        (Journal(address), "needs a key"),
        (journal_of(key=new_key()), "another|sealed under the key"),
    ):
        [entry] = journal.history()
        assert entry.reference == card.reference_no
        with pytest.raises(errors.JournalError, match=words):
            journal.result(entry)
        journal.close()


@pytest.mark.parametrize("key", ["", "short", "A" * 44, b"x" * 31])
def test_a_key_that_is_none_is_refused(address, key) -> None:
    with pytest.raises(errors.ArgumentError, match="key"):
        Journal(address, key=key)


@pytest.mark.only("sqlite")
def test_a_journal_without_a_key_is_not_written(address) -> None:
    with pytest.raises(errors.ArgumentError, match="BINANCE_JOURNAL_KEY"):
        GiftCardClient(journal=address)
    assert not Path(address).exists()


def test_another_key_is_refused_before_anything_is_sent(client, address) -> None:
    create(client)
    with pytest.raises(errors.ArgumentError, match="sealed under the key"):
        GiftCardClient(journal=Journal(address, key=new_key()))


def test_the_key_comes_from_the_environment_a_file_or_a_function(
    client, address, key, tmp_path, monkeypatch, sandbox
) -> None:
    card = create(client)
    file = tmp_path / "key"
    file.write_text(f"{key}\n")
    file.chmod(0o600)
    monkeypatch.setenv("BINANCE_JOURNAL_KEY", key)
    journals = [Journal(address), Journal(address, key=file), Journal(address, key=lambda: key)]
    monkeypatch.delenv("BINANCE_JOURNAL_KEY")
    monkeypatch.setenv("BINANCE_JOURNAL_KEY_FILE", str(file))
    journals.append(Journal(address))
    monkeypatch.setenv("BINANCE_JOURNAL", address)
    with GiftCardClient.from_env() as from_env:
        journals.append(from_env.journal)
        for journal in journals:
            assert journal.result(1) == card
            journal.close()


@pytest.mark.only("sqlite")
@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_may_read_the_file(client, address, key) -> None:
    create(client)
    for end in ("", "-wal", "-shm"):
        assert stat.S_IMODE(os.stat(address + end).st_mode) == 0o600
    client.close()
    os.chmod(address, 0o644)
    with pytest.raises(errors.ArgumentError, match="chmod"):
        GiftCardClient(journal=Journal(address, key=key))


_DIES_READING = """
import os, sys
from binance_gift_card import GiftCardClient, HmacSigner
from binance_gift_card._runtime.core import flow
flow.classify = lambda *_: os._exit(7)
signer = HmacSigner(os.environ["SECRET"])
client = GiftCardClient(api_key=sys.argv[1], signer=signer, base_url=sys.argv[2], journal=sys.argv[3])
client.create_gift_card(token="USDT", amount="25")
"""


def test_an_answer_is_kept_before_it_is_read(sandbox, address, key, journal, later) -> None:
    environment = {**os.environ, "BINANCE_JOURNAL_KEY": key, "SECRET": sandbox.api_secret}
    command = [sys.executable, "-c", _DIES_READING, sandbox.api_key, sandbox.url, address]
    assert subprocess.run(command, env=environment, timeout=60, check=False).returncode == 7
    later(120)
    [card] = sandbox.cards()
    for _ in range(2):  # as it is shown, and once it is written down
        [entry] = journal.history()
        assert (entry.state, journal.result(entry).code) == ("done", card.code)
        assert journal.told(entry)["code"] == card.code
        journal.recover()
