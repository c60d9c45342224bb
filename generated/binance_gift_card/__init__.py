# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""Binance Gift Card API: a client of its API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._about import SPEC_DIGEST, SPEC_VERSION, __version__

if TYPE_CHECKING:
    from . import errors, models
    from ._runtime.core.app_info import AppInfo
    from ._runtime.core.classify import Response
    from ._runtime.core.errors import Attempt
    from ._runtime.core.hooks import Hooks, Sending
    from ._runtime.core.network import Network
    from ._runtime.core.private_keys import Ed25519Signer, RsaSigner
    from ._runtime.core.rates import Usage
    from ._runtime.core.signers import HmacSigner, Signer
    from ._runtime.journal.entry import Entry
    from ._runtime.journal.findings import Reconciliation
    from .async_client import AsyncGiftCardClient
    from .client import GiftCardClient
    from .errors import (
        AmountLimitError,
        AmountTooSmallError,
        ApiError,
        ArgumentError,
        AuthenticationError,
        CountLimitError,
        DecodeError,
        GiftCardError,
        HeldBackError,
        InsufficientBalanceError,
        InvalidParameterError,
        InvalidSignatureError,
        JournalError,
        LockoutError,
        NoJournalWarning,
        NotSentError,
        OutcomeUnknownError,
        RateLimitError,
        RedeemAttemptsError,
        ServiceUnavailableError,
        SigningError,
        TimestampError,
        TokenNotSupportedError,
        VerifyAttemptsError,
    )
    from .journal import Journal

__all__ = [
    "SPEC_DIGEST",
    "SPEC_VERSION",
    "AmountLimitError",
    "AmountTooSmallError",
    "ApiError",
    "AppInfo",
    "ArgumentError",
    "AsyncGiftCardClient",
    "Attempt",
    "AuthenticationError",
    "CountLimitError",
    "DecodeError",
    "Ed25519Signer",
    "Entry",
    "GiftCardClient",
    "GiftCardError",
    "HeldBackError",
    "HmacSigner",
    "Hooks",
    "InsufficientBalanceError",
    "InvalidParameterError",
    "InvalidSignatureError",
    "Journal",
    "JournalError",
    "LockoutError",
    "Network",
    "NoJournalWarning",
    "NotSentError",
    "OutcomeUnknownError",
    "RateLimitError",
    "Reconciliation",
    "RedeemAttemptsError",
    "Response",
    "RsaSigner",
    "Sending",
    "ServiceUnavailableError",
    "Signer",
    "SigningError",
    "TimestampError",
    "TokenNotSupportedError",
    "Usage",
    "VerifyAttemptsError",
    "__version__",
    "errors",
    "models",
]

_HOMES = {
    "AmountLimitError": "errors",
    "AmountTooSmallError": "errors",
    "ApiError": "errors",
    "AppInfo": "_runtime.core.app_info",
    "ArgumentError": "errors",
    "AsyncGiftCardClient": "async_client",
    "Attempt": "_runtime.core.errors",
    "AuthenticationError": "errors",
    "CountLimitError": "errors",
    "DecodeError": "errors",
    "Ed25519Signer": "_runtime.core.private_keys",
    "Entry": "_runtime.journal.entry",
    "GiftCardClient": "client",
    "GiftCardError": "errors",
    "HeldBackError": "errors",
    "HmacSigner": "_runtime.core.signers",
    "Hooks": "_runtime.core.hooks",
    "InsufficientBalanceError": "errors",
    "InvalidParameterError": "errors",
    "InvalidSignatureError": "errors",
    "Journal": "journal",
    "JournalError": "errors",
    "LockoutError": "errors",
    "Network": "_runtime.core.network",
    "NoJournalWarning": "errors",
    "NotSentError": "errors",
    "OutcomeUnknownError": "errors",
    "RateLimitError": "errors",
    "Reconciliation": "_runtime.journal.findings",
    "RedeemAttemptsError": "errors",
    "Response": "_runtime.core.classify",
    "RsaSigner": "_runtime.core.private_keys",
    "Sending": "_runtime.core.hooks",
    "ServiceUnavailableError": "errors",
    "Signer": "_runtime.core.signers",
    "SigningError": "errors",
    "TimestampError": "errors",
    "TokenNotSupportedError": "errors",
    "Usage": "_runtime.core.rates",
    "VerifyAttemptsError": "errors",
    "errors": "errors",
    "models": "models",
}
"""Name → the module that has it; each is imported when it is first asked for."""


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{home}", __name__)
    found = module if home == name else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
