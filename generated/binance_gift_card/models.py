# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.
"""Models of binance_gift_card."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import field

from ._runtime.core.epoch import since_epoch
from ._runtime.core.model import Model, Secret


class GiftCard(Model, frozen=True, kw_only=True):
    """A card that was issued. This is the only answer that ever holds its code: keep it safe before you do
    anything else.
    """

    reference_no: str = field(name="referenceNo")
    """The number of the card. It is not secret. It may begin with zeros, so it is text."""
    code: Secret
    """The secret code. Whoever knows it can redeem the card."""
    expired_time: int | None = field(name="expiredTime", default=None)
    """When the card expires. Unit: milliseconds since the epoch."""

    @property
    def expires_at(self) -> datetime | None:
        """`expired_time` in UTC; `None` where there is none that a `datetime` can hold."""
        return since_epoch(self.expired_time, "milliseconds")


class Redemption(Model, frozen=True, kw_only=True):
    """What a redeemed card brought the account."""

    reference_no: str = field(name="referenceNo")
    """The number of the card."""
    token: str
    """The token that was credited."""
    amount: Decimal
    """How much of the token was credited."""
    identity_no: str | None = field(name="identityNo", default=None)
    """A second number that the server gives. What it means is not published. It can have 20 digits, so it
    is text.
    """


class ServerTime(Model, frozen=True, kw_only=True):
    """What the server's clock shows."""

    server_time: int = field(name="serverTime")
    """The time at the server when it answered. Unit: milliseconds since the epoch."""

    @property
    def answered_at(self) -> datetime | None:
        """`server_time` in UTC; `None` where there is none that a `datetime` can hold."""
        return since_epoch(self.server_time, "milliseconds")


class TokenLimit(Model, frozen=True, kw_only=True):
    """A token that dual-token cards can be issued in, and the bounds of the amount. The vendor does not
    say in which of the two tokens the bounds are counted.
    """

    coin: str
    """The token that the card is redeemed in."""
    from_min: Decimal = field(name="fromMin")
    """The least amount."""
    from_max: Decimal = field(name="fromMax")
    """The greatest amount."""


class Verification(Model, frozen=True, kw_only=True):
    """What the server says of a card. The vendor does not say what stands here for a redeemed or an
    expired card; expect `valid` to be false, and be ready for no token and no amount.
    """

    valid: bool
    """Whether the card is valid."""
    token: str | None = None
    """The token that the card holds."""
    amount: Decimal | None = None
    """How much of the token the card holds."""
