"""The command: ``sdk-codegen``, or ``python -m codegen``."""

import gc
import os
import sys
from collections.abc import Callable

from codegen.cli import main

_READER_GONE = 141
"""What shells say of a program that wrote to a pipe which nobody reads any more."""


def once(command: Callable[[], int]) -> int:
    """Run a command in a process that ends with it: what it makes is needed to its end, so little is collected."""
    gc.set_threshold(100_000, 50, 100)
    code = command()
    gc.freeze()  # the process takes it along; to collect it first costs a tenth of a second
    return code


def run() -> int:
    """Run the command ``sdk-codegen``; its exit code."""
    try:
        code = once(main)
        sys.stdout.flush()
    except BrokenPipeError:  # who read it has enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    return code


if __name__ == "__main__":
    sys.exit(run())
