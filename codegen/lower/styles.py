"""How a parameter's value is laid out, by its place and its style."""

from typing import Any

from codegen.errors import Pointer
from codegen.ir.operation import Either, Fields, Items, Json, Kind, Plain, Style
from codegen.lower.context import Context
from codegen.lower.values import Value

_STYLES = {
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "form": ("form", "spaceDelimited", "pipeDelimited", "deepObject", "fields"),
    "part": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
}
"""Place → the styles that are written there; the first is the default."""


def style_of(context: Context, declaration: dict[str, Any], value: Value, pointer: Pointer) -> Style | None:
    """The style that the declaration asks for; `None` where the value is one text, and goes out like any."""
    known = _STYLES[declaration["in"]]
    usual = "deepObject" if declaration["in"] == "form" and _is_nested(value.kind) else known[0]
    name = declaration.get("style", usual)
    if name not in known:
        context.warn(
            f"the style {name!r} is none of a {declaration['in']} parameter, and is written as"
            f" {known[0]}; {', '.join(known)} {'are' if len(known) > 1 else 'is'}",
            pointer,
        )
        name = known[0]
    reserved = bool(declaration.get("allowReserved")) and declaration["in"] in ("query", "form")
    if isinstance(value.kind, Plain) and not reserved and name not in ("label", "matrix", "cookie"):
        return None
    if name not in ("deepObject", "fields") and isinstance(value.kind, Items) and not _is_flat(value.kind.of):
        context.warn(f"the style {name} says nothing of lists and mappings in a list; it is written as JSON", pointer)
        return Style(value=Json(), name=name)
    explode = bool(declaration.get("explode", name in ("form", "cookie")))
    return Style(value=value.kind, name=name, explode=explode, reserved=reserved)


def _is_nested(kind: Kind) -> bool:
    """Whether a value may have parts within parts."""
    if isinstance(kind, Either):
        return any(map(_is_nested, kind.kinds))
    return not isinstance(kind, Plain) and not (isinstance(kind, Items) and isinstance(kind.of, Plain))


def _is_flat(kind: Kind) -> bool:
    """Whether a value may be one text."""
    return any(map(_is_flat, kind.kinds)) if isinstance(kind, Either) else not isinstance(kind, (Items, Fields))


def json_style(place: str) -> Style:
    """That of a parameter whose content is JSON."""
    return Style(value=Json(), name=_STYLES[place][0])
