"""Tell stories from a seed on, and print the first that is not as promised as a test."""

from __future__ import annotations

import argparse
import sys
import time

from .payouts import PayoutStory
from .search import search
from .story import Story


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--payouts", action="store_true", help="stories of keys that the server knows, and of asking")
    given = parser.parse_args()
    began = time.perf_counter()
    found = search(given.stories, given.seed, PayoutStory if given.payouts else Story)
    seconds = time.perf_counter() - began
    print(f"seed {given.seed}: {found.count} stories in {seconds:.1f} s, {found.count / seconds:.0f} a second")
    if found.faults:
        print(found.as_test())
    return bool(found.faults)


if __name__ == "__main__":
    sys.exit(main())
