"""Many calls: each row once, whatever happens in between."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from decimal import Decimal

import pytest

from binance_gift_card import errors
from binance_gift_card_sandbox import Rules, Sandbox
from tests.faults.server import CARD, answer
from tests.processes import at_once, piped
from tests.waits import until


def rows(count, **more):
    return [{"token": "USDT", "amount": "1", **more} for _ in range(count)]


def write(path, head, *lines):
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def read(path):
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "cards.csv", "token,amount,note", "USDT,1,for Ann", "USDT,0.5,", 'BNB,1,"for Ben, too"')


def test_every_row_of_a_file_becomes_a_card(client, file, tmp_path, sandbox) -> None:
    out = tmp_path / "out.csv"
    report = client.bulk.create(file, out=out, secrets=True)
    assert (report.rows, report.states, report.stopped) == (3, {"done": 3}, "")
    told = {int(row["row"]): row for row in read(out)}
    assert sorted(told) == [1, 2, 3]
    assert out.stat().st_mode & 0o077 == 0
    assert sandbox.balance("USDT") == Decimal("998.5")
    notes = [client.journal.entry(int(told[number]["entry"])).note for number in (1, 2, 3)]
    assert notes == ["for Ann", None, "for Ben, too"]
    for number in (1, 2, 3):
        assert client.journal.result(int(told[number]["entry"])).code == told[number]["code"]


def test_codes_are_masked_unless_they_are_wanted(client, file, tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    client.bulk.create(file, out=out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert {line["result"]["code"] for line in lines} == {"********"}
    assert all(line["result"]["reference_no"] for line in lines)


def test_rows_come_from_json_lines_and_from_anything(client, tmp_path, sandbox) -> None:
    lines = tmp_path / "rows.jsonl"
    lines.write_text('{"token": "USDT", "amount": "1"}\n\n{"token": "USDT", "amount": 2, "note": "n"}\n')
    assert client.bulk.create(lines).states == {"done": 2}
    assert client.bulk.create(iter(rows(3)), run="three").states == {"done": 3}
    assert client.bulk.create([{"token": "USDT", "amount": Decimal("0.1")}], run="one").states == {"done": 1}
    assert sandbox.balance("USDT") == Decimal("993.9")


def test_other_operations_have_bulk_runs_too(client, tmp_path) -> None:
    cards = [client.create_gift_card(token="USDT", amount="1") for _ in range(5)]
    told = []
    client.bulk.verify([{"reference_no": card.reference_no} for card in cards], on_result=told.append)
    assert [outcome.result.valid for outcome in sorted(told, key=lambda outcome: outcome.row)] == [True] * 5
    codes = write(tmp_path / "codes.csv", "code", *(card.code for card in cards))
    assert client.bulk.redeem(codes).states == {"done": 5}
    base = [{"base_token": "USDT", "face_token": "BNB", "base_token_amount": "10"}]
    assert client.bulk.buy(base, run="b").states == {"done": 1}


def test_a_dry_run_looks_at_all_and_sends_nothing(client, file, sandbox) -> None:
    report = client.bulk.create(file, dry_run=True)
    assert (report.rows, report.amounts, report.states) == (3, {"USDT": Decimal("1.5"), "BNB": Decimal(1)}, {})
    assert sandbox.balance("USDT") == 1000
    assert not list(client.history())


@pytest.mark.parametrize(
    ("head", "lines", "words"),
    [
        ("token,amount", ["USDT,1", "USDT,1e3"], "line 3.*amount"),
        ("token,amount", ["USDT,1", "USDT"], "line 3 has 1 values"),
        ("token,amount", ["USDT,1", ",1"], "line 3.*token is missing"),
        ("token,price", ["USDT,1"], "no 'price'; it has token, amount"),
        ("token,token", ["USDT,1"], "each once"),
        ("token,amount,idempotency_key", ["USDT,1,a", "USDT,1,a"], "rows 1 and 2"),
        ("", [], "first line"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wrong_row_is_told_before_anything_is_sent(client, tmp_path, head, lines, words, dry_run, sandbox) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        client.bulk.create(write(tmp_path / "wrong.csv", head, *lines), dry_run=dry_run)
    assert sandbox.balance("USDT") == 1000


def test_no_secret_of_a_wrong_row_is_told(client, tmp_path) -> None:
    with pytest.raises(errors.ArgumentError) as caught:
        client.bulk.redeem(write(tmp_path / "wrong.csv", "code,external_uid", f"SECRETCODE,{'x' * 401}"))
    assert "SECRETCODE" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.csv", "rows.xlsx", "rows.csv"])
def test_a_file_that_cannot_be_read_is_told(client, tmp_path, name) -> None:
    if name == "rows.csv":
        (tmp_path / name).write_bytes(b"token,amount\n\xff\xfe,1\n")
    with pytest.raises(errors.ArgumentError, match=name):
        client.bulk.create(tmp_path / name)


def test_a_run_is_not_begun_twice(client, file, sandbox) -> None:
    client.bulk.create(file)
    with pytest.raises(errors.ArgumentError, match="begun already"):
        client.bulk.create(file)
    again = client.bulk.create(file, resume=True)
    assert (again.states, again.earlier) == ({"done": 3}, 3)
    assert client.bulk.create(file, run="once more").states == {"done": 3}
    assert sandbox.balance("USDT") == 997


def test_a_resumed_run_tells_all_results_once_more(client, file, tmp_path) -> None:
    client.bulk.create(file)
    out = tmp_path / "out.csv"
    client.bulk.create(file, resume=True, out=out, secrets=True)
    assert {row["code"] for row in read(out)} == {client.journal.result(number).code for number in (1, 2, 3)}
    with pytest.raises(errors.ArgumentError, match="there already"):
        client.bulk.create(file, run="new", out=out)


def test_a_row_that_was_changed_stops_the_run(client, tmp_path, sandbox) -> None:
    client.bulk.create(write(tmp_path / "a.csv", "token,amount", "USDT,1"), run="r")
    report = client.bulk.create(write(tmp_path / "a.csv", "token,amount", "USDT,2"), run="r", resume=True)
    assert "other arguments" in report.stopped
    assert sandbox.balance("USDT") == 999


def test_a_run_needs_a_journal_and_a_name(client, client_of, sandbox) -> None:
    with pytest.raises(errors.ArgumentError, match="run="):
        client.bulk.create(rows(1))
    with pytest.raises(errors.ArgumentError, match="journal"):
        client_of(sandbox, journal=None).bulk.create(rows(1), run="r")


def test_an_empty_balance_ends_the_run_and_a_full_one_lets_it_go_on(client_of) -> None:
    with Sandbox(balances={"USDT": "3"}) as sandbox:
        client = client_of(sandbox)
        report = client.bulk.create(rows(10), run="r", concurrency=1)
        assert report.states == {"done": 3, "refused": 1}
        assert "balance" in report.stopped
        sandbox.set_balance("USDT", 100)
        again = client.bulk.create(rows(10), run="r", resume=True)
        assert (again.states, again.earlier, again.stopped) == ({"done": 10}, 3, "")


def test_a_refused_row_is_not_sent_again(client, sandbox) -> None:
    mixed = [{"token": "USDT", "amount": "1"}, {"token": "NONE", "amount": "1"}, {"token": "USDT", "amount": "1"}]
    assert client.bulk.create(mixed, run="r").states == {"done": 2, "refused": 1}
    again = client.bulk.create(mixed, run="r", resume=True)
    assert again.states == {"done": 2, "refused": 1}
    assert len(list(client.history())) == 3


def test_wrong_codes_end_the_run_before_they_lock_the_account(client, sandbox) -> None:
    card = client.create_gift_card(token="USDT", amount="1")
    wrong = [{"code": f"WRONGCODE{number:07d}"} for number in range(50)]
    report = client.bulk.redeem(wrong, run="r")
    assert report.states.get("refused", 0) == 4
    assert "lock" in report.stopped
    assert client.with_options(insist=True).redeem_gift_card(code=card.code)


@pytest.mark.usefixtures("midday")
def test_the_monthly_limit_is_kept(client_of, sandbox) -> None:
    client = client_of(sandbox)
    client._reconciling = type(client._reconciling)(
        check=client._reconciling.check, argument="reference_no", live={"valid": True}, count=5
    )
    with pytest.raises(errors.ArgumentError, match="only 5 more"):
        client.bulk.create(rows(6), run="a")
    with pytest.raises(errors.ArgumentError, match="only 5 more"):
        client.bulk.create(rows(6), run="a", dry_run=True)
    report = client.bulk.create(iter(rows(6)), run="b", concurrency=1)
    assert report.states == {"done": 5, "not sent": 1}
    assert "month" in report.stopped
    assert sandbox.balance("USDT") == 995


def test_a_lost_answer_is_left_to_a_person(serve, client_of, sandbox) -> None:
    sent = []

    def some(peer) -> None:
        while peer.request():
            sent.append(1)
            if len(sent) == 2:
                return
            peer.send(answer(CARD))

    client = client_of(serve(some))
    report = client.bulk.create(rows(4), run="r", concurrency=1)
    assert (report.states, report.stopped) == ({"done": 3, "unknown": 1}, "")
    again = client.bulk.create(rows(4), run="r", resume=True)
    assert (again.states, len(sent)) == ({"done": 3, "unknown": 1}, 4)
    [entry] = client.history(state="unknown")
    client.resolve(entry, "refused", reason="no such card in the account", force=True)
    assert client.bulk.create(rows(4), run="r", resume=True).states == {"done": 4}
    assert len(sent) == 5


def test_silence_ends_the_run(client_of) -> None:
    away = type("Away", (), {"url": "http://127.0.0.1:9"})
    client = client_of(away, attempts=1)
    report = client.bulk.create(rows(100), run="r", concurrency=1)
    assert report.states == {"not sent": 3}
    assert "no answer" in report.stopped


def test_a_rate_limit_is_waited_for(serve, client_of) -> None:
    def limited(peer) -> None:
        for number in range(3):
            peer.request()
            body = answer('{"code":-1003,"msg":"slow"}', "429 Too Many", "Retry-After: 2") if number == 1 else answer()
            peer.send(body)

    client = client_of(serve(limited), timeout=1.5)
    began = time.monotonic()
    report = client.bulk.create(rows(2), run="r", concurrency=1)
    assert report.states == {"done": 2}, report
    assert time.monotonic() - began >= 2


@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeoutError, OSError])
def test_an_interrupt_lets_calls_on_their_way_come_home(client, sandbox, kind, tmp_path) -> None:
    main = threading.main_thread().ident
    out = tmp_path / "out.csv"
    told = []

    def handler(*_: object) -> None:
        raise kind("enough")

    def interrupt(outcome) -> None:
        told.append(outcome)
        if len(told) == 5:
            signal.pthread_kill(main, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(kind, match="enough") as raised:
            client.bulk.create(rows(200), run="r", on_result=interrupt, out=out)
    finally:
        signal.signal(signal.SIGUSR1, before)
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames[-1] == "handler"
    assert not {"go_through", "execute"} & set(frames)
    lines = [line["row"] for line in read(out)]
    assert len(lines) == len(set(lines)), "no row is told twice"
    done = len(list(client.history(state="done")))
    assert 5 <= done < 200
    assert not list(client.history(state="sent"))
    assert sandbox.balance("USDT") == 1000 - done
    assert client.bulk.create(rows(200), run="r", resume=True).states == {"done": 200}
    assert sandbox.balance("USDT") == 800


_RUN = """
import os, sys
from binance_gift_card import GiftCardClient, HmacSigner
signer = HmacSigner(os.environ["SECRET"])
with GiftCardClient(api_key="k" * 64, signer=signer, base_url=sys.argv[1], journal=sys.argv[2], timeout=60) as client:
    print("ready", flush=True)
    report = client.bulk.create(sys.argv[3], resume=True, out=sys.argv[4], secrets=True)
    print(report.rows, report.states, report.stopped)
"""


def settle_as_a_person(sandbox, journal) -> None:
    """Settle what is unknown by what the account shows: a card that no entry has is the lost one's."""
    store = journal.store
    store.write(
        lambda session: session.run("UPDATE entries SET ends = 1 WHERE state IN ('intended', 'sent')", {}),
        durable=True,
        seconds=10,
    )
    journal.recover()
    known = {entry.reference for entry in journal.history(state="done")}
    lost = {card.amount: card.reference_no for card in sandbox.cards() if card.reference_no not in known}
    for entry in list(journal.history(state="unknown")):
        if entry.amount in lost:
            journal.resolve(entry, "done", reason="found in the account", reference=lost.pop(entry.amount))
        else:
            journal.resolve(entry, "refused", reason="not in the account", force=True)
    assert not lost, "a card that no entry stands for"


@pytest.mark.only("sqlite")
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
@pytest.mark.proof
def test_six_thousand_rows_killed_ten_times_are_six_thousand_cards(tmp_path, journal_of, address, key, seed) -> None:
    file = write(tmp_path / "rows.csv", "token,amount", *(f"USDT,{number}" for number in range(1, 6001)))
    out = tmp_path / "out.csv"
    rules = Rules(monthly_cards=None, monthly_amount=None)
    chance = random.Random(seed)
    with Sandbox(api_key="k" * 64, balances={"USDT": 10**9}, rules=rules) as sandbox:
        environment = {**os.environ, "BINANCE_JOURNAL_KEY": key, "SECRET": sandbox.api_secret}
        command = [sys.executable, "-c", _RUN, sandbox.url, address, str(file), str(out)]
        for kill in range(11):
            with piped(command, env=environment, stderr=None) as process:
                assert process.stdout.readline() == "ready\n"
                if kill < 10:
                    time.sleep(chance.uniform(0.1, 1.0))
                    process.kill()
                else:
                    told = process.stdout.read()
            journal = journal_of()
            settle_as_a_person(sandbox, journal)
        assert told.startswith("6000 "), told
        cards = sandbox.cards()
        assert len(cards) == 6000
        assert sorted(int(card.amount) for card in cards) == list(range(1, 6001))
        for entry in journal.history(state="done"):
            if entry.status == 200:
                assert journal.result(entry).code == sandbox.card(entry.reference).code


_SHARE = """
import os, sys
from binance_gift_card import GiftCardClient, HmacSigner
signer = HmacSigner(os.environ["SECRET"])
with GiftCardClient(api_key="k" * 64, signer=signer, base_url=sys.argv[1], journal=sys.argv[2], timeout=60) as client:
    print("ready", flush=True)
    sys.stdin.read(1)
    done = []
    def told(outcome):
        done.append(outcome)
        if len(done) == 1:  # the others are to have one as well
            print("a row", flush=True)
            sys.stdin.read(1)
    report = client.bulk.create(sys.argv[3], shared=True, on_result=told)
    print(report.rows, report.stopped, flush=True)
"""


@contextmanager
def _workers(count, sandbox, address, key, file):
    """Processes that work on a run together, once each has a row."""
    environment = {**os.environ, "BINANCE_JOURNAL_KEY": key, "SECRET": sandbox.api_secret}
    command = [sys.executable, "-c", _SHARE, sandbox.url, address, str(file)]
    with at_once(count, command, env=environment) as workers:
        for worker in workers:
            assert worker.stdout.readline() == "a row\n", worker.communicate()
        for worker in workers:
            worker.stdin.write("!")
            worker.stdin.flush()
        yield workers


@pytest.mark.only("postgres")
def test_several_processes_work_on_one_run(address, key, journal_of, tmp_path) -> None:
    file = write(tmp_path / "rows.csv", "token,amount,note", *(f"USDT,{number},n{number}" for number in range(1, 401)))
    with Sandbox(api_key="k" * 64, balances={"USDT": 10**9}) as sandbox:
        with _workers(3, sandbox, address, key, file) as workers:
            told = [worker.communicate(timeout=60) for worker in workers]
        shares = [int(said.split()[0]) for said, _ in told]
        assert sum(shares) == 400, told
        assert min(shares) > 0
        assert sorted(int(card.amount) for card in sandbox.cards()) == list(range(1, 401))
        assert all(entry.note == f"n{entry.amount}" for entry in journal_of().history())


@pytest.mark.only("postgres")
@pytest.mark.proof
def test_a_worker_that_dies_gives_its_rows_back(address, key, journal_of, tmp_path, client_of) -> None:
    file = write(tmp_path / "rows.csv", "token,amount", *(f"USDT,{number}" for number in range(1, 301)))
    with Sandbox(api_key="k" * 64, balances={"USDT": 10**9}) as sandbox:
        with _workers(3, sandbox, address, key, file) as workers:
            until(lambda: len(sandbox.cards()) >= 30)
            for worker in workers:
                worker.kill()
                worker.communicate()
        settle_as_a_person(sandbox, journal_of())
        client = client_of(sandbox)
        report = client.bulk.create(file, shared=True, resume=True)
        assert not report.stopped
        assert sorted(int(card.amount) for card in sandbox.cards()) == list(range(1, 301))
        done = list(journal_of().history(state="done"))
        assert len(done) == 300


def test_a_run_is_shared_over_a_database_only(client, backend, file) -> None:
    if backend == "sqlite":
        with pytest.raises(errors.ArgumentError, match="PostgreSQL"):
            client.bulk.create(file, shared=True)
    else:
        assert client.bulk.create(file, shared=True).states == {"done": 3}
        assert client.bulk.create(file, shared=True).rows == 0
    with pytest.raises(errors.ArgumentError, match="journalled"):
        client.bulk.verify([{"reference_no": "0033002144060553"}], shared=True)


@pytest.mark.only("sqlite")
def test_a_code_that_only_the_output_holds_is_nobody_elses(client, file, tmp_path, sandbox) -> None:
    """The journal cannot keep it, so it is written in full, into a file that others might read until then."""
    keeps_none = (
        "CREATE TRIGGER no_room BEFORE UPDATE OF answer ON entries WHEN NEW.answer IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    client.journal.store.write(lambda session: session.run(keeps_none, {}), durable=True, seconds=5)
    out = tmp_path / "out.csv"
    out.touch()
    out.chmod(0o644)
    report = client.bulk.create(file, out=out, resume=True, concurrency=1)
    assert "the journal does not have the answer" in report.stopped
    code = next(row["code"] for row in read(out) if row["state"] == "done")
    assert "*" not in code
    assert out.stat().st_mode & 0o077 == 0
    client.journal.store.write(lambda session: session.run("DROP TRIGGER no_room", {}), durable=True, seconds=5)
    assert client.redeem_gift_card(code=code).amount == 1
