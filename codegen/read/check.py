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

from codegen.errors import Fault, InputError, Place, Pointer, shown
from codegen.extensions.registry import EXTENSIONS
from codegen.read.load import Document
from codegen.read.operations import operations_of
from codegen.read.references import BUNDLED, LONGEST_CHAIN, references, resolve, target

_PREFIX = "x-sdk-"
_SHORT_NAMES = [name.removeprefix(_PREFIX) for name in EXTENSIONS]
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""HTTP: a token."""

_SHOWN_PROBLEMS = 3


def check(document: Document, *, schema_check: str) -> list[str]:
    """Refuse what cannot be generated from.

    Returns:
        Warnings: what the OpenAPI schema objects to, when `schema_check` is ``warn``.

    Raises:
        InputError: The document is no OpenAPI 3.x, breaks its schema, or has a reference or extension that is wrong.
    """
    version = _version(document)
    warnings = _check_schema(document, version, schema_check)
    try:
        _check_references(document.tree)
        _check_extensions(document.tree)
        for path, item, pointer in _paths(document.tree):
            _check_operations(document.tree, path, item, pointer)
    except Fault as fault:
        raise InputError(fault.message, document.place(fault.pointer)) from fault
    except (AttributeError, TypeError) as error:
        if not warnings:
            raise
        raise InputError(f"{warnings[0]}; it cannot be read in spite of that") from error
    return warnings


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
def _schema(version: str) -> dict[str, Any]:
    """The schema of OpenAPI documents, as openapi-spec-validator ships it (importing that package costs 0.2 s)."""
    spec = importlib.util.find_spec("openapi_spec_validator")
    if spec is None or spec.origin is None:
        raise InputError("openapi-spec-validator is not installed; install the dependency group 'codegen'")
    path = Path(spec.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    schema: dict[str, Any] = json.loads(path.read_bytes())
    return schema


def _check_schema(document: Document, version: str, schema_check: str) -> list[str]:
    tree = {key: value for key, value in document.tree.items() if key != BUNDLED}
    validator = jsonschema_rs.validator_for(_schema(version), mask="the value")
    problems = []
    for error in validator.iter_errors(tree):
        inner = _innermost(error)
        pointer = _textual(document.tree, inner.instance_path)
        problems.append((document.place(pointer), inner.message))
        if len(problems) == _SHOWN_PROBLEMS:
            break
    if problems and schema_check == "refuse":
        place, message = problems[0]
        hint = 'correct it, with an overlay for instance, or set schema-check = "warn"'
        raise InputError(f"is not valid OpenAPI {version}: {message}; {hint}", place)
    return [f"{place}: is not valid OpenAPI {version}: {message}" for place, message in problems]


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


def _check_references(tree: dict[str, Any]) -> None:
    for node, pointer in references(tree):
        seen: dict[str, None] = {}
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if reference in seen:
                raise Fault(f"$ref {next(iter(seen))!r} leads round in a circle and never lands", pointer)
            if len(seen) == LONGEST_CHAIN:
                raise Fault(f"$ref {next(iter(seen))!r} leads through more than {LONGEST_CHAIN} references", pointer)
            seen[reference] = None
            if not reference.startswith("#"):
                raise Fault(f"$ref {reference!r} was added by an overlay and must begin with '#'", pointer)
            try:
                node = target(tree, reference)
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise Fault(f"$ref {reference!r} leads nowhere", pointer) from error


def _extension_nodes(node: object, pointer: Pointer = ()) -> Iterator[tuple[str, Any, Pointer]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key.startswith(_PREFIX) and key != BUNDLED:
                yield key, value, (*pointer, key)
            elif isinstance(value, (dict, list)):
                yield from _extension_nodes(value, (*pointer, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            if isinstance(value, (dict, list)):
                yield from _extension_nodes(value, (*pointer, index))


def _check_extensions(tree: dict[str, Any]) -> None:
    for key, value, pointer in _extension_nodes(tree):
        if key not in EXTENSIONS:
            meant = difflib.get_close_matches(key.removeprefix(_PREFIX), _SHORT_NAMES, n=1, cutoff=0.75)
            if meant:
                raise Fault(f"there is no extension {key!r}; {_PREFIX}{meant[0]} may be meant", pointer)
            continue  # somebody else's
        error = next(jsonschema_rs.validator_for(EXTENSIONS[key].schema).iter_errors(value), None)
        if error is not None:
            raise Fault(f"{key}: {error.message}", (*pointer, *_textual(value, error.instance_path)))


def _paths(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    paths = tree.get("paths") or {}
    if not isinstance(paths, dict):
        raise Fault("must be a mapping of paths", ("paths",))
    for path, item in paths.items():
        if path.startswith("x-"):
            continue
        if not path.startswith("/"):
            raise Fault(f"the path {path!r} must begin with '/'", ("paths", path))
        yield path, resolve(tree, item) or {}, ("paths", path)


def _check_operations(tree: dict[str, Any], path: str, item: dict[str, Any], pointer: Pointer) -> None:
    schemes = tree.get("components", {}).get("securitySchemes", {})
    for name in _unknown(schemes, tree.get("security")):
        raise Fault(f"the security scheme {name!r} is not in components/securitySchemes", ("security",))
    for keys, operation in operations_of(item):
        here = (*pointer, *keys)
        if keys[-1] == "CONNECT" or not _METHOD.fullmatch(keys[-1]):
            raise Fault(f"{keys[-1]!r} is no method that a client can send to a path", here)
        for name in _unknown(schemes, operation.get("security")):
            raise Fault(f"the security scheme {name!r} is not in components/securitySchemes", (*here, "security"))
        _check_path_parameters(tree, path, [*item.get("parameters", []), *operation.get("parameters", [])], here)


def _unknown(schemes: dict[str, Any], requirements: list[dict[str, Any]] | None) -> list[str]:
    return [name for requirement in requirements or () for name in requirement if name not in schemes]


def _check_path_parameters(tree: dict[str, Any], path: str, parameters: list[Any], pointer: Pointer) -> None:
    resolved = [resolve(tree, parameter) for parameter in parameters]
    declared = {item.get("name") for item in resolved if item.get("in") == "path"}
    for name in re.findall(r"\{([^{}]*)\}", path):
        if name not in declared:
            raise Fault(f"the path names {{{name}}}, and no parameter of that name is declared for it", pointer)
    unused = declared - set(re.findall(r"\{([^{}]*)\}", path))
    if unused:
        name = min(map(str, unused))
        raise Fault(f"the path parameter {name!r} does not stand in the path {path}", pointer)
