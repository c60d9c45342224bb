"""Use the installed package once, as a service would: run by the python of an environment that has nothing else."""

from __future__ import annotations

import sys

import binance_gift_card
from binance_gift_card import GiftCardClient, HmacSigner
from binance_gift_card_sandbox import Sandbox


def main(version: str) -> None:
    """Create, verify and redeem a card against the sandbox."""
    about = (binance_gift_card.__version__, binance_gift_card.SPEC_VERSION, binance_gift_card.SPEC_DIGEST)
    if about[0] != version or not all(about):
        sys.exit(f"the package says that it is {about}, not {version}")
    with Sandbox(balances={"USDT": "100"}) as sandbox:
        signer = HmacSigner(sandbox.api_secret)
        with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url) as client:
            card = client.create_gift_card(token="USDT", amount="10")  # noqa: S106 - a currency, no secret
            if not client.verify_gift_card(reference_no=card.reference_no).valid:
                sys.exit("a card that was just created is not valid")
            redeemed = client.redeem_gift_card(code=card.code)
            if redeemed.reference_no != card.reference_no:
                sys.exit("another card was redeemed")


if __name__ == "__main__":
    main(sys.argv[1])
