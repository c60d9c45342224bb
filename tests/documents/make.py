"""Documents of our own making: every construct of OpenAPI that is read, in any size, the same from the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

Schema = dict[str, Any]
Construct = Callable[[str, random.Random], tuple[Schema, Schema]]
"""A name and chance → the operation, with its ``method`` and what its ``path`` has beyond its name; and components."""

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}


def document(operations: int, seed: int = 0, only: Mapping[str, Construct] | None = None) -> Schema:
    """A document of OpenAPI 3.2 with so many operations: each is of one construct, and these take turns."""
    chance = random.Random(seed)
    constructs = list((only or CONSTRUCTS).items())
    tree: Schema = {
        "openapi": "3.2.0",
        "info": {"title": "Made", "version": "1"},
        "servers": [{"url": "https://made.example"}],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    }
    for number in range(operations):
        kind, construct = constructs[number % len(constructs)]
        name = f"{kind}{number}"
        said, schemas = construct(name[0].upper() + name[1:], chance)
        method, path = said.pop("method"), f"/{name}{said.pop('path', '')}"
        called = {method: {"operationId": name, **said}}
        tree["paths"][path] = called if method.islower() else {"additionalOperations": called}
        tree["components"]["schemas"] |= schemas
    return tree


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _ok(schema: Schema | None = None, status: str = "200") -> Schema:
    return {status: {"description": "Done.", **({} if schema is None else _json(schema))}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str = "", **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, **({"required": required.split()} if required else {})}


def _query(name: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "schema": schema, **more}


def _asks(*parameters: Schema, path: str = "") -> tuple[Schema, Schema]:
    return {"method": "get", "path": path, "parameters": list(parameters), "responses": _ok(_object(id=_TEXT))}, {}


def _takes(body: Schema, schemas: Schema | None = None, *, required: bool = True) -> tuple[Schema, Schema]:
    said = {"method": "post", "requestBody": {"required": required, **body}, "responses": _ok(status="204")}
    return said, schemas or {}


def _gives(schema: Schema, schemas: Schema | None = None) -> tuple[Schema, Schema]:
    return {"method": "get", "responses": _ok(schema)}, schemas or {}


def _both(schema: Schema, schemas: Schema | None = None) -> tuple[Schema, Schema]:
    return {"method": "put", "requestBody": _json(schema) | {"required": True}, "responses": _ok(schema)}, schemas or {}


def _scalars(name: str, chance: random.Random) -> tuple[Schema, Schema]:
    kinds = {
        "text": _TEXT,
        "whole": {"type": "integer", "format": "int64"},
        "real": {"type": "number"},
        "flag": {"type": "boolean"},
        "amount": {"type": "string", "format": "decimal"},
        "moment": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "unique": {"type": "string", "format": "uuid"},
        "bytes": {"type": "string", "format": "byte"},
        "state": {"type": "string", "enum": ["on", "off"]},
        "level": {"type": "integer", "enum": [1, 2]},
        "fixed": {"const": "fixed"},
        "maybe": {"type": ["string", "null"]},
        "any value": {},
    }
    chosen = chance.sample(sorted(kinds), chance.randint(4, len(kinds)))
    required = [key for key in chosen if chance.random() < 0.5]
    return _both(
        _ref(name), {name: {"type": "object", "properties": {k: kinds[k] for k in chosen}, "required": required}}
    )


def _tagged(name: str, _: random.Random) -> tuple[Schema, Schema]:
    cat = _object("kind lives", kind={"const": "cat"}, lives=_NUMBER)
    dog = _object("kind bark", kind={"const": "dog"}, bark=_TEXT)
    mapping = {"cat": f"#/components/schemas/{name}Cat", "dog": f"#/components/schemas/{name}Dog"}
    union = {
        "oneOf": [_ref(f"{name}Cat"), _ref(f"{name}Dog")],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    return _both(_ref(name), {name: union, f"{name}Cat": cat, f"{name}Dog": dog})


def _untagged(name: str, _: random.Random) -> tuple[Schema, Schema]:
    card, bank = _object("number", number=_TEXT), _object("iban", iban=_TEXT, bic=_TEXT)
    return _both(_object("source", source={"anyOf": [_ref(f"{name}Card"), _ref(f"{name}Bank"), _TEXT]}), {
        f"{name}Card": card,
        f"{name}Bank": bank,
    })  # fmt: skip


def _inherited(name: str, _: random.Random) -> tuple[Schema, Schema]:
    base = _object("kind", kind=_TEXT, owner=_TEXT) | {"discriminator": {"propertyName": "kind"}}
    cat = {"allOf": [_ref(name), _object("lives", lives=_NUMBER)]}
    dog = {"allOf": [_ref(name), _object(bark=_TEXT)]}
    return _gives({"type": "array", "items": _ref(name)}, {name: base, f"{name}Cat": cat, f"{name}Dog": dog})


def _merged(name: str, _: random.Random) -> tuple[Schema, Schema]:
    one = _object("id", id=_TEXT, tags=_object(a=_TEXT))
    other = _object("size", size=_NUMBER, tags=_object(b=_TEXT))
    return _both({"allOf": [_ref(f"{name}One"), other, {"description": "Both."}]}, {f"{name}One": one})


def _recursive(name: str, _: random.Random) -> tuple[Schema, Schema]:
    node = _object("value", value=_NUMBER, next=_ref(name), children={"type": "array", "items": _ref(name)})
    return _both(_ref(name), {name: node})


def _one_way(name: str, _: random.Random) -> tuple[Schema, Schema]:
    schema = _object("id name secret", id=_TEXT | {"readOnly": True}, name=_TEXT, secret=_TEXT | {"writeOnly": True})
    return _both(_ref(name), {name: schema})


def _statuses(name: str, _: random.Random) -> tuple[Schema, Schema]:
    said, _none = _takes(_json(_object(name=_TEXT)))
    job = {f"{name}Job": _object("job", job=_TEXT), f"{name}Thing": _object("thing", thing=_TEXT)}
    answers = _ok(_ref(f"{name}Thing"), "201") | _ok(_ref(f"{name}Job"), "202") | _ok(status="204")
    error = {"4XX": {"description": "Refused.", **_json(_object("message", message=_TEXT, code=_TEXT))}}
    return said | {"responses": answers | error}, job


def _places(_name: str, _: random.Random) -> tuple[Schema, Schema]:
    return _asks(
        {"name": "id", "in": "path", "required": True, "schema": _TEXT},
        {"name": "X-Trace", "in": "header", "schema": _TEXT},
        {"name": "session", "in": "cookie", "schema": _TEXT},
        _query("class", _TEXT),
        path="/{id}",
    )


def _form(kind: str, **properties: Schema) -> Construct:
    first = next(iter(properties))
    return lambda _name, _chance: _takes({"content": {kind: {"schema": _object(first, **properties)}}})


def _answer(kind: str, schema: Schema) -> Construct:
    responses = {"200": {"description": "Done.", "content": {kind: {"schema": schema}}}}
    return lambda _name, _chance: ({"method": "get", "responses": responses}, {})


_FORM = "application/x-www-form-urlencoded"
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_RANGE: Schema = _object(gte=_NUMBER, lt=_NUMBER)

CONSTRUCTS: Mapping[str, Construct] = {
    "scalars": _scalars,
    "places": _places,
    "lists": lambda *_: _asks(_query("repeated", _TEXTS), _query("commas", _TEXTS, explode=False)),
    "separators": lambda *_: _asks(
        _query("spaces", _TEXTS, style="spaceDelimited", explode=False),
        _query("pipes", _TEXTS, style="pipeDelimited", explode=False),
    ),
    "deep": lambda *_: _asks(_query("filter", _RANGE, style="deepObject", explode=True)),
    "spread": lambda *_: _asks(_query("filter", _RANGE)),
    "content": lambda *_: _asks({"name": "where", "in": "query", "content": {"application/json": {"schema": _RANGE}}}),
    "wholeQuery": lambda *_: _asks(
        {"name": "where", "in": "querystring", "content": {_FORM: {"schema": _object(a=_TEXT, several=_TEXTS)}}}
    ),
    "optionalLists": lambda *_: _asks(_query("ids", {"anyOf": [_TEXTS, {"type": "null"}]})),
    "listOrText": lambda *_: _asks(_query("expand", {"anyOf": [_TEXT, _TEXTS]})),
    "rangeOrNumber": lambda *_: _asks(
        _query("created", {"anyOf": [_RANGE, _NUMBER]}, style="deepObject", explode=True)
    ),
    "tagged": _tagged,
    "untagged": _untagged,
    "inherited": _inherited,
    "merged": _merged,
    "recursive": _recursive,
    "oneWay": _one_way,
    "maps": lambda name, _: _both({"type": "object", "additionalProperties": _ref(name)}, {name: _object(a=_TEXT)}),
    "extras": lambda name, _: _both(_ref(name), {name: _object("a", a=_TEXT) | {"additionalProperties": _NUMBER}}),
    "tuples": lambda *_: _gives({"type": "array", "prefixItems": [_TEXT, _NUMBER], "minItems": 2, "items": False}),
    "optionalBody": lambda *_: _takes(_json(_object(a=_TEXT)), required=False),
    "form": _form(_FORM, name=_TEXT, tags=_TEXTS, range=_RANGE),
    "upload": _form("multipart/form-data", file={"type": "string", "format": "binary"}, note=_TEXT),
    "octets": lambda *_: _takes(
        {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    ),
    "words": lambda *_: _takes({"content": {"text/plain": {"schema": _TEXT}}}),
    "eitherBody": lambda *_: _takes(
        {"content": {kind: {"schema": _object("a", a=_TEXT)} for kind in ("application/json", "multipart/form-data")}}
    ),
    "statuses": _statuses,
    "nothing": lambda *_: ({"method": "delete", "responses": _ok(status="204")}, {}),
    "search": lambda *_: ({**_both(_object("a", a=_TEXT))[0], "method": "query"}, {}),
    "otherMethod": lambda *_: ({"method": "COPY", "responses": _ok(_object(a=_TEXT))}, {}),
    "default": lambda *_: (
        {"method": "get", "responses": {"default": {"description": "Any.", **_json(_object(a=_TEXT))}}},
        {},
    ),
    "download": _answer("application/octet-stream", {"type": "string", "format": "binary"}),
    "sheet": _answer("text/csv", _TEXT),
    "secured": lambda *_: ({"method": "get", "security": [{}, {"key": []}], "responses": _ok(_object(a=_TEXT))}, {}),
    "foreign": lambda name, _: _both(_ref(name), {name: _object("имя", имя=_TEXT, 年齢=_NUMBER)}),
    "clashes": lambda name, _: _both(
        _ref(name),
        {
            name: _object(a=_ref(f"{name}A"), b=_ref(f"{name}_a")),
            f"{name}A": _object(b=_TEXT),
            f"{name}_a": _object(c=_TEXT),
        },
    ),
}
"""Name → what makes an operation of the construct."""
