"""Child processes under strace: what they ask of the system, in order, and their end at any such call."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import binance_gift_card

HERE = Path(__file__).parent
KILLED = (-9, 128 + 9)
MARKERS = "?access,?faccessat,?faccessat2"
"""What `os.access` becomes; a child marks with it what it does. Python itself hardly ever asks for it."""

_CALL = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<rest>.*)", re.DOTALL)
_RESULT = re.compile(r".* = (-?\d+)", re.DOTALL)
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Call(NamedTuple):
    """A call of the system: its arguments and its result are in `rest`, as strace wrote them."""

    process: str
    name: str
    rest: str

    def marks(self, marker: str) -> bool:
        return "access" in self.name and f'"/{marker}"' in self.rest

    @property
    def result(self) -> int:
        """What it returned; below 0 if it failed, or never returned."""
        found = _RESULT.match(self.rest)
        return -1 if found is None else int(found[1])

    @property
    def numbers(self) -> list[int]:
        """The arguments that are numbers; the first is often a descriptor."""
        arguments = _HEX.sub("", self.rest.rpartition(")")[0]).split(",")
        return [int(text) for text in arguments if text.strip().isdecimal()]

    @property
    def data(self) -> bytes:
        """Its first text; strace is to be told ``-xx``."""
        found = _HEX.search(self.rest)
        return b"" if found is None else bytes.fromhex(found[1].replace("\\x", ""))


class Child:
    """A program of this folder, and its environment: nothing in it differs between two runs but what is given."""

    def __init__(self, program: str, caches: Path, **environment: str) -> None:
        self.command = [sys.executable, str(HERE / program)]
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(Path(binance_gift_card.__file__).parent.parent),
            "PYTHONPYCACHEPREFIX": str(caches),
            "PYTHONHASHSEED": "0",
            **environment,
        }

    def run(self, *arguments: str, trace: list[str] | None = None, warm: bool = True) -> subprocess.CompletedProcess:
        """Run it, with strace around it if that is given arguments; compiled code is only kept while not yet warm."""
        tracer = [] if trace is None else ["strace", "-f", *trace]
        environment = {**self.environment, **({"PYTHONDONTWRITEBYTECODE": "1"} if warm else {})}
        return subprocess.run(
            [*tracer, *self.command, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def calls(log: Path) -> Iterator[Call]:
    for line in log.read_text(encoding="ascii", errors="replace").splitlines():
        found = _CALL.match(line)
        if found is not None:
            yield Call(**found.groupdict())
