"""Pays out once, as a program of its own that its test kills: folder of the package, URL, journal."""

from __future__ import annotations

import sys

from examples.payouts.server import KEY, SECRET


def main(folder: str, url: str, journal: str) -> None:
    sys.path.insert(0, folder)
    import payouts

    body = payouts.models.NewPayout(reference="r-1", amount="25.00", currency="EUR", recipient="DE02120300000000202051")
    kept = payouts.Journal(journal, key="unsealed")
    with payouts.PayoutsClient(key=KEY, signer=payouts.HmacSigner(SECRET), base_url=url, journal=kept) as client:
        client.create_payout(body=body, idempotency_key="order 7")


main(*sys.argv[1:])
