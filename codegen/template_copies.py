"""Copies of templates, for a project to change: made, held against their originals, and brought up to date."""

import contextlib
import difflib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from codegen.emit.overrides import Override, original, original_beside, overrides, template_names
from codegen.errors import InputError


def copy(folder: Path, names: Sequence[str]) -> list[Path]:
    """Put templates into `folder`, each with its original beside it; none where one is there already.

    Raises:
        InputError: There is no such template, or something is in the way.
    """
    _refuse_unknown(names)
    copies = [folder / name for name in names]
    for path in copies:
        for file in _pair(path):
            if file.exists():
                raise InputError("is there already; nothing was copied", file)
    files = {file: original(name) for name, path in zip(names, copies, strict=True) for file in _pair(path)}
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink()
        raise InputError(f"cannot be written: {error.strerror}", folder) from error
    return copies


def states(folder: Path | None) -> list[tuple[str, Override | None]]:
    """Every template of the generator, with what stands in for it.

    Raises:
        InputError: As `overrides`.
    """
    found = overrides(folder)
    return [(name, found.get(name)) for name in template_names()]


def changes(override: Override) -> str:
    """What changed in the original since the override was copied from it."""
    before, after = override.copied.splitlines(keepends=True), original(override.name).splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, f"{override.name} as copied", f"{override.name} now"))


def merge(folder: Path, names: Sequence[str]) -> dict[str, bool]:
    """Take into copies what changed in their originals; by name, whether nothing is left for a person to decide.

    Raises:
        InputError: There is no such copy, or git cannot be run.
    """
    found = overrides(folder)
    for name in names:
        if name not in found:
            raise InputError(f"has no template {name!r}", folder)
    wanted = [found[name] for name in names or found]
    return {override.name: _merge(override) for override in wanted if override.is_outdated}


def _merge(override: Override) -> bool:
    """Git's three-way merge; the original is renewed last, so that a merge that was cut off is done again."""
    now = original(override.name)
    with tempfile.TemporaryDirectory() as scratch:
        (latest := Path(scratch, "latest")).write_text(now, encoding="utf-8")
        labels = [part for label in ("yours", "as copied", "now") for part in ("-L", label)]
        files = (override.path, original_beside(override.path), latest)
        command = ["git", "merge-file", "-p", "--diff3", *labels, *(str(file.resolve()) for file in files)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - git, with files
        except OSError as error:
            raise InputError(f"git cannot be run: {error.strerror}", override.path) from error
    if not 0 <= done.returncode < 128:  # the number of conflicts
        raise InputError(f"git cannot merge it: {done.stderr.decode(errors='replace').strip()}", override.path)
    _replace(override.path, done.stdout)
    _replace(original_beside(override.path), now.encode())
    return done.returncode == 0


def _pair(path: Path) -> tuple[Path, Path]:
    return path, original_beside(path)


def _replace(path: Path, content: bytes) -> None:
    """All of it or nothing, whatever happens in between."""
    scratch = path.with_name(f".{path.name}.new")  # hidden: what is left of it is no template
    try:
        scratch.write_bytes(content)
        scratch.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path) from error


def _refuse_unknown(names: Sequence[str]) -> None:
    known = template_names()
    for name in names:
        if name not in known:
            raise InputError(f"the generator has no template {name!r}; it has {', '.join(known)}")
