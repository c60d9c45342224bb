"""What importing the SDK costs beside importing urllib3, each in a fresh interpreter."""

from __future__ import annotations

import statistics
import sys

from bench.generator import finished

_TEMPLATE = "import time; began = time.process_time(); import {}; print(time.process_time() - began)"


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → our CPU seconds, theirs, the mark."""
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(_seconds("urllib3"))
        ours.append(_seconds("binance_gift_card"))
    return {"import binance_gift_card": (statistics.median(ours), statistics.median(theirs), 0.5)}


def _seconds(modules: str) -> float:
    code = _TEMPLATE.format(modules)
    return float(finished([sys.executable, "-c", code]).stdout)
