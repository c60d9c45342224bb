# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The rows of a run that this process works on alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from ..journal.workers import Workers
from .rows import Row
from .run import Run

_POLL = 0.25


class OwnRows:
    """Gives them in their order; what becomes of them is told by the thread that began the run."""

    shared = False

    def go_through(self, run: Run, workers: Workers[Any]) -> None:
        try:
            for row in _settled_rows(run):
                while workers.pending >= run.plan.concurrency:
                    run.tell(workers.result())
                if run.report.stopped:
                    break
                earlier = run.earlier(row)
                if earlier is not None:
                    run.tell(earlier)
                else:
                    workers.begin(partial(run.make, row))
            _tell_rest(run, workers)
        except BaseException as error:
            run.stop(type(error).__name__)
            _tell_rest(run, workers)
            raise


def _tell_rest(run: Run, workers: Workers[Any]) -> None:
    """They are on their way: what becomes of them has to be known."""
    for outcome in workers.rest():
        run.tell(outcome)


def _settled_rows(run: Run) -> Iterator[Row]:
    """The rows; those whose calls a killed run had begun come last, once it is known what became of them."""
    postponed = []
    for row in run.source:
        if run.plan.results is not None:
            run.plan.results.expect(row.number)
        if run.is_on_its_way(row):
            postponed.append(row)
        else:
            yield row
    for row in postponed:
        while run.is_on_its_way(row) and not run.report.stopped:
            time.sleep(_POLL)
        yield row
