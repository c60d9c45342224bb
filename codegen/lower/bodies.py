"""The body of a request: one argument, or an argument for each field of its form."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen import naming
from codegen.errors import Pointer
from codegen.extensions.words import NAME
from codegen.facts import Expression
from codegen.ir.operation import Body, Form, Limits, Multipart, Parameter, Style
from codegen.lower.annotations import annotation
from codegen.lower.context import Context
from codegen.lower.descriptions import described_line
from codegen.lower.fields import Field, fields_of
from codegen.lower.headers import Declared
from codegen.lower.media import FORM, is_json, kind, preferred
from codegen.lower.names import Names, Whose
from codegen.lower.parts import is_file, part_of
from codegen.lower.styles import style_of
from codegen.lower.values import ANYTHING, Value, Values, flat
from codegen.read.operations import DeclaredOperation
from codegen.read.references import DATA_KEYS, resolve

_MULTIPART = "multipart/form-data"
_TEXT = ("text/", "application/xml")
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""Keywords whose keys the document chooses."""


@dataclass(frozen=True)
class RequestBody:
    """What a request body comes to."""

    body: Body | None = None
    """The one argument."""
    fields: Declared = ()  # type: ignore[assignment]
    """The arguments that it is made of."""
    parameters: tuple[Parameter, ...] = ()
    """What else can be said of it."""
    join: Expression | None = None


def request_body(context: Context, given: DeclaredOperation, title: str) -> RequestBody:
    """The body as one argument, or as the parameters of its form."""
    said = resolve(context.tree, given.said.get("requestBody"))
    content = said.get("content", {}) if isinstance(said, dict) else {}
    if not content:
        return RequestBody()
    here: Pointer = (*given.pointer, "requestBody", "content")
    first = _first(context, content, here)
    if kind(first) in (FORM, _MULTIPART):
        spread = _spread(context, content[first], kind(first), (*here, first))
        if spread is not None:
            others = [name for name in content if name != first]
            if others:
                context.warn(f"the body is sent as {first}, never as {', '.join(others)}", here)
            return RequestBody(fields=spread, join=Expression("uploads.join") if kind(first) == _MULTIPART else None)
    return _one_argument(context, given, said, first, title)


def _first(context: Context, content: Mapping[str, Any], pointer: Pointer) -> str:
    """The media type that a call sends unless it says another: JSON, a form, or what comes first."""
    first = preferred(content, pointer)
    if is_json(first):
        return first
    names = {kind(name): name for name in content}
    if _MULTIPART in names and _has_files(context, content[names[_MULTIPART]]):
        return names[_MULTIPART]
    return names.get(FORM) or names.get(_MULTIPART) or first


def _has_files(context: Context, media: Mapping[str, Any]) -> bool:
    found = fields_of(context.tree, media.get("schema", {}), ())
    return any(is_file(context.tree, field.schema, media.get("encoding", {}).get(field.name, {})) for field in found)


def _spread(context: Context, media: Mapping[str, Any], media_type: str, pointer: Pointer) -> Declared | None:
    """The fields of a form as declarations of parameters; `None` where they are not known by name."""
    found = fields_of(context.tree, media.get("schema", {}), (*pointer, "schema"))
    if not found:
        return None
    place = "form" if media_type == FORM else "part"
    declared = [(_declaration(field, place, media.get("encoding", {})), field.pointer) for field in found]
    values = flat(context.tree, media.get("schema", {})).get("additionalProperties")
    if values and place == "part":
        here = (*pointer, "schema", "additionalProperties")
        context.warn("a part that has no name in the document cannot be given", here)
    elif values:
        schema = {"type": "object", "additionalProperties": values, "description": "More fields of the form."}
        extra = {"name": "", "in": place, "style": "fields", "schema": schema}
        declared.append((extra, (*pointer, "schema", "additionalProperties")))
    return declared


def _declaration(field: Field, place: str, encoding: Mapping[str, Any]) -> dict[str, Any]:
    said = field.schema if isinstance(field.schema, dict) else {}
    name = {NAME.key: said[NAME.key]} if NAME.key in said else {}
    own = encoding.get(field.name, {})
    return {**own, **name, "name": field.name, "in": place, "required": field.required, "schema": field.schema}


def _one_argument(
    context: Context, given: DeclaredOperation, said: Mapping[str, Any], first: str, title: str
) -> RequestBody:
    here: Pointer = (*given.pointer, "requestBody", "content")
    content = said["content"]
    lowered = {
        _sent(name): _lowered(context, content[name], name, f"{title}Body", (*here, name))
        for name in (first, *(name for name in content if name != first))
    }
    types = list(dict.fromkeys(name for value, _ in lowered.values() for name in value.types))
    required = bool(said.get("required"))
    nullable = required and "None" in types
    if not required and "None" not in types:
        types.append("None")
    body = Body(
        name=_body_name(context.names, said, given.pointer),
        type=" | ".join(types),
        required=required,
        nullable=nullable,
        holds_secret=any(_holds_secret(context.tree, media.get("schema")) for media in content.values()),
        media_type=_sent(first),
        write=lowered[_sent(first)][1],
        choices={name: write for name, (_, write) in lowered.items()} if len(lowered) > 1 else None,
        meaning=described_line(said, flat(context.tree, content[first].get("schema", {}))),
        properties=_properties(context, content[first], first),
    )
    has_range = any("*" in name and not is_json(name) for name in content)
    return RequestBody(body=body, parameters=tuple(_content_type(context, given, list(lowered), has_range=has_range)))


def _properties(context: Context, media: Mapping[str, Any], media_type: str) -> frozenset[str]:
    found = fields_of(context.tree, media.get("schema", {}), ()) if is_json(media_type) else ()
    secret = {field.name for field in found if flat(context.tree, field.schema).get("format") == "password"}
    return frozenset(field.name for field in found) - secret


def _holds_secret(tree: dict[str, Any], schema: Any) -> bool:
    """Whether any schema that this one leads to is of a secret."""
    waiting: list[Any] = [schema]
    seen: set[int] = set()
    while waiting:
        node = resolve(tree, waiting.pop())
        if isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            if node.get("format") == "password":
                return True
            for key, value in node.items():
                if key in _NAMED and isinstance(value, dict):
                    waiting += value.values()  # what they are called means nothing
                elif key not in DATA_KEYS and not key.startswith("x-"):
                    waiting += value if isinstance(value, list) else [value]
    return False


def _body_name(names: Names, said: Mapping[str, Any], scope: Pointer) -> str:
    whose, wanted = (Whose.SAID, said[NAME.key]) if NAME.key in said else (Whose.PLACE, "body")
    pointer, others = (*scope, "requestBody"), ["request_body"]
    return names.give("argument name", naming.argument(wanted), pointer, scope=scope, whose=whose, others=others)


def _sent(media_type: str) -> str:
    """What a request says of its content, where the document gives a range."""
    if "*" not in media_type:
        return media_type
    return "application/json" if is_json(media_type) else "application/octet-stream"


def _content_type(
    context: Context, given: DeclaredOperation, names: list[str], *, has_range: bool
) -> Iterator[Parameter]:
    """The argument that chooses the media type, where there is a choice."""
    if len(names) < 2 and not has_range:
        return
    annotation = "str" if has_range else f"Literal[{', '.join(map(repr, names))}]"
    here = (*given.pointer, "requestBody", "content")
    meaning = f"The media type of the body; {names[0]} if left out."
    limits = Limits() if has_range else Limits(choices=tuple(names))
    yield Parameter(
        name=context.names.give("argument name", "content_type", here, scope=given.pointer, others=["media_type"]),
        wire_name="content-type",
        place="header",
        write=Expression("wire.text"),
        required=False,
        secret=False,
        style=None,
        limits=limits,
        bounds=Limits(),
        type=f"{annotation} | None",
        meaning=meaning,
        help=meaning,
    )


def _lowered(
    context: Context, media: Mapping[str, Any], media_type: str, title: str, pointer: Pointer
) -> tuple[Value, Any]:
    """What is given for a body of the media type, and what writes it."""
    schema, here = media.get("schema", {}), (*pointer, "schema")
    if is_json(media_type):
        text = annotation(context.hoister.lower(schema, title, here))
        return Value(tuple(_members(ast.parse(text, mode="eval").body)), ANYTHING.kind), Expression("encode")
    if kind(media_type) == FORM:
        return _form(context, media, here)
    if kind(media_type) == _MULTIPART:
        parts = {
            field.name: part_of(context, field.schema, media.get("encoding", {}).get(field.name, {}), field.pointer)[1]
            for field in fields_of(context.tree, schema, here)
        }
        return Value(("Mapping[str, Any]",), ANYTHING.kind), Multipart(parts=parts)
    if media_type.startswith(_TEXT) or kind(media_type).endswith("+xml"):
        return Value(("str", "bytes"), ANYTHING.kind), Expression("wire.content")
    return Value(("Uploadable",), ANYTHING.kind), Expression("uploads.content")


def _members(annotation: ast.expr) -> Iterator[str]:
    """The members of a union."""
    if isinstance(annotation, ast.BinOp):
        yield from (*_members(annotation.left), *_members(annotation.right))
    else:
        yield ast.unparse(annotation)


def _form(context: Context, media: Mapping[str, Any], pointer: Pointer) -> tuple[Value, Any]:
    values = Values(context.tree, context.warn)
    styles = {}
    for field in fields_of(context.tree, media.get("schema", {}), pointer):
        value = values.of(field.schema, field.pointer)
        declaration = _declaration(field, "form", media.get("encoding", {}))
        styles[field.name] = style_of(context, declaration, value, field.pointer) or Style(value=value.kind)
    others = flat(context.tree, media.get("schema", {})).get("additionalProperties")
    value = values.of(others, (*pointer, "additionalProperties")) if isinstance(others, dict) and others else ANYTHING
    types: tuple[str, ...] = ("Mapping[str, Any]" if styles else f"Mapping[str, {value.type}]",)
    if flat(context.tree, media.get("schema", {})).get("type") == "array":
        types = (*types, "Sequence[tuple[str, Any]]")
    return Value(types, ANYTHING.kind), Form(of=value.kind, styles=styles)
