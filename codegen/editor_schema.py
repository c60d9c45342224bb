"""The JSON Schema for editors, of documents and overlays with the vendor extensions: the one that ``schema`` prints.

It refers to nothing outside, for editors that are offline, and is made of the tables by which the generator
itself goes. What OpenAPI demands of a document beyond them is OpenAPI's own schema, of which each version is put in.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegen.extensions.registry import EXTENSIONS
from codegen.read.check import VERSIONS, openapi_schema
from codegen.read.keywords import TABLE
from codegen.read.overlay import ACTION_KEYS, ROOT_KEYS

_TEXT = {"type": "string"}
_OF_ROOTS = ("$schema", "$id", "id", "$dynamicAnchor")
"""Keywords of a schema that is a document of its own."""


def text(*, whole: bool) -> str:
    """The schema as it is printed: `whole`, or of the extensions alone."""
    return json.dumps(schema(VERSIONS if whole else ()), ensure_ascii=False, indent=1) + "\n"


def schema(versions: Sequence[str]) -> dict[str, Any]:
    """The schema, with OpenAPI's own of these versions in it."""
    kinds = {_slug(kind): _kind(kind) for kind in TABLE}
    several = {row.below for rows in TABLE.values() for row in rows.values() if row.below[:1] in ("[", "{")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An OpenAPI document, or an overlay of one, with the extensions of signed-sdk-codegen",
        "if": {"required": ["overlay"]},
        "then": _reference("overlay"),
        "else": {"allOf": [_reference("document"), *map(_of_version, versions)]},
        "definitions": {
            "overlay": _overlay(),
            "part": _part(),
            **kinds,
            **{_slug(kind): _several(kind) for kind in sorted(several)},
            **{key: {**item.schema, "description": item.meaning} for key, item in EXTENSIONS.items()},
            **{_own(version): _inside(openapi_schema(version), _own(version)) for version in versions},
        },
    }


def _of_version(version: str) -> dict[str, Any]:
    """That documents of a version are what OpenAPI's own schema of it says."""
    pattern = rf"^{version.replace('.', '[.]')}([.-]|$)"
    is_it = {"required": ["openapi"], "properties": {"openapi": {"pattern": pattern}}}
    return {"if": is_it, "then": _reference(_own(version))}


def _own(version: str) -> str:
    return f"openapi-{version}"


def _inside(node: Any, name: str) -> Any:
    """A schema of OpenAPI as a definition of that name: what it calls the root is that, and it is in our draft."""
    if isinstance(node, list):
        return [_inside(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: _inside(value, name) for key, value in node.items() if key not in _OF_ROOTS or not isinstance(value, str)
    }
    if found.get("$dynamicRef") == "#meta":  # nothing else takes the place of that anchor
        found["$ref"] = f"#/definitions/{name}/$defs/schema"
        del found["$dynamicRef"]
    elif isinstance(node.get("$ref"), str):
        found["$ref"] = f"#/definitions/{name}{node['$ref'].removeprefix('#')}"
    if found.get("exclusiveMinimum") is True:  # as draft 4 has it
        found["exclusiveMinimum"] = found.pop("minimum")
    return found


def _overlay() -> dict[str, Any]:
    """The OpenAPI Overlay Specification, whose updates are parts of a document."""
    action = _open("target", dict.fromkeys(ACTION_KEYS) | {"target": _TEXT, "update": _reference("part")})
    version = {"type": "string", "pattern": "^1[.][01][.][0-9]+$"}
    actions = {"type": ["array", "null"], "minItems": 1, "items": action}
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
