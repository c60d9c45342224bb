"""Change several files as one: after a stop at any instant there is the old state, or the new one can be completed.

Everything is written into a folder of its own first. Renaming that folder to its final name is the instant at which
the change is decided; what follows only moves files to where they belong, and can be done again. Whoever comes next
completes it.
"""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from codegen.errors import InputError

_DECIDED = ".codegen-update"
_PLAN = "plan.json"


def commit(base: Path, files: Mapping[str, bytes | None]) -> None:
    """Give each file, named from `base`, its new content; `None` removes it.

    Raises:
        InputError: Something cannot be written. Nothing was changed.
    """
    staging = base / f"{_DECIDED}-{os.getpid()}"
    try:
        _sweep(base)
        staging.mkdir()
        _write(staging / ".gitignore", b"*\n")
        plan = [(path, None if content is None else _staged(staging, content)) for path, content in files.items()]
        _write(staging / _PLAN, json.dumps(plan).encode())
        _flush(staging)
        staging.rename(base / _DECIDED)
        _flush(base)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise InputError(f"cannot be written: {error.strerror or error}; nothing was changed", base) from error
    complete(base)


def is_remnant(path: Path) -> bool:
    """Whether a folder is what a change left that was stopped before it was decided; the next one removes it."""
    return path.name.startswith(f"{_DECIDED}-")


def complete(base: Path) -> bool:
    """Finish a change that was decided and then stopped.

    Returns:
        Whether there was one.
    """
    decided = base / _DECIDED
    if not (decided / _PLAN).is_file():
        shutil.rmtree(decided, ignore_errors=True)  # all was moved, only the folder was left
        return False
    for path, name in json.loads((decided / _PLAN).read_bytes()):
        target = base / path
        with contextlib.suppress(FileNotFoundError):  # it was done before the stop, or is being done by another
            if name is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                (decided / name).replace(target)
            _flush(target.parent)
    (decided / _PLAN).unlink(missing_ok=True)
    shutil.rmtree(decided, ignore_errors=True)
    return True


def _sweep(base: Path) -> None:
    """Remove what updates left that were stopped before they were decided."""
    for folder in base.glob(f"{_DECIDED}-*"):
        if not _is_running(folder.name.rpartition("-")[2]):
            shutil.rmtree(folder)


def _is_running(process: str) -> bool:
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(process) != os.getpid()


def _staged(folder: Path, content: bytes) -> str:
    """Lay the content into `folder`, under a name that nothing else has."""
    name = uuid.uuid4().hex
    _write(folder / name, content)
    return name


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush(folder: Path) -> None:
    """Make what was renamed in `folder` outlast a power cut, where a system lets a folder be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
