"""The fixtures for pytest in a process of its own, where the package is installed and where it is only on the path."""

from __future__ import annotations

from importlib.metadata import entry_points

NAME = "binance_gift_card_sandbox.pytest_plugin"


def options() -> list[str]:
    """What pytest has to be told so that it has them."""
    return [] if any(point.value == NAME for point in entry_points(group="pytest11")) else ["-p", NAME]
