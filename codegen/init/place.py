"""The folder of a new repository: nothing else may be in it, and everything is put there as one."""

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path

from codegen.errors import InputError
from codegen.update.transaction import commit, is_remnant

_SHOWN = 5


def refuse_others(folder: Path, ours: Collection[Path]) -> None:
    """See that nothing is in the folder but git's own and what is ours.

    Raises:
        InputError: It names what is in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("is no folder", folder)
    known = {path.resolve() for path in ours}
    others = (path for path in _below(folder) if path.resolve() not in known)
    names = [path.relative_to(folder).as_posix() for path in islice(others, _SHOWN)]
    if names:
        more = ", …" if len(names) == _SHOWN else ""
        raise InputError(
            f"is not empty: {', '.join(names)}{more}; take an empty folder, for nothing is ever overwritten", folder
        )


def _below(folder: Path) -> Iterator[Path]:
    for home, folders, names in os.walk(folder):
        if Path(home) == folder:
            folders[:] = [name for name in folders if name != ".git" and not is_remnant(folder / name)]
        folders.sort()
        yield from (Path(home, name) for name in sorted(names))


def put(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write the files, of which one may be there already as it should be.

    Returns:
        What was written.

    Raises:
        InputError: It cannot be written; the folder is as it was.
    """
    absent = {name: content for name, content in files.items() if not (folder / name).exists()}
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        commit(folder.resolve(), absent)
    except (OSError, InputError) as error:
        for path in made:
            with contextlib.suppress(OSError):  # it was not made, or somebody has put something there since
                path.rmdir()
        raise InputError(f"cannot be written: {error}", folder) from error
    return sorted(absent)
