"""Issues the cards of a list together with every other worker that was started on it: each row once, whoever dies.

python -m examples.worker.worker cards.csv --run christmas
"""

from __future__ import annotations

import argparse
import sys

from binance_gift_card import AppInfo, GiftCardClient
from binance_gift_card.bulk import Outcome


def tell(outcome: Outcome) -> None:
    """A line for each row that this worker did, for whoever watches its log."""
    print(f"row {outcome.row}: {outcome.state}{', ' + outcome.reason if outcome.reason else ''}", flush=True)


def main() -> int:
    """Work until no row is left; exit code 0 when all are done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("--run", required=True, help="the same name makes it the same run, in every worker")
    arguments = parser.parse_args()
    with GiftCardClient.from_env(app_info=AppInfo("card-worker", "1.0")) as client:  # BINANCE_JOURNAL=postgresql://…
        report = client.bulk.create(arguments.rows, run=arguments.run, shared=True, on_result=tell)
    print(f"{report.states.get('done', 0)} of {report.rows} are done", report.stopped)
    return 0 if report.states.get("done", 0) == report.rows else 1


if __name__ == "__main__":
    sys.exit(main())
