"""The settings of the product: tokens, rates, fees, limits, and the choices that nobody has published.

Every field can be set when a sandbox is made, and again while it runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Context, Decimal
from typing import Any, Literal

import msgspec

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EXACT = Context(prec=96)  # an amount has up to 20 digits on either side of the point; the usual 28 would round it


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that cards can be made of."""

    price: Decimal = Decimal(1)
    """In USDC; the rate between two tokens follows from their prices."""
    minimum: Decimal = Decimal("0.00000001")
    """The least amount of a card, in this token."""
    buy_min: Decimal = Decimal("0.01")
    """The least that one may pay for a card of this token, in the token that one pays with."""
    buy_max: Decimal = Decimal(10_000)
    """The most that one may pay for it."""

    def __post_init__(self) -> None:
        for name in ("price", "minimum", "buy_min", "buy_max"):
            if not (getattr(self, name).is_finite() and getattr(self, name) > 0):
                raise ValueError(f"{name} of a token must be above 0")


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
    """What the account may do, and what the server answers. Limits: the documented defaults; None is no limit."""

    tokens: Mapping[str, Token] = field(default_factory=lambda: dict(TOKENS))
    """What cards can be made of, by name."""
    fee_rate: Decimal = Decimal(0)
    """The share of the amount paid that is charged on top of it: at least 0, below 1."""
    decimals: int = 8
    """How many decimals any amount may have: from 0 to 20."""
    lifetime_ms: int = 365 * DAY_MS
    """How long a card lives, in milliseconds."""
    business: bool = True
    """Whether the account has passed the business check, without which nothing is issued."""

    monthly_cards: int | None = 6_000
    """How many cards may be issued in a month."""
    monthly_amount: Decimal | None = Decimal(4_200_000)
    """How much may be issued in a month, in USDC."""
    daily_cards: int | None = None
    """How many cards may be issued in a day."""
    daily_amount: Decimal | None = None
    """How much may be issued in a day, in USDC."""
    verify_attempts: int = 5
    """How many wrong numbers within an hour lock `verify`."""
    redeem_attempts: int = 5
    """How many wrong codes within 24 hours lock `redeem`."""
    weight_limit: int | None = 12_000
    """The weight that one address may use in a minute."""
    ban_after: int = 100
    """How many requests that are sent in spite of 429 have the address banned."""

    # What the vendor has not published. The first value of each is the sandbox's choice.
    limit_periods: Literal["sliding", "calendar"] = "sliding"
    """30 days and 24 hours that slide, or a month and a day of UTC."""
    lock_from: Literal["first", "last"] = "first"
    """The wrong attempt from which a lock's hour or day runs."""
    conversion: Literal["redemption", "purchase"] = "redemption"
    """When a dual-token card becomes its face token."""
    spent_card: Literal["invalid", "refused"] = "invalid"
    """What `verify` says of a redeemed or expired card."""
    unknown_number: Literal["refused", "invalid"] = "refused"
    """What `verify` says of a number that is no card's."""
    rejections: Literal["error", "success-false"] = "error"
    """What says no: an error, or `success: false` with the status 200."""
    code_encoding: Literal["base64url", "base64", "any"] = "base64url"
    """How an encrypted redemption code is written."""
    wrong_card: int = -3026
    """The code that answers a wrong, used or expired code, and an unknown number."""
    low_balance: int = -4026
    """The code that answers a balance that does not cover amount and fee: -4026, -5002 or -6012."""
    no_business: int = -2015
    """The code that answers an account without the business check."""

    def __post_init__(self) -> None:
        for name in ("monthly_amount", "daily_amount"):
            amount = getattr(self, name)
            if amount is not None and not (amount.is_finite() and amount >= 0):
                raise ValueError(f"{name} must be at least 0")
        if not (self.fee_rate.is_finite() and 0 <= self.fee_rate < 1):
            raise ValueError("fee_rate is a share: at least 0 and below 1")
        if not 0 <= self.decimals <= 20:
            raise ValueError("decimals must be from 0 to 20")
        for name in ("wrong_card", "low_balance", "no_business"):
            if getattr(self, name) >= 0:
                raise ValueError(f"{name} is the code of an error, and those are negative")
        for name in ("lifetime_ms", "verify_attempts", "redeem_attempts"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")

    @property
    def step(self) -> Decimal:
        """The smallest part of any amount."""
        return Decimal(1).scaleb(-self.decimals)

    def supporting(self, tokens: Iterable[str]) -> "Rules":
        """These rules with `tokens` supported too, at a price of one USDC where they are new."""
        return replace(self, tokens={**{token: Token() for token in tokens}, **self.tokens})

    def changed(self, given: Mapping[str, Any]) -> "Rules":
        """These rules with other values, as JSON or a shell gives them: amounts and numbers may be text.

        Raises:
            ValueError: A name or a value is wrong; the message says which.
        """
        _refuse_unknown(given, Rules, "rule")
        now = plain(self)
        tokens, given_tokens = dict(now["tokens"]), given.get("tokens", {})
        if not isinstance(given_tokens, Mapping):
            raise ValueError("tokens must be an object of tokens and their settings")  # noqa: TRY004  a value of the caller's
        for name, token in given_tokens.items():
            _refuse_unknown(token, Token, f"setting of the token {name}")
            tokens[name] = {**tokens.get(name, {}), **token}
        return from_plain({**now, **given, "tokens": tokens})


def plain(rules: Rules) -> dict[str, Any]:
    """The rules as JSON has them; amounts are text."""
    values: dict[str, Any] = msgspec.to_builtins(rules)
    return values


def from_plain(values: Mapping[str, Any]) -> Rules:
    """ValueError, with the name of the rule, when a value is wrong."""
    try:
        return msgspec.convert(values, Rules, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _refuse_unknown(given: Mapping[str, Any], kind: type, what: str) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(f"the {what}s must be an object of names and values")  # noqa: TRY004  a value of the caller's
    known = [known_field.name for known_field in fields(kind)]
    for name in given:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}; there are: {', '.join(known)}")
