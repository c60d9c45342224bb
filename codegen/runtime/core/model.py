"""Models on msgspec: lenient readers of what a server sends, whose repr shows no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from .checks import MASK
from .json_form import JsonForm, Property, is_made_of
from .wire import check_amounts, plain_decimals

T = TypeVar("T")

_MARK = msgspec.Meta(min_length=1, extra={"secret": True})

Secret = Annotated[str, _MARK]
"""Text that no repr shows. The attribute itself is plain text; an answer in which it is empty does not hold it."""


class Model(JsonForm, msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of every model. Unknown properties are ignored. `msgspec.structs.replace` copies with other values."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        secrets = secret_fields(type(self))
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, MASK if name in secrets and value is not None else value) for name, value in values]

    def _properties(self) -> Iterator[Property]:
        secrets = secret_fields(type(self))
        for field in _fields_of(type(self)):
            value = getattr(self, field.name)
            if value is not None or field.required:
                yield Property(field.encode_name, field.name, value, field.name in secrets)

    @classmethod
    def _spelling(cls) -> Mapping[str, str]:
        names = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
        return {name: spelled for name, spelled in names if name not in cls.__struct_encode_fields__}

    @classmethod
    def _reader(cls) -> Callable[[bytes], Any]:
        return _decoder(cls)


_fields_of = cache(msgspec.structs.fields)


def decoder(kind: Any, *, strict: bool = False) -> Callable[[bytes], Any]:
    """A function that reads a value of the type from JSON; it is prepared at its first call.

    The function raises `ValueError` with a message that shows no value.
    """
    prepared: list[tuple[Callable[[bytes], Any], list[str] | None]] = []

    def decode(data: bytes) -> Any:
        if not prepared:
            prepared.append((msgspec.json.Decoder(kind, strict=strict).decode, _amounts(kind)))
        read, amounts = prepared[0]
        try:
            result = read(data)
            if amounts is None:
                check_amounts(result, _fields)
            else:
                for name in amounts:
                    check_amounts(getattr(result, name), _fields, name)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ValueError("is not JSON") from None
        except RecursionError:
            raise ValueError("is nested too deep") from None
        return result

    return decode


_decoder = cache(decoder)


def _amounts(kind: Any) -> list[str] | None:
    """The fields of a model that may hold a Decimal; of another kind none, or `None` if any part of it may."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [name for name, hint in get_type_hints(kind).items() if _holds_amounts(hint, set())]
    return None if _holds_amounts(kind, set()) else []


def _holds_amounts(kind: Any, seen: set[Any]) -> bool:
    """Whether a value of the type may hold a Decimal."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind in seen:
            return False
        seen.add(kind)
        return any(_holds_amounts(hint, seen) for hint in get_type_hints(kind).values())
    return kind is Decimal or any(_holds_amounts(part, seen) for part in get_args(kind))


def _fields(value: Any) -> Iterable[tuple[str, Any]]:
    return [(name, getattr(value, name)) for name in getattr(value, "__struct_fields__", ())]


def encode(value: Any) -> bytes:
    """A value as JSON, its decimals as digits."""
    try:
        plain = msgspec.to_builtins(value, builtin_types=(Decimal,))
        return msgspec.json.encode(plain_decimals(plain))
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None


@cache
def secret_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of a model that no repr shows."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in hints.items() if is_made_of(hint, _is_mark))


def _is_mark(hint: Any) -> bool:
    # by value: typing gives one `Annotated` to all that is equal, so another package's mark may stand here
    return bool(hint == _MARK)
