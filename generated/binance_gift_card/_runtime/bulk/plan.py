# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""How a bulk run is to go, and what it needs of its client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.keeper import Scope
from ..core.opaque import Opaque
from ..core.operation import Operation
from .outcome import Outcome
from .results import Results
from .rows import Row

if TYPE_CHECKING:
    from ..journal.findings import Allowance
    from ..journal.journal import Journal


class Plan(Opaque, kw_only=True):
    """How a run is to go."""

    run: str | None
    resume: bool
    dry_run: bool
    concurrency: int
    unanswered: int
    results: Results | None
    """Where the results are written."""
    on_result: Callable[[Outcome], None] | None
    progress: Callable[[int, int | None], None] | None


class Caller(Opaque):
    """What a run needs of its client."""

    journal: Journal | None
    call: Callable[[Operation[Any], Row, str | None], tuple[Any, int | None, str]]
    """Makes the call of a row under an idempotency key: its result, its entry, and why the journal does not have it."""
    pause: Callable[[Operation[Any], float], float]
    """Seconds to wait before the next call, to keep that share of the rate limits."""
    allowance: Callable[[], Allowance]
    """What may still be issued this month."""
    scope: Callable[[Operation[Any]], Scope]
    """Where an operation is called, and for whom."""
