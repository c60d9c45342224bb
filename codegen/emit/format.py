"""Format: ruff over all files at once. The rules are stated here: no configuration around us changes the bytes."""

import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ruff import find_ruff_bin

from codegen.errors import InputError

_COMMON = "--isolated --no-cache --target-version py310".split()
_OWN_IMPORTS = "__init__.py:F401"  # its imports are its purpose
_CHECK = ("check", *_COMMON, "--fix-only", "--select", "F401,I001,RUF022", "--per-file-ignores", _OWN_IMPORTS)
"""At the line length that is ruff's default, so that imports are sorted for a ruff without settings as well."""
_FORMAT = ("format", *_COMMON, "--line-length", "120")


def format_sources(sources: Mapping[str, str], overridden: Collection[str] = ()) -> dict[str, str]:
    """The Python sources with unused imports dropped, imports sorted, and laid out.

    Raises:
        InputError: One of them is not Python, for which the `overridden` templates may be to blame.
    """
    with tempfile.TemporaryDirectory() as scratch:
        files = {name: Path(scratch, name) for name in sources}
        for name, file in files.items():
            file.write_bytes(sources[name].encode())
        for command in (_CHECK, _FORMAT):
            _run([*command, *sources], scratch, overridden)
        return {name: file.read_bytes().decode() for name, file in files.items()}


def _run(arguments: Sequence[str], folder: str, overridden: Collection[str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own arguments
        (find_ruff_bin(), *arguments), cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        blame = f"the templates {', '.join(overridden)}, which are overridden," if overridden else "the generator"
        raise InputError(f"what was generated is not Python; this is a fault of {blame}: {done.stderr.strip()}")
