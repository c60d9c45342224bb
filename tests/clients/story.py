"""What every client in Python is made to do with gift cards. Each tells it in its own words.

A client's script gives `tell` an object with a method for each operation, which calls the client as its manual
says and hands back the `data` of the answer, and with `refusal`, the code that the client has for an error.
What came of it goes to stdout as one JSON object.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

BASE_URL = os.environ["BINANCE_BASE_URL"]
API_KEY = os.environ["BINANCE_API_KEY"]
API_SECRET = os.environ.get("BINANCE_API_SECRET")
PRIVATE_KEY = os.environ.get("BINANCE_PRIVATE_KEY")  # PEM, in place of the secret

Data = dict[str, Any]


class Cards(Protocol):
    def create(self, token: str, amount: float) -> Data: ...
    def buy(self, base_token: str, face_token: str, amount: float) -> Data: ...
    def limits(self, base_token: str) -> list[Data]: ...
    def rsa_key(self) -> str: ...
    def verify(self, reference_no: str) -> Data: ...
    def redeem(self, code: str, external_uid: str | None = None) -> Data: ...
    def refusal(self, error: Exception) -> int: ...


def tell(cards: Cards, external_uid: str = "user 42@example.com") -> None:
    """The story of two cards, which `story.mjs` tells alike."""
    created = cards.create("USDT", 25.5)
    bought = cards.buy("USDT", "BNB", 50)
    told = {
        "created": created,
        "bought": bought,
        "limits": cards.limits("USDT"),
        "rsa_key": cards.rsa_key(),
        "fresh": cards.verify(created["referenceNo"]),
        "redeemed": cards.redeem(created["code"]),
        "redeemed_for": cards.redeem(bought["code"], external_uid),
        "spent": cards.verify(created["referenceNo"]),
        "external_uid": external_uid,
        "too_small": refused(cards, lambda: cards.create("USDT", 0.5)),
        "unknown_token": refused(cards, lambda: cards.buy("USDT", "NOPE", 50)),
    }
    json.dump(told, sys.stdout)


def refused(cards: Cards, call: Callable[[], object]) -> int:
    try:
        call()
    except Exception as error:
        return cards.refusal(error)
    raise AssertionError("the call was not refused")
