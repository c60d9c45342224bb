"""The keywords of OpenAPI 3.0 to 3.2 and of JSON Schema 2020-12, and what becomes of each.

One table is the check and the page of the documentation: what is in none of its rows is warned of.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from codegen.errors import Notice, Pointer
from codegen.read.references import BUNDLED, reference_pointer, target

Treatment: TypeAlias = Literal["read", "remark", "warned", "refused"]

TREATMENTS: Mapping[Treatment, str] = {
    "read": "it decides what is generated",
    "remark": "it changes nothing of what is generated: it is for people, or the server sees to it",
    "warned": "it is not read, and a warning says so, with its address",
    "refused": "it stops the generator",
}


class Row(NamedTuple):
    """A keyword."""

    treatment: Treatment
    below: str = ""
    """What stands below it: a kind of object, `[kind]` for a list and `{kind}` for a mapping of them."""
    note: str = ""


_SERVED = "not checked before a call: the server sees to it"


def _rows(treatment: Treatment, keywords: str, note: str = "") -> dict[str, Row]:
    return dict.fromkeys(keywords.split(), Row(treatment, "", note))


_OWN_SERVERS = "the first is called, as long as the client calls a server that the document names"

_MEDIA_SAMPLES = _rows("remark", "example examples")

TABLE: Mapping[str, Mapping[str, Row]] = {
    "document": {
        **_rows("read", "openapi"),
        "$self": Row("read", note="what references are relative to"),
        "info": Row("read", "info"),
        "jsonSchemaDialect": Row("remark", note="schemas are read as JSON Schema 2020-12"),
        "servers": Row("read", "[server]"),
        "paths": Row("read", "{path item}"),
        "webhooks": Row("warned", note="no method is made of a webhook, and no decoder"),
        "components": Row("read", "components"),
        "security": Row("read", note="alternatives, of which one is used"),
        "tags": Row("remark", "[tag]", "operations are not grouped"),
        "externalDocs": Row("read", "external documentation"),
    },
    "info": {
        **_rows("read", "title description version"),
        **_rows("remark", "summary termsOfService"),
        "contact": Row("remark", "contact"),
        "license": Row("remark", "license"),
    },
    "contact": _rows("remark", "name url email"),
    "license": _rows("remark", "name identifier url"),
    "server": {
        **_rows("read", "url"),
        **_rows("remark", "description name"),
        "variables": Row("read", "{server variable}"),
    },
    "server variable": {
        **_rows("read", "default"),
        "enum": Row("read", note="`SERVERS` has an address for each value"),
        **_rows("remark", "description"),
    },
    "components": {
        "schemas": Row("read", "{schema}"),
        "responses": Row("read", "{response}"),
        "parameters": Row("read", "{parameter}"),
        "requestBodies": Row("read", "{request body}"),
        "headers": Row("remark", "{header}"),
        "securitySchemes": Row("read", "{security scheme}"),
        "links": Row("remark", "{link}"),
        "callbacks": Row("remark", note="an operation that names one warns"),
        "pathItems": Row("read", "{path item}"),
        "mediaTypes": Row("read", "{media type}"),
        "examples": Row("remark", "{example}"),
    },
    "path item": {
        "$ref": Row("read"),
        **_rows("remark", "summary description"),
        "servers": Row("read", "[server]", _OWN_SERVERS),
        "parameters": Row("read", "[parameter]"),
        **dict.fromkeys("get put post delete options head patch trace query".split(), Row("read", "operation")),
        "additionalOperations": Row("read", "{operation}"),
    },
    "operation": {
        **_rows("read", "summary description operationId deprecated"),
        "tags": Row("remark", note="operations are not grouped"),
        "externalDocs": Row("read", "external documentation"),
        "parameters": Row("read", "[parameter]"),
        "requestBody": Row("read", "request body"),
        "responses": Row("read", "{response}"),
        "callbacks": Row("warned", note="no decoder is made of what a server sends by itself"),
        "security": Row("read"),
        "servers": Row("read", "[server]", _OWN_SERVERS),
    },
    "external documentation": {**_rows("read", "url"), **_rows("remark", "description")},
    "parameter": {
        "in": Row("read", note="`querystring` as one mapping, if it is a form; else a warning"),
        **_rows("read", "name description required deprecated style explode allowReserved"),
        "allowEmptyValue": Row("remark", note="an argument may be an empty text without it"),
        "schema": Row("read", "schema"),
        "content": Row("read", "{media type}"),
        **_MEDIA_SAMPLES,
    },
    "request body": {**_rows("read", "description required"), "content": Row("read", "{media type}")},
    "media type": {
        "schema": Row("read", "schema"),
        "itemSchema": Row("read", "schema", "a stream is read to its end, not item by item, and a warning says so"),
        "encoding": Row("read", "{encoding}"),
        "prefixEncoding": Row("warned", note="parts are laid out by name"),
        "itemEncoding": Row("warned", note="parts are laid out by name"),
        **_rows("remark", "description"),
        **_MEDIA_SAMPLES,
    },
    "encoding": {
        **_rows("read", "contentType style explode allowReserved"),
        "headers": Row("warned", note="a part is sent with its content type and nothing else"),
        **dict.fromkeys("encoding prefixEncoding itemEncoding".split(), Row("warned", note="a part is one value")),
    },
    "response": {
        **_rows("remark", "description summary"),
        "headers": Row("remark", "{header}", "`raw` has every header of an answer, as text"),
        "content": Row("read", "{media type}"),
        "links": Row("remark", "{link}"),
    },
    "header": {
        **_rows("remark", "description required deprecated allowEmptyValue style explode allowReserved"),
        "schema": Row("remark", "schema"),
        "content": Row("remark", "{media type}"),
        **_MEDIA_SAMPLES,
    },
    "example": _rows("remark", "summary description value externalValue dataValue serializedValue"),
    "link": _rows("remark", "operationRef operationId parameters requestBody description server body"),
    "tag": {
        **_rows("remark", "name summary description parent kind"),
        "externalDocs": Row("remark", "external documentation"),
    },
    "security scheme": {
        **_rows("read", "type name in"),
        "scheme": Row(
            "read", note="`basic` and `bearer`; a scheme that no hook serves is left to the caller, and warned of"
        ),
        **_rows("remark", "description bearerFormat deprecated"),
        "flows": Row("remark", note="the caller brings the token"),
        "openIdConnectUrl": Row("remark", note="the caller brings the token"),
        "oauth2MetadataUrl": Row("remark", note="the caller brings the token"),
    },
    "discriminator": {
        **_rows("read", "propertyName mapping"),
        "defaultMapping": Row("warned", note="a value without a known tag is read by its required properties"),
    },
    "xml": _rows("remark", "name namespace prefix attribute wrapped nodeType"),
    "schema": {
        "$ref": Row("read", note="a URI; what stands beside it counts from 3.1 on, and is warned of in 3.0"),
        **_rows("read", "$id $anchor $dynamicAnchor"),
        "$dynamicRef": Row(
            "read", note="as `$ref`, with a warning where another `$dynamicAnchor` could take its place"
        ),
        **_rows("read", "type format enum const nullable required readOnly writeOnly description"),
        **_rows("remark", "$schema $comment $vocabulary title"),
        "deprecated": Row(
            "read", note="of an argument: whoever passes it is warned; of a field of a model it is a remark"
        ),
        "default": Row("read", note="told in docstrings; the server puts it in"),
        **_MEDIA_SAMPLES,
        "externalDocs": Row("remark", "external documentation"),
        "xml": Row("remark", "xml", "bodies of XML are text or bytes"),
        "$defs": Row("read", "{schema}"),
        "definitions": Row("read", "{schema}"),
        **dict.fromkeys("allOf anyOf oneOf prefixItems".split(), Row("read", "[schema]")),
        **dict.fromkeys("properties patternProperties".split(), Row("read", "{schema}")),
        "items": Row("read", "schema"),
        "additionalProperties": Row("read", "schema"),
        "discriminator": Row("read", "discriminator"),
        **_rows(
            "read",
            "minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems",
            "checked in arguments before a call; not in the models of a body, and not in answers",
        ),
        **_rows("remark", "multipleOf uniqueItems minProperties maxProperties", _SERVED),
        **_rows("remark", "minContains maxContains dependentRequired", _SERVED),
        "contains": Row("remark", "schema", _SERVED),
        "propertyNames": Row("remark", "schema", _SERVED),
        "not": Row("remark", "schema", _SERVED),
        "unevaluatedItems": Row("remark", "schema", _SERVED),
        "unevaluatedProperties": Row("remark", "schema", _SERVED),
        **dict.fromkeys("if then else".split(), Row("warned", "schema", "what it adds has no field of its own")),
        "dependentSchemas": Row("warned", "{schema}", "what it adds has no field of its own"),
        "dependencies": Row("warned", note="what it adds has no field of its own"),
        "additionalItems": Row("warned", "schema", "JSON Schema 2020-12 calls it items"),
        "contentMediaType": Row("read", note="a part of a form is a file; elsewhere it is text"),
        "contentEncoding": Row("read", note="a part of a form is text; elsewhere it is text that is not decoded"),
        "contentSchema": Row("warned", "schema", "the text is not decoded"),
    },
}
"""Kind of object → keyword → what becomes of it."""

_CONTAINERS = (dict, list)

UNKNOWN_KEYWORD = "unknown-keyword"
"""The rule of what is in no row."""


def unread(tree: dict[str, Any]) -> Iterator[Notice]:
    """What of the document is not read."""
    waiting: list[tuple[Any, str, Pointer]] = [(tree, "document", ())]
    seen: set[Pointer] = set()
    while waiting:
        node, kind, pointer = waiting.pop()
        if kind[0] in "[{":
            waiting += reversed(list(_within(node, kind, pointer)))
        elif isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                waiting += _mounted(tree, node["$ref"], kind, seen)
                if kind not in ("schema", "path item"):
                    continue  # what stands beside it is told where references are read
            below: list[tuple[Any, str, Pointer]] = []
            yield from _told(node, kind, pointer, below)
            waiting += reversed(below)


def _within(node: Any, kind: str, pointer: Pointer) -> Iterator[tuple[Any, str, Pointer]]:
    items: Any = ()
    if isinstance(node, dict) and kind[0] == "{":
        items = ((key, value) for key, value in node.items() if not key.startswith("x-") or kind == "{schema}")
    elif isinstance(node, list) and kind[0] == "[":
        items = enumerate(node)
    return ((value, kind[1:-1], (*pointer, key)) for key, value in items if isinstance(value, _CONTAINERS))


def _mounted(tree: dict[str, Any], reference: str, kind: str, seen: set[Pointer]) -> list[tuple[Any, str, Pointer]]:
    """What a reference leads to in another file, once: nothing else tells what kind of object it is."""
    if not reference.startswith(f"#/{BUNDLED}/"):
        return []
    pointer = reference_pointer(reference)
    if pointer in seen:
        return []
    seen.add(pointer)
    return [(target(tree, reference), kind, pointer)]


def _told(node: dict[str, Any], kind: str, pointer: Pointer, below: list[tuple[Any, str, Pointer]]) -> Iterator[Notice]:
    rows = TABLE[kind]
    for key, value in node.items():
        row = rows.get(key)
        if row is None:
            if not key.startswith("x-"):
                message = f"{key!r} is no keyword of a {kind} that is known, and is not read; correct or remove it"
                yield Notice(message, (*pointer, key), UNKNOWN_KEYWORD)
            continue
        if row.treatment == "warned" and value not in ({}, []):
            yield Notice(f"{key!r} is not read: {row.note}", (*pointer, key), "keyword")
        if row.below and isinstance(value, _CONTAINERS):
            below.append((value, row.below, (*pointer, key)))


def kind_at(pointer: Pointer) -> str | None:
    """The kind of object at a pointer of a document, or of the mapping or list of them; `None` where nothing tells."""
    kind = "document"
    for part in pointer:
        if kind[0] in "[{":
            if str(part).startswith("x-") and kind != "{schema}":
                return None
            kind = kind[1:-1]
        else:
            row = TABLE[kind].get(str(part))
            if row is None or not row.below:
                return None
            kind = row.below
    return kind


def page() -> str:
    """The table as documentation."""
    lines = ["# What is read of a document", "", _INTRODUCTION, ""]
    lines += [f"- **{name}**: {meaning}." for name, meaning in TREATMENTS.items()]
    for kind, rows in TABLE.items():
        lines += [
            "",
            f"## {kind[0].upper()}{kind[1:]}",
            "",
            "| keyword | what becomes of it | |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{key}` | {row.treatment} | {row.note} |" for key, row in rows.items()]
    return "\n".join(lines) + "\n"


_INTRODUCTION = """\
This page is printed from the table by which the generator itself goes (`codegen/read/keywords.py`): the keywords of
OpenAPI 3.0, 3.1 and 3.2 and of JSON Schema 2020-12, by the object that they stand in. A keyword that is in no row is
warned of; `x-sdk-…` are told of in [Extensions](extensions.md), any other `x-…` is somebody else's. `lint` shows every
warning, and with `--strict` one is enough to stop. Not read at all are the items of server-sent events, pagination,
groups by tag, and what a server sends by itself."""
