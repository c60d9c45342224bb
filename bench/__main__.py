"""``python -m bench``: print every figure with its mark. Ends in failure if a mark is missed or a part did not run."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from bench import (
    aio,
    calls,
    changes,
    faults,
    first_test,
    generator,
    imports,
    instructions,
    journal,
    sandbox,
    signing,
    sizes,
    start,
)

Figures = dict[str, tuple[float, float, float]]
Part = Callable[[], Figures]

_PROGRAMS = {"instructions": "valgrind"}
"""Part → the program that it needs and that no Python package brings."""
_PACKAGES = {"aio": "aiohttp"}
"""Part → the package that it measures against, and that nothing else needs."""


def main() -> int:
    """Measure, print, and tell how it ended."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--document", type=Path, help="the large document that diff is measured on; default: a made one"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the smallest sizes, in about a minute: shows that every part runs; no figure is held against its mark",
    )
    options = parser.parse_args()
    figures: Figures = {}
    lacking, broken = [], []
    for name, part in (_quick() if options.quick else _whole(options.document)).items():
        program = _PROGRAMS.get(name)
        if program is not None and shutil.which(program) is None:
            lacking.append(f"{name} ({program} is missing)")
            continue
        package = _PACKAGES.get(name)
        if package is not None and find_spec(package) is None:
            lacking.append(f"{name} ({package} is missing)")
            continue
        print(f"measuring {name}", file=sys.stderr, flush=True)
        try:
            figures |= part()
        except Exception:  # it is told at the end, and the others are measured all the same
            traceback.print_exc()
            broken.append(name)
    missed = _printed(figures)
    print(f"missed: {', '.join(missed) or 'none'}{'; too small to be judged' if options.quick else ''}")
    if lacking:
        print(f"did not run: {', '.join(lacking)}")
    if broken:
        print(f"broke: {', '.join(broken)}")
    must = not options.quick or os.environ.get("CI")  # there, what a part needs is to be installed
    return int(bool(broken or (must and lacking) or (not options.quick and missed)))


def _whole(document: Path | None) -> dict[str, Part]:
    return {
        "generator": lambda: generator.measure(7),
        "sizes": lambda: sizes.measure(3),
        "changes": lambda: changes.measure(5, document),
        "imports": lambda: imports.measure(15),
        "start": lambda: start.measure(25),
        "calls": lambda: calls.measure(11),
        "aio": lambda: aio.measure(7),
        "faults": lambda: faults.measure("tests/faults"),
        "journal": lambda: journal.measure(9),
        "sandbox": lambda: sandbox.measure(7),
        "instructions": instructions.measure,
        "first_test": first_test.measure,
        "signing": lambda: signing.measure(11),
    }


def _quick() -> dict[str, Part]:
    """The same by the same code, as small as it can be."""
    return {
        "generator": lambda: generator.measure(1),
        "sizes": lambda: sizes.measure(1, schemas=(10,), operations=(5, 10, 20), sdk=20),
        "changes": lambda: changes.measure(1, None, paths=10),
        "imports": lambda: imports.measure(1),
        "start": lambda: start.measure(1),
        "calls": lambda: calls.measure(1),
        "aio": lambda: aio.measure(1),
        "faults": lambda: faults.measure("tests/faults/test_waiting.py"),
        "journal": lambda: journal.measure(1, entries=5_000),
        "sandbox": lambda: sandbox.measure(1, few=100, many=1_000),
        "instructions": lambda: instructions.measure(few=0, many=1),
        "first_test": lambda: first_test.measure(installs=False),
        "signing": lambda: signing.measure(1),
    }


def _printed(figures: Figures) -> list[str]:
    """Print the table; gives the figures that miss their mark."""
    missed = []
    print(f"{'figure':<30} {'ours':>10} {'theirs':>10} {'ratio':>6} {'mark':>5}")
    for figure, (ours, theirs, mark) in figures.items():
        ratio = ours / theirs
        if not ratio <= mark:
            missed.append(figure)
        verdict = "missed" if figure in missed else "reached"
        print(
            f"{figure:<30} {_shown(figure, ours):>10} {_shown(figure, theirs):>10} {ratio:6.2f} {mark:5.2f} {verdict}"
        )
    return missed


def _shown(figure: str, value: float) -> str:
    if figure.endswith("memory"):
        return f"{value / 1e6:.1f} MB"
    if figure.endswith("bytes"):
        return f"{value:,.0f}"
    return f"{value:,.0f}" if figure.endswith("instructions") else _time(value)


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
