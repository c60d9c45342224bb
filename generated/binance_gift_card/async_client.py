# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The client of Binance Gift Card API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from . import _operations, models
from ._about import __version__
from ._runtime.aio.journalled import AsyncJournalledClient
from ._runtime.core import credentials as signing
from ._runtime.core.client_base import ATTEMPTS, CONNECT_TIMEOUT, TIMEOUT
from ._runtime.core.keeper import Tag
from ._runtime.core.opaque import Arguments
from ._runtime.core.signature import Field, Signature, Window

if TYPE_CHECKING:
    import os

    from ._runtime.core.app_info import AppInfo
    from ._runtime.core.hooks import AsyncHooks, Hooks
    from ._runtime.core.network import Network
    from ._runtime.core.signers import AsyncSigner, Signer
    from .async_bulk import AsyncBulkOperations
    from .async_raw import AsyncRawOperations
    from .journal import Journal

SERVERS = (
    "https://api.binance.com",
    "https://api-gcp.binance.com",
    "https://api1.binance.com",
    "https://api2.binance.com",
    "https://api3.binance.com",
    "https://api4.binance.com",
)
"""The servers that the document names; the first is the default."""


class AsyncGiftCardClient(AsyncJournalledClient):
    """Binance Gift Card API.

    Gift cards that hold cryptocurrency: issue them, redeem them and check them. Meant for businesses
    that give cards away or sell them, such as loyalty programmes, promotions and gift shops.

    Args:
        api_key: The API key. Operations that need it refuse without it.
        signer: Signs each request; anything with sign(payload: bytes) -> str. Operations that need
            it refuse without it.
        journal: Where calls are written down, so that none is lost: a `Journal`, the path of a
            file, or postgresql://…; False keeps none on purpose.
        account: What the journal calls the account, such as shop; left out, it goes by a
            fingerprint of the credentials. A key of another account is refused.
        base_url: The server to call.
        timeout: Seconds for a whole call, with all its attempts and waits.
        connect_timeout: Seconds to wait for a connection, with its proxy and TLS.
        attempts: How many attempts a call may make; 1 tries nothing again.
        clock: Gives the time in milliseconds since the epoch; this machine's clock if left out.
        network: Proxy, certificates and sizes.
        hooks: Watches every attempt, for tracing and metrics.
        pace: The share of a rate limit, at most 1, from which on the client slows down by itself;
            left out, it never does.
        app_info: What the program calls itself in the User-Agent, behind the name of this package.
        sync_clock: Whether to ask the server for its time before the first signed call.

    Raises:
        ArgumentError: An argument cannot be used.

    Source: https://developers.binance.com/docs/gift_card/general-info
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        signer: Signer | AsyncSigner | None = None,
        journal: Journal | str | os.PathLike[str] | Literal[False] | None = None,
        account: str | None = None,
        base_url: str = SERVERS[0],
        timeout: float = TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        attempts: int = ATTEMPTS,
        clock: Callable[[], int] | None = None,
        network: Network | None = None,
        hooks: Hooks | AsyncHooks | None = None,
        pace: float | None = None,
        app_info: AppInfo | None = None,
        sync_clock: bool = False,
    ) -> None:
        super().__init__(
            base_url=base_url,
            credentials={
                "apiKey": signing.ApiKey(api_key, argument="api_key", name="X-MBX-APIKEY", place="header"),
                "hmacSignature": Signature(
                    signer,
                    argument="signer",
                    timestamp=Field(place="parameter", name="timestamp"),
                    signature=Field(place="parameter", name="signature"),
                    window=Window(default=5000, parameter="recvWindow", ahead=1000),
                ),
            },
            timeout=timeout,
            connect_timeout=connect_timeout,
            attempts=attempts,
            clock=clock,
            network=network,
            hooks=hooks,
            pace=pace,
            app_info=app_info,
            rates=_operations.RATES,
            user_agent=f"binance-gift-card/{__version__}",
            environment="BINANCE",
            written=("x-mbx-apikey",),
            variables={"apiKey": "BINANCE_API_KEY", "hmacSignature": "BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET"},
            journal=_journal(journal),
            account=account,
            servers=SERVERS,
            warns=journal is None,
            reconciling=_operations.RECONCILING,
            time=(_operations.GET_SERVER_TIME, "server_time"),
            sync_clock=sync_clock,
        )

    @property
    def raw(self) -> AsyncRawOperations:
        """The same operations, answered in full: status, headers, envelope, body, result."""
        from .async_raw import AsyncRawOperations

        return AsyncRawOperations(self)

    async def sync_clock(self) -> None:
        """Ask the server for its time, and sign by it from now on.

        Raises:
            GiftCardError: The server did not tell.
        """
        await self._sync_clock()

    @classmethod
    def from_env(
        cls,
        *,
        journal: Journal | str | os.PathLike[str] | Literal[False] | None = None,
        account: str | None = None,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        attempts: int = ATTEMPTS,
        clock: Callable[[], int] | None = None,
        network: Network | None = None,
        hooks: Hooks | AsyncHooks | None = None,
        pace: float | None = None,
        app_info: AppInfo | None = None,
        sync_clock: bool = False,
    ) -> AsyncGiftCardClient:
        """A client whose credentials come from the environment.

        Read are BINANCE_API_KEY, BINANCE_PRIVATE_KEY_FILE with BINANCE_PRIVATE_KEY_PASSPHRASE or
        BINANCE_API_SECRET, BINANCE_BASE_URL, BINANCE_PLAIN_HTTP, BINANCE_LOG, BINANCE_JOURNAL,
        BINANCE_ACCOUNT, BINANCE_ALLOW_READABLE_FILES. One that is not set is left out.

        Raises:
            ArgumentError: A value cannot be used.
        """
        from ._runtime.core import environment, signing_environment

        return cls(
            api_key=environment.credential("BINANCE_API_KEY"),
            signer=signing_environment.signer("BINANCE"),
            journal=environment.text("BINANCE_JOURNAL") if journal is None else journal,
            account=environment.text("BINANCE_ACCOUNT") if account is None else account,
            base_url=(environment.text("BINANCE_BASE_URL") or SERVERS[0]) if base_url is None else base_url,
            timeout=timeout,
            connect_timeout=connect_timeout,
            attempts=attempts,
            clock=clock,
            network=environment.network("BINANCE", network),
            hooks=hooks,
            pace=pace,
            app_info=app_info,
            sync_clock=sync_clock,
        )

    async def create_gift_card(
        self,
        *,
        token: str,
        amount: Decimal | str | int,
        recv_window: int | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> models.GiftCard:
        """Issue a card.

        Issues a new card that holds an amount of one token. The amount and a fee are taken from the funding
        wallet.

        Only a business account (KYB) can issue, with a key that has the withdrawal permission. As of
        2024-09-09 an account may issue 6,000 cards worth 4,200,000 USDC a month.

        Args:
            token: The token that the card holds, by its symbol. At least 1 character(s).
            amount: How much of the token the card holds. Exact decimal text, Decimal or int; never a
                float.
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            note: Yours, for the journal. At most 1000 characters.
            idempotency_key: Yours, for the journal: a second call with the same one is not sent, but
                gives the first one's result. At most 255 characters.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            GiftCard: The card that was issued, with its secret code.

        Raises:
            AmountLimitError: The account has issued cards up to the limit on their total amount. The
                server's text speaks of 24 hours, the vendor's change log of a month.
            CountLimitError: The account has issued as many cards as it may. The server's text speaks of
                24 hours, the vendor's change log of a month.
            AmountTooSmallError: The amount is below the least that a card may hold.
            TokenNotSupportedError: Cards are not offered for this token.
            InsufficientBalanceError: The balance does not cover the amount and the fee.
            AuthenticationError: The API key is wrong, lacks the permission, or may not be used from
                this address.
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost: it may have been done. Find out before you repeat
                it.

        Source: https://developers.binance.com/docs/gift_card/market-data/Create-a-single-token-gift-card
        """
        return await self._call(
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
    ) -> models.Redemption:
        """Redeem a card.

        Pays what a card holds into the funding wallet, against the card's secret code.

        Five wrong codes within 24 hours lock redemption for that day, for the whole account. The vendor
        publishes no error code for a wrong, a used or an expired code.

        Args:
            code: The secret code of the card, as it is or encrypted under the server's RSA key of the
                day. At least 1 character(s). Secret.
            external_uid: Your own identifier of the person who redeems, in any form. The vendor
                recommends it where several people redeem through one account. At least 1 character(s),
                at most 400 characters.
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            encrypt: Whether code is encrypted under the server's key of the day, which is fetched for
                it. Needs the extra keys.
            note: Yours, for the journal. At most 1000 characters.
            idempotency_key: Yours, for the journal: a second call with the same one is not sent, but
                gives the first one's result. At most 255 characters.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            Redemption: What was credited.

        Raises:
            RedeemAttemptsError: Redemption is locked, because too many wrong codes were sent within 24
                hours.
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost: it may have been done. Find out before you repeat
                it.

        Source: https://developers.binance.com/docs/gift_card/market-data/Redeem-a-Binance-Gift-Card
        """
        arguments = Arguments(
            {"code": code, "external_uid": external_uid, "recv_window": recv_window, "encrypt": encrypt}
        )
        del code  # no traceback shows what is not there
        return await self._call(_operations.REDEEM_GIFT_CARD, arguments, timeout, Tag(note, idempotency_key))

    async def verify_gift_card(
        self, *, reference_no: str, recv_window: int | None = None, timeout: float | None = None
    ) -> models.Verification:
        """Check a card.

        Tells whether a card is valid and what it holds, by the card's number. The card stays as it is.

        Five wrong numbers within an hour lock checking for that hour, for the whole account.

        Args:
            reference_no: The number of the card, which is not its secret code. Keep its leading zeros.
                At least 1 character(s).
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            Verification: What the server says of the card.

        Raises:
            VerifyAttemptsError: Checking is locked, because too many wrong card numbers were sent
                within an hour.
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost. The operation is safe to repeat.

        Source: https://developers.binance.com/docs/gift_card/market-data/Verify-Binance-Gift-Card-by-Gift-Card-Number
        """
        return await self._call(
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
    ) -> models.GiftCard:
        """Issue a card paid with another token.

        Issues a card that is paid with one token and redeemed in another. It keeps its value in the base
        token until it is redeemed. The amount and a fee are taken from the funding wallet. If both tokens
        are the same, the card is a single-token card.

        Only a business account (KYB) can issue, with a key that has the withdrawal permission. As of
        2024-09-09 an account may issue 6,000 cards worth 4,200,000 USDC a month.

        Args:
            base_token: The token that pays for the card, by its symbol. At least 1 character(s).
            face_token: The token that the card is redeemed in, by its symbol. At least 1 character(s).
            base_token_amount: How much of the base token is paid. Exact decimal text, Decimal or int;
                never a float.
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            note: Yours, for the journal. At most 1000 characters.
            idempotency_key: Yours, for the journal: a second call with the same one is not sent, but
                gives the first one's result. At most 255 characters.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            GiftCard: The card that was issued, with its secret code.

        Raises:
            AmountLimitError: The account has issued cards up to the limit on their total amount. The
                server's text speaks of 24 hours, the vendor's change log of a month.
            CountLimitError: The account has issued as many cards as it may. The server's text speaks of
                24 hours, the vendor's change log of a month.
            AmountTooSmallError: The amount is below the least that a card may hold.
            TokenNotSupportedError: Cards are not offered for this token.
            InsufficientBalanceError: The balance does not cover the amount and the fee.
            AuthenticationError: The API key is wrong, lacks the permission, or may not be used from
                this address.
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost: it may have been done. Find out before you repeat
                it.

        Source: https://developers.binance.com/docs/gift_card/market-data/Create-a-dual-token-gift-card
        """
        return await self._call(
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

    async def fetch_rsa_public_key(self, *, recv_window: int | None = None, timeout: float | None = None) -> str:
        """Get the key that redemption codes are encrypted under.

        Returns the server's RSA key for the current day. A redemption code may be sent encrypted under it,
        with OAEP, SHA-256 and MGF1 with SHA-256. Do not keep the key for another day.

        Args:
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            str: The key, as base64 of a DER SubjectPublicKeyInfo.

        Raises:
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost. The operation is safe to repeat.

        Source: https://developers.binance.com/docs/gift_card/market-data/Fetch-RSA-Public-Key
        """
        return await self._call(_operations.FETCH_RSA_PUBLIC_KEY, {"recv_window": recv_window}, timeout)

    async def fetch_token_limit(
        self, *, base_token: str, recv_window: int | None = None, timeout: float | None = None
    ) -> list[models.TokenLimit]:
        """Get the tokens and limits of dual-token cards.

        Returns the tokens in which a card can be issued that is paid with the base token, and the bounds of
        the amount for each.

        Args:
            base_token: The token that pays for the card, by its symbol. At least 1 character(s).
            recv_window: How long after its timestamp the server still takes the request. Unit:
                milliseconds. At least 1, at most 60000.
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            list[TokenLimit]: One entry for each token.

        Raises:
            TokenNotSupportedError: Cards are not offered for this token.
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost. The operation is safe to repeat.

        Source: https://developers.binance.com/docs/gift_card/market-data/Fetch-Token-Limit
        """
        return await self._call(
            _operations.FETCH_TOKEN_LIMIT, {"base_token": base_token, "recv_window": recv_window}, timeout
        )

    async def get_server_time(self, *, timeout: float | None = None) -> models.ServerTime:
        """Get the server's time.

        Returns what the server's clock shows, so that a clock that is wrong can be corrected.

        Args:
            timeout: Seconds for the whole call; the client's if left out.

        Returns:
            ServerTime: The server's time.

        Raises:
            ArgumentError: An argument is wrong. Nothing was sent.
            SigningError: The signer failed. Nothing was sent.
            NotSentError: The request did not reach the server.
            ApiError: The server refused. Nothing was done.
            DecodeError: The server answered, but not as promised; the error carries what came.
            OutcomeUnknownError: The answer was lost. The operation is safe to repeat.

        Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints
        """
        return await self._call(_operations.GET_SERVER_TIME, {}, timeout)

    @property
    def bulk(self) -> AsyncBulkOperations:
        """The same operations for many rows of arguments, each row once; a run can be stopped and go on."""
        from .async_bulk import AsyncBulkOperations

        return AsyncBulkOperations(self)


def _journal(given: Journal | str | os.PathLike[str] | Literal[False] | None) -> Callable[[], Journal] | None:
    """What opens the journal to write to; made if it is not there."""
    return None if given is None or given is False else lambda: _open(given)


def _open(given: Journal | str | os.PathLike[str]) -> Journal:
    from .journal import Journal

    journal = given if isinstance(given, Journal) else Journal(given)
    journal.prepare()
    return journal
