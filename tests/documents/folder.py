"""A folder of documents: each loose file is one, and each folder with a file that says ``openapi:``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Source:
    """A document to generate from."""

    name: str
    spec: Path
    overlays: tuple[Path, ...] = ()

    @property
    def package(self) -> str:
        """A name for its package."""
        return "document_" + re.sub(r"\W+", "_", self.name).lower()


def sources(folder: Path) -> list[Source]:
    """The documents in a folder, by name."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
            overlays = tuple(file for file in files if _says("overlay", file))
            found += [Source(path.name, file, overlays) for file in files if _says("openapi", file)]
        elif path.suffix in _SUFFIXES and _says("openapi", path):
            found.append(Source(path.stem, path))
    return found


def _says(key: str, path: Path) -> bool:
    """Whether a file has the key at its root, as far as its text tells."""
    return re.search(rf'^(\s*\{{?\s*"{key}"|{key})\s*:', path.read_text(encoding="utf-8"), re.MULTILINE) is not None
