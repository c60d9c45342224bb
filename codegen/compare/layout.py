"""How the value of a parameter is laid out: what a change of that means to values that callers send."""

from codegen.compare.aspects import ASPECTS, ChangeRecorder, Pair, compare_types
from codegen.compare.changes import Changes
from codegen.compare.shape import Shape, shape
from codegen.compare.side import ANYTHING, Node, Side

_COMPOSED = frozenset({"array", "object"})
_PREFIXED = ("label", "matrix")
"""Styles that write more than the value, even of a single one."""


def layout(parameter: Node) -> tuple[str, ...]:
    """How a value of several parts is laid out, what is left out at its default."""
    said = parameter.fields
    style = said.get("style") or ("form" if said.get("in") in ("query", "cookie") else "simple")
    explode = said.get("explode", style == "form")
    reserved = ("reserved characters allowed",) if said.get("allowReserved") is True else ()
    return (str(style), "exploded" if explode else "in one", *reserved)


def is_same_layout(old: tuple[str, ...], new: tuple[str, ...], forms: tuple[Shape, Shape]) -> bool:
    """Whether values are written the same: a single value is in most styles."""
    if any(form.types.isdisjoint(_COMPOSED) for form in forms):
        prefixes = [style if style in _PREFIXED else "" for style in (old[0], new[0])]
        return prefixes[0] == prefixes[1] and old[2:] == new[2:]
    return old == new


def becomes_list(side: Side, old: Shape, new: Shape, pair: Pair) -> bool:
    """Whether a single value became a list of at least one such value, which is written as the value alone was."""
    if not old.types.isdisjoint(_COMPOSED) or new.types != {"array"}:
        return False
    if new.lower.get("minItems", (0, False))[0] > 1 or new.places:
        return False
    items = shape(side, new.items or ANYTHING)
    scratch = Changes()
    say = ChangeRecorder(scratch, "request", pair)
    if compare_types(say, old, items):
        for compare in ASPECTS:
            compare(say, old, items)
    return all(change.rule.level in ("compatible", "documentation") for change in scratch.found.values())
