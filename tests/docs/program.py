"""Runs one example as the program that a reader makes of it: a script, or a file of tests."""

from __future__ import annotations

import runpy
import sys
import warnings

from tests import plugin


def main() -> int:
    path = sys.argv[1]
    if path.endswith("_test.py"):
        import pytest

        return pytest.main(["-q", "--strict-markers", "-p", "no:cacheprovider", *plugin.options(), path])
    warnings.simplefilter("error")
    runpy.run_path(path, run_name="__main__")
    return 0
