"""The settings of the product: tokens, prices, fees and limits. The vendor has changed most of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EXACT = Context(prec=96)  # an amount has up to 20 digits on either side of the point; the usual 28 would round it


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that cards can be made of."""

    price: Decimal = Decimal(1)  # in USDC; the rate between two tokens follows from their prices
    minimum: Decimal = Decimal("0.00000001")  # the least amount of a card, in this token
    buy_min: Decimal = Decimal("0.01")  # what one may pay for a card of this token, in the token one pays with
    buy_max: Decimal = Decimal(10_000)


TOKENS: Mapping[str, Token] = {
    "BNB": Token(price=Decimal(500)),
    "BTC": Token(price=Decimal(50_000)),
    "BUSD": Token(),
    "ETH": Token(price=Decimal(2_500)),
    "USDC": Token(),
    "USDT": Token(),
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the account may do. The defaults are the documented ones where there are any; None is no limit."""

    tokens: Mapping[str, Token] = field(default_factory=lambda: dict(TOKENS))
    fee_rate: Decimal = Decimal(0)  # share of the amount paid, charged on top of it
    decimals: int = 8  # of any amount
    lifetime_ms: int = 365 * DAY_MS  # of a card
    card_limit: int | None = 6_000  # cards issued in `limit_window_ms`
    amount_limit: Decimal | None = Decimal(4_200_000)  # their worth, in USDC
    limit_window_ms: int = 30 * DAY_MS
    verify_attempts: int = 5  # wrong ones, in an hour
    redeem_attempts: int = 5  # wrong ones, in 24 hours

    def __post_init__(self) -> None:
        if not 0 <= self.fee_rate < 1:
            raise ValueError("fee_rate is a share: at least 0 and below 1")

    @property
    def step(self) -> Decimal:
        """The smallest part of any amount."""
        return Decimal(1).scaleb(-self.decimals)

    def supporting(self, tokens: Iterable[str]) -> "Rules":
        """These rules with `tokens` supported too, at a price of one USDC where they are new."""
        return replace(self, tokens={**{token: Token() for token in tokens}, **self.tokens})
