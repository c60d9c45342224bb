"""Hoisting: every schema that becomes a class gets a stable name, and a form that every model library can decode.

What comes from a server is read leniently: constraints are not kept, an optional property may be null or absent, an
enum takes unknown values. A union that JSON's shapes do not tell apart becomes an alias that says how to read it.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from codegen import naming
from codegen.errors import Fault, Notice, Pointer
from codegen.extensions.times import TIME, USED_BY_TIMES, Time, time
from codegen.extensions.words import NAME
from codegen.lower.annotations import CLASSES
from codegen.lower.completion import is_class, references
from codegen.lower.descriptions import described
from codegen.lower.forms import Schema, extensible, nullable, shape_of, whole, without_nullable
from codegen.lower.intersection import REMARKS, leaves, merged_parts
from codegen.lower.names import Names, Whose
from codegen.lower.scalars import enum, scalar
from codegen.lower.unions import Families, Itself, are_apart, is_plain, tags, union_keyword, variants_of
from codegen.read.references import reference_pointer, resolve, target
from codegen.read.sent import is_sent, sent_places

_Shape: TypeAlias = "Callable[[Hoister, Schema, str, Pointer], Schema]"

_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\ud800-\udfff]')

_DEEPEST = 100
"""The keys of a pointer at which a schema is taken to have no end."""


class Hoister:
    """Collects the schemas that need a class, in the order in which they are met."""

    def __init__(self, tree: dict[str, Any], secret_type: str, names: Names, taken: frozenset[str]) -> None:
        self.schemas: dict[str, Schema] = {}
        self.field_names: dict[str, dict[str, str]] = {}
        """Class name → the name of the field for each property."""
        self.times: dict[str, list[Time]] = {}
        """Class name → what it gives as a `datetime` as well."""
        self.warnings: list[Notice] = []
        self._taken = taken
        self._tree = tree
        self.secret_type = secret_type
        self._names = names
        self._given: dict[str, dict[Pointer, Schema]] = {}
        """Class name → the schemas that it stands for, by their places."""
        self._waiting: deque[str] = deque()
        self.takes_null = False
        """Whether an optional property may be null: null is not sent for `None`."""
        self._families = Families(tree)
        self._intersections: dict[frozenset[str], tuple[str, Pointer, Schema]] = {}
        """The parts of an ``allOf`` → what it was called first: one that holds itself would have no end."""

    def lower(self, schema: Any, name: str, pointer: Pointer) -> Schema:
        """The normalised schema; objects in it become references to classes, named after `name`."""
        lowered = self._normal(schema, name, pointer)
        while self._waiting:
            class_name = self._waiting.popleft()
            home = next(iter(self._given[class_name]))
            self.schemas[class_name] = self._class(self._united(class_name), class_name, home)
        return lowered

    def fields(self, result: str) -> dict[str, bool]:
        """The fields of a result, or of each of its items, and whether each is secret."""
        found = re.search(r"models\.(\w+)", result)
        schema = self.schemas.get(found[1], {}) if found else {}
        names = self.names_of_fields(result)
        return {
            names.get(name, name): self._may_be_secret(given) for name, given in schema.get("properties", {}).items()
        }

    def times_of(self, result: str) -> Iterator[Time]:
        """What the forms of a result count."""
        return (time for kind in re.findall(r"models\.(\w+)", result) for time in self.times.get(kind, ()))

    def _may_be_secret(self, given: Schema) -> bool:
        """Whether it is a secret, or has properties or variants that the document does not name."""
        waiting, aliases = [given], dict[str, Schema]()
        while waiting:
            named = {name: self.schemas[name] for name in references(waiting.pop()) if name in self.schemas}
            found = {name: schema for name, schema in named.items() if name not in aliases and not is_class(schema)}
            aliases |= found
            waiting += found.values()
        open_unions = any("tags" in schema for schema in aliases.values())
        return (
            any(self.secret_type in str(one) for one in (given, *aliases.values())) or "default" in given or open_unions
        )

    def names_of_fields(self, result: str) -> Mapping[str, str]:
        """For each property of a result, or of each of its items, the name of its field."""
        found = re.search(r"models\.(\w+)", result)
        return self.field_names.get(found[1], {}) if found else {}

    def _normal(self, schema: Any, name: str, pointer: Pointer) -> Schema:
        if not isinstance(schema, dict):
            return {}
        if len(pointer) > _DEEPEST:
            self.warnings.append(Notice("the schema nests too deep, or without an end; plain values", pointer[:8]))
            return {}
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema["$ref"], alone=isinstance(schema, Itself))
        if "allOf" in schema:
            key = frozenset(leaves(schema))
            name, pointer, _ = self._intersections.setdefault(key, (name, pointer, schema))  # kept: the key has its id
        lowered, or_null = self._shaped(schema, name, pointer, _SHAPES)
        return nullable(lowered) if or_null else lowered

    def _shaped(self, schema: Schema, name: str, pointer: Pointer, shapes: Mapping[str, _Shape]) -> tuple[Schema, bool]:
        merged, or_null = whole(self._tree, schema)
        if "$ref" in merged:
            lowered = self._referred(merged["$ref"])
        else:
            lowered = shapes[shape_of(merged)](self, merged, name, pointer)
        return lowered, or_null

    def _referred(self, reference: str, *, alone: bool = False) -> Schema:
        pointer = self._landing(reference)
        schema = resolve(self._tree, {"$ref": reference})
        if not isinstance(schema, dict):
            return {}
        title = _last_name(pointer)
        family = None if alone else self._families.union(reference)
        if family:
            title = str(schema.get(NAME.key) or title)
            lowered = self._hoist(family, f"Any{naming.model(title)}", (*pointer, "discriminator"))
        else:
            whose = Whose.OWN if pointer[:2] == ("components", "schemas") else Whose.PLACE
            lowered = self._hoist(schema, title, pointer, whose)
        return nullable(lowered) if self._is_nullable(schema, ()) else lowered

    def _is_nullable(self, schema: Any, seen: tuple[int, ...]) -> bool:
        if not isinstance(schema, dict) or id(schema) in seen:
            return False
        merged, or_null = whole(self._tree, schema)
        return or_null or ("$ref" in merged and self._is_nullable(resolve(self._tree, merged), (*seen, id(schema))))

    def _landing(self, reference: str) -> Pointer:
        """The pointer of what a chain of references leads to."""
        while True:
            pointer = reference_pointer(reference)
            node = target(self._tree, reference)
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return pointer
            reference = node["$ref"]

    def _hoist(self, schema: Schema, title: str, pointer: Pointer, whose: Whose = Whose.PLACE) -> Schema:
        spelled = str(schema.get(NAME.key) or title)
        name = self._names.give(
            "class name",
            naming.model(spelled),
            pointer,
            whose=Whose.SAID if NAME.key in schema else whose,
            spelled=spelled,
            others=[naming.model(naming.place(pointer))],
            shared=True,
        )
        given = self._given.setdefault(name, {})
        if pointer not in given:
            given[pointer] = schema
            self.schemas.setdefault(name, {})  # keeps the place in the order
            self._waiting.append(name)
        return {"$ref": CLASSES + name}

    def _united(self, name: str) -> Schema:
        """What the class stands for: all properties of the schemas that bear its name, required where all require."""
        given = self._given[name]
        if len(given) == 1:
            return next(iter(given.values()))
        merged = {pointer: merged_parts(self._tree, schema) for pointer, schema in given.items()}
        properties: Schema = {}
        for pointer, schema in merged.items():
            for key, value in schema.get("properties", {}).items():
                if _without_remarks(properties.setdefault(key, value)) != _without_remarks(value):
                    raise Fault(
                        f"another schema with the {NAME.key} {name} has {key!r} in another form; "
                        "give one of the schemas another name",
                        (*pointer, "properties", key),
                    )
        required = [key for key in properties if all(key in schema.get("required", ()) for schema in merged.values())]
        return {**next(iter(merged.values())), "properties": properties, "required": required}

    def _class(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        """The body of a class, or of an alias where the schema is no object."""
        lowered, _ = self._shaped(
            schema,
            name,
            pointer,
            {**_SHAPES, "object": Hoister._object, "union": Hoister._union, "tuple": Hoister._tuple},
        )
        lowered = without_nullable(lowered)
        text = described(schema)
        return {**lowered, "description": text} if text and "$ref" not in lowered else lowered

    def _hoisted(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        return self._hoist(schema, name, pointer)

    def _object(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        required = []
        properties = {}
        fields = self.field_names.setdefault(name, {})
        counted = {key: form for key, value in schema["properties"].items() if (form := self._counting(value))}
        taken = self._taken | (USED_BY_TIMES if counted else set())
        self._names.reserve("field name", naming.METHODS_OF_MODELS, "a method of models", scope=(name,))
        for key, value in schema["properties"].items():
            if _UNNAMEABLE.search(key):
                self.warnings.append(Notice(f"the property {key!a} is left out; no model can bear its name", pointer))
                continue
            wanted = naming.field(key, taken)
            fields[key] = self._names.give(
                "field name",
                wanted,
                (*pointer, "properties", key),
                scope=(name,),
                whose=Whose.OWN,
                spelled=key,
                others=[
                    f"{wanted}_" if wanted in naming.METHODS_OF_MODELS else naming.field(naming.spelled_out(key), taken)
                ],
            )
            lowered = self._normal(value, name + naming.pascal(key), (*pointer, "properties", key))
            said = {**_mapping(resolve(self._tree, value)), **_mapping(value)}
            if _always_there(key, said, schema.get("required") or []):
                required.append(key)
            else:
                self.takes_null = self.takes_null or (bool(lowered) and nullable(lowered) == lowered)
                lowered = nullable(lowered)
            text = described(said)
            properties[key] = {**lowered, "description": text} if text else lowered
        reserved, times = [*taken, *fields.values()], []
        for key in filter(fields.__contains__, counted):
            found = time(counted[key], fields[key], reserved, (*pointer, "properties", key))
            times.append(found)
            reserved.append(found.name)
        if times:
            self.times[name] = times
        lowered = {"type": "object", "properties": properties, "required": required}
        further = self._further(schema, name, pointer)
        return extensible(lowered, further, reserved) if further is not None else lowered

    def _counting(self, schema: Any) -> Schema:
        """The schema of a property that counts time, laid together; nothing for any other."""
        known = _mapping(resolve(self._tree, schema))
        beside = {key: value for key, value in _mapping(schema).items() if known is not schema and key != "$ref"}
        parts = (beside, known, *(_mapping(resolve(self._tree, part)) for part in known.get("allOf") or ()))
        return {**whole(self._tree, known)[0], **beside} if any(TIME.key in part for part in parts) else {}

    def _mapping(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        return {"type": "object", "additionalProperties": self._further(schema, name, pointer) or True}

    @cached_property
    def _sent(self) -> frozenset[Pointer]:
        return sent_places(self._tree)

    def _further(self, schema: Schema, name: str, pointer: Pointer) -> Schema | None:
        """What the properties are that have no name, if the document says so.

        Any of an answer are in `response.unknown`; any of what is sent need a field.
        """
        patterns = schema.get("patternProperties") or {}
        said: list[tuple[Pointer, Any]] = [(("patternProperties", key), value) for key, value in patterns.items()]
        said.append((("additionalProperties",), schema.get("additionalProperties")))
        given = [(place, values) for place, values in said if isinstance(values, dict)]
        if len(given) > 1:
            return self._normal({"anyOf": [values for _, values in given]}, f"{name}Value", pointer)
        if not given and schema.get("additionalProperties") is True and is_sent(pointer, self._sent):
            return {}
        return self._normal(given[0][1], f"{name}Value", (*pointer, *given[0][0])) if given else None

    def _array(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        first = schema.get("prefixItems")
        if not isinstance(first, list):
            return {"type": "array", "items": self._normal(schema.get("items"), f"{name}Item", (*pointer, "items"))}
        rest = [] if schema.get("items") is False else [schema.get("items", {})]
        return {"type": "array", "items": self._normal({"anyOf": [*first, *rest]}, f"{name}Item", pointer)}

    def _tuple(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        items = [
            self._normal(item, f"{name}Item{number}", (*pointer, "prefixItems", number - 1))
            for number, item in enumerate(schema["prefixItems"], start=1)
        ]
        return {"type": "array", "prefixItems": items}

    def _types(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        variants = [{**schema, "type": kind} for kind in schema["type"]]
        return self._union({"anyOf": variants}, name, pointer)

    def _hoisted_union(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        if is_plain(self._tree, variants_of(self._tree, schema)):
            return self._union(schema, name, pointer)
        return self._hoist(schema, name, pointer)

    def _union(self, schema: Schema, name: str, pointer: Pointer) -> Schema:
        keyword = union_keyword(schema)
        variants = variants_of(self._tree, schema)
        lowered = [
            self._normal(variant, f"{name}Variant{number}", (*pointer, keyword, number - 1))
            for number, variant in enumerate(variants, start=1)
        ]
        or_null = any(nullable(each) == each for each in lowered if each)
        lowered = [without_nullable(each) for each in lowered]
        if len(lowered) == 1:
            united = lowered[0]
        elif are_apart(self._tree, variants):
            united = {"anyOf": lowered}
        elif not any("$ref" in each or each.get("type") in ("array", "object") for each in lowered):
            self.warnings.append(Notice(f"JSON cannot tell the variants of the {keyword} apart; plain values", pointer))
            return {}
        else:
            tag, numbers = tags(self._tree, schema, variants)
            values = {value: lowered[number] for value, number in numbers.items() if lowered[number]}
            united = {"anyOf": [each for each in lowered if each], "tag": tag, "tags": values}
        return nullable(united) if or_null else united


_SHAPES: Mapping[str, _Shape] = {
    "object": Hoister._hoisted,
    "mapping": Hoister._mapping,
    "array": Hoister._array,
    "tuple": Hoister._hoisted,
    "enum": lambda hoister, schema, *_: enum(schema, hoister.secret_type),
    "scalar": lambda hoister, schema, *_: scalar(schema, hoister.secret_type),
    "types": Hoister._types,
    "union": Hoister._hoisted_union,
    "anything": lambda *_: {},
}
"""Shape of a schema → what normalises it."""

_BODIES: Mapping[str, _Shape] = {"object": Hoister._object, "union": Hoister._union, "tuple": Hoister._tuple}
"""The same, of what is a class or an alias of its own."""


def _last_name(pointer: Pointer) -> str:
    """The name a reference's target is known by: its key, or its file's stem where it is a whole file."""
    last = str(pointer[-1])
    return last.rsplit("/", 1)[-1].split(".", 1)[0] if len(pointer) == 2 else last


def _mapping(schema: Any) -> Schema:
    """The schema; an empty one where it is a mere yes or no."""
    return schema if isinstance(schema, dict) else {}


def _without_remarks(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in REMARKS}


def _always_there(key: str, schema: object, required: list[str]) -> bool:
    one_way = isinstance(schema, Mapping) and (schema.get("readOnly") or schema.get("writeOnly"))
    return key in required and not one_way
