"""Format: ruff over texts in memory. The rules are stated here: no configuration around us changes the bytes."""

import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor  # noqa: TID251 - a build may be killed as it is

from ruff import find_ruff_bin

from codegen.errors import InputError

_COMMON = "--isolated --no-cache --quiet --target-version py310 --line-length 120".split()
_CHECK = ("check", *_COMMON, "--fix-only", "--select", "F401,I001")
_FORMAT = ("format", *_COMMON)


def format_sources(sources: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The Python sources with unused imports dropped, imports sorted, and laid out.

    Each is begun as soon as `sources` yields it, beside the making of the next.
    """
    ruff = find_ruff_bin()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        begun = {name: pool.submit(_formatted, ruff, name, text) for name, text in sources}
        return {name: formatted.result() for name, formatted in begun.items()}


def _formatted(ruff: str, name: str, text: str) -> str:
    if name != "__init__.py":  # its imports are what it is for
        text = _run(ruff, (*_CHECK, "--stdin-filename", name, "-"), name, text)
    return _run(ruff, (*_FORMAT, "--stdin-filename", name, "-"), name, text)


def _run(ruff: str, arguments: tuple[str, ...], name: str, text: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        (ruff, *arguments), input=text, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise InputError(f"the generated {name} is not Python; this is a fault of the generator: {done.stderr.strip()}")
    return done.stdout
