"""``python -m bench``: print every figure with its mark."""

from __future__ import annotations

from bench import calls, generator, imports


def main() -> None:
    """Measure and print."""
    figures = {**generator.measure(7), **imports.measure(15), **calls.measure(11)}
    print(f"{'figure':<30} {'ours':>10} {'theirs':>10} {'ratio':>6} {'mark':>5}")
    for figure, (ours, theirs, mark) in figures.items():
        ratio = ours / theirs
        verdict = "reached" if ratio <= mark else "missed"
        print(f"{figure:<30} {_time(ours):>10} {_time(theirs):>10} {ratio:6.2f} {mark:5.2f} {verdict}")


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


if __name__ == "__main__":
    main()
