"""A program as a process that begins with its imports done: each run is forked from one that has them.

A run has an exit code, streams, an environment and a folder of its own, and ends as an interpreter does; the part of
a second that its imports take is spared. What is said of imports and of the start of an interpreter needs a process
that is started from nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

LONGEST_S = 60
_IMPORTS = [
    "pytest",
    "tests.forked",
    "binance_gift_card._runtime.journal.report",
    "binance_gift_card._runtime.journal.stores.postgres",
    "binance_gift_card._runtime.journal.stores.sqlite",
    "binance_gift_card._runtime.sync.connection",
    "binance_gift_card.bulk",
    "codegen.cli",
    "codegen.compare.report",
    "codegen.diff",
    "codegen.emit.render",
    "codegen.lower.api",
    "codegen.read.check",
    "codegen.read.overlay",
    "codegen.update.update",
    "datamodel_code_generator",
    "datamodel_code_generator.parser.openapi",
    "cryptography.hazmat.primitives.ciphers.aead",
    "encodings.idna",
    "jinja2",
    "psycopg",
    "rich.progress",
    "typer._adapters",
]
"""Of all programs: a worker of pytest has one process to fork from. What is not installed is passed over, and what asks
for the environment where it is imported is not among them."""
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(_IMPORTS)


def run(
    module: str,
    arguments: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    stdin: str = "",
    before: Callable[[], object] | None = None,
) -> subprocess.CompletedProcess[str]:
    """What the `main` of a module came to, and what it said.

    `before` is done in the process when all else stands: a function of a module, which is imported there.
    """
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        streams[0].write_text(stdin, encoding="utf-8")
        process = _FORKS.Process(target=_main, args=(module, arguments, cwd, dict(environment), streams, before))
        process.start()
        process.join(LONGEST_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, LONGEST_S)
        said = [stream.read_text(encoding="utf-8") for stream in streams[1:]]
        return subprocess.CompletedProcess(command, process.exitcode, *said)


def _main(
    module: str,
    arguments: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    streams: Sequence[Path],
    before: Callable[[], object] | None,
) -> None:
    for stream, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(stream, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115 - they live as long as it does
        for stream, mode, errors in ((0, "r", "strict"), (1, "w", "strict"), (2, "w", "backslashreplace"))
    )
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(cwd)
    found = import_module(module)
    sys.argv = [str(found.__file__), *arguments]
    if before is not None:
        before()
    try:
        sys.exit(found.main())
    finally:
        _flush()


def _flush() -> None:
    """As an interpreter does at its end: what its output does not take changes the exit code."""
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except OSError as error:
        sys.stdout = None
        if sys.stderr is not None:
            sys.stderr.write(f"Exception ignored on flushing sys.stdout: {error}\n")
        sys.exit(120)
