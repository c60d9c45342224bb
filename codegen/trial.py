"""Trial: what would be written is imported in a process of its own, and all of it built, before it is written."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.emit.runtime import RUNTIME
from codegen.errors import InputError, Place, shown
from codegen.read.load import Document
from codegen.read.operations import declared_operations
from codegen.settings import Settings

_PROGRAM = Path(__file__).parent / "trial_program.py"
_LONGEST_S = 600.0
"""Of a trial: far more than the largest document takes."""


def is_wanted() -> bool:
    """Whether packages are tried: always, but where the benchmark measures generation alone."""
    return os.environ.get("SDK_CODEGEN_UNTRIED") != "1"


def prove(tree: Mapping[str, str], settings: Settings, document: Document) -> None:
    """See that a package can be imported, that its decoders and operations can be built, and its methods called.

    Raises:
        InputError: Something of it does not work; it names what in the document it was made of, if that is known.
    """
    if not is_wanted():
        return
    with tempfile.TemporaryDirectory() as folder:
        for path, text in tree.items():
            if path.endswith(".py") and not path.startswith("_runtime/"):
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode())
        fault = _fault(folder, settings)
    if fault is not None:
        raise InputError(f"what would be written does not work: {fault['error']}", _place(document, fault))


def _fault(folder: str, settings: Settings) -> dict[str, Any] | None:
    command = [
        sys.executable,
        "-W",
        "ignore",
        str(_PROGRAM),
        folder,
        settings.package,
        str(RUNTIME),
        settings.model_module,
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=_LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        hooks = f"; is it a hook, of {', '.join(settings.security)}?" if settings.security else ""
        return {
            "error": f"the trial did not end within {_LONGEST_S:.0f} s: something waits where it is imported{hooks}"
        }
    try:
        fault: dict[str, Any] | None = json.loads(done.stdout.strip().rpartition("\n")[2])
    except ValueError:
        return {"error": f"the trial ended with {done.returncode}: {done.stderr.strip()[-1000:]}"}
    return fault


def _place(document: Document, fault: Mapping[str, Any]) -> Place:
    schemas = (document.tree.get("components") or {}).get("schemas") or {}
    if fault.get("model") in schemas:
        return document.place(("components", "schemas", fault["model"]))
    for given in declared_operations(document.tree):
        if [given.verb, given.path] == fault.get("operation"):
            return document.place(given.pointer)
    return Place(shown(document.path))
