"""What a release command says when it cannot go on: one message, and an exit code."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

Parameters = ParamSpec("Parameters")


class ReleaseError(Exception):
    """The call or its surroundings are wrong: exit code 2."""

    exit_code = 2


class DifferenceError(ReleaseError):
    """What is there is not what should be: exit code 1."""

    exit_code = 1


def report(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Let a command end with its error's message and exit code."""

    @functools.wraps(command)
    def run(*arguments: Parameters.args, **named: Parameters.kwargs) -> None:
        try:
            command(*arguments, **named)
        except ReleaseError as error:
            print(f"release: {error}", file=sys.stderr)
            sys.exit(error.exit_code)

    return run
