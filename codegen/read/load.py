"""Load: a document, YAML or JSON, into a plain tree; ``$ref``s to files beside it are brought inside.

Line and column are not carried through the tree. They are looked up in the file when an error needs them
(`Document.place`), so that a document without errors pays nothing for them.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from codegen.errors import InputError, Place, Pointer, shown
from codegen.read.builder import Parsed, ParseError
from codegen.read.hits import Hits
from codegen.read.parse import parse
from codegen.read.references import BUNDLED, TreeNode, tree_nodes, uri_from
from codegen.read.source import locate_all, place_of, read_text

_LEADS_OUT = re.compile(
    r"""\$(?:ref|dynamicRef)(?!["']?[ \t]*:\s*["']\#)  # one that is not followed by a quoted text with '#'
    | \$[A-Za-z]*\\ | \\(?:x|u00|U000000)(?:24|[4-7])  # what may be one, written with escapes""",
    re.VERBOSE,
)
"""Is found in the text of each file that refers to another, and perhaps in one that does not."""


@dataclass
class Document:
    """A document's tree, and where its parts came from."""

    tree: dict[str, Any]
    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    """Mount name → file, for each file brought inside."""
    patches: dict[Pointer, tuple[Path, Pointer]] = field(default_factory=dict)
    """For each node that was put or moved somewhere since: in which file it was written, and where there."""
    warnings: list[tuple[str, Place, str]] = field(default_factory=list)
    """What reading passed over: of what (``overlay``, ``reference``), where, and the message."""
    origins: dict[Path, dict[Pointer, Pointer]] = field(default_factory=dict)
    """For each file where in it the nodes were written that an alias or a merge key brought."""
    needless: list[Place] = field(default_factory=list)
    """The overlay actions that changed nothing, because the document says the same."""
    hits: list[Hits] = field(default_factory=list)
    """What each overlay action reached, in the order in which they were applied."""

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
        for pointer in pointers:
            path, inner = self.home(pointer)
            homes.setdefault(path, {})[pointer] = inner
        places: dict[Pointer, Place] = {}
        for path, wanted in homes.items():
            written = {inner: _written(self.origins.get(path, {}), inner) for inner in wanted.values()}
            found = locate_all(path, written.values())
            is_own = path == self.path or path in self.files.values()
            for pointer, inner in wanted.items():
                position = found.get(written[inner], (None, None))
                places[pointer] = Place(shown(path), inner if is_own else pointer, *position)
        return places

    def home(self, pointer: Pointer) -> tuple[Path, Pointer]:
        """The file in which the node was written, and its pointer there."""
        for length in range(len(pointer) if self.patches else 0, 0, -1):
            if pointer[:length] in self.patches:
                path, inner = self.patches[pointer[:length]]
                return path, inner + pointer[length:]
        if len(pointer) > 1 and pointer[0] == BUNDLED:
            return self.files[str(pointer[1])], pointer[2:]
        return self.path, pointer


def load(path: Path) -> Document:
    """Read the document at `path` and the files its ``$ref``s name.

    Raises:
        InputError: A file cannot be read, is not YAML or JSON, is no mapping, or a reference leaves the folder.
    """
    text = read_text(path)
    parsed = _parsed(text, path)
    document = Document(tree=parsed.tree, path=path, origins={path: parsed.origins})
    if _LEADS_OUT.search(text):
        _bundle(document, document.tree, path)
    return document


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML or JSON file whose root is a mapping."""
    mapping: dict[str, Any] = read_parsed(path).tree
    return mapping


def read_parsed(path: Path) -> Parsed:
    """The same, and where in it was written what aliases brought."""
    return _parsed(read_text(path), path)


def _parsed(text: str, path: Path) -> Parsed:
    try:
        parsed = parse(text, is_json=path.suffix == ".json")
    except ParseError as error:
        raise InputError(error.message, Place(shown(path), error.pointer, *(error.position or (None, None)))) from error
    if not isinstance(parsed.tree, dict):
        raise InputError(f"must be a mapping at its root, not {_kind(parsed.tree)}", Place(shown(path), (), 1, 1))
    return parsed


def base_of(path: Path, tree: dict[str, Any]) -> str:
    """The URI that the references of a file are relative to."""
    own = path.resolve().as_uri()
    return uri_from(own, tree["$self"]) if isinstance(tree.get("$self"), str) else own


def _bundle(document: Document, tree: dict[str, Any], path: Path) -> None:
    """Mount each file that `tree` refers to, once, and what these refer to."""
    for node in list(tree_nodes(tree)):
        for reference in (node.value.get("$ref"), node.value.get("$dynamicRef")):
            if isinstance(reference, str) and not reference.startswith("#"):
                _mount(document, reference, path, node)


def _mount(document: Document, reference: str, path: Path, node: TreeNode) -> None:
    """Mount the file, unless it is none: an ``$id`` perhaps."""
    try:
        address = urlsplit(reference)
    except ValueError as error:
        raise InputError(f"$ref {reference!r} is no URI", place_of(path, node.pointer)) from error
    if address.scheme or address.netloc:
        return
    file = Path(os.path.normpath(path.parent / unquote(address.path)))
    folder = document.path.parent.resolve()
    if not file.resolve().is_relative_to(folder):
        raise InputError(f"$ref {reference!r} leaves the document's folder", place_of(path, node.pointer))
    mount = file.resolve().relative_to(folder).as_posix()
    if mount not in document.files and file.resolve() != document.path.resolve() and file.is_file():
        parsed = read_parsed(file)
        document.files[mount], document.origins[file], tree = file, parsed.origins, parsed.tree
        document.tree.setdefault(BUNDLED, {})[mount] = tree
        _bundle(document, tree, file)


def _written(origins: Mapping[Pointer, Pointer], pointer: Pointer) -> Pointer:
    """Where the node at `pointer` was written, which may lie within another alias."""
    length = len(pointer) if origins else 0
    while length:
        if pointer[:length] in origins:
            pointer = origins[pointer[:length]] + pointer[length:]
            length = len(pointer) + 1
        length -= 1
    return pointer


def _kind(value: object) -> str:
    names = {"NoneType": "empty", "list": "a list", "str": "a text", "int": "a number", "float": "a number"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")
