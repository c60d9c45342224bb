"""The keys of a run are its own; a run of 0.1.0 goes on under those that it was begun with."""

from __future__ import annotations

import pytest

from binance_gift_card import errors
from tests.journal.first_version import NEW, OLD


def rows(count, **more):
    return [{"token": "USDT", "amount": str(number), **more} for number in range(1, count + 1)]


def keys(client):
    return sorted(entry.idempotency_key for entry in client.history())


@pytest.mark.parametrize(
    "names", [("a", "a#1"), ("a", "a:1"), ("a", "a:"), ("1:a", "1"), ("bulk:1:a", "a"), ("é", "e")]
)
def test_no_name_of_a_run_is_in_the_way_of_another(client, names, sandbox) -> None:
    for name in names:
        assert client.bulk.create(rows(12), run=name, concurrency=1).states == {"done": 12}
    for name in names:
        again = client.bulk.create(rows(12), run=name, resume=True)
        assert (again.states, again.earlier) == ({"done": 12}, 12)
    assert sandbox.balance("USDT") == 1000 - 2 * 78
    assert len(set(keys(client))) == 24


def test_a_callers_own_key_is_in_no_runs_way(client, sandbox) -> None:
    client.create_gift_card(token="USDT", amount="1", idempotency_key="a#1")
    client.bulk.create(rows(1, idempotency_key="a#2"), run="b")
    report = client.bulk.create(rows(3), run="a", resume=True)
    assert (report.states, report.earlier) == ({"done": 3}, 0)
    assert sandbox.balance("USDT") == 1000 - 1 - 1 - 6


MANY = (
    "INSERT INTO entries (at, changed, operation, state, ends, arguments, attempts, doubt, reason, checked, key, owner,"
    " server, sdk, spec) SELECT at, changed, operation, state, ends, arguments, attempts, doubt, reason, checked,"
    " 'many ' || i, owner, server, sdk, spec FROM entries, generate_series(1, 20000) AS i WHERE number = 1"
)


def test_a_run_is_looked_for_in_the_index_of_the_keys(client, journal, backend, address, monkeypatch, request) -> None:
    client.bulk.create(rows(3), run="r")
    looked, store = [], type(journal.store)
    read = store.rows

    def watched(self, statement, values, **more):
        looked.append((statement, values))
        return read(self, statement, values, **more)

    monkeypatch.setattr(store, "rows", watched)
    assert client.bulk.create(rows(3), run="r", resume=True).earlier == 3
    [(statement, values)] = {told[0]: told for told in looked if "bulk:1:r:" in told[1].values()}.values()
    explain = "EXPLAIN QUERY PLAN"
    if backend == "postgres":
        request.getfixturevalue("postgres").run(address, MANY, "ANALYZE entries")
        explain = "EXPLAIN"
    plan = str(read(journal.store, f"{explain} {statement}", values))
    assert "entries_key" in plan
    assert not [words for words in ("SCAN entries", "Seq Scan") if words in plan]


COLLATIONS = {
    "upper_first": "en-u-kf-upper",
    "numeric": "en-u-kn-true",
    "shifted": "en-u-ka-shifted-ks-level4",
    "backwards": "fr-CA-u-kb-true",
}


@pytest.mark.only("postgres")
@pytest.mark.parametrize("collation", ["C", *COLLATIONS])
def test_a_run_is_found_whatever_the_collation(client, journal, postgres, address, sandbox, collation) -> None:
    journal.prepare()
    if collation in COLLATIONS:
        if not journal.store.rows("SELECT 1 FROM pg_collation WHERE collprovider = 'i' LIMIT 1", {}):
            pytest.skip("this PostgreSQL was built without ICU")
        made = f"CREATE COLLATION {collation} (provider = icu, locale = '{COLLATIONS[collation]}')"
        postgres.run(address, made)
    postgres.run(address, f'ALTER TABLE entries ALTER COLUMN key TYPE text COLLATE "{collation}"')
    names = ["a", "A", "ä", "9", "a9", "a#", "a;", "a:", "ch"]
    for name in names:
        assert client.bulk.create(rows(12), run=name, concurrency=1).states == {"done": 12}
    for name in names:
        assert client.bulk.create(rows(12), run=name, resume=True).earlier == 12
    assert sandbox.balance("USDT") == 1000 - len(names) * 78


def test_a_run_of_the_first_version_goes_on_under_its_keys(process_of, client_of, sandbox) -> None:
    old = process_of(OLD)
    assert old.ask("bulk", 2, "r") == {"done": 2}
    assert old.ask("bulk", 1, "r#1") == {"done": 1}
    old.close()
    client = client_of(sandbox)
    with pytest.raises(errors.ArgumentError, match="the run r was begun already"):
        client.bulk.create(rows(4), run="r")
    report = client.bulk.create(rows(4), run="r", resume=True)
    assert (report.states, report.earlier) == ({"done": 4}, 2)
    assert client.bulk.create(rows(1), run="r#1", resume=True).earlier == 1
    assert keys(client) == ["r#1", "r#1#1", "r#2", "r#3", "r#4"]
    old = process_of(OLD)  # as after going back
    assert old.ask("bulk", 5, "r", {"resume": True}) == {"done": 5}
    old.close()
    assert client.bulk.create(rows(5), run="r", resume=True).earlier == 5
    assert sandbox.balance("USDT") == 1000 - 15 - 1


@pytest.mark.only("postgres")
@pytest.mark.parametrize(("first", "then", "form"), [(OLD, NEW, "r#{}"), (NEW, OLD, "bulk:1:r:{}")])
def test_both_versions_work_on_one_shared_run_under_the_same_keys(
    process_of, client_of, sandbox, first, then, form
) -> None:
    sandbox.set_balance("USDT", 1)
    process = process_of(first)
    assert process.ask("bulk", 3, "r", {"shared": True})["done"] == 1
    process.close()
    sandbox.set_balance("USDT", 100)
    process = process_of(then)
    assert process.ask("bulk", 3, "r", {"shared": True, "resume": True})["done"] == 2
    process.close()
    assert sandbox.balance("USDT") == 100 - 5
    assert set(keys(client_of(sandbox))) == {form.format(number) for number in (1, 2, 3)}
