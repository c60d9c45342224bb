"""Counts over a time that slides along: wrong attempts, and cards issued. Times in milliseconds."""

from collections import deque
from decimal import Decimal

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.rules import EXACT, Rules


class Attempts:
    """Wrong attempts. With `limit` of them within `window_ms` everything is refused, right ones too."""

    def __init__(self, limit: int, window_ms: int, refusal: int) -> None:
        self._limit, self._window_ms, self._refusal = limit, window_ms, refusal
        self._times: deque[int] = deque()

    def check(self, now_ms: int) -> None:
        while self._times and now_ms - self._times[0] >= self._window_ms:
            self._times.popleft()
        if len(self._times) >= self._limit:
            raise Refusal(self._refusal)

    def add(self, now_ms: int) -> None:
        self._times.append(now_ms)


class Issued:
    """Cards issued and their worth in USDC, against the limits of the account."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._cards: deque[tuple[int, Decimal]] = deque()
        self._worth = Decimal(0)

    def check(self, worth: Decimal, now_ms: int) -> None:
        self._forget(now_ms)
        rules = self._rules
        if rules.amount_limit is not None and EXACT.add(self._worth, worth) > rules.amount_limit:
            raise Refusal(-18002)
        if rules.card_limit is not None and len(self._cards) >= rules.card_limit:
            raise Refusal(-18003)

    def add(self, worth: Decimal, now_ms: int) -> None:
        self._cards.append((now_ms, worth))
        self._worth = EXACT.add(self._worth, worth)

    def _forget(self, now_ms: int) -> None:
        while self._cards and now_ms - self._cards[0][0] >= self._rules.limit_window_ms:
            self._worth = EXACT.subtract(self._worth, self._cards.popleft()[1])
