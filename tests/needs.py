"""Programs that some tests need and no Python package brings.

A machine without one skips those tests; CI, which sets the variable CI, is to have them all, and fails instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """The path of a browser that is built on Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _can_trace() -> bool:
    if shutil.which("strace") is None or not sys.platform.startswith("linux"):
        return False
    tried = subprocess.run(["strace", "-f", "-e", "trace=none", "true"], capture_output=True, check=False)
    return tried.returncode == 0


IS_THERE: dict[str, Callable[[], object]] = {
    "Celery": lambda: find_spec("celery"),
    "Chromium": browser,
    "gunicorn": lambda: find_spec("gunicorn"),
    "openssl": lambda: shutil.which("openssl"),
    "ssh-keygen": lambda: shutil.which("ssh-keygen"),
    "strace": _can_trace,  # it may be there and not be allowed to
}


@cache
def has(program: str) -> bool:
    return bool(IS_THERE[program]())


def need(program: str, *, is_there: bool | None = None) -> None:
    """Skip the test that runs now when the machine lacks a program; where the variable CI is set, fail it instead."""
    if not (has(program) if is_there is None else is_there):
        end = pytest.fail if os.environ.get("CI") else partial(pytest.skip, allow_module_level=True)
        end(f"there is no {program} here, or it cannot be used")
