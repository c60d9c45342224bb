"""The commands that look after a journal, as processes."""

from __future__ import annotations

import json

import pytest

from tests.faults.server import closing


def create(run, *more, amount="25", token="USDT", **environment):
    return run("create", "--token", token, "--amount", amount, "--yes", *more, **environment)


def test_history_reconcile_resolve_and_export(run, journal, serve, sandbox, tmp_path) -> None:
    create(run, "--note", "for Ann")
    server = serve(closing)
    create(run, "--sandbox", server.url)
    entries = [json.loads(line) for line in run("history", "--json").stdout.splitlines()]
    assert [entry["state"] for entry in entries] == ["unknown", "done"]
    assert "for Ann" in run("history").stdout
    assert len(run("history", "--json", "--state", "done", "--since", "2026-01-01").stdout.splitlines()) == 1
    found = run("reconcile", "--json", "--price", "USDT=1")
    assert found.returncode == 4
    facts = json.loads(found.stdout)
    assert (facts["checked"], facts["allowance"]["amount"], facts["others"]) == (1, "25", 1)
    told = run("reconcile").stdout
    assert "The server was asked about 1 card.\n" in told
    assert "1 entry is of another server" in told
    same = run("journal", "adopt", "--server", server.url, sandbox.url, "--reason", "one is the other's proxy")
    assert same.returncode == 0, same.stderr
    facts = json.loads(run("reconcile", "--json", "--price", "USDT=1").stdout)
    assert (facts["checked"], facts["allowance"]["amount"], len(facts["unknown"])) == (1, "50", 1)
    wait = "UPDATE entries SET settled = 1999999999000000"
    journal.store.write(lambda session: session.run(wait, {}), durable=True, seconds=10)
    early = run("resolve", "2", "--outcome", "refused", "--reason", "not in the account")
    assert early.returncode == 2
    assert "cannot be settled as refused before 2033-05-18 03:33:19 UTC" in early.stderr
    assert run("resolve", "2", "--outcome", "refused", "--reason", "not in the account", "--force").returncode == 0
    assert run("resolve", "2", "--outcome", "refused", "--reason", "again").returncode == 2
    found = run("reconcile", "--json")
    assert found.returncode == 0, run("history", "--json").stdout
    assert run("export", "--out", "all.csv").returncode == 0
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 3
    assert run("export", "--out", "-", "--format", "jsonl").stdout.count("\n") == 2
    assert run("history", "--since", "yesterday").returncode == 2


def test_what_a_dead_program_left_is_settled_by_looking(run, journal) -> None:
    create(run)
    statement = "UPDATE entries SET state = 'sent', open = 1, answer = NULL, ends = 1"
    journal.store.write(lambda session: session.run(statement, {}), durable=True, seconds=5)
    assert json.loads(run("history", "--json").stdout)["state"] == "unknown"


def test_the_journal_is_looked_after(run, journal, key) -> None:
    create(run)
    assert "in order" in run("journal", "check").stdout
    new = run("journal", "new-key").stdout.strip()
    assert run("journal", "check", BINANCE_JOURNAL_KEY=new).returncode == 1
    assert "1 entry was" in run("journal", "rotate-key", BINANCE_JOURNAL_KEY=f"{new} {key}").stdout
    assert run("journal", "check", BINANCE_JOURNAL_KEY=new).returncode == 0
    assert create(run).returncode == 2  # the old key alone opens nothing


def test_a_journal_that_is_not_there_is_not_made_by_looking_at_it(run, tmp_path) -> None:
    missing = run("history", "--journal", tmp_path / "missing.db")
    assert missing.returncode == 2
    assert "no journal" in missing.stderr
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.only("sqlite")
def test_a_history_of_less_than_nothing_is_empty(run, client) -> None:
    client.create_gift_card(token="USDT", amount=1)
    assert run("history", "--json", "--limit", "-1").stdout == ""
    assert len(run("history", "--json", "--limit", "0").stdout.splitlines()) == 1
