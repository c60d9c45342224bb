"""A local server that behaves like the Binance Gift Card API, which has no test network.

    from binance_gift_card_sandbox import Sandbox

    with Sandbox(balances={"USDT": "1000"}) as sandbox:
        ...  # call sandbox.url with sandbox.api_key and sandbox.api_secret

Where nobody has published what the API does, one answer had to be chosen. These choices are the sandbox's,
not the vendor's, so a client must not lean on them; those that `Rules` has a name for can be changed:

- A wrong, used or expired code, and an unknown card number, are HTTP 400 `{"code": -3026}` (`wrong_card`).
  Each counts as one of the five wrong attempts. The fifth is still answered so, and every call after it with
  -18004 or -18005 until the oldest of the five is a day (redeem) or an hour (verify) old (`lock_from`).
- `verify` says `valid: false` of a redeemed or expired card, and still tells what it holds (`spent_card`). An
  unknown number is refused (`unknown_number`).
- What says no is an error, not `success: false` at HTTP 200 (`rejections`).
- A balance that does not cover amount and fee is -4026 (`low_balance`); an account without the business check
  is -2015 (`no_business`); more than eight decimals (`decimals`) is -1111; above `fromMax` is -1130.
- A card bought with another token holds the base token until it is redeemed, at the rate of that moment
  (`conversion`). The bounds of the amount are in the base token.
- The limits on issuing (-18002, -18003) slide over 30 days, and over 24 hours where daily ones are set
  (`limit_periods`).
- An encrypted code is base64url without padding (`code_encoding`).
- After 100 requests in spite of 429 (`ban_after`) an address is banned for 2 minutes, then for 4, up to 3 days.
- A form body that is not read (on a GET, or not declared as a form) is -1104. Bytes that cannot stand in a
  URL, and broken percent escapes, are -1100.
- Unknown paths are 404 with -1099, a wrong method is 405 with -1020.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binance_gift_card_sandbox.clock import Clock
    from binance_gift_card_sandbox.faults import Fault
    from binance_gift_card_sandbox.keys import ApiKey
    from binance_gift_card_sandbox.ledger import Card
    from binance_gift_card_sandbox.log import Request
    from binance_gift_card_sandbox.rules import Rules, Token
    from binance_gift_card_sandbox.sandbox import Sandbox
    from binance_gift_card_sandbox.state import Snapshot

__all__ = ["ApiKey", "Card", "Clock", "Fault", "Request", "Rules", "Sandbox", "Snapshot", "Token"]

_HOMES = {
    "ApiKey": "keys",
    "Card": "ledger",
    "Clock": "clock",
    "Fault": "faults",
    "Request": "log",
    "Rules": "rules",
    "Sandbox": "sandbox",
    "Snapshot": "state",
    "Token": "rules",
}


def __getattr__(name: str) -> object:
    """Imported when asked for: pytest imports this package for its plugin, in projects that test other things."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing.startswith("binance_gift_card"):
            raise
        message = f"the sandbox needs {missing}: pip install 'binance-gift-card[sandbox]'"
        raise ModuleNotFoundError(message, name=missing) from error
    globals()[name] = found
    return found
