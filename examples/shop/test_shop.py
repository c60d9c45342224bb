"""Tests of the shop, with the fixtures that the extra ``sandbox`` brings: no mock, no network, no money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal
from binance_gift_card_sandbox import Sandbox
from examples.shop.shop import Shop


@pytest.fixture
def shop(gift_card_journal_client: GiftCardClient) -> Shop:
    return Shop(gift_card_journal_client)


def test_an_order_is_thanked_once(shop: Shop, gift_card_sandbox: Sandbox) -> None:
    first, second = shop.thank("order 7", Decimal("25")), shop.thank("order 7", Decimal("25"))
    assert first.card == second.card is not None
    assert len(gift_card_sandbox.cards()) == 1


@pytest.mark.gift_card_sandbox(balances={"USDT": "10"})
def test_an_empty_account_is_told(shop: Shop, gift_card_sandbox: Sandbox) -> None:
    assert shop.thank("order 7", Decimal("25")).message.startswith("no card this time")
    gift_card_sandbox.set_balance("USDT", "100")
    assert shop.thank("order 7", Decimal("25")).card is not None  # nothing was done, so the order can be tried again


@pytest.mark.gift_card_fault("drop-after", operation="create_gift_card")
def test_a_lost_answer_makes_no_second_card(shop: Shop, gift_card_sandbox: Sandbox) -> None:
    for _ in range(2):
        assert shop.thank("order 7", Decimal("25")).message == "your card is on its way"
    assert len(gift_card_sandbox.cards()) == 1


def test_the_shop_remembers_after_a_restart(shop: Shop, gift_card_sandbox: Sandbox, gift_card_journal: Journal) -> None:
    card = shop.thank("order 7", Decimal("25")).card
    signer = HmacSigner(gift_card_sandbox.api_secret)
    with GiftCardClient(
        api_key=gift_card_sandbox.api_key, signer=signer, base_url=gift_card_sandbox.url, journal=gift_card_journal
    ) as restarted:
        assert Shop(restarted).thank("order 7", Decimal("25")).card == card
    assert len(gift_card_sandbox.cards()) == 1
