"""``python -m bench``: print every figure with its mark."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from bench import calls, changes, faults, generator, imports, instructions, journal, sandbox, start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--document", type=Path, help="the large document that diff is measured on; default: a made one"
    )
    document = parser.parse_args().document
    figures = {
        **generator.measure(7),
        **changes.measure(5, document),
        **imports.measure(15),
        **start.measure(25),
        **calls.measure(11),
        **faults.measure(),
        **journal.measure(9),
        **sandbox.measure(7),
    }
    if shutil.which("valgrind"):
        figures |= instructions.measure()
    print(f"{'figure':<30} {'ours':>10} {'theirs':>10} {'ratio':>6} {'mark':>5}")
    for figure, (ours, theirs, mark) in figures.items():
        ratio = ours / theirs
        verdict = "reached" if ratio <= mark else "missed"
        print(
            f"{figure:<30} {_shown(figure, ours):>10} {_shown(figure, theirs):>10} {ratio:6.2f} {mark:5.2f} {verdict}"
        )


def _shown(figure: str, value: float) -> str:
    if figure.endswith("memory"):
        return f"{value / 1e6:.1f} MB"
    if figure.endswith("bytes"):
        return f"{value:,.0f}"
    return f"{value:,.0f}" if figure.endswith("instructions") else _time(value)


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


if __name__ == "__main__":
    main()
