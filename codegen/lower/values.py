"""How a parameter's schema becomes an argument: its Python type, what checks and writes it, and its limits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from codegen.errors import Pointer
from codegen.extensions.registry import EXTENSIONS
from codegen.extensions.words import HINT
from codegen.facts import Expression
from codegen.ir.operation import Either, Fields, Items, Kind, Limits, Plain
from codegen.lower.backtracking import may_be_endless
from codegen.lower.forms import without_null
from codegen.lower.intersection import merged_parts
from codegen.lower.pattern_words import pattern_words
from codegen.lower.patterns import in_python
from codegen.read.references import resolve

Schema = Mapping[str, Any]
Warn = Callable[[str, Pointer], None]

_SCALARS: dict[tuple[str, str | None], tuple[str, str]] = {
    ("string", None): ("str", "text"),
    ("string", "decimal"): ("Decimal | str | int", "decimal"),
    ("string", "date-time"): ("datetime", "date_time"),
    ("string", "date"): ("date", "date"),
    ("string", "uuid"): ("UUID | str", "uuid"),
    ("integer", None): ("int", "integer"),
    ("number", None): ("Decimal | float | int", "number"),
    ("number", "decimal"): ("Decimal | str | int", "decimal"),
    ("boolean", None): ("bool", "boolean"),
}
"""Type and format → annotation and writer."""

_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    HINT.key: "hint",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "minItems": "min_items",
    "maxItems": "max_items",
}
"""The document's constraints → the runtime's."""

_OF_TEXT = ("min_length", "max_length", "pattern", "hint")
_OF_LIST = ("min_items", "max_items")
_UNION = ("oneOf", "anyOf")


@dataclass(frozen=True)
class Value:
    """A schema as an argument."""

    types: tuple[str, ...]
    """The members of its annotation."""
    kind: Kind
    secret: bool = False

    @property
    def type(self) -> str:
        """Its annotation."""
        return " | ".join(self.types)

    @property
    def limits(self) -> Limits:
        """What a reader is told of the value, or of each of its items."""
        if isinstance(self.kind, Items):
            inner = self.kind.of.limits if isinstance(self.kind.of, Plain) else Limits()
            return replace(inner, min_items=self.kind.limits.min_items, max_items=self.kind.limits.max_items)
        return self.kind.limits if isinstance(self.kind, Plain) else Limits()


_ANY_SCALAR = Value(("str", "int", "Decimal", "bool"), Plain(write=Expression("wire.anything")))
ANYTHING = Value(("Any",), Expression("anything"))


class Values:
    """Makes arguments of schemas, and warns of what is not checked.

    Args:
        tree: The document.
        warn: Is told of each constraint that cannot be checked.
    """

    def __init__(self, tree: dict[str, Any], warn: Warn) -> None:
        self._tree = tree
        self._warn = warn

    def of(self, schema: Any, pointer: Pointer, seen: tuple[int, ...] = ()) -> Value:
        """What an argument for the schema is. A schema within itself takes anything."""
        landed = resolve(self._tree, schema)
        if id(landed) in seen:
            return ANYTHING
        seen = (*seen, id(landed))
        schema = flat(self._tree, schema)
        variants = list(_variants(schema, pointer))
        if variants:
            return self._united([self.of(variant, here, seen) for variant, here in variants])
        kind = schema.get("type")
        limits = self._limits(schema, pointer)
        if kind == "array" or (kind is None and "items" in schema):
            item = self.of(schema.get("items", {}), (*pointer, "items"), seen)
            bounds = Limits(**{name: limits[name] for name in _OF_LIST if name in limits})
            return Value((f"Sequence[{item.type}]",), Items(of=item.kind, limits=bounds), item.secret)
        if kind == "object" or (kind is None and ("properties" in schema or "additionalProperties" in schema)):
            return self._mapping(schema, pointer, seen)
        limits = {name: value for name, value in limits.items() if name not in _OF_LIST}
        secret = schema.get("format") == "password"
        return replace(_enumerated(schema, limits) or _scalar(schema, limits), secret=secret)

    def _mapping(self, schema: Schema, pointer: Pointer, seen: tuple[int, ...]) -> Value:
        values = schema.get("additionalProperties")
        if schema.get("properties") or not isinstance(values, dict) or not values:
            return Value(("Mapping[str, Any]",), Fields(of=ANYTHING.kind))
        value = self.of(values, (*pointer, "additionalProperties"), seen)
        return Value((f"Mapping[str, {value.type}]",), Fields(of=value.kind), value.secret)

    def _united(self, values: list[Value]) -> Value:
        """One of several kinds; a kind that another takes in as well says nothing."""
        if any(value.kind == ANYTHING.kind for value in values):
            return ANYTHING
        values = list(dict.fromkeys(values))
        free = {value.kind.write for value in values if isinstance(value.kind, Plain) and value.kind.limits == Limits()}
        kinds = list(
            dict.fromkeys(
                value.kind
                for value in values
                if not (isinstance(value.kind, Plain) and value.kind.write in free and value.kind.limits != Limits())
            )
        )
        kind = kinds[0] if len(kinds) == 1 else Either(kinds=tuple(kinds))
        types = dict.fromkeys(name for value in values for name in value.types)
        return Value(tuple(types), kind, any(value.secret for value in values))

    def _limits(self, schema: Schema, pointer: Pointer) -> dict[str, Any]:
        limits = {_LIMITS[key]: value for key, value in schema.items() if key in _LIMITS}
        if schema.get("type", "string") != "string":  # of what is no text, these demand nothing
            limits = {name: value for name, value in limits.items() if name not in _OF_TEXT}
        for exclusive, bound in (("above", "minimum"), ("below", "maximum")):  # OpenAPI 3.0 says it with a flag
            flag = limits.get(exclusive)
            if isinstance(flag, bool):
                del limits[exclusive]
                if flag and bound in limits:
                    limits[exclusive] = limits.pop(bound)
        if "pattern" in limits:
            limits["pattern"] = pattern = self._pattern(str(limits["pattern"]), (*pointer, "pattern"))
            if pattern is not None and "hint" not in limits and (words := pattern_words(pattern)) is not None:
                limits["hint"] = words
        return limits

    def _pattern(self, pattern: str, pointer: Pointer) -> str | None:
        """The pattern in Python's words, if it can be checked."""
        try:
            translated = in_python(pattern)
            if not may_be_endless(translated):
                return translated
            why = "it may take a time that doubles with each character"
        except ValueError as error:
            why = str(error)
        self._warn(f"the pattern {pattern!r} is not checked before a call: {why}", pointer)
        return None


def flat(tree: dict[str, Any], schema: Any, seen: tuple[int, ...] = ()) -> dict[str, Any]:
    """The schema with references followed, its ``allOf`` opened and its null dropped; of a yes or no an empty one."""
    found = resolve(tree, schema)
    if not isinstance(found, dict) or id(found) in seen:
        return {}
    merged = merged_parts(tree, found)
    if "$ref" in merged:
        own = {key: value for key, value in merged.items() if key != "$ref"}
        merged = {**flat(tree, {"$ref": merged["$ref"]}, (*seen, id(found))), **own}
    beside = schema if isinstance(schema, dict) and "$ref" in schema else {}
    extensions = {key: value for key, value in beside.items() if key in EXTENSIONS}
    return without_null({**merged, **extensions})[0]


def _variants(schema: Schema, pointer: Pointer) -> Iterator[tuple[dict[str, Any], Pointer]]:
    base = {key: value for key, value in schema.items() if key not in _UNION}
    for keyword in _UNION:
        for index, variant in enumerate(schema.get(keyword) or ()):
            if isinstance(variant, dict) and "$ref" not in variant and not ({"allOf", *_UNION} & variant.keys()):
                variant = {**base, **variant}
            if variant != {"type": "null"}:
                yield variant, (*pointer, keyword, index)
    if isinstance(schema.get("type"), list) and not any(keyword in schema for keyword in _UNION):
        for kind in schema["type"]:
            yield {**base, "type": kind}, pointer


def _enumerated(schema: Schema, limits: dict[str, Any]) -> Value | None:
    """One of the values that are listed, where Python's types can say which."""
    given = [schema["const"]] if "const" in schema else schema.get("enum") or ()
    values = [value for value in given if value is not None]
    if not values or not all(isinstance(value, (str, int)) for value in values):
        return None
    kinds = {type(value) for value in values}
    write = {str: "text", int: "integer", bool: "boolean"}[kinds.pop()] if len(kinds) == 1 else "anything"
    choices = {f"{value!r}": str(value).lower() if isinstance(value, bool) else str(value) for value in values}
    plain = Plain(
        write=Expression(f"wire.{write}"),
        limits=Limits(**{**limits, "choices": tuple(dict.fromkeys(choices.values()))}),
    )
    return Value((f"Literal[{', '.join(choices)}]",), plain)


def _scalar(schema: Schema, limits: dict[str, Any]) -> Value:
    kind, form = schema.get("type"), schema.get("format")
    if kind is None and not limits and form is None:
        return _ANY_SCALAR
    fallback = _SCALARS.get((str(kind), None), ("str | int | Decimal | bool", "anything"))
    types, write = _SCALARS.get((str(kind), form), fallback)
    return Value(tuple(types.split(" | ")), Plain(write=Expression(f"wire.{write}"), limits=Limits(**limits)))
