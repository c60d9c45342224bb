"""Modules of the runtime that the package of a story does not carry, because its document asks for none of them."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .virtual import PACKAGE

RUNTIME = Path(__file__).parents[2] / "codegen/runtime"
ADDED = ("core/idempotency", "core/settling")


def add(path: str) -> ModuleType:
    """A module as if the package had it; a copy of the package with a fault in it may have it."""
    name = f"{PACKAGE}.{path.replace('/', '.')}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        spec = importlib.util.spec_from_file_location(name, RUNTIME / f"{path}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
