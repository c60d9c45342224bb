"""Instructions for a signed call, counted by valgrind's lackey: the figure that does not move with load."""

from __future__ import annotations

import re
import subprocess
import sys

from bench import calls

_FEW, _MANY = 50, 150


def measure() -> dict[str, tuple[float, float, float]]:
    """Figure → our instructions for a call, theirs, the mark."""
    with calls.serving() as port:
        ours, theirs = (_of_a_call(name, port) for name in ("_ours", "_theirs"))
    return {"a signed call: instructions": (ours, theirs, 0.35)}


def _of_a_call(name: str, port: int) -> float:
    return (_counted(name, port, _MANY) - _counted(name, port, _FEW)) / (_MANY - _FEW)


def _counted(name: str, port: int, times: int) -> int:
    code = f"from bench import calls\ncall = calls.{name}({port})\nfor _ in range({times}): call()"
    command = ["valgrind", "--tool=lackey", "--basic-counts=yes", sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"guest instrs:\s+([\d,]+)", done.stderr)
    assert found is not None
    return int(found[1].replace(",", ""))
