"""The JSON Schema for editors, of documents and overlays with the vendor extensions: the one that ``schema`` prints.

It is in draft 7, which every editor knows, and is made of the tables by which the generator itself goes. What OpenAPI
demands of a document is OpenAPI's own schema, which it refers to.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.extensions.registry import EXTENSIONS
from codegen.read.check import VERSIONS, openapi_schema
from codegen.read.keywords import TABLE
from codegen.read.overlay import ACTION_KEYS, ROOT_KEYS

_TEXT = {"type": "string"}


def text() -> str:
    """The schema as it is printed."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> dict[str, Any]:
    """The whole of it."""
    kinds = {_slug(kind): _kind(kind) for kind in TABLE}
    several = {row.below for rows in TABLE.values() for row in rows.values() if row.below[:1] in ("[", "{")}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An OpenAPI document, or an overlay of one, with the extensions of signed-sdk-codegen",
        "if": {"required": ["overlay"]},
        "then": _reference("overlay"),
        "else": {"allOf": [_reference("document"), *map(_of_version, VERSIONS)]},
        "definitions": {
            "overlay": _overlay(),
            "part": _part(),
            **kinds,
            **{_slug(kind): _several(kind) for kind in sorted(several)},
            **{key: {**item.schema, "description": item.meaning} for key, item in EXTENSIONS.items()},
        },
    }


def _of_version(version: str) -> dict[str, Any]:
    """OpenAPI's own schema, for the documents of a version."""
    said = openapi_schema(version)
    pattern = rf"^{version.replace('.', '[.]')}([.-]|$)"
    is_it = {"required": ["openapi"], "properties": {"openapi": {"pattern": pattern}}}
    return {"if": is_it, "then": {"$ref": said.get("$id") or said["id"]}}


def _overlay() -> dict[str, Any]:
    """The OpenAPI Overlay Specification, whose updates are parts of a document."""
    action = _open("target", dict.fromkeys(ACTION_KEYS) | {"target": _TEXT, "update": _reference("part")})
    version = {"type": "string", "pattern": "^1[.][01][.][0-9]+$"}
    actions = {"type": "array", "minItems": 1, "items": action}
    return _open("overlay actions", dict.fromkeys(ROOT_KEYS) | {"overlay": version, "actions": actions})


def _open(required: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object with these properties and extensions of whomever; `None` says nothing of a property."""
    said = {key: properties[key] or {} for key in sorted(properties)}
    return {
        "type": "object",
        "required": required.split(),
        "properties": said,
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


def _part() -> dict[str, Any]:
    """What may stand anywhere in a document: nothing tells where an update goes but its target."""
    inside = _reference("part")
    return {
        "properties": _extensions(EXTENSIONS),
        **_no_other(EXTENSIONS),
        "additionalProperties": inside,
        "items": inside,
    }


def _kind(kind: str) -> dict[str, Any]:
    """An object of a document: what is known to stand in it, and the extensions that stand at it."""
    rows = {key: _reference(row.below) if row.below else {} for key, row in TABLE[kind].items()}
    own = [key for key, item in EXTENSIONS.items() if kind in item.places]
    return {"properties": {**rows, **_extensions(own)}, **_no_other(own)}


def _several(kind: str) -> dict[str, Any]:
    """A list or a mapping of objects."""
    inner = _reference(kind[1:-1])
    if kind[0] == "[":
        return {"items": inner}
    if kind == "{schema}":  # the names of properties, which may begin as extensions do
        return {"additionalProperties": inner}
    return {"patternProperties": {"^x-sdk-": False, "^x-": {}}, "additionalProperties": inner}


def _extensions(keys: Iterable[str]) -> dict[str, Any]:
    return {key: _reference(key) for key in keys}


def _no_other(keys: Iterable[str]) -> dict[str, Any]:
    """No extension stands here but these."""
    names = "".join(f"(?!{key.removeprefix('x-sdk-')}$)" for key in keys)
    return {"patternProperties": {f"^x-sdk-{names}": False}}


def _reference(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{_slug(kind)}"}


def _slug(kind: str) -> str:
    """The name of a kind's definition."""
    name = kind.strip("[]{}").replace(" ", "-")
    return f"list-of-{name}" if kind[0] == "[" else f"mapping-of-{name}" if kind[0] == "{" else name
