"""A Celery app whose client is made, and used, before the worker forks its pool; as a script, it sends the tasks."""

import faulthandler
import os
import signal
import sys

from celery import Celery

from binance_gift_card import GiftCardClient, HmacSigner, Journal

app = Celery("forked_celery", broker="filesystem://")
app.conf.update(
    broker_transport_options={"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    worker_hijack_root_logger=True,
)
sends = __name__ == "__main__"
client = GiftCardClient(
    api_key=os.environ["CHILD_API_KEY"],
    signer=HmacSigner(os.environ["CHILD_API_SECRET"]),
    base_url=os.environ["CHILD_URL"],
    journal=False if sends else Journal(os.environ["CHILD_JOURNAL"]),
)
if not sends:
    faulthandler.register(signal.SIGUSR2, file=sys.__stderr__)  # where it hangs
    client.create_gift_card(token="USDT", amount="1000000")


@app.task(name="pay")
def pay(amount: int) -> None:
    print(f"pays in {os.getpid()}", file=sys.__stderr__, flush=True)
    client.create_gift_card(token="USDT", amount=str(amount), idempotency_key=f"order {amount}")


if sends:
    for amount in sys.argv[1:]:
        pay.delay(int(amount))
