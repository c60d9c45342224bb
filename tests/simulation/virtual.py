"""The clocks, the process ids and the chance that the runtime sees in a story, in place of the machine's."""

from __future__ import annotations

import datetime
import importlib
import inspect
import os
import pkgutil
import random
import sys
import time
from types import ModuleType
from typing import Any

import binance_gift_card

PACKAGE = f"{binance_gift_card.__name__}._runtime"
ROOMS = ("core", "journal")
"""What a story runs; the rooms above wait for real."""
READERS = ("monotonic", "monotonic_ns", "time", "time_ns", "sleep", "clock_gettime", "clock_gettime_ns")
LOOK = 1.0
"""Seconds between two looks at what another call is at: stories are long enough."""
EPOCH = 1_800_000_000.0


class Machine:
    """Time, and who runs; all the functions of `time` and `os` that the runtime asks.

    Attributes:
        now: Seconds by a clock that nobody sets and that stands still while the machine sleeps.
        slept: Seconds that it slept.
        stepped: By how many seconds somebody set the wall clock ahead.
        process: The id of the process that runs.
    """

    CLOCK_MONOTONIC, CLOCK_BOOTTIME = 1, 7

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        self.now, self.slept, self.stepped, self.process = 1000.0, 0.0, 0.0, 1
        self.chance = random.Random(seed)

    def true(self) -> float:
        """The time that it is, in seconds since the epoch."""
        return EPOCH + self.now + self.slept

    def monotonic(self) -> float:
        return self.now

    def monotonic_ns(self) -> int:
        return int(self.now * 1e9)

    def uptime(self) -> float:
        return self.now + self.slept

    def uptime_ns(self) -> int:
        return int(self.uptime() * 1e9)

    def clock_gettime(self, clock: int) -> float:
        return self.now + self.slept

    def clock_gettime_ns(self, clock: int) -> int:
        return int((self.now + self.slept) * 1e9)

    def time(self) -> float:
        return self.true() + self.stepped

    def time_ns(self) -> int:
        return int((self.true() + self.stepped) * 1e9)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def getpid(self) -> int:
        return self.process

    def urandom(self, count: int) -> bytes:
        return self.chance.randbytes(count)

    def uniform(self, least: float, most: float) -> float:
        return self.chance.uniform(least, most)


MACHINE = Machine()


class VirtualDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> VirtualDatetime:
        return cls.fromtimestamp(MACHINE.time(), tz)


class VirtualOs:
    """`os`, but for who runs and what is random."""

    getpid, urandom = MACHINE.getpid, MACHINE.urandom

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def modules() -> list[ModuleType]:
    """All modules that a story may run."""
    found = []
    for room in ROOMS:
        package = importlib.import_module(f"{PACKAGE}.{room}")
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not info.ispkg and not info.name.endswith(("otel", "pydantic_model")):
                found.append(importlib.import_module(info.name))
    added = [module for name, module in sys.modules.items() if name.startswith(f"{PACKAGE}.core.")]
    return [*found, *(module for module in added if module not in found)]


_real: list[tuple[ModuleType, str, Any]] = []
"""What was replaced."""


def install() -> None:
    """Let the runtime see the virtual machine, wherever it reads a clock or asks who it is."""
    replacing = {id(getattr(time, name)): getattr(MACHINE, name) for name in READERS}
    replacing |= {id(time): MACHINE, id(random): MACHINE, id(os): VirtualOs()}
    for module in [] if _real else modules():
        for name, value in list(vars(module).items()):
            if name in ("uptime", "uptime_ns"):  # these are made of readers
                _replace(module, name, getattr(MACHINE, name))
            elif id(value) in replacing:
                _replace(module, name, replacing[id(value)])
            elif value is datetime.datetime and "datetime.now(" in inspect.getsource(module):
                _replace(module, name, VirtualDatetime)
            elif name == "_POLL":
                _replace(module, name, LOOK)


def _replace(module: ModuleType, name: str, value: Any) -> None:
    _real.append((module, name, getattr(module, name)))
    setattr(module, name, value)


def uninstall() -> None:
    """Let it see the machine again."""
    while _real:
        setattr(*_real.pop())
