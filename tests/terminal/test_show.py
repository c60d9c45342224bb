"""What the journal has, listed and shown one by one: as processes."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from decimal import Decimal

import pytest

from binance_gift_card.errors import OutcomeUnknownError
from binance_gift_card_sandbox import Fault
from tests.faults.server import always, answer

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def card(client):
    return client.create_gift_card(token="USDT", amount=25, note="for Ann\tof\nMunich")


def test_one_entry_is_shown_by_its_number_or_its_reference(run, client, card) -> None:
    for which in ("1", card.reference_no):
        masked = run("show", which, TZ="Asia/Tokyo")
        assert masked.returncode == 0, masked.stderr
        assert "Entry 1: create, done" in masked.stdout
        assert r"for Ann\tof\nMunich" in masked.stdout
        assert re.search(rf"expired_time +{card.expired_time}\n +expires_at +[0-9-]+ [0-9:]+ JST\n", masked.stdout)
        assert card.code not in masked.stdout + masked.stderr
        assert "`show 1 --show-codes` shows them" in masked.stderr
        assert card.code in run("show", which, "--show-codes").stdout
    client.redeem_gift_card(code=card.code)
    lines = run("show", card.reference_no, "--json").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    assert [(one["number"], one["operation"]) for one in told] == [(1, "create_gift_card"), (2, "redeem_gift_card")]
    assert told[0]["result"] == {
        "reference_no": card.reference_no,
        "code": "********",
        "expired_time": card.expired_time,
    }
    assert Decimal(told[1]["result"]["amount"]) == 25
    assert json.loads(run("show", "1", "--json", "--show-codes").stdout)["result"]["code"] == card.code


def test_what_is_no_entry_is_not_repeated(run, card) -> None:
    for which in ("2", "0", card.code):
        missing = run("show", which)
        assert missing.returncode == 2
        assert "no entry has that number" in missing.stderr
        assert card.code not in missing.stderr


def test_an_entry_that_is_another_ones_reference_is_shown_and_the_others_are_named(run, journal, card) -> None:
    update = "UPDATE entries SET reference = '1' WHERE number = 2"
    assert run("create", "--token", "USDT", "--amount", "1", "--yes").returncode == 0
    journal.store.write(lambda session: session.run(update, {}), durable=True, seconds=5)
    shown = run("show", "1")
    assert "Entry 1:" in shown.stdout
    assert "Entry 2:" not in shown.stdout
    assert "`show` takes their numbers: 2." in shown.stderr


def test_an_answer_that_is_no_result_and_what_people_did_are_shown_too(run, serve) -> None:
    odd = serve(always(answer('{"success":true,"code":"000000","data":{"code":"ABCDEFGHIJKLMNOP"}}')))
    assert run("create", "--token", "USDT", "--amount", "1", "--yes", "--sandbox", odd.url).returncode == 5
    masked = run("show", "1")
    assert masked.returncode == 5
    assert "Its result cannot be shown:" in masked.stderr
    assert "ABCDEFGHIJKLMNOP" not in masked.stdout + masked.stderr
    assert "ABCDEFGHIJKLMNOP" in run("show", "1", "--show-codes").stdout
    vague = serve(always(answer('{"data":{"code":"PONMLKJIHGFEDCBA"}}')))
    assert run("create", "--token", "USDT", "--amount", "1", "--yes", "--sandbox", vague.url).returncode == 4
    assert "PONMLKJIHGFEDCBA" in run("show", "2", "--show-codes").stdout
    assert run("resolve", "2", "--outcome", "done", "--reason", "seen in the account").returncode == 0
    settled = run("show", "2", TZ="Asia/Tokyo")
    assert " JST: settled by " in settled.stdout
    assert "as done, which was unknown: seen in the account" in settled.stdout


def test_an_entry_whose_key_is_lost_is_shown_all_the_same(run, card) -> None:
    new = run("journal", "new-key").stdout.strip()
    shown = run("show", "1", BINANCE_JOURNAL_KEY=new)
    assert shown.returncode == 3
    assert card.reference_no in shown.stdout
    assert "is sealed under the key" in shown.stderr


def _on_80_columns(environment, *arguments: str) -> list[str]:
    child, terminal = pty.openpty()
    surroundings = {**environment, "COLUMNS": "80", "TZ": "Europe/Berlin"}
    command = [sys.executable, "-m", "binance_gift_card.cli", *arguments]
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, env=surroundings) as process:
        os.close(terminal)
        said = b""
        while select.select([child], [], [], 30)[0]:
            try:
                said += os.read(child, 4096)
            except OSError:  # the other end of a terminal is gone
                break
        os.close(child)
    assert process.returncode == 0
    return said.decode().splitlines()


def test_a_history_is_readable_on_80_columns_and_divided_by_tabs_in_a_pipe(run, environment, client, card) -> None:
    word = "a-word-that-is-longer-than-any-line-of-a-terminal-that-has-no-more-than-eighty-columns"
    long = f"{' and more' * 7} unbroken {word}{' and more' * 12}".strip()
    with pytest.raises(Exception, match="-18007"):
        client.create_gift_card(token="NONE", amount="263372.56", note=long)
    head, *lines = _on_80_columns(environment, "history")
    assert head.split() == ["entry", "time", "command", "state", "amount", "reference"]
    assert {word for line in lines for word in line.split()} >= {*long.split(), "CET", "263372.56", card.reference_no}
    assert [line.strip() for line in lines if len(line) > 80] == [word]
    assert [line for line in lines if line.endswith(" ")] == []  # behind a full line, a blank is a line of its own
    piped = run("history", "--oldest-first").stdout.splitlines()
    first, second = (line.split("\t") for line in piped)
    assert first[2:] == ["create", "done", "25", "USDT", card.reference_no, r"for Ann\tof\nMunich", ""]
    assert (second[3], second[6], second[7]) == ("refused", "", long)


def test_a_reference_stands_whole_where_the_amounts_leave_it_no_room(environment, client, sandbox, card) -> None:
    with pytest.raises(Exception, match="-1111"):
        client.create_gift_card(token="USDT", amount="0.0000000001")
    sandbox.fault(Fault(kind="drop-after", operation="create_gift_card"))
    with pytest.raises(OutcomeUnknownError):
        client.create_gift_card(token="USDT", amount="5")
    head, *lines = _on_80_columns(environment, "history")
    assert head.split() == ["entry", "time", "command", "state", "amount"]
    assert f"reference {card.reference_no}" in [line.strip() for line in lines]
    assert max(map(len, lines)) <= 80
    (told,) = [line for line in lines if "settled after" in line]
    assert told.endswith((" CET", " CEST"))


def test_each_command_about_the_journal_has_json(run, card, key, tmp_path) -> None:
    def told(*arguments: str):
        done = run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert told("export", "--out", "all.csv") == {"out": "all.csv", "entries": 1}
    assert told("report", "--out", "page.html") == {"out": "page.html", "stopped": ""}
    assert told("journal", "check") == {"problems": []}
    assert told("journal", "upgrade") == {"up_to_date": True}
    assert told("journal", "rotate-key") == {"entries": 0}
    assert len(told("journal", "new-key")["key"]) > 40
    account = told("show", "1")["account"]
    adopted = {"kind": "account", "old": account, "new": "shop", "reason": "renamed"}
    assert told("journal", "adopt", account, "shop", "--reason", "renamed") == adopted
    assert run("export", "--out", "-", "--json").returncode == 2
