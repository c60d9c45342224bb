"""Calls over a journal in memory: what is decided is the same, and there is no disk."""

from __future__ import annotations

import signal
import traceback

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors
from tests.faults.server import CARD, CODE, always, answer, closing
from tests.journal.memory_store import MemoryJournal


@pytest.fixture
def journal(key: str) -> MemoryJournal:
    return MemoryJournal(key)


@pytest.fixture
def client_of(journal: MemoryJournal):
    made = []

    def make(server: object, **options: object) -> GiftCardClient:
        signer = HmacSigner("the-api-secret-itself")
        given = {"base_url": server.url, "journal": journal, "timeout": 5.0, **options}
        made.append(GiftCardClient(api_key="the-api-key-itself", signer=signer, **given))
        return made[-1]

    yield make
    for client in made:
        client.close()


def create(client: GiftCardClient, **options: object):
    return client.create_gift_card(token="USDT", amount="25", **options)


def states(client: GiftCardClient) -> list[str]:
    return [entry.state for entry in client.history()]


def test_a_card_is_kept_before_it_is_asked_for_and_before_it_is_told(serve, client_of, journal) -> None:
    client = client_of(serve(always(answer(CARD))))
    card = create(client, note="for Ann")
    assert journal.result(1) == card
    assert states(client) == ["done"]
    assert journal.store.durable[-3:] == [True, True, False], "the intent, the answer, the end"


def test_a_key_is_good_for_one_card(serve, client_of, journal) -> None:
    server = serve(always(answer(CARD)))
    client = client_of(server)
    first = create(client, idempotency_key="k")
    assert create(client, idempotency_key="k") == first
    assert len(server.requests) == 1
    with pytest.raises(errors.ArgumentError, match="with other arguments"):
        client.create_gift_card(token="USDT", amount="26", idempotency_key="k")
    assert len(server.requests) == 1
    assert states(client) == ["done"]


class InterruptedRows(list):
    """What was read, and whoever looks at it is interrupted."""

    __getitem__ = staticmethod(lambda _: signal.raise_signal(signal.SIGINT))


def test_an_interrupt_shows_nothing_of_what_an_earlier_call_kept(serve, client_of, monkeypatch) -> None:
    journal = MemoryJournal()
    client = client_of(serve(always(answer(CARD))), journal=journal)
    create(client, idempotency_key="k")
    rows = journal.store.rows
    monkeypatch.setattr(journal.store, "rows", lambda *given, **named: InterruptedRows(rows(*given, **named)))
    with pytest.raises(KeyboardInterrupt) as caught:
        create(client, idempotency_key="k")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert isinstance(caught.value.__cause__, errors.NotSentError)
    assert "drive" in shown
    assert CODE not in shown


def test_what_nobody_knows_keeps_its_key(serve, client_of, journal) -> None:
    client = client_of(serve(closing))
    with pytest.raises(errors.OutcomeUnknownError):
        create(client, idempotency_key="k")
    with pytest.raises(errors.OutcomeUnknownError, match="entry 1"):
        create(client, idempotency_key="k")
    assert states(client) == ["unknown"]
    journal.resolve(1, "refused", reason="it is not in the account", force=True)
    assert states(client) == ["refused"]
