"""Links: every reference of a document becomes a local one, by a pointer from its root.

A ``$ref`` is a URI: percent-encoded, relative to the nearest ``$id``, to ``$self`` or to the file that it stands in,
and its fragment is a pointer or an anchor.
"""

import contextlib
import itertools
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from codegen.errors import Fault, InputError, Pointer
from codegen.read.expand import expand
from codegen.read.load import Document, base_of
from codegen.read.references import (
    BUNDLED,
    TreeNode,
    is_passed_over,
    node_at,
    pointer_reference,
    reference_pointer,
    tree_nodes,
    uri_from,
)
from codegen.read.siblings import lay_siblings


def link(document: Document) -> None:
    """Make the references local ones, in place.

    Raises:
        InputError: A reference leads to what was not read.
    """
    links = _Links(document)
    try:
        for node in links.nodes:
            links.link(node)
    except Fault as fault:
        raise InputError(fault.message, document.place(fault.pointer)) from fault
    remarks = [*links.remarks, *lay_siblings(document, links.nodes), *expand(document, links.nodes)]
    places = document.places({pointer for pointer, _ in remarks})
    document.warnings += [("reference", places[pointer], message) for pointer, message in remarks]


class _Links:
    """What the URIs and anchors of a document stand for."""

    def __init__(self, document: Document) -> None:
        self.nodes: list[TreeNode] = []
        self.remarks: list[tuple[Pointer, str]] = []
        self._tree = document.tree
        self._files: dict[Pointer, Path] = {(): document.path}
        self._files |= {(BUNDLED, mount): path for mount, path in document.files.items()}
        self._roots: dict[str, Pointer] = {}
        """Of files, and of schemas with an ``$id``."""
        self._anchors: dict[tuple[str, str], list[Pointer]] = {}
        self._dynamic: list[str] = []
        self._bases: dict[Pointer, str] = {}
        self._seen: set[int] = set()
        for root, path in self._files.items():
            self._read(root, path)

    def link(self, node: TreeNode) -> None:
        value = node.value
        if isinstance(value.get("$ref"), str):
            value["$ref"] = self._local(value["$ref"], node)
        if isinstance(value.get("$dynamicRef"), str):
            self._link_dynamic(node)
        discriminator = value.get("discriminator")
        mapping: Any = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        for key, name in mapping.items() if isinstance(mapping, dict) else ():
            if self._is_uri(name):
                with contextlib.suppress(Fault):  # a name that leads nowhere is no reference
                    mapping[key] = self._local(name, node)

    def _is_uri(self, name: Any) -> bool:
        """Whether a discriminator's mapping does not give the name of a component."""
        return isinstance(name, str) and not _exists(self._tree, ("components", "schemas", name))

    def _read(self, root: Pointer, path: Path) -> None:
        try:
            tree = node_at(self._tree, root)
        except (KeyError, TypeError):
            return  # an overlay took it away
        own = tree if root else {key: value for key, value in tree.items() if key != BUNDLED}
        base = base_of(path, own)
        self._roots |= {_identity(path.resolve().as_uri()): root, _identity(base): root}
        self._bases[root] = base
        self._note(own, root, base)

    def _note(self, tree: Any, root: Pointer, base: str) -> None:
        seen: set[int] = set()
        for node in tree_nodes(tree, root, base, seen):
            self.nodes.append(node)
            if not node.is_mapping and isinstance(node.value.get("$id"), str):
                self._roots.setdefault(_identity(node.base), node.pointer)
            for keyword in ("$anchor", "$dynamicAnchor"):
                name = node.value.get(keyword)
                if isinstance(name, str):
                    self._anchors.setdefault((_identity(node.base), name), []).append(node.pointer)
                    self._dynamic += [name] if keyword == "$dynamicAnchor" else []
        self._seen |= seen

    def _link_dynamic(self, node: TreeNode) -> None:
        """Read as the reference that it is where nothing takes the place of what it leads to."""
        given = node.value.pop("$dynamicRef")
        others = self._dynamic.count(given.partition("#")[2]) - 1
        if others > 0:
            self.remarks.append(
                (
                    node.pointer,
                    f"$dynamicRef {given!r} is read as $ref; the {others} other $dynamicAnchor of that name, which "
                    "could take its place, are not",
                )
            )
        local = self._local(given, node)
        if "$ref" in node.value:
            node.value.setdefault("allOf", []).append({"$ref": local})
        else:
            node.value["$ref"] = local

    def _local(self, reference: str, node: TreeNode) -> str:
        home = _home(node.pointer)
        if not home and reference.startswith("#/") and self._roots.get(_identity(node.base)) == ():
            return reference
        address, _, fragment = reference.partition("#")
        if not _is_uri(address):
            raise Fault(f"$ref {reference!r} is no URI", node.pointer)
        roots = [self._roots.get(_identity(uri)) for uri in self._addresses(address, node.base, self._files[home])]
        known = [root for root in (*roots, *(() if address else (home, ()))) if root is not None]
        if not known:
            raise Fault(_refusal(reference, self._files[home]), node.pointer)
        landing = self._landing(known, unquote(fragment), node, reference)
        if is_passed_over(landing) and _exists(self._tree, landing):
            start = node_at(self._tree, landing)
            if id(start) not in self._seen:
                self._note(start, landing, self._bases[_home(landing)])
        return pointer_reference(landing)

    @staticmethod
    def _addresses(address: str, base: str, path: Path) -> list[str]:
        return [uri_from(base, address), uri_from(path.resolve().as_uri(), address)] if address else [base]

    def _landing(self, roots: list[Pointer], fragment: str, node: TreeNode, reference: str) -> Pointer:
        if not fragment or fragment.startswith("/"):
            pointers = [root + reference_pointer(f"#{fragment}".replace("%", "%25")) for root in roots]
            return next((pointer for pointer in pointers if _exists(self._tree, pointer)), pointers[0])
        found = [
            pointer
            for (uri, name), pointers in self._anchors.items()
            if name == fragment and self._roots.get(uri) in roots
            for pointer in pointers
        ]
        if not found:
            raise Fault(f"$ref {reference!r} leads nowhere: there is no $anchor {fragment!r}", node.pointer)
        return max(found, key=lambda pointer: _common(pointer, node.pointer))


def _home(pointer: Pointer) -> Pointer:
    """Where the file is mounted that the node stands in."""
    return pointer[:2] if pointer[:1] == (BUNDLED,) else ()


def _common(one: Pointer, other: Pointer) -> int:
    """How many keys both begin with."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _identity(uri: str) -> str:
    """The same text for every way to write the URI of a file."""
    return f"file:{os.path.normpath(unquote(urlsplit(uri).path))}" if uri.startswith("file:") else uri


def _is_uri(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _exists(tree: Any, pointer: Pointer) -> bool:
    try:
        node_at(tree, pointer)
    except (KeyError, IndexError, ValueError, TypeError):
        return False
    return True


def _refusal(reference: str, path: Path) -> str:
    parsed = urlsplit(reference)
    if parsed.scheme or parsed.netloc or parsed.path.startswith("/"):
        return f"$ref {reference!r} is not fetched; copy the file beside the document and name it there"
    if (path.parent / unquote(parsed.path)).is_file():
        return f"$ref {reference!r} was added by an overlay and must begin with '#'"
    return f"$ref {reference!r} names a file that is not there"
