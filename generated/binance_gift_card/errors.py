# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The errors to catch. `GiftCardError` is the base of them all; `executed` says whether the operation was done.

Their family:

    GiftCardError
    ├── ArgumentError            refused here; nothing was sent
    ├── SigningError             the signer failed; nothing was sent
    ├── NotSentError             the request did not leave; safe to repeat
    │   ├── HeldBackError        the server's rate limit or ban is not over yet
    │   ├── LockoutError         one more wrong attempt would lock the account
    │   └── JournalError         the journal cannot be read or written
    ├── OutcomeUnknownError      it may have been done
    ├── ApiError                 refused by the server: status, code, message
    │   ├── AmountLimitError
    │   ├── CountLimitError
    │   ├── RedeemAttemptsError
    │   ├── VerifyAttemptsError
    │   ├── AmountTooSmallError
    │   ├── TokenNotSupportedError
    │   ├── InsufficientBalanceError
    │   ├── ServiceUnavailableError
    │   ├── RateLimitError
    │   ├── AuthenticationError
    │   ├── TimestampError
    │   ├── InvalidSignatureError
    │   └── InvalidParameterError
    └── DecodeError              answered, but not as promised; carries what came
"""

from ._runtime.core.errors import (
    ApiError,
    ArgumentError,
    ClientError,
    DecodeError,
    HeldBackError,
    JournalError,
    LockoutError,
    NoJournalWarning,
    NotSentError,
    OutcomeUnknownError,
    SigningError,
)

GiftCardError = ClientError
"""The base of every error that the client raises."""

__all__ = [
    "AmountLimitError",
    "AmountTooSmallError",
    "ApiError",
    "ArgumentError",
    "AuthenticationError",
    "CountLimitError",
    "DecodeError",
    "GiftCardError",
    "HeldBackError",
    "InsufficientBalanceError",
    "InvalidParameterError",
    "InvalidSignatureError",
    "JournalError",
    "LockoutError",
    "NoJournalWarning",
    "NotSentError",
    "OutcomeUnknownError",
    "RateLimitError",
    "RedeemAttemptsError",
    "ServiceUnavailableError",
    "SigningError",
    "TimestampError",
    "TokenNotSupportedError",
    "VerifyAttemptsError",
]


class AmountLimitError(ApiError):
    """-18002: The account has issued cards up to the limit on their total amount. The server's text speaks of 24 hours, the vendor's change log of a month."""


class CountLimitError(ApiError):
    """-18003: The account has issued as many cards as it may. The server's text speaks of 24 hours, the vendor's change log of a month."""


class RedeemAttemptsError(ApiError):
    """-18004: Redemption is locked, because too many wrong codes were sent within 24 hours."""


class VerifyAttemptsError(ApiError):
    """-18005: Checking is locked, because too many wrong card numbers were sent within an hour."""


class AmountTooSmallError(ApiError):
    """-18006: The amount is below the least that a card may hold."""


class TokenNotSupportedError(ApiError):
    """-18007: Cards are not offered for this token."""


class InsufficientBalanceError(ApiError):
    """One of these codes:

    * -4026: The balance does not cover the amount and the fee.
    * -5002: The balance is too low.
    * -6012: The balance is not enough.
    """


class ServiceUnavailableError(ApiError):
    """One of these codes:

    * -1004: The server says that it is busy and asks to try again. It did not take the call.
    * -1008: The server says that it is overloaded and asks to try again in some minutes. It did
        not take the call.
    * -1016: The server says that the service is shutting down. It did not take the call.
    """


class RateLimitError(ApiError):
    """-1003: Too many requests were sent, or the address is banned for a while. The header Retry-After says how long to wait."""


class AuthenticationError(ApiError):
    """One of these codes:

    * -1002: The account is not allowed to do this.
    * -2008: The server does not know the API key.
    * -2014: The API key does not look like one.
    * -2015: The API key is wrong, lacks the permission, or may not be used from this address.
    """


class TimestampError(ApiError):
    """-1021: The request came later than its window allows, or its timestamp is more than a second ahead of the server's clock."""


class InvalidSignatureError(ApiError):
    """-1022: The signature does not fit the request. The secret is wrong, or the request was not percent-encoded before it was signed."""


class InvalidParameterError(ApiError):
    """One of these codes:

    * -1100: A parameter has a character that it may not have. In an amount that is a sign or an
        exponent, for instance.
    * -1101: There are too many parameters, or one was sent twice.
    * -1102: A required parameter is missing, empty or malformed.
    * -1103: The server does not know one of the parameters.
    * -1104: The server did not read all of the parameters.
    * -1105: A parameter is empty.
    * -1111: An amount has more decimal places than its token allows.
    * -1130: A parameter has a value that is not allowed.
    * -1131: The parameter recvWindow is out of bounds.
    * -3026: The server examined the values that were sent and found one that is not valid.
    """


for _one in (
    ApiError,
    ArgumentError,
    ClientError,
    DecodeError,
    HeldBackError,
    JournalError,
    LockoutError,
    NoJournalWarning,
    NotSentError,
    OutcomeUnknownError,
    SigningError,
):
    _one.__module__ = __name__  # where it is found, as tracebacks tell it
