"""Makes a journal and three cards, and tells of each when it has it; then ends without closing anything."""

import os
import sqlite3
import sys

from binance_gift_card import GiftCardClient, HmacSigner, Journal

how = sys.argv[1]


def checkpointing(*arguments: object, connect=sqlite3.connect, **options: object) -> sqlite3.Connection:
    """Connections that move what is written into the file after every few pages, and not after a thousand."""
    made = connect(*arguments, **options)
    made.execute("PRAGMA wal_autocheckpoint = 6")
    return made


def client() -> GiftCardClient:
    return GiftCardClient(
        api_key=os.environ["CHILD_API_KEY"],
        signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
        base_url=os.environ["CHILD_URL"],
        journal=Journal(os.environ["CHILD_JOURNAL"]),
        timeout=30.0,
    )


if how == "checkpointed":
    sqlite3.connect = checkpointing
maker = client()
for note, key in (("0", None), ("1", "the key of 1"), ("2", None)):
    card = maker.create_gift_card(token="USDT", amount="25", note=note, idempotency_key=key)
    os.write(1, card.reference_no.encode())
    if how == "reopened":
        maker.journal.close()
        maker = client()
os._exit(0)
