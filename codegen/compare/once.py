"""Tell once what stands once: a parameter, an answer or a requirement that several operations share."""

from collections.abc import Iterable
from dataclasses import replace

from codegen.compare.changes import Change


def tell_once(changes: Iterable[Change]) -> list[Change]:
    """The changes; those of several operations that are about the same places as one, with the operations."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for number, change in enumerate(changes):
        is_shared = not change.operations and (change.old or change.new) is not None
        key = (change.rule.id, change.detail, change.old, change.new) if is_shared else (number,)
        groups.setdefault(key, []).append(change)
    return [group[0] if len(group) == 1 else _merged(group) for group in groups.values()]


def _merged(group: list[Change]) -> Change:
    """One change of all that say the same of different operations."""
    first = group[0]
    operations, parts = zip(*(change.subject.partition(": ")[::2] for change in group), strict=True)
    place = first.new or first.old or ()
    subject = parts[0] if parts[0] and len(set(parts)) == 1 else str(place[-1])
    return replace(first, subject=subject, operations=tuple(sorted(set(operations))))
