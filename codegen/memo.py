"""Generation is a pure function of its inputs, so its result is remembered under the digest of them all.

An entry names every file that was read, the settings, the generator's own files and its tools' versions; it is used
only while all of them are what they were. It is a shortcut on one machine: a clean clone generates.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from codegen import trial
from codegen.settings import Settings

TOOLS = (
    "anyascii datamodel-code-generator jinja2 ruff pyyaml python-jsonpath jsonschema-rs openapi-spec-validator".split()
)
_FOLDER = ".codegen-cache"


def recall(settings: Settings) -> tuple[dict[str, str], list[str]] | None:
    """The tree and the warnings that these inputs gave before; `None` when they are not known."""
    if not settings.remembers:
        return None
    try:
        entry = json.loads(_file(settings).read_bytes())
        inputs = {Path(path): digest for path, digest in entry["inputs"].items()}
        fresh = entry["key"] == _key(settings) and all(_digest(path) == digest for path, digest in inputs.items())
        if fresh and entry["seal"] == _seal(entry):
            return entry["tree"], entry["warnings"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # no entry, or none that can be read: generate
    return None


def remember(settings: Settings, inputs: Iterable[Path], tree: dict[str, str], warnings: list[str]) -> None:
    """Keep what the inputs gave. A folder that cannot be written only costs the shortcut."""
    if not settings.remembers:
        return
    digests = {str(path.resolve()): _digest(path) for path in inputs}
    entry: dict[str, Any] = {"key": _key(settings), "inputs": digests, "tree": tree, "warnings": warnings}
    entry["seal"] = _seal(entry)
    file = _file(settings)
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        (file.parent / ".gitignore").write_text("*\n")
        descriptor, scratch = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(entry, stream)
        Path(scratch).replace(file)


def _file(settings: Settings) -> Path:
    name = _text_digest(json.dumps([str(settings.spec.resolve()), settings.package, settings.models]))
    return settings.base / _FOLDER / f"{name[:32]}.json"


def _key(settings: Settings) -> str:
    own = Path(__file__).parent
    files = sorted(path for path in own.rglob("*") if path.suffix in (".py", ".jinja", ".jinja2"))
    parts: list[object] = [sys.version, [(tool, version(tool)) for tool in TOOLS], repr(settings), trial.is_wanted()]
    parts += [[str(path.relative_to(own)), _digest(path)] for path in files]
    parts += [[str(path), _digest(path)] for path in _overrides(settings)]
    return _text_digest(json.dumps(parts))


def _overrides(settings: Settings) -> list[Path]:
    """All files of the folder: one that comes or goes counts as well."""
    folder = settings.templates
    return [] if folder is None else sorted(path for path in folder.rglob("*") if path.is_file())


def _seal(entry: dict[str, Any]) -> str:
    return _text_digest(json.dumps([entry[name] for name in ("key", "inputs", "tree", "warnings")]))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
