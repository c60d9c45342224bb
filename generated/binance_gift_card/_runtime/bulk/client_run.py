# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A bulk run as a client is asked for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.classify import Response
from ..core.context import Core
from ..core.errors import ClientError
from ..core.keeper import Tag
from ..core.operation import Operation, Reconciling
from ..journal.reconcile import allowance, options
from .own_rows import OwnRows
from .plan import Caller, Plan
from .results import Results
from .rows import Row, Rows
from .run import Run
from .shared_rows import SharedRows
from .sheet import Sheet

if TYPE_CHECKING:
    from ..journal.journal import Journal


def client_run(
    journal: Journal | None,
    core: Core,
    rule: Reconciling | None,
    ask: Callable[[Operation[Any], Mapping[str, Any], Tag | None], Response[Any]],
    operation: Operation[Any],
    rows: Rows | Sheet,
    *,
    out: str | os.PathLike[str] | None,
    resume: bool,
    secrets: bool,
    shared: bool,
    **rest: Any,
) -> Run:
    """A run that makes its calls by `ask`, ready to be executed.

    Raises:
        ArgumentError: Rows or a setting cannot be used.
    """

    def call(operation: Operation[Any], row: Row, key: str | None) -> tuple[Any, int | None, str]:
        tag = None if core.journal is None else Tag(row.note, key)
        try:
            response = ask(operation, row.arguments, tag)
        except ClientError as error:
            raise error.bare() from None
        return response.result, response.entry, response.unkept

    def left() -> Any:
        assert journal is not None
        return allowance(journal, rule, core.scope, options(False))

    caller = Caller(
        journal, call, lambda operation, pace: core.limits.pause_of_many(operation.weight, pace), left, core.scope
    )
    written = None if out is None else Results(out, operation, resume=resume, secrets=secrets, rows=rows)
    plan = Plan(resume=resume, results=written, **rest)
    return Run(caller, operation, rows, plan, SharedRows() if shared else OwnRows())
