"""A shop that thanks its customers with gift cards: the code that is to be tested."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from binance_gift_card import ApiError, DecodeError, GiftCardClient, OutcomeUnknownError
from binance_gift_card.models import GiftCard


@dataclass(frozen=True)
class Thanks:
    """What a customer is told."""

    message: str
    card: GiftCard | None = None


class Shop:
    """Thanks each order once."""

    def __init__(self, client: GiftCardClient) -> None:
        self._client = client

    def thank(self, order: str, amount: Decimal) -> Thanks:
        """Issue the card of an order, or tell the one that it has.

        Raises:
            NotSentError: Nothing was done; the order stays in the queue.
        """
        try:
            card = self._client.create_gift_card(token="USDT", amount=amount, idempotency_key=order)
        except ApiError as error:
            return Thanks(f"no card this time ({error.code})")
        except (OutcomeUnknownError, DecodeError):
            return Thanks("your card is on its way")
        return Thanks("here is your card", card)
