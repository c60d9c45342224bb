"""Runs one example as the program that a reader makes of it: a script, or a file of tests."""

from __future__ import annotations

import runpy
import sys
import warnings
from importlib.metadata import entry_points


def main() -> int:
    path = sys.argv[1]
    if path.endswith("_test.py"):
        import pytest

        installed = any(point.name == "gift_card_sandbox" for point in entry_points(group="pytest11"))
        plugin = [] if installed else ["-p", "binance_gift_card_sandbox.pytest_plugin"]
        return pytest.main(["-q", "--strict-markers", "-p", "no:cacheprovider", *plugin, path])
    warnings.simplefilter("error")
    runpy.run_path(path, run_name="__main__")
    return 0
