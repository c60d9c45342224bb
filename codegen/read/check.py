"""Check: the document against the OpenAPI schema, and against what the generator refuses."""

import difflib
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from codegen.errors import UNREADABLE, Fault, InputError, Notice, Place, Pointer, shown
from codegen.extensions.registry import EXTENSIONS
from codegen.read.keywords import UNKNOWN_KEYWORD, kind_at, unread
from codegen.read.load import Document
from codegen.read.operations import operations_of
from codegen.read.references import BUNDLED, LONGEST_CHAIN, UNREAD, node_at, references, resolve, target

_NO_SCHEME = "the security scheme {!r} is not in components/securitySchemes"
VERSIONS = ("3.0", "3.1", "3.2")
"""Of OpenAPI, that are read."""

_PREFIX = "x-sdk-"
_CONTAINERS = (dict, list)
_SHORT_NAMES = [name.removeprefix(_PREFIX) for name in EXTENSIONS]
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""HTTP: a token."""


def check(document: Document, *, schema_check: str, published: bool = False) -> list[str]:
    """Refuse what cannot be generated from.

    What is wrong with a document that is `published`, which nobody can correct any more, is warned of, and a reference
    of it that leads nowhere is marked as `UNREAD`.

    Returns:
        Warnings: what is not read, and what the OpenAPI schema objects to, when `schema_check` is ``warn``.

    Raises:
        InputError: The document is no OpenAPI 3.x, breaks its schema, or has a reference or extension that is wrong.
    """
    notices: list[Notice] = []
    lost: list[Pointer] = []
    for said in inspect(document, schema_check):
        if not isinstance(said, Fault):
            notices.append(said)
        elif not published or said.rule == UNREADABLE:
            raise InputError(said.message, document.place(said.pointer)) from said
        else:
            lost += [said.pointer] if said.rule == "reference" else []
            notices.append(Notice(f"{said.message}; what it concerns may be told wrongly", said.pointer, said.rule))
    places = document.places({notice.pointer for notice in notices})
    for pointer in lost:
        node = node_at(document.tree, pointer)
        node.clear()
        node[UNREAD] = True
    return [f"{places[notice.pointer]}: {notice.message}" for notice in notices]


def inspect(document: Document, schema_check: str) -> Iterator[Fault | Notice]:
    """All that is wrong with a document, and all that is to be warned of.

    Raises:
        InputError: It is no OpenAPI 3.x.
    """
    version = _version(document)
    tree, survey = document.tree, _Survey()
    survey.look(tree, [])
    known: list[Fault | Notice] = [*_breaches(document, version, schema_check), *_check_references(tree, survey.texts)]
    yield from known
    breached = {item.pointer for item in known}
    for step in (_check_extensions(survey.extensions), _check_paths(tree), unread(tree)):
        for said in _guarded(step, known):
            if said.rule != UNKNOWN_KEYWORD or said.pointer[:-1] not in breached:  # else it is said already
                yield said


def _guarded(said: Iterator[Fault | Notice], known: list[Fault | Notice]) -> Iterator[Fault | Notice]:
    """What is said, to the end or to where the faults that are known of make the document unreadable."""
    try:
        yield from said
    except (AttributeError, TypeError, KeyError, ValueError, IndexError):
        if not known:
            raise
        if not any(isinstance(item, Fault) for item in known):
            yield Fault(f"{known[0].message}; it cannot be read in spite of that", known[0].pointer, UNREADABLE)


def _check_paths(tree: dict[str, Any]) -> Iterator[Fault]:
    schemes = (tree.get("components") or {}).get("securitySchemes") or {}
    for name in _unknown(schemes, tree.get("security")):
        yield Fault(_NO_SCHEME.format(name), ("security",))
    paths = tree.get("paths") or {}
    if not isinstance(paths, dict):
        yield Fault("must be a mapping of paths", ("paths",))
        return
    for path, item in paths.items():
        if path.startswith("/"):
            yield from _check_operations(tree, path, resolve(tree, item) or {}, ("paths", path))
        elif not path.startswith("x-"):
            yield Fault(f"the path {path!r} must begin with '/'", ("paths", path))


def _version(document: Document) -> str:
    tree, place = document.tree, Place(shown(document.path), (), 1, 1)
    if "swagger" in tree:
        raise InputError(
            f"is Swagger {tree['swagger']}, not OpenAPI 3; convert it to OpenAPI 3.0 or later first", place
        )
    if "openapi" not in tree:
        raise InputError("is not an OpenAPI document: there is no 'openapi' at its root", place)
    version = str(tree["openapi"])
    if not re.fullmatch(r"3\.[012](\.\d+)?(-.+)?", version):
        raise InputError(f"OpenAPI {version} is not read; 3.0, 3.1 and 3.2 are", document.place(("openapi",)))
    return version[:3]


@cache
def openapi_schema(version: str) -> dict[str, Any]:
    """The schema of OpenAPI documents, as openapi-spec-validator ships it (importing that package costs 0.2 s)."""
    spec = importlib.util.find_spec("openapi_spec_validator")
    if spec is None or spec.origin is None:
        raise InputError("openapi-spec-validator is not installed; install the generator with what it needs")
    path = Path(spec.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    schema: dict[str, Any] = json.loads(path.read_bytes())
    return schema


@cache
def _validator(version: str) -> Any:
    return jsonschema_rs.validator_for(openapi_schema(version), mask="the value")


def _breaches(document: Document, version: str, schema_check: str) -> Iterator[Fault | Notice]:
    tree = {key: value for key, value in document.tree.items() if key != BUNDLED}
    for error in _validator(version).iter_errors(tree):
        inner = _innermost(error)
        pointer = _textual(document.tree, inner.instance_path)
        message = f"is not valid OpenAPI {version}: {inner.message}; correct it, with an overlay for instance"
        if schema_check == "refuse":
            yield Fault(f'{message}, or set schema-check = "warn"', pointer, "openapi-schema")
        else:
            yield Notice(message, pointer, "openapi-schema")


def _innermost(error: Any) -> Any:
    """Where several alternatives failed, the objection of the one that is not about a reference."""
    branches = getattr(error.kind, "context", None)
    inner = [item for branch in branches or () for item in branch if '"$ref"' not in item.message]
    deepest = max(inner, key=lambda item: len(item.instance_path), default=None)
    return error if deepest is None else _innermost(deepest)


def _textual(tree: Any, path: list[str | int]) -> Pointer:
    """The validator's path with the keys of mappings as text again (it gives ``200`` as a number)."""
    parts: list[str | int] = []
    for part in path:
        key = str(part) if isinstance(tree, dict) else part
        tree = tree[key]
        parts.append(key)
    return tuple(parts)


class _Survey:
    """What one walk through all of a document finds."""

    def __init__(self) -> None:
        self.extensions: list[tuple[str, Any, Pointer]] = []
        """Each extension of ours with its key, value and pointer, in the document's order."""
        self.texts: set[str] = set()
        """All that stands under ``$ref``, be it a reference or data."""

    def look(self, node: dict[str, Any] | list[Any], path: list[str | int]) -> None:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(key, str) and key.startswith(_PREFIX) and key != BUNDLED:
                self.extensions.append((key, value, (*path, key)))
            elif isinstance(value, _CONTAINERS):
                path.append(key)
                self.look(value, path)
                path.pop()
            elif key == "$ref" and isinstance(value, str):
                self.texts.add(value)


def _check_references(tree: dict[str, Any], texts: set[str]) -> Iterator[Fault]:
    astray = {text: message for text in texts if (message := _astray(tree, text)) is not None}
    if astray:
        for node, pointer in references(tree):
            if node["$ref"] in astray:
                yield Fault(astray[node["$ref"]], pointer, "reference")


def _astray(tree: dict[str, Any], text: str) -> str | None:
    """Why a chain of references never lands, if it does not."""
    seen: set[str] = set()
    node: Any = {"$ref": text}
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen:
            return f"$ref {text!r} leads round in a circle and never lands"
        if len(seen) == LONGEST_CHAIN:
            return f"$ref {text!r} leads through more than {LONGEST_CHAIN} references"
        seen.add(reference)
        if not reference.startswith("#"):
            return f"$ref {reference!r} was added by an overlay and must begin with '#'"
        try:
            node = target(tree, reference)
        except (KeyError, IndexError, ValueError, TypeError):
            return f"$ref {reference!r} leads nowhere"
    return None


def _check_extensions(extensions: list[tuple[str, Any, Pointer]]) -> Iterator[Fault | Notice]:
    for key, value, pointer in extensions:
        extension = EXTENSIONS.get(key)
        if extension is None:
            yield _unknown_extension(key, pointer)
            continue
        if not extension.is_read_at(kind_at(pointer[:-1]), pointer[:-1]):
            yield Fault(f"{key} is not read here; it stands at {extension.home}", pointer, "extension")
        for error in jsonschema_rs.validator_for(extension.schema).iter_errors(value):
            here = (*pointer, *_textual(value, error.instance_path))
            yield Fault(f"{key}: {error.message}", here, "extension")


def _unknown_extension(key: str, pointer: Pointer) -> Fault | Notice:
    meant = difflib.get_close_matches(key.removeprefix(_PREFIX), _SHORT_NAMES, n=1, cutoff=0.75)
    if meant:
        return Fault(f"there is no extension {key!r}; {_PREFIX}{meant[0]} may be meant", pointer, "extension")
    return Notice(f"there is no extension {key!r}; it is passed over", pointer, "extension")


def _check_operations(tree: dict[str, Any], path: str, item: dict[str, Any], pointer: Pointer) -> Iterator[Fault]:
    schemes = tree.get("components", {}).get("securitySchemes", {})
    for keys, operation in operations_of(item):
        here = (*pointer, *keys)
        if keys[-1] == "CONNECT" or not _METHOD.fullmatch(keys[-1]):
            yield Fault(f"{keys[-1]!r} is no method that a client can send to a path", here)
            continue
        for name in _unknown(schemes, operation.get("security")):
            yield Fault(_NO_SCHEME.format(name), (*here, "security"))
        yield from _check_path_parameters(
            tree, path, [*item.get("parameters", []), *operation.get("parameters", [])], here
        )


def _unknown(schemes: dict[str, Any], requirements: list[dict[str, Any]] | None) -> list[str]:
    return [name for requirement in requirements or () for name in requirement if name not in schemes]


def _check_path_parameters(tree: dict[str, Any], path: str, parameters: list[Any], pointer: Pointer) -> Iterator[Fault]:
    resolved = [resolve(tree, parameter) for parameter in parameters]
    declared = {item.get("name") for item in resolved if item.get("in") == "path"}
    for name in re.findall(r"\{([^{}]*)\}", path):
        if name not in declared:
            yield Fault(f"the path names {{{name}}}, and no parameter of that name is declared for it", pointer)
    unused = declared - set(re.findall(r"\{([^{}]*)\}", path))
    if unused:
        name = min(map(str, unused))
        yield Fault(f"the path parameter {name!r} does not stand in the path {path}", pointer)
