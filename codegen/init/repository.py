"""The files of a new repository: some as they stand in ``files/``, the others templates there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml

from codegen.emit.format import format_sources

_FILES = Path(__file__).parent / "files"
_TEMPLATE = ".jinja"
_TESTS = "tests/"


def repository(context: Mapping[str, Any]) -> dict[str, bytes]:
    """Path → content. A template that gives nothing gives no file."""
    texts = {_path(file): _text(file, context) for file in _files()}
    texts = {path: text for path, text in texts.items() if text.strip()}
    tests = {path.removeprefix(_TESTS): text for path, text in texts.items() if path.startswith(_TESTS)}
    texts |= {f"{_TESTS}{name}": text for name, text in format_sources(tests).items()}
    return {path: text.encode() for path, text in texts.items()}


def _files() -> list[Path]:
    """All but what pip compiles of them where it installs the generator."""
    return [file for file in sorted(_FILES.rglob("*")) if file.is_file() and file.parent.name != "__pycache__"]


def _path(file: Path) -> str:
    """Where a file belongs; what begins with a dot there does not begin with one here, where it would count."""
    parts = file.relative_to(_FILES).parts
    return "/".join(part.replace("dot_", ".", 1) if part.startswith("dot_") else part for part in parts).removesuffix(
        _TEMPLATE
    )


def _text(file: Path, context: Mapping[str, Any]) -> str:
    if file.suffix != _TEMPLATE:
        return file.read_text(encoding="utf-8")
    return _environment().get_template(file.relative_to(_FILES).as_posix()).render(context)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FILES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is no HTML; text of the document goes through a filter that quotes it
    )
    environment.filters |= {"json": _quoted, "toml": _quoted, "yaml": _yaml, "python": repr}
    return environment


def _quoted(text: str) -> str:
    """The text as JSON writes it, which is how YAML and TOML may."""
    return json.dumps(text, ensure_ascii=False)


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=None)).rstrip()
