"""Tree: one ``{path: text}``, and the readers of it: `write` puts it on disk whole, `differences` compares."""

import difflib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from codegen.errors import InputError

Tree: TypeAlias = Mapping[str, str]
"""Relative path → text."""

_CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".DS_Store"})


@dataclass(frozen=True)
class Difference:
    """One file that is not what it should be."""

    kind: str
    """missing, stale, or added."""
    path: str
    diff: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}\n{self.diff}".rstrip("\n")


def differences(tree: Tree, folder: Path, *, with_lines: bool = True) -> list[Difference]:
    """What in `folder` is not what `tree` says, in the order of the paths; to find the lines may take seconds."""
    there = _files(folder)
    found = []
    for path in sorted(tree.keys() | there):
        if path not in there:
            found.append(Difference("missing", path))
        elif path not in tree:
            found.append(Difference("added", path))
        elif (actual := _read(folder / path)) != tree[path].encode():
            lines = _diff(path, actual.decode(errors="replace"), tree[path]) if with_lines else ""
            found.append(Difference("stale", path, lines))
    return found


def read_folder(folder: Path) -> dict[str, str]:
    """The tree that `folder` holds; an empty one where there is none."""
    return {path: _read(folder / path).decode(errors="replace") for path in sorted(_files(folder))}


def write(tree: Tree, folder: Path) -> list[Difference]:
    """Make `folder` hold `tree` and nothing else, in one step; a failure leaves what was there.

    Returns:
        What was different before. Where nothing was, nothing is touched.

    Raises:
        InputError: The folder cannot be written, or holds something that is no generated package.
    """
    before = differences(tree, folder, with_lines=False)
    if not before:
        return []
    try:
        _refuse_foreign(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _fill(scratch / "new", tree)
            _swap(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", folder) from error
    return before


def _files(folder: Path) -> set[str]:
    found = set()
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _CACHES]
        base = Path(parent)
        links = [name for name in folders if (base / name).is_symlink()]
        found |= {(base / name).relative_to(folder).as_posix() for name in (*names, *links) if name not in _CACHES}
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error


def _diff(path: str, actual: str, expected: str) -> str:
    lines = difflib.unified_diff(
        actual.splitlines(keepends=True),
        expected.splitlines(keepends=True),
        f"on disk/{path}",
        f"generated/{path}",
        n=2,
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def _refuse_foreign(folder: Path) -> None:
    """A folder of somebody's own files is not ours to replace."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError("is in the way: it is no folder", folder)
    if folder.is_dir() and _files(folder) and not (folder / "_about.py").is_file():
        raise InputError("holds files that were not generated; name another package or folder, or empty it", folder)


def _fill(folder: Path, tree: Tree) -> None:
    for path, text in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def _swap(scratch: Path, folder: Path) -> None:
    old = scratch / "old"
    if folder.exists():
        folder.rename(old)
    try:
        (scratch / "new").rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
