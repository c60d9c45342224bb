"""A WSGI app whose client is made, and used, before the server forks its workers."""

import os

from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors

client = GiftCardClient(
    api_key=os.environ["CHILD_API_KEY"],
    signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
    base_url=os.environ["CHILD_URL"],
    journal=Journal(os.environ["CHILD_JOURNAL"]),
)
client.create_gift_card(token="USDT", amount="1000000")


def app(environ, start_response):
    amount = environ["PATH_INFO"].strip("/")
    try:
        made = client.create_gift_card(token="USDT", amount=amount, idempotency_key=f"order {amount}", timeout=20)
        told = f"card {made.reference_no} {os.getpid()}"
    except (errors.OutcomeUnknownError, errors.NotSentError) as error:  # of a worker that was killed with that key
        told = f"{'wrong' if isinstance(error, errors.JournalError) else 'key'} {error} {os.getpid()}"
        print(told, flush=True)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [told.encode()]
