"""Instructions for a signed call, counted by valgrind's lackey: the figure that does not move with load."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor

from bench import calls
from bench.generator import finished


def measure(few: int = 50, many: int = 150) -> dict[str, tuple[float, float, float]]:
    """Figure → our instructions for a call, theirs, the mark.

    What `few` calls cost is taken from what `many` do; for 0 nothing is, and starting Python is in the figure.
    """
    with calls.serving() as port, ThreadPoolExecutor() as pool:  # side by side: a count does not move with load
        ours, theirs = pool.map(lambda name: _of_a_call(name, port, few, many), ("_ours", "_theirs"))
    return {"a signed call: instructions": (ours, theirs, 0.35)}


def _of_a_call(name: str, port: int, few: int, many: int) -> float:
    return (_counted(name, port, many) - (_counted(name, port, few) if few else 0)) / (many - few)


def _counted(name: str, port: int, times: int) -> int:
    code = f"from bench import calls\ncall = calls.{name}({port})\nfor _ in range({times}): call()"
    command = ["valgrind", "--tool=lackey", "--basic-counts=yes", sys.executable, "-c", code]
    found = re.search(r"guest instrs:\s+([\d,]+)", finished(command).stderr)
    assert found is not None
    return int(found[1].replace(",", ""))
