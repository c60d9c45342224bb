"""Models on pydantic: lenient readers of what a server sends, whose repr shows no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .interrupts import pass_on
from .wire import check_amounts, plain_decimals

T = TypeVar("T")

MASK = "********"


class _Mark:
    """Marks a field as secret."""


_MARK = _Mark()

Secret = Annotated[str, Field(min_length=1), _MARK]
"""Text that no repr shows. The attribute itself is plain text; an answer in which it is empty does not hold it."""


class Model(BaseModel):
    """The base of every model. Unknown properties are ignored."""

    model_config = ConfigDict(populate_by_name=True, hide_input_in_errors=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            secret = _MARK in field.metadata or _is_secret(field.annotation)
            yield name, MASK if secret and value is not None else value


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
    adapter: TypeAdapter[Any] = TypeAdapter(type(value))
    plain = adapter.dump_python(value, by_alias=True, exclude_unset=True)
    return TypeAdapter(Any).dump_json(plain_decimals(plain))


def _is_secret(hint: Any) -> bool:
    return hint is _MARK or any(_is_secret(part) for part in (*get_args(hint), *getattr(hint, "__metadata__", ())))
