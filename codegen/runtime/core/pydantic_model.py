"""Models on pydantic: lenient readers of what a server sends, whose repr shows no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .checks import MASK
from .interrupts import pass_on
from .json_form import JsonForm, Property, is_made_of
from .wire import check_amounts, plain_decimals

T = TypeVar("T")


class _Mark:
    """Marks a field as secret."""


_MARK = _Mark()

Secret = Annotated[str, Field(min_length=1), _MARK]
"""Text that no repr shows. The attribute itself is plain text; an answer in which it is empty does not hold it."""


class Model(JsonForm, BaseModel):
    """The base of every model. Unknown properties are ignored. `model_copy` gives a copy with other values."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, hide_input_in_errors=True)

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:  # pydantic's own refusal shows the value
            raise AttributeError(f"{type(self).__name__} does not change; model_copy(update=...) copies it")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        secrets = _secret_fields(type(self))
        for name in type(self).model_fields:
            value = getattr(self, name)
            yield name, MASK if name in secrets and value is not None else value

    def _properties(self) -> Iterator[Property]:
        secrets = _secret_fields(type(self))
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                yield Property(field.alias or name, name, getattr(self, name), name in secrets)

    @classmethod
    def _reader(cls) -> Callable[[bytes], Any]:
        return _decoder(cls)


class _Digits(float):
    """A number that is written as it came: a `Decimal` of it is exact."""

    def __new__(cls, text: str) -> _Digits:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """A function that reads a value of the type from JSON; it is prepared at its first call.

    An optional time, day or UUID that cannot be read is left out, as if it had not come.

    The function raises `ValueError` with a message that shows no value.
    """
    prepared: list[TypeAdapter[Any]] = []

    def decode(data: bytes) -> Any:
        if not prepared:
            _complete(Model)
            prepared.append(TypeAdapter(kind))
        try:
            plain = json.loads(data, parse_float=_Digits, parse_constant=_refuse)
        except ValueError as error:
            pass_on(error)
            raise ValueError("is not JSON") from None
        except RecursionError:
            raise ValueError("is nested too deep") from None
        try:
            result = validated(prepared[0], plain)
            check_amounts(result, _fields)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"{first['type']} at {place or 'the root'}") from None
        except RecursionError:
            raise ValueError("is nested too deep") from None
        return result

    return decode


_decoder = cache(decoder)


def validated(adapter: TypeAdapter[Any], plain: Any, *, strict: bool = False) -> Any:
    """The plain value as the adapter's type, without the times that cannot be read."""
    try:
        return adapter.validate_python(plain, strict=strict)
    except ValidationError as error:
        every = error.errors(include_input=False, include_url=False, include_context=False)
        plain = deepcopy(plain)
        if not all(first["type"].startswith(_TIMES) and _drop(plain, first["loc"]) for first in every):
            raise
        return adapter.validate_python(plain, strict=strict)


_TIMES = ("datetime_", "date_", "uuid_")
"""What the errors begin with of times, days and UUIDs that cannot be read."""


def _drop(plain: Any, place: tuple[int | str, ...]) -> bool:
    """Remove what is at the place, unless that is no property."""
    *path, last = place
    for key in path:
        try:
            plain = plain[key]
        except (LookupError, TypeError):  # the name of a variant
            return False
    return isinstance(plain, dict) and plain.pop(last, None) is not None


def _refuse(constant: str) -> float:
    raise ValueError("is not JSON")


def _fields(value: Any) -> Iterable[tuple[str, Any]]:
    return value.__dict__.items() if isinstance(value, BaseModel) else ()


def encode(value: Any) -> bytes:
    """A value as JSON, its decimals as digits."""
    _complete(Model)
    adapter: TypeAdapter[Any] = TypeAdapter(type(value))
    plain = adapter.dump_python(value, by_alias=True, exclude_unset=True)
    return TypeAdapter(Any).dump_json(plain_decimals(plain))


@cache
def _complete(base: type[BaseModel]) -> None:
    """Tell the models of those that stand further down in their module, and are known by now."""
    for kind in base.__subclasses__():
        kind.model_rebuild()
        _complete(kind)


@cache
def _secret_fields(kind: type[BaseModel]) -> frozenset[str]:
    _complete(Model)
    return frozenset(
        name
        for name, field in kind.model_fields.items()
        if any(is_made_of(part, lambda part: part is _MARK) for part in (field.annotation, *field.metadata))
    )
