"""The table of settings in a TOML file: which keys it has, and of what kind their values are."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TEXT_KEYS = (
    "spec out package client error environment version models schema-check accepted command license distribution"
    " user-agent changelog received templates index tag-prefix"
).split()
_FLAGS = ("async", "strict")
_KEYS = {*_TEXT_KEYS, *_FLAGS, "overlays", "security"}


def read_toml(path: Path, *, required: bool) -> dict[str, Any]:
    """The content of a TOML file; nothing where there is none and none is required.

    Raises:
        InputError: It cannot be read.
    """
    if not path.exists() and not required:
        return {}
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML: {error}", path) from error
    return document


def table_of(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """``[tool.codegen]`` of a document that was read from `path`.

    Raises:
        InputError: It has an unknown key, or a value of another kind.
    """
    table = document.get("tool", {}).get("codegen", {})
    for key, value in table.items():
        if key not in _KEYS:
            raise InputError(f"[tool.codegen] has no key {key!r}; it knows {', '.join(sorted(_KEYS))}", path)
        if key in _TEXT_KEYS and not isinstance(value, str):
            raise InputError(f"[tool.codegen] {key} must be text, not {value!r}", path)
    for key in _FLAGS:
        if not isinstance(table.get(key, True), bool):
            raise InputError(f"[tool.codegen] {key} must be true or false, not {table[key]!r}", path)
    _expect(table.get("overlays", []), list, "overlays", "a list of paths", path)
    _expect(table.get("security", {}), dict, "security", "a table of scheme = hook", path)
    checked: dict[str, Any] = table
    return checked


def _expect(value: object, kind: type[list[Any]] | type[dict[str, Any]], key: str, meaning: str, path: Path) -> None:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not isinstance(value, kind) or not all(isinstance(item, str) for item in items):
        raise InputError(f"[tool.codegen] {key} must be {meaning}", path)
