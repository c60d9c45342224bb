# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The operations, answered in full."""

from __future__ import annotations

from decimal import Decimal

from . import _operations, models
from ._runtime.aio.client import AsyncClient
from ._runtime.core.classify import Response
from ._runtime.core.keeper import Tag
from ._runtime.core.opaque import Arguments


class AsyncRawOperations:
    """Every operation of a client, with status, headers, envelope and body beside the result."""

    def __init__(self, client: AsyncClient) -> None:
        self._respond = client._respond

    async def create_gift_card(
        self,
        *,
        token: str,
        amount: Decimal | str | int,
        recv_window: int | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Response[models.GiftCard]:
        """Issue a card. Answered in full; the rest is as in the client."""
        return await self._respond(
            _operations.CREATE_GIFT_CARD,
            {"token": token, "amount": amount, "recv_window": recv_window},
            timeout,
            Tag(note, idempotency_key),
        )

    async def redeem_gift_card(
        self,
        *,
        code: str,
        external_uid: str | None = None,
        recv_window: int | None = None,
        encrypt: bool = False,
        note: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Response[models.Redemption]:
        """Redeem a card. Answered in full; the rest is as in the client."""
        arguments = Arguments(
            {"code": code, "external_uid": external_uid, "recv_window": recv_window, "encrypt": encrypt}
        )
        del code  # no traceback shows what is not there
        return await self._respond(_operations.REDEEM_GIFT_CARD, arguments, timeout, Tag(note, idempotency_key))

    async def verify_gift_card(
        self, *, reference_no: str, recv_window: int | None = None, timeout: float | None = None
    ) -> Response[models.Verification]:
        """Check a card. Answered in full; the rest is as in the client."""
        return await self._respond(
            _operations.VERIFY_GIFT_CARD, {"reference_no": reference_no, "recv_window": recv_window}, timeout
        )

    async def buy_gift_card(
        self,
        *,
        base_token: str,
        face_token: str,
        base_token_amount: Decimal | str | int,
        recv_window: int | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Response[models.GiftCard]:
        """Issue a card paid with another token. Answered in full; the rest is as in the client."""
        return await self._respond(
            _operations.BUY_GIFT_CARD,
            {
                "base_token": base_token,
                "face_token": face_token,
                "base_token_amount": base_token_amount,
                "recv_window": recv_window,
            },
            timeout,
            Tag(note, idempotency_key),
        )

    async def fetch_rsa_public_key(
        self, *, recv_window: int | None = None, timeout: float | None = None
    ) -> Response[str]:
        """Get the key that redemption codes are encrypted under. Answered in full; the rest is as in the client."""
        return await self._respond(_operations.FETCH_RSA_PUBLIC_KEY, {"recv_window": recv_window}, timeout)

    async def fetch_token_limit(
        self, *, base_token: str, recv_window: int | None = None, timeout: float | None = None
    ) -> Response[list[models.TokenLimit]]:
        """Get the tokens and limits of dual-token cards. Answered in full; the rest is as in the client."""
        return await self._respond(
            _operations.FETCH_TOKEN_LIMIT, {"base_token": base_token, "recv_window": recv_window}, timeout
        )

    async def get_server_time(self, *, timeout: float | None = None) -> Response[models.ServerTime]:
        """Get the server's time. Answered in full; the rest is as in the client."""
        return await self._respond(_operations.GET_SERVER_TIME, {}, timeout)
