"""Pays out over connections that fail: generates the package, runs the server here, and tells what becomes of each.

python -m examples.payouts.show
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from examples.payouts.server import HERE, KEY, SECRET, Fault, Payouts, serving

TOLD: dict[Fault, str] = {
    "cut before": "the connection is cut before the payout is made",
    "cut after": "the connection is cut after it",
    "error after": "the server fails after it",
    "late": "the connection is cut, and the payout is made a little later",
}


@contextmanager
def generated() -> Iterator[Any]:
    """The package of the document, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        config = str(HERE / "codegen.toml")
        command = [sys.executable, "-m", "codegen", "generate", "--config", config, "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own generator
        sys.path.insert(0, folder)
        yield importlib.import_module("payouts")


def show(payouts: Any, journal: Path) -> None:
    """Pay out four times, each time over another fault; then leave one unknown, and find out."""
    api = Payouts()
    with serving(api) as url, payouts.Journal(journal, key="unsealed") as kept:
        signer = payouts.HmacSigner(SECRET)
        with payouts.PayoutsClient(key=KEY, signer=signer, base_url=url, journal=kept) as client:

            def pay(reference: str, attempts: int = 4) -> Any:
                body = payouts.models.NewPayout(
                    reference=reference, amount="25.00", currency="EUR", recipient="DE02120300000000202051"
                )
                return client.with_options(attempts=attempts).create_payout(body=body, note=f"for {reference}")

            for number, (fault, words) in enumerate(TOLD.items(), 1):
                api.faults.append(fault)
                made = pay(f"order-{number}")
                print(f"order-{number}: {words}: {made.id}, {len(api.paid)} made in all")
            api.faults.append("cut after")
            api.is_blind = True
            try:
                pay("order-5", attempts=1)
            except payouts.OutcomeUnknownError as error:
                print(f"order-5: nobody knows: entry {error.entry}, idempotency key {error.idempotency_key}")
            api.is_blind = False
            for entry in client.history():  # asks about what is unknown
                print(f"entry {entry.number}: {entry.state}, {entry.reference}, {entry.amount}, {entry.note}")
            print(f"{len(api.paid)} payouts for {len({paid['reference'] for paid in api.paid})} orders")


if __name__ == "__main__":
    with generated() as package, tempfile.TemporaryDirectory() as home:
        show(package, Path(home, "payouts.db"))
