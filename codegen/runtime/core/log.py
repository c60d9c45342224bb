"""The logger of the package. It decides nothing: what a filter or a handler of the program's raises ends here."""

from __future__ import annotations

import logging

from .interrupts import pass_on

PACKAGE = logging.getLogger(__name__.partition("._runtime")[0])


def warning(message: str, *values: object) -> None:
    """Log what a person should look at."""
    tell(PACKAGE, logging.WARNING, message, *values)


def error(message: str, *values: object) -> None:
    """Log what went wrong beside a call, which goes on."""
    tell(PACKAGE, logging.ERROR, message, *values)


def tell(logger: logging.Logger, level: int, message: str, *values: object) -> None:
    """Log a line; a handler that fails costs no answer that was paid for."""
    try:
        logger.log(level, message, *values, stacklevel=3)
    except Exception as failure:
        pass_on(failure)
