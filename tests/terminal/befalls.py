"""What befalls a command in the process that it runs in, where this module is imported."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pkgutil import resolve_name

_OWNERS = {
    "Client": "binance_gift_card:GiftCardClient",
    "Journal": "binance_gift_card:Journal",
    "call_commands": "binance_gift_card._runtime.terminal.call_commands",
    "journal_commands": "binance_gift_card._runtime.terminal.journal_commands",
}


def lose(how: str, *, mute: bool = False) -> None:
    """Have standard output fail: a pipe that nobody reads, a full disk, or closed; mute, the other stream is closed."""
    if how == "closed":
        os.close(1)
        sys.stdout = None
    else:
        mouth = os.open("/dev/full", os.O_WRONLY) if how == "full" else _pipe_that_nobody_reads()
        os.dup2(mouth, 1)
        os.close(mouth)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the process
    if mute:
        os.close(2)
        sys.stderr = None


def _pipe_that_nobody_reads() -> int:
    ear, mouth = os.pipe()
    os.close(ear)
    return mouth


def unset_streams() -> None:
    sys.stdout = sys.stderr = None


def interrupt(at: str) -> None:
    """A Ctrl-C comes when a function is called, ``Journal.export`` for one."""

    def interrupted(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    _replace(at, interrupted)


def fail(at: str, words: str) -> None:
    """Calling a function raises what nobody thought of."""

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError(words)

    _replace(at, failing)


def _replace(at: str, function: Callable[..., None]) -> None:
    owner, _, name = at.partition(".")
    setattr(resolve_name(_OWNERS[owner]), name, function)
