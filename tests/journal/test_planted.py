"""What is planted in a sealed journal in the clear is not believed."""

from __future__ import annotations

import sqlite3

import pytest

from binance_gift_card import errors
from binance_gift_card._runtime.journal.seal import Seal

pytestmark = pytest.mark.only("sqlite")
PLANTED = (
    b'{"code":"000000","success":true,"data":{"referenceNo":"0033002144060553","code":"ABCDEFGHIJKLMNOP",'
    b'"expiredTime":1727776784000}}'
)


def plant(address: str) -> None:
    with sqlite3.connect(address) as connection:
        connection.execute("UPDATE entries SET answer = ?", [Seal("unsealed").seal(PLANTED, "anywhere")])
    connection.close()


@pytest.fixture
def planted(client_of, sandbox, journal_of, key, address):
    with client_of(sandbox, journal=journal_of(key=key)) as client:
        client.create_gift_card(token="USDT", amount=1, idempotency_key="for Ann")
    client.journal.close()
    plant(address)


def test_an_answer_in_the_clear_is_refused_under_a_key(planted, journal_of, key, client_of, sandbox) -> None:
    journal = journal_of(key=key)
    with pytest.raises(errors.JournalError, match="not sealed, and the journal is"):
        journal.result(1)
    assert "not sealed" in " ".join(journal.check())
    with pytest.raises(errors.JournalError, match="not sealed"):
        journal.rotate_key()
    again = client_of(sandbox, journal=journal)
    with pytest.raises(errors.GiftCardError):
        again.create_gift_card(token="USDT", amount=1, idempotency_key="for Ann")
    assert sandbox.balance("USDT") == 999, "nothing was paid again"


def test_a_journal_that_was_unsealed_says_so_until_its_key_is_rotated(client_of, sandbox, journal_of, key) -> None:
    client = client_of(sandbox, journal=journal_of(key="unsealed"))
    code = client.create_gift_card(token="USDT", amount=1).code
    both = journal_of(key=f"{key} unsealed")
    both.prepare()
    assert both.result(1).code == code
    with pytest.raises(errors.JournalError, match="give 'unsealed' after its key, and rotate"):
        journal_of(key=key).result(1)
    assert both.rotate_key() == 1
    assert journal_of(key=key).result(1).code == code
