"""The account, its cards and what may be done with them.

Pure: the time comes in as `now_ms` and nothing else is read or written. Only the server's one event loop
calls it and no call waits in the middle, so it needs no lock. A refusal leaves balances and cards as they
were.
"""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.rules import DAY_MS, EXACT, HOUR_MS, Rules, Token
from binance_gift_card_sandbox.windows import Attempts, Issued

CODE_ALPHABET = string.ascii_uppercase + string.digits


@dataclass
class Card:
    """A gift card. Its number may be shown, its code may not."""

    reference_no: str
    code: str = field(repr=False)
    token: str
    amount: Decimal
    expired_time: int  # ms since the epoch
    redeemed: bool = False

    def is_valid(self, now_ms: int) -> bool:
        return not self.redeemed and now_ms < self.expired_time


class Ledger:
    def __init__(self, rules: Rules, balances: Mapping[str, Decimal]) -> None:
        self.rules = rules
        self.balances = dict(balances)
        self._by_reference_no: dict[str, Card] = {}
        self._by_code: dict[str, Card] = {}
        self._issued = Issued(rules)
        self._wrong_verifies = Attempts(rules.verify_attempts, HOUR_MS, -18005)
        self._wrong_redeems = Attempts(rules.redeem_attempts, DAY_MS, -18004)

    def balance(self, token: str) -> Decimal:
        return self.balances.get(token, Decimal(0))

    def create(self, token: str, amount: Decimal, now_ms: int, parameter: str = "amount") -> Card:
        """A card of the token that pays for it."""
        self._check_amount(amount, self._token(token).minimum, parameter)
        return self._issue(token, amount, token, amount, now_ms)

    def buy(self, base_token: str, face_token: str, base_amount: Decimal, now_ms: int) -> Card:
        """A card of `face_token`, paid with `base_token`. One token for both is the same as `create`."""
        if base_token == face_token:
            return self.create(base_token, base_amount, now_ms, "baseTokenAmount")
        base, face = self._token(base_token), self._token(face_token)
        self._check_amount(base_amount, face.buy_min, "baseTokenAmount")
        if base_amount > face.buy_max:
            raise Refusal(-1130, "baseTokenAmount")
        face_amount = self._convert(base_amount, base, face)
        if face_amount < face.minimum:
            raise Refusal(-18006)
        return self._issue(base_token, base_amount, face_token, face_amount, now_ms)

    def redeem(self, code: str, now_ms: int) -> Card:
        """The card's amount comes to the account, once."""
        self._wrong_redeems.check(now_ms)
        card = self._by_code.get(code)
        if card is None or not card.is_valid(now_ms):
            self._wrong_redeems.add(now_ms)
            raise Refusal(-3026)
        card.redeemed = True
        self.balances[card.token] = EXACT.add(self.balance(card.token), card.amount)
        return card

    def verify(self, reference_no: str, now_ms: int) -> Card:
        """The card of that number, valid or not."""
        self._wrong_verifies.check(now_ms)
        card = self._by_reference_no.get(reference_no)
        if card is None:
            self._wrong_verifies.add(now_ms)
            raise Refusal(-3026)
        return card

    def buyable(self, base_token: str) -> list[tuple[str, Token]]:
        """The tokens whose cards `base_token` can pay for."""
        self._token(base_token)
        return [(name, token) for name, token in self.rules.tokens.items() if name != base_token]

    def _token(self, name: str) -> Token:
        try:
            return self.rules.tokens[name]
        except KeyError:
            raise Refusal(-18007) from None

    def _check_amount(self, amount: Decimal, minimum: Decimal, parameter: str) -> None:
        if amount != amount.quantize(self.rules.step, context=EXACT):
            raise Refusal(-1111, parameter)
        if amount < minimum or not amount:
            raise Refusal(-18006)

    def _convert(self, amount: Decimal, base: Token, face: Token) -> Decimal:
        exact = EXACT.divide(EXACT.multiply(amount, base.price), face.price)
        return exact.quantize(self.rules.step, rounding=ROUND_DOWN, context=EXACT)

    def _issue(self, base_token: str, paid: Decimal, token: str, amount: Decimal, now_ms: int) -> Card:
        fee = EXACT.multiply(paid, self.rules.fee_rate).quantize(self.rules.step, rounding=ROUND_UP, context=EXACT)
        worth = EXACT.multiply(paid, self._token(base_token).price)
        left = EXACT.subtract(self.balance(base_token), EXACT.add(paid, fee))
        self._issued.check(worth, now_ms)
        if left < 0:
            raise Refusal(-4026)
        card = Card(self._new_reference_no(), self._new_code(), token, amount, now_ms + self.rules.lifetime_ms)
        self.balances[base_token] = left
        self._issued.add(worth, now_ms)
        self._by_reference_no[card.reference_no] = self._by_code[card.code] = card
        return card

    def _new_reference_no(self) -> str:
        """16 digits that begin with 00, as the published ones do: a client that makes an int of them errs."""
        while (number := f"{secrets.randbelow(10**14):016d}") in self._by_reference_no:
            pass
        return number

    def _new_code(self) -> str:
        while (code := "".join(secrets.choice(CODE_ALPHABET) for _ in range(16))) in self._by_code:
            pass
        return code
