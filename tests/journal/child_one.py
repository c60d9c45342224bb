"""Makes one card under an idempotency key, marking where that begins and ends; then tells what came of it."""

import os
import sys

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors


def marked(marker: str, *, when: bool = True) -> None:
    if when:
        os.access(f"/{marker}", os.F_OK)


new = "--new" in sys.argv  # whether the making of the journal is part of it
marked("begin", when=new)
client = GiftCardClient(
    api_key=os.environ["CHILD_API_KEY"],
    signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
    base_url=os.environ["CHILD_URL"],
    journal=Journal(os.environ["CHILD_JOURNAL"]),
    timeout=30.0,
)
marked("end", when=new)
marked("begin", when=not new)
try:
    card = client.create_gift_card(token="USDT", amount="25", idempotency_key="the only one")
    told = card.code
except errors.OutcomeUnknownError:
    told = "unknown"
marked("end", when=not new)
os.write(1, told.encode())
os._exit(0)
