"""Makes calls as it is told on standard input, one JSON array a line, with whatever version of the SDK it finds."""

import json
import os
import sys
import time

from binance_gift_card import GiftCardClient, HmacSigner, Journal, __version__, errors


class Hanging:
    """Never signs: the call has its entry, and nothing has left."""

    def sign(self, payload: bytes) -> str:
        print(json.dumps("signing"), flush=True)
        time.sleep(600)
        return ""


def client(*, hangs: bool = False, url: str | None = None) -> GiftCardClient:
    return GiftCardClient(
        api_key=os.environ["CHILD_API_KEY"],
        signer=Hanging() if hangs else HmacSigner(os.environ["CHILD_API_SECRET"]),
        base_url=url or os.environ["CHILD_URL"],
        journal=Journal(os.environ["CHILD_JOURNAL"], key=os.environ["CHILD_JOURNAL_KEY"]),
        timeout=20.0,
    )


def create(key: str, amount: str, *, hangs: bool = False, url: str | None = None, timeout: float = 20.0) -> object:
    with client(hangs=hangs, url=url) as one:
        try:
            card = one.create_gift_card(token="USDT", amount=amount, idempotency_key=key, timeout=timeout)
        except errors.OutcomeUnknownError as error:
            return ["unknown", error.entry]
        return ["done", card.reference_no, card.code]


def redeem(code: str, key: str) -> object:
    with client() as one:
        return one.redeem_gift_card(code=code, idempotency_key=key).reference_no


def bulk(count: int, run: str, **options: object) -> object:
    with client() as one:
        rows = [{"token": "USDT", "amount": str(number)} for number in range(1, count + 1)]
        report = one.bulk.create(rows, run=run, concurrency=1, **options)
        return report.states


def history() -> object:
    with client() as one:
        return [[entry.number, entry.state, entry.idempotency_key] for entry in one.history()]


def prepare() -> object:
    try:
        with client():
            return __version__
    except errors.JournalError as error:
        return str(error)


for line in sys.stdin:
    name, *arguments = json.loads(line)
    options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    print(json.dumps(globals()[name](*arguments, **options)), flush=True)
