"""A program as a process that begins with its imports done: each run is forked from one that has them.

A run has an exit code, streams, an environment and a folder of its own, as one of ``python -m`` has; the part of a
second that its imports take is spared. What is said of imports and of the end of the interpreter needs a process that
is started from nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

LONGEST_S = 60
_IMPORTS = [
    "pytest",
    "tests.forked",
    "binance_gift_card._commands",
    "binance_gift_card._runtime.journal.report",
    "binance_gift_card._runtime.journal.stores.postgres",
    "binance_gift_card._runtime.journal.stores.sqlite",
    "binance_gift_card._runtime.sync.connection",
    "binance_gift_card.bulk",
    "binance_gift_card.cli",
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
"""Of all programs: a worker of pytest has one process to fork from. What is not installed is passed over."""
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(_IMPORTS)


def run(
    module: str, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """What the `main` of a module came to, and what it said."""
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        streams[0].write_text(stdin, encoding="utf-8")
        process = _FORKS.Process(target=_main, args=(module, arguments, cwd, dict(environment), streams))
        process.start()
        process.join(LONGEST_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, LONGEST_S)
        said = [stream.read_text(encoding="utf-8") for stream in streams[1:]]
        return subprocess.CompletedProcess(command, process.exitcode, *said)


def _main(
    module: str, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], streams: Sequence[Path]
) -> None:
    for stream, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing had closed it
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    found = import_module(module)
    sys.argv = [str(found.__file__), *arguments]
    sys.exit(found.main())
