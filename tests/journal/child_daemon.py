"""Makes a card, forks twice and ends; the daemon that it leaves behind makes others before and after that."""

import os
import sys

from binance_gift_card import GiftCardClient, HmacSigner, Journal

client = GiftCardClient(
    api_key=os.environ["CHILD_API_KEY"],
    signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
    base_url=os.environ["CHILD_URL"],
    journal=Journal(os.environ["CHILD_JOURNAL"]),
    timeout=10.0,
)


def create(*amounts: int) -> None:
    for amount in amounts:
        client.create_gift_card(token="USDT", amount=str(amount), idempotency_key=f"key {amount}")


create(1)
alive, lives = os.pipe()
if child := os.fork():
    os.waitpid(child, 0)
    create(1)
    os.write(1, b"parent\n")
    sys.exit()  # and with it goes what Python closes
os.close(lives)
os.setsid()
if os.fork():
    sys.exit()
create(2)
os.read(alive, 1)  # until the parent is gone
create(1, *range(2, 13))
os.write(1, b"daemon\n")
