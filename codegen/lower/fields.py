"""The fields of a form, whatever its schema is made of."""

from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.lower.values import flat

_UNION = ("oneOf", "anyOf")
_DEEPEST = 10


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    name: str
    schema: Any
    required: bool
    pointer: Pointer


def fields_of(tree: dict[str, Any], schema: Any, pointer: Pointer, depth: int = 0) -> list[Field]:
    """The fields that the schema names: of an alternative those of each variant, required where all of them agree.

    There are none where a variant names none: then what it may hold is not known.
    """
    whole = flat(tree, schema)
    required = whole.get("required") or ()
    found = {
        name: Field(name, given, name in required, (*pointer, "properties", name))
        for name, given in (whole.get("properties") or {}).items()
        if not flat(tree, given).get("readOnly")
    }
    for keyword in _UNION:
        variants = [variant for variant in whole.get(keyword) or () if not _only_requires(variant)]
        several = [
            fields_of(tree, variant, (*pointer, keyword, index), depth + 1) if depth < _DEEPEST else []
            for index, variant in enumerate(variants)
        ]
        if not all(several) and not found:
            return []
        for name in dict.fromkeys(field.name for fields in several for field in fields):
            found.setdefault(name, _joined(name, several, required))
    return list(found.values())


def _joined(name: str, several: list[list[Field]], required: Any) -> Field:
    """A field of several variants as one: a value of any of the schemas that they give it."""
    given = [field for fields in several for field in fields if field.name == name]
    schemas: list[Any] = []
    for field in given:
        schemas += [] if field.schema in schemas else [field.schema]
    always = name in required or (len(given) == len(several) and all(field.required for field in given))
    return Field(name, schemas[0] if len(schemas) == 1 else {"anyOf": schemas}, always, given[0].pointer)


def _only_requires(variant: Any) -> bool:
    return isinstance(variant, dict) and variant.keys() <= {"required", "not", "title", "description"}
