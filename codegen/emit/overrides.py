"""Overrides: single templates of a project that stand in for the generator's own.

Beside each lies the original that it was copied from, so that a later generator can say what changed in it since.
"""

import contextlib
import difflib
import os
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import jinja2

from codegen.errors import InputError, shown

TEMPLATES = Path(__file__).parents[1] / "templates"
ORIGINAL = ".original"
"""What the name of an original ends with, beside the template that was copied from it."""


@dataclass(frozen=True)
class Override:
    """One of them."""

    name: str
    """The path of the template that it stands in for, such as ``macros/client.jinja``."""
    path: Path
    copied: str
    """The original as it was when this was copied from it."""

    @property
    def is_outdated(self) -> bool:
        """Whether the original has changed since."""
        return self.copied != original(self.name)


Overrides: TypeAlias = Mapping[str, Override]
"""By the name of the template."""


def template_names() -> list[str]:
    """All templates of the generator."""
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja*"))


def original(name: str) -> str:
    """The text of the generator's own template."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def original_beside(path: Path) -> Path:
    """Where the original of an override lies."""
    return path.with_name(path.name + ORIGINAL)


def overrides(folder: Path | None) -> dict[str, Override]:
    """The overrides that a folder holds.

    Raises:
        InputError: There is no such folder, or something in it is no template and no original of one.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise InputError("is no folder of templates; make one with the command 'templates copy'", folder)
    names = template_names()
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name, path in found.items():
        _refuse_unknown(name, path, names, found)
    return {name: Override(name, found[name], _text(original_beside(found[name]))) for name in names if name in found}


def warnings(found: Overrides) -> list[str]:
    """What to say of those whose original has changed."""
    told = "its original has changed since it was copied; the command 'templates' shows how"
    return [f"{shown(override.path)}: {told}" for override in found.values() if override.is_outdated]


@contextlib.contextmanager
def explained(found: Overrides) -> Iterator[None]:
    """Say in which file and line a template failed, where a project has its own; a generator's own never fails."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # a template may do whatever Python can
        if not found:
            raise
        told = ", ".join(found)
        message = f"the template fails: {type(error).__name__}: {error}; overridden are {told}"
        raise InputError(message, _place(error)) from error


def _files(folder: Path) -> Iterator[Path]:
    """All files but hidden ones."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _refuse_unknown(name: str, path: Path, names: list[str], found: Mapping[str, Path]) -> None:
    template = name.removesuffix(ORIGINAL)
    if template not in names:
        near = difflib.get_close_matches(template, names, n=1)
        meant = f"; {near[0]} may be meant" if near else ""
        raise InputError(f"overrides nothing: the generator has no template {template!r}{meant}", path)
    if template not in found:
        raise InputError("is an original without a template copied from it; delete it", path)
    if template + ORIGINAL not in found:
        beside = original_beside(path).name
        raise InputError(f"has no {beside} beside it, which tells what it was copied from; see 'templates copy'", path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", path) from error


def _place(error: Exception) -> str | None:
    """File and line of the innermost template that was at work."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return f"{shown(Path(error.filename))}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{shown(Path(frame.filename))}:{frame.lineno}" for frame in frames if ".jinja" in frame.filename]
    return lines[-1] if lines else None
