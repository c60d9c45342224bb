"""A new state of the project: the files of a version."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from codegen.emit.tree import Tree
from codegen.errors import InputError
from codegen.settings import Settings
from codegen.update.project import with_version


def version_files(settings: Settings, before: Tree, tree: Tree, changelog: str) -> dict[Path, bytes | None]:
    """The package, the settings with the version, and the changelog; `None` for a file that goes."""
    package = settings.out / settings.package
    files: dict[Path, bytes | None] = {package / path: None for path in before if path not in tree}
    files |= {package / path: text.encode() for path, text in tree.items()}
    files[settings.config] = with_version(text_of(settings.config), settings.version).encode()
    files[settings.changelog] = changelog.encode()
    return files


def named_files(settings: Settings, files: Mapping[Path, bytes | None]) -> dict[str, bytes | None]:
    """What differs of them from what is there, by the path from the project's folder.

    Raises:
        InputError: One lies outside of it.
    """
    return {_named(settings, path): content for path, content in files.items() if _differs(path, content)}


def words_of(tree: Tree) -> Counter[str]:
    """What a package says, whatever the order: how often each word stands in its code."""
    code = (text for path, text in tree.items() if path.endswith(".py") and path != "_about.py")
    return Counter(word for text in code for word in re.findall(r"[\w.+-]+", text))


def text_of(path: Path) -> str:
    """A file's text.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error


def _named(settings: Settings, path: Path) -> str:
    resolved = path.resolve()
    if not resolved.is_relative_to(settings.base):
        raise InputError("lies outside the project's folder; update changes nothing there", path)
    return resolved.relative_to(settings.base).as_posix()


def _differs(path: Path, content: bytes | None) -> bool:
    return path.exists() if content is None else not path.is_file() or path.read_bytes() != content
