# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""What a child process must not share with its parent is made anew in it."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewed(Protocol):
    """Something with connections or locks."""

    def after_fork(self) -> None:
        """Replace them; called in the child, before anything else."""


_every: weakref.WeakSet[Renewed] = weakref.WeakSet()


def renewed_after_fork(thing: Renewed) -> None:
    """From now on, for as long as it lives."""
    _every.add(thing)


def _renew() -> None:
    for thing in list(_every):
        thing.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
