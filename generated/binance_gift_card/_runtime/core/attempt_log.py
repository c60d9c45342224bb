# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The log of a client: a line for each attempt, which holds nothing secret, and the variable that shows them.

The lines go to a logger below the package's. Where a program has set up no logging they are not seen, unless the
variable asks for them; what is wrong with a journal is, since its logger is the package's own.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from typing import TextIO

from . import log
from .errors import ArgumentError, Attempt
from .interrupts import pass_on

_MOST_CHARACTERS = 200
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_ATTEMPTS = logging.getLogger(f"{log.PACKAGE.name}.attempts")
_ATTEMPTS.addHandler(logging.NullHandler())

shows_success = partial(_ATTEMPTS.isEnabledFor, logging.DEBUG)
"""Whether anybody listens to what went well."""


def write(operation: str, attempt: Attempt, entry: int | None) -> None:
    """Log how an attempt ended: as a warning if it may have been executed, or brought what cannot be read."""
    level = logging.INFO
    if attempt.outcome == "done":
        level = logging.WARNING if attempt.reason else logging.DEBUG
    elif attempt.outcome == "unknown":
        level = logging.WARNING
    if _ATTEMPTS.isEnabledFor(level) and _is_listened_to():
        log.tell(_ATTEMPTS, level, "%s attempt %d: %s", operation, attempt.number, _told(attempt, entry))


def _is_listened_to() -> bool:
    """Whether a line would reach anybody: while logging makes one, it swallows what a signal handler raises."""
    logger: logging.Logger | None = _ATTEMPTS
    while logger is not None:
        if any(not isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def _told(attempt: Attempt, entry: int | None) -> str:
    facts = [f"{attempt.outcome} in {attempt.seconds:.3f} s"]
    reason = "".join(char if char.isprintable() else "?" for char in attempt.reason[:_MOST_CHARACTERS])
    if attempt.status is not None and not reason.startswith("HTTP"):
        facts.append(f"HTTP {attempt.status}")
    if entry is not None:
        facts.append(f"entry {entry}")
    return ", ".join(facts) + (f": {reason}" if reason else "")


class _StandardError(logging.StreamHandler[TextIO]):
    """Shows what no handler of the program's takes."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error, as it is at the moment."""
        return sys.stderr

    def filter(self, record: logging.LogRecord) -> bool:
        others = [*logging.getLogger().handlers, *log.PACKAGE.handlers]
        return all(handler is self or record.levelno < handler.level for handler in others)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        error = sys.exc_info()[1]
        if error is not None:
            pass_on(error)  # else what a signal handler raised would end here
        super().handleError(record)


_SHOWN = _StandardError()


def follow(variable: str) -> None:
    """Log as the variable says; the first client of a process that finds it set decides.

    Raises:
        ArgumentError: It says no level.
    """
    value = os.environ.get(variable)
    if not value or _SHOWN in log.PACKAGE.handlers:
        return
    level = _LEVELS.get(value.lower())
    if level is None:
        raise ArgumentError(f"{variable} must be one of {', '.join(_LEVELS)}; or unset it")
    log.PACKAGE.setLevel(level)
    log.PACKAGE.addHandler(_SHOWN)
