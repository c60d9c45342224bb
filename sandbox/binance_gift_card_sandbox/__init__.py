"""A local server that behaves like the Binance Gift Card API, which has no test network.

    from binance_gift_card_sandbox import Sandbox

    with Sandbox(balances={"USDT": "1000"}) as sandbox:
        ...  # call sandbox.url with sandbox.api_key and sandbox.api_secret

Where nobody has published what the API does, one answer had to be chosen. These choices are the sandbox's,
not the vendor's, so a client must not lean on them:

- A wrong, used or expired code, and an unknown card number, are HTTP 400 `{"code": -3026}`. Each counts as
  one of the five wrong attempts. The fifth is still answered with -3026, and every call after it with
  -18004 or -18005 until the oldest of the five is a day (redeem) or an hour (verify) old.
- `verify` says `valid: false` of a redeemed or expired card, and still tells its token and amount.
- A balance that does not cover amount and fee is -4026; more than eight decimals is -1111; above `fromMax`
  is -1130.
- A card bought with another token is converted when it is bought, at the prices in the rules.
- The limits on issuing (-18002, -18003) slide over 30 days; they do not start afresh with a calendar month.
- A form body that is not read (on a GET, or not declared as a form) is -1104. Bytes that cannot stand in a
  URL, and broken percent escapes, are -1100.
- Unknown paths are 404 with -1099, a wrong method is 405 with -1020.
"""

try:
    import starlette as _starlette  # noqa: F401  asked for by name, so that the message below can be a clear one
    import uvicorn as _uvicorn  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"the sandbox needs {error.name}: pip install 'binance-gift-card[sandbox]'", name=error.name
    ) from error

from binance_gift_card_sandbox.rules import Rules, Token
from binance_gift_card_sandbox.server import Sandbox

__all__ = ["Rules", "Sandbox", "Token"]
