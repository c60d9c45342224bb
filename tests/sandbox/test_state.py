"""What lasts: over a restart, from a snapshot, and not at all after a reset."""

import os
import sqlite3
import stat
from datetime import timedelta
from decimal import Decimal

import pytest

from binance_gift_card_sandbox import Fault, Rules, Sandbox


def test_an_account_outlives_its_sandbox(make, tmp_path):
    file = tmp_path / "state.db"
    settings = {"state": file, "api_secret": None}
    client = make(balances={"USDT": "100"}, rules=Rules(fee_rate=Decimal("0.1")), seed="s", **settings)
    kept, spent = client.create(amount="10").data, client.create(amount="20").data
    client.redeem(spent["code"])
    client.verify("1")
    public_key = client.call("GET", "cryptography/rsa-public-key", {}).data
    client.sandbox.clock.advance(timedelta(hours=1))
    now_ms = client.sandbox.clock.now_ms
    before = client.sandbox
    before.close()

    again = make(**settings)
    again.now_ms = again.sandbox.clock
    assert (again.sandbox.api_key, again.sandbox.api_secret) == (before.api_key, before.api_secret)
    assert again.sandbox.clock.now_ms == now_ms
    assert again.sandbox.balance("USDT") == 87
    assert again.sandbox.rules.fee_rate == Decimal("0.1")
    assert [card.state(now_ms) for card in again.sandbox.cards()] == ["active", "redeemed"]
    assert again.call("GET", "cryptography/rsa-public-key", {}).data == public_key
    assert again.redeem(kept["code"]).data["referenceNo"] == kept["referenceNo"]


def test_only_its_owner_may_read_it_and_given_secrets_are_not_in_it(make, tmp_path):
    file = tmp_path / "state.db"
    client = make(state=file, api_secret="this-is-the-secret")
    client.create()
    client.sandbox.close()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"this-is-the-secret" not in written
    assert b"signature" not in written


def test_two_sandboxes_on_one_file(tmp_path):
    with Sandbox(state=tmp_path / "state.db"), pytest.raises(ValueError, match=r"another sandbox has it open"):
        Sandbox(state=tmp_path / "state.db")
    Sandbox(state=tmp_path / "state.db").close()


@pytest.mark.parametrize("setting", [{"balances": {}}, {"rules": Rules()}, {"seed": "1"}])
def test_settings_of_a_new_account_for_an_old_one(tmp_path, setting):
    Sandbox(state=tmp_path / "state.db").close()
    with pytest.raises(ValueError, match="holds an account already"):
        Sandbox(state=tmp_path / "state.db", **setting)


def test_files_that_are_no_state(tmp_path):
    text = tmp_path / "text"
    text.write_text("not a database" * 100)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for file in (text, other):
        before = file.read_bytes()
        with pytest.raises(ValueError, match=r"is not a state of this sandbox"):
            Sandbox(state=file)
        assert file.read_bytes() == before
    with pytest.raises(OSError, match="No such file"):
        Sandbox(state=tmp_path / "nowhere" / "state.db")


@pytest.mark.parametrize("in_file", [False, True])
def test_snapshots(make, clock, tmp_path, in_file):
    client = make(balances={"USDT": "100"}, state=tmp_path / "state.db" if in_file else None)
    first = client.create(amount="10").data
    snapshot = client.sandbox.snapshot()
    for _ in range(2):  # any number of times
        second = client.create(amount="20").data
        client.redeem(first["code"])
        client.sandbox.clock.advance(timedelta(days=1))
        client.sandbox.rules = Rules(business=False)
        key = client.sandbox.add_key()
        client.sandbox.restore(snapshot)
        assert client.sandbox.balance("USDT") == 90
        assert [card.reference_no for card in client.sandbox.cards("active")] == [first["referenceNo"]]
        assert client.sandbox.clock.now_ms == clock()
        assert client.sandbox.rules.business
        assert key in client.sandbox.api_keys()
    assert client.create(amount="20").data == second  # what follows is the same every time


def test_snapshots_over_http(client):
    client.control("POST", "snapshots", {"name": "empty"})
    client.create()
    before = client.control("GET", "state").json
    assert before["snapshots"] == ["empty"]
    client.control("POST", "snapshots/empty/restore", {})
    after = client.control("GET", "state").json
    assert (after["balances"], after["cards"]["active"]) == ({"USDT": "1000"}, 0)
    assert after["epoch"] != before["epoch"]
    assert client.control("POST", "snapshots", {"name": "a/b"}).status == 400
    assert client.control("DELETE", "snapshots/empty", {}).json == {"snapshots": []}
    for answer in (
        client.control("POST", "snapshots/empty/restore", {}),
        client.control("DELETE", "snapshots/empty", {}),
    ):
        assert (answer.status, answer.json) == (404, {"error": "there is no such snapshot"})


def test_reset(client, clock):
    card = client.create().data
    for _ in range(5):
        client.verify("1")
    client.sandbox.fault(Fault(kind="drop-after", times=None))
    client.sandbox.rules = Rules(fee_rate=Decimal("0.5"))
    client.sandbox.clock.advance(timedelta(days=1))
    client.sandbox.reset()
    assert (client.sandbox.balance("USDT"), client.sandbox.cards(), client.sandbox.requests()) == (1000, [], [])
    assert (client.sandbox.faults(), client.sandbox.rules.fee_rate, client.sandbox.clock.now_ms) == ([], 0, clock())
    assert client.verify(card["referenceNo"]).code == -3026
    assert client.create().data["code"] != card["code"]


def test_reset_over_http(client):
    client.create()
    client.control("POST", "reset", {})
    assert (client.sandbox.cards(), client.sandbox.balance("USDT")) == ([], 1000)


def test_the_same_seed_gives_the_same_cards(make):
    def story(seed):
        client = make(seed=seed, api_secret=None)
        card = client.create().data
        told = (client.sandbox.api_key, client.sandbox.api_secret, card, client.redeem(card["code"]).data)
        client.sandbox.reset()
        assert client.create().data == card
        return told

    assert story("1") == story("1")
    assert story("1") != story("2")


def test_without_a_seed_nothing_is_the_same(make):
    assert make().create().data["code"] != make().create().data["code"]
