"""Compare what two schemas say of a value itself: its types, limits and lists, not what it holds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from codegen.compare.changes import Changes
from codegen.compare.limits import LOWER, UPPER
from codegen.compare.rules import Direction
from codegen.compare.shape import Shape, type_of
from codegen.compare.side import Node
from codegen.compare.words import arrow, listed, quoted
from codegen.errors import Pointer

_ORDERED_FORMATS = {frozenset({"int32"}): frozenset({"int64"}), frozenset({"float"}): frozenset({"double"})}
"""A format of numbers, and the one that holds all of its values."""


Spread: TypeAlias = Literal["", "value", "fields"]
"""Whether each item of a value, or of the fields of a form, is sent by itself."""


@dataclass(frozen=True)
class Pair:
    """Two schemas to compare, and how a person names the place."""

    old: Node
    new: Node
    label: str
    null_is_told: bool = False
    """Whether they are alternatives, whose null is that of all of them."""
    spread: Spread = ""


@dataclass(frozen=True)
class ChangeRecorder:
    """Notes a change of a schema under the rule of its direction."""

    changes: Changes
    direction: Direction
    pair: Pair

    def __call__(self, kind: str, detail: str = "") -> None:
        self.of(kind, self.pair.label, detail, self.pair.old.pointer, self.pair.new.pointer)

    def documentation(self, keys: Iterable[str]) -> None:
        """Note that words changed."""
        places = {"old": self.pair.old.pointer, "new": self.pair.new.pointer}
        self.changes.add("documentation-changed", self.pair.label, listed(keys), **places)

    def of(
        self, kind: str, label: str, detail: str = "", old: Pointer | None = None, new: Pointer | None = None
    ) -> None:
        self.changes.add(f"{self.direction}-{kind}", label, detail, old=old, new=new)


def compare_remarks(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    """Compare what is said in words."""
    if old.remarks != new.remarks:
        keys = [key for key in {**old.remarks, **new.remarks} if old.remarks.get(key) != new.remarks.get(key)]
        say.documentation(keys)


def compare_types(say: ChangeRecorder, old: Shape, new: Shape) -> bool:
    """Whether the two have something in common, so that it is worth looking further."""
    before, after = (form.own_types if old.alternatives and new.alternatives else form.types for form in (old, new))
    lost_null, found_null = old.nullable > new.nullable, old.nullable < new.nullable
    widened, narrowed = (before < after and before), (after < before and after)
    if before != after and not (widened or narrowed):
        say("type-changed", arrow(_types(before, old), _types(after, new)))
        return False
    if widened or narrowed:
        with_null = found_null if widened else lost_null
        words = (_types(types, form, with_null=with_null) for types, form in ((before, old), (after, new)))
        say("type-widened" if widened else "type-narrowed", arrow(*words))
        if with_null:
            return True
    compare_null(say, old, new)
    return True


def compare_null(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    """Compare whether null is allowed; of alternatives that is told of all of them at once."""
    if old.nullable != new.nullable and not say.pair.null_is_told:
        say("null-allowed" if new.nullable else "null-forbidden")


def types_of(form: Shape) -> str:
    """The types, in words."""
    return _types(form.types, form)


def _types(types: frozenset[str], form: Shape, *, with_null: bool = False) -> str:
    shown = types - ({"integer"} if "number" in types else set())
    null = ["null"] if form.nullable and with_null else []
    return " or ".join([*sorted(shown), *null]) or ("null" if form.nullable else "nothing")


def _compare_formats(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    before, after = frozenset(old.formats), frozenset(new.formats)
    if before == after:
        return
    if _ORDERED_FORMATS.get(before) == after:
        kind = "format-widened"
    elif _ORDERED_FORMATS.get(after) == before:
        kind = "format-narrowed"
    elif not before or before < after:
        kind = "format-added"
    elif not after or after < before:
        kind = "format-removed"
    else:
        kind = "format-changed"
    say(kind, arrow(listed(sorted(before)), listed(sorted(after))))


def _compare_enums(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    if old.enum is None or new.enum is None:
        if old.enum != new.enum:
            say("enum-removed" if new.enum is None else "enum-added", listed(map(quoted, new.enum or old.enum or ())))
        return
    gone = [value for value in old.enum if not _is_listed(value, new.enum)]
    come = [value for value in new.enum if not _is_listed(value, old.enum)]
    if gone and come and len(gone) == len(old.enum):
        say("enum-replaced", arrow(*(listed(map(quoted, values)) for values in (gone, come))))
        return
    for value in gone:
        if type_of(value) in new.types:  # else it is told as a type that is gone
            say("enum-value-removed", quoted(value))
    for value in come:
        if type_of(value) in old.types:
            say("enum-value-added", quoted(value))


def _is_listed(value: Any, values: Sequence[Any]) -> bool:
    """Whether it is one of them: in JSON, 1 is not true."""
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in values)


def _compare_limits(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    both_contain = "contains" in old.conditions and "contains" in new.conditions
    counts = (("minContains", "min-contains"), ("maxContains", "max-contains")) if both_contain else ()
    for keyword, name in (("minimum", "minimum"), *LOWER.items(), *counts[:1]):
        before, after = old.lower.get(keyword), new.lower.get(keyword)
        if before != after:
            raised = before is None or (after is not None and after > before)
            say(f"{name}-raised" if raised else f"{name}-lowered", arrow(_limit(before), _limit(after)))
    for keyword, name in (("maximum", "maximum"), *UPPER.items(), *counts[1:]):
        before, after = old.upper.get(keyword), new.upper.get(keyword)
        if before != after:
            lowered = before is None or (after is not None and (after[0], not after[1]) < (before[0], not before[1]))
            say(f"{name}-lowered" if lowered else f"{name}-raised", arrow(_limit(before), _limit(after)))


def _limit(limit: tuple[float, bool] | None) -> str:
    return "" if limit is None else f"{limit[0]}{' (excluded)' if limit[1] else ''}"


def _compare_steps(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    if old.steps != new.steps:
        widened = "widened" if _covers(new.steps, old.steps) else "changed"
        say(
            f"step-{'narrowed' if _covers(old.steps, new.steps) else widened}",
            arrow(listed(map(str, sorted(old.steps))), listed(map(str, sorted(new.steps)))),
        )


def _covers(coarse: set[float], fine: set[float]) -> bool:
    """Whether every multiple of all of `fine` is one of all of `coarse`."""
    return all(any(_is_multiple(step, base) for step in fine) for base in coarse)


def _is_multiple(value: float, base: float) -> bool:
    return base != 0 and abs(value / base - round(value / base)) < 1e-9  # fractions are binary


def _compare_patterns(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    if old.patterns != new.patterns:
        removed = "removed" if new.patterns < old.patterns else "changed"
        say(
            f"pattern-{'added' if old.patterns < new.patterns else removed}",
            arrow(listed(sorted(old.patterns)), listed(sorted(new.patterns))),
        )


def _compare_flags(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    if old.unique != new.unique:
        say("unique-items-demanded" if new.unique else "unique-items-dropped")
    if old.unit != new.unit:
        say("unit-changed", arrow(str(old.unit or ""), str(new.unit or "")))
    if old.encoding != new.encoding:
        say("encoding-changed", arrow(listed(old.encoding.values()), listed(new.encoding.values())))
    if old.xml != new.xml:
        say("xml-changed")


def _compare_defaults(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    if len(old.default) != len(new.default) or not all(_is_listed(value, new.default) for value in old.default):
        before, after = listed(map(quoted, old.default)), listed(map(quoted, new.default))
        kind = "changed" if old.default and new.default else "added" if new.default else "removed"
        say(f"default-{kind}", arrow(before, after))


def _compare_dependencies(say: ChangeRecorder, old: Shape, new: Shape) -> None:
    for given, wanted in sorted(new.dependencies - old.dependencies):
        say("dependency-added", f"{given} demands {wanted}")
    for given, wanted in sorted(old.dependencies - new.dependencies):
        say("dependency-removed", f"{given} demanded {wanted}")


ASPECTS: tuple[Callable[[ChangeRecorder, Shape, Shape], None], ...] = (
    _compare_formats,
    _compare_enums,
    _compare_limits,
    _compare_steps,
    _compare_patterns,
    _compare_flags,
    _compare_defaults,
    _compare_dependencies,
)
"""What to compare once the types have something in common."""


def compare_discriminators(
    say: ChangeRecorder, old: Node | None, new: Node | None, told: Collection[str | None]
) -> None:
    """Compare what tells alternatives apart; `told` are the names of those that came or went."""
    if old is None or new is None:
        if old is not new:
            say("discriminator-added" if old is None else "discriminator-removed")
        return
    if old.fields.get("propertyName") != new.fields.get("propertyName"):
        say("discriminator-changed", arrow(str(old.fields.get("propertyName")), str(new.fields.get("propertyName"))))
        return
    before, after = old.child("mapping").fields, new.child("mapping").fields
    for value in sorted(before.keys() | after.keys()):
        if value not in after or value not in before:
            if _last(before.get(value, after.get(value))) not in told:
                say("discriminator-value-added" if value in after else "discriminator-value-removed", quoted(value))
        elif _last(before[value]) != _last(after[value]):
            say("discriminator-changed", f"{quoted(value)}: {arrow(_last(before[value]), _last(after[value]))}")


def _last(reference: Any) -> str:
    return str(reference).rpartition("/")[2]
