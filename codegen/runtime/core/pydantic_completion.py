"""Models on pydantic beyond what it reads: unions of objects with unknown tags, properties that no model names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, get_origin

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    model_serializer,
    model_validator,
)
from pydantic_core import core_schema

from . import variants
from .checks import MASK
from .json_form import Property
from .pydantic_model import Model, decoder, encode, validated
from .variants import Keys

__all__ = ["NULL", "Extensible", "Model", "OneOf", "decoder", "encode"]

NULL: Any = None
"""Sent as null, where what is not given is left out."""


class Extensible(Model):
    """The base of a model that has further properties: by name in its field `additional_properties`."""

    def further_properties(self) -> dict[str, Any]:
        """The properties that have no field of their own."""
        return getattr(self, _further(type(self))[0]) or {}

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        name, known = _further(cls)
        others = {key: value for key, value in data.items() if key not in known}
        kept = {key: value for key, value in data.items() if key in known}
        return {**kept, name: {**(kept.get(name) or {}), **others}} if others else kept

    @model_serializer(mode="wrap")
    def _spread(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = serialize(self)
        return {**(data.pop(_further(type(self))[0], None) or {}), **data}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        further = _further(type(self))[0]
        for name, value in super().__repr_args__():
            yield name, dict.fromkeys(value, MASK) if name == further and value else value

    def _properties(self) -> Iterator[Property]:
        further = _further(type(self))[0]
        yield from (Property(name, name, value, True) for name, value in self.further_properties().items())
        yield from (found for found in super()._properties() if found.field != further)


@cache
def _further(kind: type[Extensible]) -> tuple[str, frozenset[str]]:
    """The field that holds further properties, and what is none; a property of the same name makes it longer."""
    fields = kind.model_fields
    known = {name for key, field in fields.items() for name in (key, field.alias or key)}
    return max((key for key in fields if key.rstrip("_") == "additional_properties"), key=len), frozenset(known)


class OneOf(variants.OneOf):
    """Marks a union whose variants are tried in an order, until one can be read."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.choose)

    def choose(self, plain: Any) -> Any:
        return plain if isinstance(plain, BaseModel) else super().choose(plain)

    def keys(self, kind: Any) -> list[Keys]:
        for mark in getattr(kind, "__metadata__", ()):
            if isinstance(mark, OneOf):
                return [keys for variant in mark.variants() for keys in self.keys(variant)]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            return [Keys(list(fields), [name for name, field in fields.items() if field.is_required()])]
        return [Keys((), ())] if get_origin(kind) is dict else []

    def reader(self, kind: Any) -> Callable[[Any, bool], Any]:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        return lambda plain, strict: validated(adapter, plain, strict=strict)
