"""What comes from outside, as it meets the journal: texts, numbers and dates that a database cannot hold."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from binance_gift_card import errors
from tests.faults.server import CARD, CODE, always, answer

_GUARD = 20.0
NO_TEXT = {
    "surrogate": ("\ud800", ".*without lone surrogates"),
    "nul": ("a\0b", "must be text without NUL"),
    "object": (object(), r"must be text \(str\), not object"),
    "number": (7, r"must be text \(str\), not int"),
    "bytes": (b"x", r"must be text \(str\), not bytes"),
}
no_text = pytest.mark.parametrize("bad", NO_TEXT)


@no_text
@pytest.mark.parametrize("name", ["note", "idempotency_key"])
def test_what_is_no_text_is_refused_before_anything_is_written_or_sent(client, sandbox, name, bad) -> None:
    value, words = NO_TEXT[bad]
    for call in (
        lambda: client.create_gift_card(token="USDT", amount=1, **{name: value}),
        lambda: client.raw.create_gift_card(token="USDT", amount=1, **{name: value}),
        lambda: client.redeem_gift_card(code=CODE, encrypt=True, **{name: value}),
    ):
        with pytest.raises(errors.ArgumentError, match=f"{name} {words}"):
            call()
    good = {"token": "USDT", "amount": 1}
    with pytest.raises(errors.ArgumentError, match=f"row 2: {name} {words}"):
        client.bulk.create([good, {**good, name: value}], run="run")
    assert not list(client.history())
    assert not sandbox.requests()


@no_text
def test_what_is_no_text_is_refused_wherever_the_journal_takes_one(serve, client_of, bad) -> None:
    value, _ = NO_TEXT[bad]
    client = client_of(serve(always(answer("", "500 Internal Server Error"))))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.create_gift_card(token="USDT", amount=1)
    number = caught.value.entry
    for name in ("operation", "token", "note", "reference", "idempotency_key"):
        with pytest.raises(errors.ArgumentError, match=name):
            list(client.history(**{name: value}))
    with pytest.raises(errors.ArgumentError, match="reason"):
        client.resolve(number, "done", reason=value)
    with pytest.raises(errors.ArgumentError, match="reference"):
        client.resolve(number, "done", reason="found", reference=value)
    with pytest.raises(errors.ArgumentError, match="run"):
        client.bulk.create([{"token": "USDT", "amount": 1}], run=value)
    if not isinstance(value, int):
        with pytest.raises(errors.ArgumentError, match="number of an entry"):
            client.journal.entry(value)
    assert client.journal.entry(number).state == "unknown"


@pytest.mark.parametrize(("name", "most"), [("note", 1000), ("idempotency_key", 255)])
def test_the_longest_text_is_taken_and_a_longer_one_refused(client, sandbox, name, most) -> None:
    client.create_gift_card(token="USDT", amount=1, **{name: "\U0001f600" * most})
    [entry] = client.history(**{name: "\U0001f600" * most})
    assert getattr(entry, name) == "\U0001f600" * most
    with pytest.raises(errors.ArgumentError, match=f"{name} must have at most {most} characters, has {most + 1}"):
        client.create_gift_card(token="USDT", amount=1, **{name: "x" * (most + 1)})
    with pytest.raises(errors.ArgumentError, match="idempotency_key must not be empty"):
        client.create_gift_card(token="USDT", amount=1, idempotency_key="")
    assert len(list(client.history())) == 1


def card(**fields: object) -> bytes:
    told = json.loads(CARD)
    told["data"] |= fields
    return answer(json.dumps(told))


@pytest.mark.parametrize(
    ("reference", "column"),
    [("0\0z", "0\\x00z"), ("9" * 3000, "9" * 499 + "…"), ("\U0001f600" * 3000, "\U0001f600" * 499 + "…")],
)
def test_a_card_with_a_number_that_no_column_holds_is_kept_with_its_code(serve, client_of, reference, column) -> None:
    client = client_of(serve(always(card(referenceNo=reference))))
    made = client.create_gift_card(token="USDT", amount=1, idempotency_key="order 7")
    assert (made.reference_no, made.code) == (reference, CODE)
    [entry] = client.history(state="done")
    assert entry.reference == column
    assert client.journal.result(entry) == made
    assert client.create_gift_card(token="USDT", amount=1, idempotency_key="order 7") == made
    assert next(client.history(reference=column)) == entry


def test_a_refusal_in_words_that_no_column_holds_is_kept(serve, client_of) -> None:
    client = client_of(serve(always(answer('{"code": "no\\u0000t", "msg": "a\\u0000b"}', "400 Bad Request"))))
    with pytest.raises(errors.ApiError):
        client.create_gift_card(token="US\0DT", amount=1)
    [entry] = client.history()
    assert (entry.state, entry.code, entry.token) == ("refused", "no\0t", "US\\x00DT")
    assert "code no\\x00t" in entry.reason
    assert entry.arguments["token"] == "US\0DT"


@pytest.mark.parametrize(
    ("column", "bad"),
    [("note", "\ud800"), ("note", object()), ("checked", 2**70), ("at", None)],
    ids=["surrogate", "object", "large", "nothing"],
)
def test_what_cannot_be_kept_fails_alone_and_not_what_other_threads_write_with_it(client, journal, column, bad) -> None:
    """One thread holds the transaction until the bad value and a good one wait for the next, side by side."""
    client.create_gift_card(token="USDT", amount=1)
    begun, go = threading.Event(), threading.Event()

    def hold(session):
        begun.set()
        assert go.wait(_GUARD)
        return session.run("UPDATE entries SET token = 'held' WHERE number = 1", {})

    found: dict[str, object] = {}

    def write(name, work):
        try:
            found[name] = journal.store.write(work, durable=True, seconds=_GUARD)
        except Exception as error:
            found[name] = error

    def start(name, work):
        threads.append(threading.Thread(target=write, args=(name, work)))
        threads[-1].start()

    threads: list[threading.Thread] = []
    start("first", hold)
    assert begun.wait(_GUARD)
    before = "INSERT INTO events (entry, at, before, state, reason) VALUES (1, 1, '', '', 'of the bad one')"
    spoil = f"UPDATE entries SET {column} = :value WHERE number = 1"
    start("bad", lambda session: (session.run(before, {}), session.run(spoil, {"value": bad})))
    start("good", lambda session: session.run("UPDATE entries SET spec = 'good' WHERE number = 1", {}))
    group = getattr(journal.store, "_group", None)
    while group is not None and len(group._jobs) < 3:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join(_GUARD)
    assert isinstance(found.pop("bad"), errors.JournalError)
    assert found == {"first": 1, "good": 1}
    assert (journal.entry(1).token, journal.entry(1).spec) == ("held", "good")
    assert not list(journal.events())


@pytest.mark.parametrize("amount", ['"1E+50000000"', "1E+50000000", '"NaN"', '"-Infinity"'])
def test_an_amount_that_nobody_can_write_is_in_no_column(serve, client_of, amount) -> None:
    body = f'{{"code":"000000","success":true,"data":{{"referenceNo":"1","token":"BNB","amount":{amount}}}}}'
    client = client_of(serve(always(answer(body))))
    with pytest.raises(errors.DecodeError) as caught:
        client.redeem_gift_card(code=CODE, idempotency_key="order 7")
    assert caught.value.executed == "yes"
    [entry] = client.history()
    assert (entry.state, entry.amount, entry.number) == ("done", None, caught.value.entry)
    with pytest.raises(errors.DecodeError) as again:
        client.journal.result(entry)
    assert again.value.body == body.encode()


@pytest.mark.parametrize("expires", [2**53 - 1, 253_402_300_800_000, -(2**53) + 1, 10**40])
def test_a_date_that_no_calendar_has_leaves_the_journal_readable(serve, client_of, tmp_path, expires) -> None:
    client = client_of(serve(always(card(expiredTime=expires))))
    made = client.create_gift_card(token="USDT", amount=1)
    assert (made.expired_time, made.code) == (expires, CODE)
    [entry] = client.history()
    assert (entry.state, entry.expires) == ("done", None)
    assert client.journal.result(entry) == made
    assert client.journal.export(tmp_path / "all.csv", secrets=True) == 1
    assert client.reconcile(check=False).states["done"] == 1


@pytest.mark.usefixtures("midday")
def test_what_an_older_version_wrote_is_read_and_summed_all_the_same(client, tmp_path) -> None:
    for _ in range(4):
        client.create_gift_card(token="USDT", amount="2.5")
    for number, amount in enumerate(("1E+50000000", "NaN", "no number"), 1):
        client.journal.store.write(
            lambda session, values={"amount": amount, "number": number}: session.run(
                "UPDATE entries SET amount = :amount, expires = 9007199254740991000, settled = 9007199254740991000"
                " WHERE number = :number",
                values,
            ),
            durable=True,
            seconds=_GUARD,
        )
    assert [entry.amount for entry in client.history()] == [None, None, None, Decimal("2.5")]
    assert client.journal.export(tmp_path / "all.jsonl") == 4
    assert (tmp_path / "all.jsonl").stat().st_size < 10_000
    found = client.reconcile(check=False, prices={"USDT": Decimal("1." + "0" * 63 + "1")}, amount_limit=10**20)
    assert (found.months[0].count, found.months[0].amount) == (4, Decimal("2.5"))
    exact = Decimal("2.5" + "0" * 62 + "25")
    assert found.allowance.amount == exact
    assert str(found.allowance.amount_left) == "9" * 19 + "7.4" + "9" * 62 + "75"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prices", {"USDT": Decimal("1E+1000000000")}),
        ("prices", {"USDT": 1.5}),
        ("prices", ["USDT"]),
        ("amount_limit", Decimal("NaN")),
        ("amount_limit", -1),
        ("amount_limit", 10**5000),
        ("count_limit", -1),
        ("count_limit", 1.5),
        ("expiring_within", timedelta.max),
        ("expiring_within", 30),
        ("progress", 5),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_setting_of_a_reconciliation_that_cannot_be_used_is_refused(client, name, value) -> None:
    with pytest.raises(errors.ArgumentError, match="price|" + name):
        client.reconcile(check=False, **{name: value})
