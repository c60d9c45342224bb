"""The arguments of a method that become parameters, and the body that is one argument."""

from typing import Any

from codegen import naming
from codegen.errors import Fault, Pointer
from codegen.extensions.signing import Field
from codegen.extensions.words import NAME
from codegen.facts import Expression
from codegen.ir.operation import Limits, Parameter, Part, Plain, Style
from codegen.lower.context import Context
from codegen.lower.descriptions import described_line
from codegen.lower.docstrings import secret_help
from codegen.lower.headers import Declared
from codegen.lower.media import FORM, is_json, kind
from codegen.lower.names import Names, Whose
from codegen.lower.parts import part_of
from codegen.lower.styles import json_style, style_of
from codegen.lower.values import Value, Values, flat
from codegen.read.operations import DeclaredOperation
from codegen.read.references import resolve
from codegen.text import one_line

_PLACES = ("path", "query", "header", "cookie")
_WHOLE = "querystring"
_ORDER = (*_PLACES, "form", "part")
"""Of several parameters of one name the first has it alone."""


def declared_parameters(context: Context, given: DeclaredOperation) -> Declared:
    """The parameters of the path and of the operation; the operation's override the path's."""
    chosen: dict[tuple[str, str], tuple[dict[str, Any], Pointer]] = {}
    for owner, home in ((given.item, given.pointer[:2]), (given.said, given.pointer)):
        for index, said in enumerate(owner.get("parameters", ())):
            parameter, here = resolve(context.tree, said), (*home, "parameters", index)
            if isinstance(parameter, dict) and parameter.get("in") == _WHOLE:
                parameter = _whole_query(context, parameter, here)
                if parameter is None:
                    continue
            if not isinstance(parameter, dict) or parameter.get("in") not in _PLACES or not parameter.get("name"):
                raise Fault(f"a parameter needs a name and an 'in' of {', '.join(_PLACES)}", here)
            key = (str(parameter["in"]), str(parameter["name"]))
            if key in chosen and owner is given.said and chosen[key][1][:-1] == here[:-1]:
                raise Fault(f"the {key[0]} parameter {key[1]!r} is declared twice", here)
            chosen[key] = (parameter, here)
    return list(chosen.values())


def _whole_query(context: Context, parameter: dict[str, Any], pointer: Pointer) -> dict[str, Any] | None:
    """OpenAPI 3.2's parameter that is the whole query, as one that is spread over it."""
    content = parameter.get("content") or {}
    media_type = next(iter(content), "")
    if kind(media_type) != FORM:
        context.warn(f"a query is written as a form, and not as {media_type or 'what is not said'}; left out", pointer)
        return None
    rest = {key: value for key, value in parameter.items() if key != "content"}
    schema = content[media_type].get("schema", {"type": "object"})
    return {**rest, "in": "query", "style": "form", "explode": True, "schema": schema}


def parameters(
    context: Context, declared: Declared, made: tuple[Field, ...], given: DeclaredOperation
) -> tuple[Parameter, ...]:
    """The arguments; what a signing hook makes is none."""
    lowered = []
    for declaration, here in declared:
        with context.collect(here):
            if not is_made(declaration, made, here):
                lowered.append(_parameter(context, declaration, here, given.pointer))
    return tuple(lowered)


def is_made(declaration: dict[str, Any], made: tuple[Field, ...], pointer: Pointer) -> bool:
    """Whether signing makes a parameter.

    Raises:
        Fault: It does, and would send it elsewhere.
    """
    place, name = declaration["in"], declaration["name"]
    if any(field.makes(place, name) for field in made):
        return True
    if place in ("header", "cookie") and any(field.name == name for field in made):
        raise Fault(
            f"signing makes {name!r}, and not in the {place}; say {{{place}: {name}}} in x-sdk-signing", pointer
        )
    return False


def _argument(names: Names, declaration: dict[str, Any], pointer: Pointer, scope: Pointer) -> str:
    """The argument's name; where two have one name, the place is put behind it."""
    place, name = declaration["in"], declaration["name"]
    spelled = str(declaration.get(NAME.key) or name or "extra")
    wanted = naming.argument(spelled)
    return names.give(
        "argument name",
        wanted,
        pointer,
        scope=scope,
        whose=Whose.SAID if NAME.key in declaration else Whose.OWN if name else Whose.PLACE,
        spelled=spelled,
        order=(str(_ORDER.index(place)), name),
        others=[naming.argument(naming.spelled_out(spelled)), f"{wanted.rstrip('_')}_in_{place}"],
    )


def _parameter(context: Context, declaration: dict[str, Any], pointer: Pointer, scope: Pointer) -> Parameter:
    content = declaration.get("content") or {}
    media_type = next(iter(content), None)
    schema = content[media_type].get("schema", {}) if media_type else declaration.get("schema")
    home: Pointer = (*pointer, "content", media_type, "schema") if media_type else (*pointer, "schema")
    value, style = _written(context, declaration, schema, media_type, home)
    secret = value.secret or (declaration["in"] == "header" and declaration["name"].lower() == "authorization")
    required = declaration["in"] == "path" or bool(declaration.get("required"))
    meaning = described_line(declaration, flat(context.tree, schema))
    plain = value.kind if isinstance(value.kind, Plain) else Plain(write=Expression("wire.anything"))
    name = _argument(context.names, declaration, pointer, scope)
    return Parameter(
        wire_name=declaration["name"],
        name=name,
        type=value.type if required else f"{value.type} | None",
        required=required,
        place=declaration["in"],
        write=plain.write,
        style=style,
        secret=secret,
        limits=Limits() if style else plain.limits,
        bounds=value.limits,
        meaning=meaning,
        help=secret_help(meaning, f"{context.environment}_{name.upper()}") if secret else meaning,
        example="" if secret or style else _example(declaration, flat(context.tree, schema)),
    )


def _example(*said: dict[str, Any]) -> str:
    """The first plain value that is given for an example."""
    values = [value for one in said for value in (one.get("example"), *_listed(one.get("examples")))]
    plain = [value for value in values if isinstance(value, (str, int)) and not isinstance(value, bool)]
    return next((line for value in plain if (line := one_line(str(value)))), "")


def _listed(examples: Any) -> list[Any]:
    """Those of a schema, which are values, or of a parameter, which have names."""
    if isinstance(examples, dict):
        return [one.get("value") for one in examples.values() if isinstance(one, dict)]
    return examples if isinstance(examples, list) else []


def _written(
    context: Context, declaration: dict[str, Any], schema: Any, media_type: str | None, home: Pointer
) -> tuple[Value, Style | Part | None]:
    """What is given, and how it is laid out where it is no single text."""
    place = declaration["in"]
    if place == "part" and "style" not in declaration:
        return part_of(context, schema, declaration, home)
    value = Values(context.tree, context.warn).of(schema, home)
    if place == "form" and "style" not in declaration:  # a form's encoding says it of a field
        named = str(declaration.get("contentType", ""))
        media_type = named if is_json(named) else None
    if media_type is None:
        return value, style_of(context, declaration, value, home[:-1])
    if not is_json(media_type):
        raise Fault(f"a parameter is written as JSON, not as {media_type}; change it, in an overlay for instance", home)
    return value, json_style(place)
