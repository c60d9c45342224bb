# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""How values are laid out: in columns and one a line for people, divided by tabs for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from rich.text import Text

from .screen import out, print_line, visible

Side: TypeAlias = Literal["left", "right"]

_GAP = "  "
_ENDS = str.maketrans({"\t": "\\t", "\n": "\\n"})


def cell(value: Any) -> str:
    """A value on one line, with nothing in it that a terminal would obey."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return local(value)
    text = format(value, "f") if hasattr(value, "is_finite") else str(value)
    return visible(text).translate(_ENDS)


def local(moment: datetime, *, seconds: bool = True) -> str:
    """A time in the zone of this machine (or of ``TZ``), with the zone's name."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M{':%S' if seconds else ''} %Z}"


def counted(number: int, one: str, many: str) -> str:
    """So many of them."""
    return f"{number} {one if number == 1 else many}"


def print_title(text: str) -> None:
    """The title of what follows."""
    out.say("")
    out.say(Text(cell(text), "bold"))


def print_table(
    columns: Mapping[str, Side], rows: Iterable[Sequence[str | Text]], below: Sequence[Sequence[str]] = ()
) -> None:
    """Rows of cells, as wide as they are; where a screen has no room for the last of them, it stands below its row.

    Args:
        columns: Their names, and the side that each is aligned to.
        rows: The cells of each row.
        below: For each row, what stands on lines of its own below it, from its second column on.
    """
    head = [Text(name, "bold") for name in columns]
    body = [[Text.assemble(one) for one in row] for row in rows]
    widths = [max(one.cell_len for one in column) for column in zip(head, *body, strict=True)]
    is_wide = out.is_seen and len(_GAP) * (len(widths) - 1) + sum(widths) > out.width
    if is_wide and below:
        name = head.pop().plain
        below = [[f"{name} {row.pop()}", *more] for row, more in zip(body, below, strict=True)]
        widths.pop()
    for number, row in enumerate([head, *body]):
        out.say_row(_line(row, widths, [*columns.values()][: len(widths)]))
        for text in below[number - 1] if number and below else ():
            out.say(text, indent=widths[0] + len(_GAP))


def _line(row: Sequence[Text], widths: Sequence[int], sides: Sequence[Side]) -> Text:
    cells = []
    for one, width, side in zip(row, widths, sides, strict=True):
        gap = " " * (width - one.cell_len)
        cells.append(Text.assemble(gap, one) if side == "right" else Text.assemble(one, gap))
    line = Text(_GAP).join(cells)
    line.rstrip()
    return line


def print_facts(facts: Mapping[str, Any], *, indent: int = 0) -> None:
    """Names and values, one a line."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        first, *rest = out.fold(cell(value), indent=indent + width + len(_GAP)) or [Text()]
        out.say_row(Text.assemble(" " * indent, (name.ljust(width), "bold"), _GAP, first))
        for line in rest:
            out.say_row(Text.assemble(" " * (indent + width + len(_GAP)), line))


def print_tabbed(values: Iterable[Any]) -> None:
    """Values on one line, divided by tabs; nothing stands for one that is missing."""
    print_line("\t".join("" if value is None else cell(value) for value in values))
