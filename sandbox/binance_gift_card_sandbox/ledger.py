"""The account, its cards and what may be done with them.

The time comes in as `now_ms`. Everything is done inside one transaction of the caller's; a refusal is raised
before anything but an attempt was written.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Literal

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.rules import DAY_MS, EXACT, HOUR_MS, Token
from binance_gift_card_sandbox.state import State
from binance_gift_card_sandbox.windows import Attempts, Issued, limits

CODE_ALPHABET = string.ascii_uppercase + string.digits
CardState = Literal["active", "redeemed", "expired"]
CHOSEN = {
    "active": "redeemed_time IS NULL AND expired_time > :now",
    "redeemed": "redeemed_time IS NOT NULL",
    "expired": "redeemed_time IS NULL AND expired_time <= :now",
}
COLUMNS = (
    "serial, reference_no, code, base_token, base_amount, fee, token, amount, created_time, expired_time, "
    "redeemed_time, external_uid, identity_no"
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A gift card. Its number may be shown, its code may not. Times are milliseconds since the epoch."""

    serial: int
    """The how-manieth card it is."""
    reference_no: str
    """Its number, which may be shown."""
    code: str = field(repr=False)
    """Its code, which redeems it."""
    base_token: str
    """The token that paid for it."""
    base_amount: Decimal
    """What was paid for it, in that token, without the fee."""
    fee: Decimal
    """What was paid on top of the amount, in the base token."""
    token: str
    """The token that it is redeemed in."""
    amount: Decimal | None
    """What it holds of that token; None for a dual-token card that is not converted yet."""
    created_time: int
    """When it was issued."""
    expired_time: int
    """When it expires."""
    redeemed_time: int | None
    """When it was redeemed, if it was."""
    external_uid: str | None
    """Who redeemed it, if the caller told."""
    identity_no: str | None
    """The number of the redemption."""

    def state(self, now_ms: int) -> CardState:
        """What it is at that time, in milliseconds since the epoch."""
        if self.redeemed_time is not None:
            return "redeemed"
        return "active" if now_ms < self.expired_time else "expired"

    @property
    def holds(self) -> tuple[str, Decimal]:
        """Token and amount: the base token's as long as it is not converted."""
        return (self.base_token, self.base_amount) if self.amount is None else (self.token, self.amount)


@dataclass(frozen=True)
class Cost:
    """What is taken for a card."""

    token: str
    amount: Decimal


class Ledger:
    def __init__(self, state: State) -> None:
        self._state = state
        self._windows = {"month": Issued(state, "month", 30), "day": Issued(state, "day", 1)}
        self.wrong_verifies = Attempts(state, "verify", HOUR_MS, -18005)
        self.wrong_redeems = Attempts(state, "redeem", DAY_MS, -18004)

    def balance(self, token: str) -> Decimal:
        row = self._state.connection.execute("SELECT amount FROM balances WHERE token = ?", (token,)).fetchone()
        return Decimal(row[0]) if row else Decimal(0)

    def balances(self) -> dict[str, Decimal]:
        rows = self._state.connection.execute("SELECT token, amount FROM balances ORDER BY token")
        return {token: Decimal(amount) for token, amount in rows}

    def set_balance(self, token: str, amount: Decimal) -> None:
        text = format(amount.normalize(EXACT), "f")  # without the zeros that a fee's decimals would leave
        self._state.connection.execute("INSERT OR REPLACE INTO balances VALUES (?, ?)", (token, text))

    def create(self, token: str, amount: Decimal, now_ms: int, parameter: str = "amount") -> Card:
        """A card of the token that pays for it."""
        self._check_amount(amount, self._token(token).minimum, parameter)
        return self._issue(Cost(token, amount), token, amount, now_ms)

    def buy(self, base_token: str, face_token: str, base_amount: Decimal, now_ms: int) -> Card:
        """A card of `face_token`, paid with `base_token`. One token for both is the same as `create`."""
        if base_token == face_token:
            return self.create(base_token, base_amount, now_ms, "baseTokenAmount")
        self._token(base_token)
        face = self._token(face_token)
        self._check_amount(base_amount, face.buy_min, "baseTokenAmount")
        if base_amount > face.buy_max:
            raise Refusal(-1130, "baseTokenAmount")
        converted = self._convert(base_amount, base_token, face_token)
        if converted < face.minimum:
            raise Refusal(-18006)
        at_once = self._state.rules.conversion == "purchase"
        return self._issue(Cost(base_token, base_amount), face_token, converted if at_once else None, now_ms)

    def redeem(self, code: str, external_uid: str | None, now_ms: int) -> Card:
        """What the card holds comes to the account, once."""
        self.wrong_redeems.check(now_ms)
        card = self.card_by("code", code)
        if card is None or card.state(now_ms) != "active":
            self.wrong_redeems.add(now_ms, self._state.rules.redeem_attempts)
            raise Refusal(self._state.rules.wrong_card)
        amount = self._convert(card.base_amount, card.base_token, card.token) if card.amount is None else card.amount
        self.set_balance(card.token, EXACT.add(self.balance(card.token), amount))
        # beyond a signed 64-bit integer, as the published one is
        identity_no = f"1{self._state.chance('identity').randrange(10**19):019d}"
        self._state.connection.execute(
            "UPDATE cards SET amount = ?, redeemed_time = ?, external_uid = ?, identity_no = ? WHERE serial = ?",
            (format(amount, "f"), now_ms, external_uid, identity_no, card.serial),
        )
        return self._card(card.serial)

    def verify(self, reference_no: str, now_ms: int) -> Card | None:
        """The card of that number, valid or not; None where the rules have an unknown number answered so."""
        rules = self._state.rules
        self.wrong_verifies.check(now_ms)
        card = self.card_by("reference_no", reference_no)
        if card is None:
            self.wrong_verifies.add(now_ms, rules.verify_attempts)
            if rules.unknown_number == "invalid":
                return None
            raise Refusal(rules.wrong_card)
        if rules.spent_card == "refused" and card.state(now_ms) != "active":
            raise Refusal(rules.wrong_card)
        return card

    def buyable(self, base_token: str) -> list[tuple[str, Token]]:
        """The tokens whose cards `base_token` can pay for."""
        self._token(base_token)
        return [(name, token) for name, token in self._state.rules.tokens.items() if name != base_token]

    def card_by(self, column: Literal["code", "reference_no"], value: str) -> Card | None:
        return next(self._cards(f"{column} = :value", {"value": value}), None)

    def cards(self, now_ms: int, state: CardState | None = None, before: int | None = None) -> Iterator[Card]:
        """From the newest to the oldest; of one state, and older than the card with that serial, if asked for."""
        chosen = [CHOSEN[state]] if state else []
        chosen += ["serial < :before"] if before is not None else []
        return self._cards(" AND ".join(chosen) or "TRUE", {"now": now_ms, "before": before})

    def counts(self, now_ms: int) -> dict[str, int]:
        """How many cards there are of each state."""
        row = self._state.connection.execute(
            f"SELECT {', '.join(f'count(*) FILTER (WHERE {chosen})' for chosen in CHOSEN.values())} FROM cards",  # noqa: S608
            {"now": now_ms},
        ).fetchone()
        return dict(zip(CHOSEN, row, strict=True))

    def _cards(self, where: str, values: dict[str, object]) -> Iterator[Card]:
        query = f"SELECT {COLUMNS} FROM cards WHERE {where} ORDER BY serial DESC"  # noqa: S608  names of our own
        for row in self._state.connection.execute(query, values):
            facts = dict(zip(COLUMNS.split(", "), row, strict=True))
            amounts = {
                name: Decimal(facts[name]) for name in ("base_amount", "fee", "amount") if facts[name] is not None
            }
            yield Card(**{**facts, **amounts})

    def _card(self, serial: int) -> Card:
        return next(self._cards("serial = :serial", {"serial": serial}))

    def _token(self, name: str) -> Token:
        try:
            return self._state.rules.tokens[name]
        except KeyError:
            raise Refusal(-18007) from None

    def _check_amount(self, amount: Decimal, minimum: Decimal, parameter: str) -> None:
        if amount != amount.quantize(self._state.rules.step, context=EXACT):
            raise Refusal(-1111, parameter)
        if amount < minimum or not amount:
            raise Refusal(-18006)

    def _convert(self, amount: Decimal, base: str, face: str) -> Decimal:
        exact = EXACT.divide(EXACT.multiply(amount, self._token(base).price), self._token(face).price)
        return exact.quantize(self._state.rules.step, rounding=ROUND_DOWN, context=EXACT)

    def _issue(self, cost: Cost, token: str, amount: Decimal | None, now_ms: int) -> Card:
        rules = self._state.rules
        fee = EXACT.multiply(cost.amount, rules.fee_rate).quantize(rules.step, rounding=ROUND_UP, context=EXACT)
        worth = EXACT.multiply(cost.amount, self._token(cost.token).price)
        left = EXACT.subtract(self.balance(cost.token), EXACT.add(cost.amount, fee))
        self._check_allowed(left, worth, now_ms)
        self.set_balance(cost.token, left)
        for window in self._windows.values():
            window.add(worth)
        return self._card(self._insert(cost, fee, worth, token, amount, now_ms))

    def _check_allowed(self, left: Decimal, worth: Decimal, now_ms: int) -> None:
        rules = self._state.rules
        if not rules.business:
            raise Refusal(rules.no_business)
        for name, (cards_limit, amount_limit) in limits(rules).items():
            self._windows[name].check(worth, now_ms, cards_limit, amount_limit)
        if left < 0:
            raise Refusal(rules.low_balance)

    def _insert(self, cost: Cost, fee: Decimal, worth: Decimal, token: str, amount: Decimal | None, now_ms: int) -> int:
        written = [None if value is None else format(value, "f") for value in (cost.amount, fee, worth, amount)]
        base_amount, fee_text, worth_text, amount_text = written
        reference_no, code = self._new_number_and_code()
        done = self._state.connection.execute(
            "INSERT INTO cards (reference_no, code, base_token, base_amount, fee, worth, token, amount, "
            "created_time, expired_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(reference_no, code, cost.token, base_amount, fee_text, worth_text, token, amount_text),
                *(now_ms, now_ms + self._state.rules.lifetime_ms),
            ),
        )
        return int(done.lastrowid or 0)

    def _new_number_and_code(self) -> tuple[str, str]:
        """16 digits that begin with 00, as the published ones do: a client that makes an int of them errs."""
        while True:
            chance = self._state.chance("card")
            reference_no = f"{chance.randrange(10**14):016d}"
            code = "".join(chance.choices(CODE_ALPHABET, k=16))
            if self.card_by("reference_no", reference_no) is None and self.card_by("code", code) is None:
                return reference_no, code
