# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The facts of every operation, for the runtime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors, models
from ._runtime.core import wire
from ._runtime.core.model import decoder
from ._runtime.core.operation import (
    Code,
    Encryption,
    Envelope,
    Errors,
    Hold,
    Journalled,
    Limit,
    Limits,
    Lockout,
    Operation,
    Parameter,
    Rates,
    Reconciling,
)

ERRORS = Errors(
    code="code",
    message=("msg", "message"),
    codes={
        -18002: Code(
            error=errors.AmountLimitError,
            meaning="The account has issued cards up to the limit on their total amount. The server's text speaks of 24 hours, the vendor's change log of a month.",
            halts=True,
        ),
        -18003: Code(
            error=errors.CountLimitError,
            meaning="The account has issued as many cards as it may. The server's text speaks of 24 hours, the vendor's change log of a month.",
            halts=True,
        ),
        -18004: Code(
            error=errors.RedeemAttemptsError,
            meaning="Redemption is locked, because too many wrong codes were sent within 24 hours.",
            halts=True,
        ),
        -18005: Code(
            error=errors.VerifyAttemptsError,
            meaning="Checking is locked, because too many wrong card numbers were sent within an hour.",
            halts=True,
        ),
        -18006: Code(error=errors.AmountTooSmallError, meaning="The amount is below the least that a card may hold."),
        -18007: Code(error=errors.TokenNotSupportedError, meaning="Cards are not offered for this token."),
        -4026: Code(
            error=errors.InsufficientBalanceError,
            meaning="The balance does not cover the amount and the fee.",
            halts=True,
        ),
        -5002: Code(error=errors.InsufficientBalanceError, meaning="The balance is too low.", halts=True),
        -6012: Code(error=errors.InsufficientBalanceError, meaning="The balance is not enough.", halts=True),
        -1000: Code(
            error=errors.ApiError,
            meaning="The server failed and does not say why. Nothing shows that it failed before it did the work, so it may have been done.",
            unknown=True,
        ),
        -1001: Code(
            error=errors.ApiError,
            meaning="The server lost touch with the service behind it. Nothing shows that the call had not got through, so it may have been done.",
            unknown=True,
        ),
        -1006: Code(
            error=errors.ApiError,
            meaning="The service behind the server answered in a way that the server cannot read. It may have been done.",
            unknown=True,
        ),
        -1007: Code(
            error=errors.ApiError,
            meaning="The server waited too long for the service behind it. It may have been done.",
            unknown=True,
        ),
        -1004: Code(
            error=errors.ServiceUnavailableError,
            meaning="The server says that it is busy and asks to try again. It did not take the call.",
            cure="later",
        ),
        -1008: Code(
            error=errors.ServiceUnavailableError,
            meaning="The server says that it is overloaded and asks to try again in some minutes. It did not take the call.",
            cure="later",
        ),
        -1016: Code(
            error=errors.ServiceUnavailableError,
            meaning="The server says that the service is shutting down. It did not take the call.",
            cure="later",
        ),
        -1003: Code(
            error=errors.RateLimitError,
            meaning="Too many requests were sent, or the address is banned for a while. The header Retry-After says how long to wait.",
            cure="wait",
        ),
        -1020: Code(error=errors.ApiError, meaning="The server does not offer this operation."),
        -1099: Code(
            error=errors.ApiError,
            meaning="What was asked for does not exist, or the key is not allowed to use it. The server does not say which.",
        ),
        -1002: Code(error=errors.AuthenticationError, meaning="The account is not allowed to do this.", halts=True),
        -2008: Code(error=errors.AuthenticationError, meaning="The server does not know the API key.", halts=True),
        -2014: Code(error=errors.AuthenticationError, meaning="The API key does not look like one.", halts=True),
        -2015: Code(
            error=errors.AuthenticationError,
            meaning="The API key is wrong, lacks the permission, or may not be used from this address.",
            halts=True,
        ),
        -1021: Code(
            error=errors.TimestampError,
            meaning="The request came later than its window allows, or its timestamp is more than a second ahead of the server's clock.",
            cure="clock",
        ),
        -1022: Code(
            error=errors.InvalidSignatureError,
            meaning="The signature does not fit the request. The secret is wrong, or the request was not percent-encoded before it was signed.",
        ),
        -1100: Code(
            error=errors.InvalidParameterError,
            meaning="A parameter has a character that it may not have. In an amount that is a sign or an exponent, for instance.",
        ),
        -1101: Code(
            error=errors.InvalidParameterError, meaning="There are too many parameters, or one was sent twice."
        ),
        -1102: Code(error=errors.InvalidParameterError, meaning="A required parameter is missing, empty or malformed."),
        -1103: Code(error=errors.InvalidParameterError, meaning="The server does not know one of the parameters."),
        -1104: Code(error=errors.InvalidParameterError, meaning="The server did not read all of the parameters."),
        -1105: Code(error=errors.InvalidParameterError, meaning="A parameter is empty."),
        -1111: Code(
            error=errors.InvalidParameterError, meaning="An amount has more decimal places than its token allows."
        ),
        -1130: Code(error=errors.InvalidParameterError, meaning="A parameter has a value that is not allowed."),
        -1131: Code(error=errors.InvalidParameterError, meaning="The parameter recvWindow is out of bounds."),
        -3026: Code(
            error=errors.InvalidParameterError,
            meaning="The server examined the values that were sent and found one that is not valid.",
        ),
    },
)

RATES = Rates(
    limits=(
        Limit(name="ip", header="X-SAPI-USED-IP-WEIGHT-1M", window=60, limit=12000),
        Limit(name="uid", header="X-SAPI-USED-UID-WEIGHT-1M", window=60),
    ),
    holds={429: Hold(seconds=1), 418: Hold(seconds=120, ban=True)},
)

SAPI_ENVELOPE = Envelope(result="data", success={"code": "000000", "success": True})

CREATE_GIFT_CARD: Operation[models.GiftCard] = Operation(
    name="create_gift_card",
    method="POST",
    path="/sapi/v1/giftcard/createCode",
    decode=decoder(models.GiftCard),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="token", wire_name="token", place="query", write=wire.text, required=True, limits=Limits(min_length=1)
        ),
        Parameter(
            name="amount",
            wire_name="amount",
            place="query",
            write=wire.decimal,
            required=True,
            limits=Limits(
                pattern="^([0-9]{1,20})(\\.[0-9]{1,20})?\\Z",
                hint="digits and at most one point, no sign; at most 20 digits before the point and 20 behind it",
            ),
        ),
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="query",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    weight={"ip": 1},
    rates=RATES,
    journal=Journalled(
        effect="issues",
        reference=("result", "reference_no"),
        token=("argument", "token"),
        amount=("argument", "amount"),
        expires=("result", "expired_time"),
        tells_once=True,
    ),
    command="create",
    fields={"reference_no": False, "code": True, "expired_time": False},
)

REDEEM_GIFT_CARD: Operation[models.Redemption] = Operation(
    name="redeem_gift_card",
    method="POST",
    path="/sapi/v1/giftcard/redeemCode",
    decode=decoder(models.Redemption),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="code",
            wire_name="code",
            place="form",
            write=wire.text,
            required=True,
            secret=True,
            limits=Limits(
                min_length=1,
                pattern="^([0-9A-Z]{16,}|[0-9A-Za-z+/_-]{86,}={0,2})\\Z",
                hint="a code has 16 characters of A-Z and 0-9, without dashes, spaces or small letters",
            ),
        ),
        Parameter(
            name="external_uid",
            wire_name="externalUid",
            place="form",
            write=wire.text,
            limits=Limits(min_length=1, max_length=400),
        ),
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="form",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    signed_place="form",
    weight={"ip": 1},
    rates=RATES,
    lockout=Lockout(failures=5, window=86400, wrong=(-3026,), locked=-18004),
    encryption=Encryption(argument="encrypt", parameter="code", key=lambda: FETCH_RSA_PUBLIC_KEY),
    journal=Journalled(
        effect="redeems",
        reference=("result", "reference_no"),
        token=("result", "token"),
        amount=("result", "amount"),
        tells_once=False,
    ),
    command="redeem",
    fields={"reference_no": False, "identity_no": False, "token": False, "amount": False},
)

VERIFY_GIFT_CARD: Operation[models.Verification] = Operation(
    name="verify_gift_card",
    method="GET",
    path="/sapi/v1/giftcard/verify",
    decode=decoder(models.Verification),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="reference_no",
            wire_name="referenceNo",
            place="query",
            write=wire.text,
            required=True,
            limits=Limits(
                min_length=1,
                pattern="^[0-9]{16,}\\Z",
                hint="a card's number has 16 digits, zeros in front among them; a spreadsheet takes them away, unless the column is formatted as text",
            ),
        ),
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="query",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    repeatable=True,
    weight={"ip": 1},
    rates=RATES,
    lockout=Lockout(failures=5, window=3600, wrong=(-3026,), result={"valid": False, "token": None}, locked=-18005),
    command="verify",
    fields={"valid": False, "token": False, "amount": False},
)

BUY_GIFT_CARD: Operation[models.GiftCard] = Operation(
    name="buy_gift_card",
    method="POST",
    path="/sapi/v1/giftcard/buyCode",
    decode=decoder(models.GiftCard),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="base_token",
            wire_name="baseToken",
            place="query",
            write=wire.text,
            required=True,
            limits=Limits(min_length=1),
        ),
        Parameter(
            name="face_token",
            wire_name="faceToken",
            place="query",
            write=wire.text,
            required=True,
            limits=Limits(min_length=1),
        ),
        Parameter(
            name="base_token_amount",
            wire_name="baseTokenAmount",
            place="query",
            write=wire.decimal,
            required=True,
            limits=Limits(
                pattern="^([0-9]{1,20})(\\.[0-9]{1,20})?\\Z",
                hint="digits and at most one point, no sign; at most 20 digits before the point and 20 behind it",
            ),
        ),
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="query",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    weight={"ip": 1},
    rates=RATES,
    journal=Journalled(
        effect="issues",
        reference=("result", "reference_no"),
        token=("argument", "base_token"),
        amount=("argument", "base_token_amount"),
        expires=("result", "expired_time"),
        tells_once=True,
    ),
    command="buy",
    fields={"reference_no": False, "code": True, "expired_time": False},
)

FETCH_RSA_PUBLIC_KEY: Operation[str] = Operation(
    name="fetch_rsa_public_key",
    method="GET",
    path="/sapi/v1/giftcard/cryptography/rsa-public-key",
    decode=decoder(str),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="query",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    repeatable=True,
    weight={"ip": 1},
    rates=RATES,
    command="rsa-public-key",
    fields={},
)

FETCH_TOKEN_LIMIT: Operation[list[models.TokenLimit]] = Operation(
    name="fetch_token_limit",
    method="GET",
    path="/sapi/v1/giftcard/buyCode/token-limit",
    decode=decoder(list[models.TokenLimit]),
    errors=ERRORS,
    parameters=(
        Parameter(
            name="base_token",
            wire_name="baseToken",
            place="query",
            write=wire.text,
            required=True,
            limits=Limits(min_length=1),
        ),
        Parameter(
            name="recv_window",
            wire_name="recvWindow",
            place="query",
            write=wire.integer,
            limits=Limits(minimum=1, maximum=60000),
        ),
    ),
    envelope=SAPI_ENVELOPE,
    security=(("apiKey", "hmacSignature"),),
    repeatable=True,
    weight={"ip": 1},
    rates=RATES,
    command="token-limit",
    fields={"coin": False, "from_min": False, "from_max": False},
)

GET_SERVER_TIME: Operation[models.ServerTime] = Operation(
    name="get_server_time",
    method="GET",
    path="/api/v3/time",
    decode=decoder(models.ServerTime),
    errors=ERRORS,
    parameters=(),
    repeatable=True,
    rates=RATES,
    command="server-time",
    fields={"server_time": False},
)

JOURNALLED: Mapping[str, Operation[Any]] = {
    "create_gift_card": CREATE_GIFT_CARD,
    "redeem_gift_card": REDEEM_GIFT_CARD,
    "buy_gift_card": BUY_GIFT_CARD,
}
"""The operations whose calls are written down, by name."""

RECONCILING = Reconciling(
    check=VERIFY_GIFT_CARD,
    argument="reference_no",
    live={"valid": True},
    count=6000,
    amount="4200000",
    token="USDC",
    noun=("card", "cards"),
)
