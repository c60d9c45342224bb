"""Unions: which property tells the variants apart, and which schemas extend another that has a discriminator."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegen.errors import Pointer
from codegen.lower.forms import Schema, categories, shape_of, whole
from codegen.read.references import reference_pointer, resolve, target

_SIMPLE = frozenset({"string", "integer", "number", "boolean", "null"})


_BESIDE = frozenset("properties patternProperties additionalProperties required oneOf anyOf".split())
"""What of a schema counts for each variant of its union."""


class Itself(dict[str, Any]):
    """A reference to a schema alone, without those that extend it."""


def union_keyword(schema: Schema) -> str:
    """Which of the keywords says the variants."""
    return "oneOf" if "oneOf" in schema else "anyOf"


def variants_of(tree: Schema, schema: Schema) -> list[Schema]:
    """The variants, each with what stands beside them."""
    keyword = union_keyword(schema)
    beside = {key: value for key, value in schema.items() if key in _BESIDE and key != keyword}
    given = [variant if isinstance(variant, dict) else {} for variant in schema[keyword] if variant is not False]
    if beside:
        base = {**beside, "type": schema.get("type", "object")}
        given = [each if _extends(tree, each, beside) else {"allOf": [base, each]} for each in given]
    return _united_scalars(tree, given)


def _extends(tree: Schema, variant: Schema, beside: Schema) -> bool:
    """Whether the variant has the properties beside the union already, by its own ``allOf``."""
    found = resolve(tree, variant)
    parts = [resolve(tree, part) for part in found.get("allOf") or ()] if isinstance(found, dict) else []
    return any(isinstance(part, dict) and part.get("properties", 0) is beside.get("properties") for part in parts)


def _united_scalars(tree: Schema, variants: Sequence[Schema]) -> list[Schema]:
    """The variants, those scalars as one that JSON cannot tell apart."""
    found = [set(categories(tree, variant)) for variant in variants]
    kept: list[Schema] = []
    for variant, kinds in zip(variants, found, strict=True):
        same = [other for other in found if kinds & other]
        if kinds <= _SIMPLE and len(same) > 1 and all(other <= _SIMPLE for other in same):
            every = set().union(*same)
            variant = {"type": "string"} if every == {"string"} else {"type": "number"}
            if not every <= {"integer", "number"}:
                variant = {"type": sorted({"number" if kind == "integer" else kind for kind in every})}
        if variant not in kept:
            kept.append(variant)
    return kept


def are_apart(tree: Schema, variants: Sequence[Schema]) -> bool:
    """Whether the shapes of JSON tell the variants apart."""
    found = [category for variant in variants for category in categories(tree, variant)]
    return len(set(found)) == len(found) and "anything" not in found


def is_plain(tree: Schema, variants: Sequence[Schema]) -> bool:
    """Whether the union needs no way of its own to be read."""
    found = {category for variant in variants for category in categories(tree, variant)}
    return are_apart(tree, variants) or not found & {"object", "array"}


def tags(tree: Schema, schema: Schema, variants: Sequence[Schema]) -> tuple[str, dict[Any, int]]:
    """The property that tells which variant an object is, and the variant's number by each of its values."""
    said = schema.get("discriminator")
    if isinstance(said, dict) and isinstance(said.get("propertyName"), str):
        name = said["propertyName"]
        found = _by_discriminator(said.get("mapping") or {}, variants)
        return name, {**dict(_constants(tree, name, variants)), **found}
    every = [whole(tree, resolve(tree, variant))[0] for variant in variants]
    objects = [number for number, merged in enumerate(every) if shape_of(merged) == "object"]
    for name in every[objects[0]]["properties"] if len(objects) > 1 else ():
        values = list(_constants(tree, name, variants))
        if {number for _, number in values} == set(objects) and len({value for value, _ in values}) == len(values):
            return name, dict(values)
    return "", {}


def _by_discriminator(mapping: Mapping[str, Any], variants: Sequence[Schema]) -> dict[Any, int]:
    named = [variant.get("$ref") or variant.get("allOf", [{}])[-1].get("$ref", "") for variant in variants]
    places = [reference_pointer(reference) for reference in named]
    names = {str(place[-1]): number for number, place in enumerate(places) if place}
    found: dict[Any, int] = dict(names)
    for value, said in mapping.items():
        place = reference_pointer(said) if isinstance(said, str) and "#" in said else ()
        number = places.index(place) if place and place in places else names.get(str(said))
        if number is not None:
            found[value] = number
    return found


def _constants(tree: Schema, name: str, variants: Sequence[Schema]) -> Iterator[tuple[Any, int]]:
    """The values of a property that has but a few, texts or numbers, each with the variant's number."""
    for number, variant in enumerate(variants):
        merged, _ = whole(tree, resolve(tree, variant))
        given = merged.get("properties", {}).get(name)
        if isinstance(given, dict):
            schema, _ = whole(tree, resolve(tree, given))
            values = [schema["const"]] if "const" in schema else schema.get("enum") or []
            yield from ((value, number) for value in values if isinstance(value, (str, int)))


class Families:
    """The schemas that have a discriminator and no union, and those that extend them by ``allOf``."""

    def __init__(self, tree: Schema) -> None:
        self._tree = tree
        schemas = tree.get("components", {}).get("schemas", {})
        self._children: dict[Pointer, list[str]] = {}
        for name, schema in schemas.items() if isinstance(schemas, dict) else ():
            parts = schema.get("allOf") if isinstance(schema, dict) else None
            for part in parts if isinstance(parts, list) else ():
                if isinstance(part, dict) and isinstance(part.get("$ref"), str):
                    own = f"#/components/schemas/{name.replace('~', '~0').replace('/', '~1')}"
                    self._children.setdefault(reference_pointer(part["$ref"]), []).append(own)

    def union(self, reference: str) -> Schema | None:
        """The union of what extends the schema, and of itself; `None` where it is no base."""
        schema = target(self._tree, reference)
        said = self._discriminator(schema, ())
        if said is None or not isinstance(schema, dict) or schema.keys() & {"oneOf", "anyOf"}:
            return None
        every = dict.fromkeys(self._descendants(reference, frozenset()))
        if "discriminator" in schema:
            mapped = (said.get("mapping") or {}).values()
            every |= dict.fromkeys(value for value in mapped if isinstance(value, str) and "#/" in value)
        every.pop(reference, None)
        if not every:
            return None
        variants = [Itself({"$ref": child}) for child in (*every, reference)]
        return {"oneOf": variants, "discriminator": said}

    def _descendants(self, reference: str, seen: frozenset[str]) -> Iterator[str]:
        for child in self._children.get(reference_pointer(reference), ()):
            if child not in seen:
                yield child
                yield from self._descendants(child, seen | {child})

    def _discriminator(self, schema: Any, seen: tuple[int, ...]) -> dict[str, Any] | None:
        """The schema's own, or that of what it extends."""
        if not isinstance(schema, dict) or id(schema) in seen:
            return None
        said = schema.get("discriminator")
        if isinstance(said, dict) and isinstance(said.get("propertyName"), str):
            return said
        parts = schema.get("allOf")
        found = (
            self._discriminator(target(self._tree, part["$ref"]), (*seen, id(schema)))
            for part in (parts if isinstance(parts, list) else ())
            if isinstance(part, dict) and isinstance(part.get("$ref"), str)
        )
        return next((each for each in found if each), None)
