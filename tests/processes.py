"""Processes whose output a test reads; none outlives its test, whatever fails."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

LONGEST_S = 60


@contextmanager
def piped(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process; it is killed if it has not ended when the test is done with it."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **{**streams, **options}) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def at_once(count: int, command: Sequence[str], **options: Any) -> Iterator[list[subprocess.Popen[str]]]:
    """As many processes that say that they are ready, and are then told to begin, however long one took to start."""
    with ExitStack() as running:
        options = {"stdin": subprocess.PIPE, **options}
        processes = [running.enter_context(piped(command, **options)) for _ in range(count)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate(timeout=LONGEST_S)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("!")
            process.stdin.flush()
        yield processes


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code, and what it said beside its result; one that does not end is killed, and fails the test."""
    try:
        said = process.communicate(timeout=LONGEST_S)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        out, said = process.communicate()
        pytest.fail(f"it did not end within {LONGEST_S} seconds; it said:\n{out}\n{said}")
    return process.returncode, said
