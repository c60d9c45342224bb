"""Load: a document, YAML or JSON, into a plain tree; ``$ref``s to files beside it are brought inside.

Line and column are not carried through the tree. They are looked up in the file when an error needs them
(`Document.place`), so that a document without errors pays nothing for them.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from codegen.errors import InputError, Place, Pointer, shown
from codegen.read.references import BUNDLED, references
from codegen.read.source import locate, locate_all, place_of, read_text


@dataclass
class Document:
    """A document's tree, and where its parts came from."""

    tree: dict[str, Any]
    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    """Mount name → file, for each file brought inside."""
    patches: list[tuple[Pointer, Path, Pointer]] = field(default_factory=list)
    """For each overlay update: what it was laid onto, the overlay, and where in the overlay the update stands."""
    needless: list[Place] = field(default_factory=list)
    """The overlay actions that changed nothing, because the document says the same."""

    @property
    def sources(self) -> list[Path]:
        """Every file that was read."""
        return [self.path, *self.files.values()]

    def place(self, pointer: Pointer) -> Place:
        """File, line and column of the node at `pointer`: in the overlay that put it there, or in the document."""
        return self.places([pointer])[pointer]

    def places(self, pointers: Iterable[Pointer]) -> dict[Pointer, Place]:
        """The place of each pointer; every file is read once."""
        homes: dict[Path, dict[Pointer, Pointer]] = {}
        places: dict[Pointer, Place] = {}
        for pointer in pointers:
            patched = self._patched(pointer)
            if patched is None:
                path, inner = self._home(pointer)
                homes.setdefault(path, {})[inner] = pointer
            else:
                places[pointer] = patched
        for path, wanted in homes.items():
            found = locate_all(path, wanted)
            for inner, pointer in wanted.items():
                position = found[inner][0] if inner in found else (None, None)
                places[pointer] = Place(shown(path), inner, *position)
        return places

    def _patched(self, pointer: Pointer) -> Place | None:
        for target, overlay, update in reversed(self.patches):
            if pointer[: len(target)] == target and len(pointer) > len(target):
                found = locate(overlay, update + pointer[len(target) :], exact=True)
                if found is not None:
                    return Place(shown(overlay), pointer, *found)
        return None

    def _home(self, pointer: Pointer) -> tuple[Path, Pointer]:
        """The file that a pointer leads into, and the pointer there."""
        if len(pointer) > 1 and pointer[0] == BUNDLED:
            return self.files[str(pointer[1])], pointer[2:]
        return self.path, pointer


def load(path: Path) -> Document:
    """Read the document at `path` and the files its ``$ref``s name.

    Raises:
        InputError: A file cannot be read, is not YAML or JSON, is no mapping, or a reference leaves the folder.
    """
    document = Document(tree=read_mapping(path), path=path)
    _bundle(document, document.tree, path, prefix="")
    return document


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML or JSON file whose root is a mapping."""
    text = read_text(path)
    tree = _parse_json(text, path) if text.lstrip()[:1] == "{" else _parse_yaml(text, path)
    if not isinstance(tree, dict):
        raise InputError(f"must be a mapping at its root, not {_kind(tree)}", Place(shown(path), (), 1, 1))
    return tree


def _bundle(document: Document, tree: dict[str, Any], path: Path, prefix: str) -> None:
    """Mount each file that `tree` refers to, once, and make every reference a local one."""
    for node, pointer in list(references(tree)):
        target, _, fragment = node["$ref"].partition("#")
        if target:
            mount = _mount(document, target, path, pointer)
            node["$ref"] = f"#/{BUNDLED}/{_escape(mount)}{fragment}"
        elif prefix:
            node["$ref"] = f"#{prefix}{fragment}"


def _mount(document: Document, target: str, path: Path, pointer: Pointer) -> str:
    here = place_of(path, pointer)
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE) or target.startswith("/"):
        raise InputError(f"$ref {target!r} is not fetched; copy the file beside the document and name it there", here)
    file = path.parent / target
    if not file.resolve().is_relative_to(document.path.parent.resolve()):
        raise InputError(f"$ref {target!r} leaves the document's folder", here)
    if file.resolve() == document.path.resolve():
        raise InputError(f"$ref {target!r} names the document itself; begin the reference with '#'", here)
    mount = file.resolve().relative_to(document.path.parent.resolve()).as_posix()
    if mount not in document.files:
        if not file.is_file():
            raise InputError(f"$ref {target!r} names a file that is not there", here)
        tree = read_mapping(file)
        document.files[mount] = file
        document.tree.setdefault(BUNDLED, {})[mount] = tree
        _bundle(document, tree, file, prefix=f"/{BUNDLED}/{_escape(mount)}")
    return mount


def _escape(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")


def _kind(value: object) -> str:
    names = {"NoneType": "empty", "list": "a list", "str": "a text", "int": "a number", "float": "a number"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")


def _parse_json(text: str, path: Path) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique_pairs(path))
    except json.JSONDecodeError as error:
        place = Place(shown(path), (), error.lineno, error.colno)
        if path.suffix == ".json":
            raise InputError(f"is not JSON: {error.msg}", place) from error
        return _parse_yaml(text, path)  # YAML's own braces


def _unique_pairs(path: Path) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise InputError(f"the key {twice!r} stands twice in one mapping", Place(shown(path)))
        return mapping

    return build


def _parse_yaml(text: str, path: Path) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader builds plain values only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown(path), (), mark.line + 1, mark.column + 1) if mark else Place(shown(path))
        raise InputError(f"is not YAML: {error.problem or error.context}", place) from error
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {' '.join(str(error).split())}", path) from error


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's core values: ``no`` and ``2024-01-01`` are text, and every key is text (``200:`` too)."""

    yaml_implicit_resolvers: Mapping[str, list[Any]] = {}  # type: ignore[assignment]  # the stub has no name for it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key_node.start_mark)
            key = key_node.value
            if key in mapping:
                problem = f"the key {key!r} stands twice in one mapping"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            mapping[key] = self.construct_object(value_node, deep=True)
        return mapping

    def construct_map(self, node: yaml.MappingNode) -> dict[Any, Any]:
        return self.construct_mapping(node)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_map)
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def _construct_int(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = node.value
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_Loader.add_constructor(
    "tag:yaml.org,2002:float", lambda _, node: float(node.value.replace(".inf", "inf").replace(".nan", "nan"))
)
