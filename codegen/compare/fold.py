"""Several values that came or went in one place are one row; a program is told each."""

import dataclasses
from collections.abc import Sequence

from codegen.compare.comparison import Finding
from codegen.compare.words import listed

_OF_VALUES = ("-value-added", "-value-removed")
_SHOWN = 3


def folded(found: Sequence[Finding]) -> list[Finding]:
    """The findings with those of one place that differ by a value only as one, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for item in found:
        change = item.change
        alone = "" if change.rule.id.endswith(_OF_VALUES) else change.detail
        groups.setdefault((change.rule, change.subject, change.operations, item.level, alone), []).append(item)
    return [group[0] if len(group) == 1 else _one(group) for group in groups.values()]


def _one(group: Sequence[Finding]) -> Finding:
    values = [item.change.detail for item in group]
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    detail = f"{len(values)} values: {listed(values[:_SHOWN])}{more}"
    return dataclasses.replace(group[0], change=dataclasses.replace(group[0].change, detail=detail))
