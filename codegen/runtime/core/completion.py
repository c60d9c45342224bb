"""Models on msgspec beyond what it reads: unions of objects, properties that no model names, an explicit null."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeGuard, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import force_setattr

from . import model, variants
from .checks import MASK
from .interrupts import pass_on
from .json_form import Property
from .variants import Keys

_Fill: TypeAlias = Callable[[Any, Any], Any]
"""Gives a decoded value what the plain one has beyond it."""

_exact: Callable[[bytes], Any] = msgspec.json.Decoder(float_hook=Decimal).decode
_text: Callable[[Any], bytes] = msgspec.json.Encoder(decimal_format="number").encode
_TIMES: Mapping[str, type] = {"RFC3339 encoded datetime": datetime, "RFC3339 encoded date": date, "UUID": UUID}
_TIME = re.compile(rf"Invalid ({'|'.join(_TIMES)}) - at `\$(.*)`")


class Model(model.Model, frozen=True):
    """The base of every model, where some are more than msgspec reads."""

    def _properties(self) -> Iterator[Property]:
        for found in super()._properties():
            yield found._replace(value=None) if found.value is NULL else found

    @classmethod
    def _reader(cls) -> Callable[[bytes], Any]:
        return _decoder(cls)


class Extensible(Model, frozen=True):
    """The base of a model that has further properties: by name in its field `additional_properties`."""

    def further_properties(self) -> dict[str, Any]:
        """The properties that have no field of their own."""
        found: dict[str, Any] = getattr(self, extra_field(type(self)))
        return found

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        further = extra_field(type(self))
        return [
            (name, dict.fromkeys(value, MASK) if name == further and value else value)
            for name, value in super().__rich_repr__()
        ]

    def _properties(self) -> Iterator[Property]:
        further = extra_field(type(self))
        yield from (Property(name, name, value, True) for name, value in self.further_properties().items())
        yield from (found for found in super()._properties() if found.field != further)

    @classmethod
    def _spelling(cls) -> Mapping[str, str]:
        return {}  # a property of any name is read


@cache
def extra_field(kind: type[Extensible]) -> str:
    """The field that holds further properties; a property of the same name makes it longer."""
    return max((name for name in kind.__struct_fields__ if name.rstrip("_") == "additional_properties"), key=len)


class OneOf(variants.OneOf):
    """Marks a union whose variants are tried in an order, until one can be read."""

    def keys(self, kind: Any) -> list[Keys]:
        mark = _mark(kind)
        if mark:
            return [keys for variant in mark.variants() for keys in self.keys(variant)]
        if _is_model(kind):
            fields = msgspec.structs.fields(kind)
            return [Keys([field.encode_name for field in fields], [f.encode_name for f in fields if f.required])]
        return [Keys((), ())] if get_origin(kind) is dict else []

    def reader(self, kind: Any) -> Callable[[Any, bool], Any]:
        strictly, leniently = _reader(kind, strict=True), _reader(kind)
        return lambda plain, strict: (strictly if strict else leniently)(_text(plain))

    def natural(self, plain: Any) -> Any:
        return _natural(plain)


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """A function that reads a value of the type from JSON; it is prepared at its first call.

    An optional time, day or UUID that cannot be read is left out, as if it had not come.

    The function raises `ValueError` with a message that shows no value.
    """
    return _reader(kind)


_decoder = cache(decoder)


def _reader(kind: Any, *, strict: bool = False) -> Callable[[bytes], Any]:
    decode = model.decoder(kind, strict=strict)
    prepared: list[_Fill | None] = []

    def read(data: bytes) -> Any:
        plain = None
        try:
            result = decode(data)
        except ValueError as error:
            pass_on(error)
            result, plain = _mended(decode, data, error)
        if not prepared:
            prepared.append(_fill(kind))
        fill = prepared[0]
        try:
            return fill(result, _exact(data) if plain is None else plain) if fill else result
        except RecursionError:
            raise ValueError("is nested too deep") from None

    return read


def _mended(decode: Callable[[bytes], Any], data: bytes, error: ValueError) -> tuple[Any, Any]:
    """What can be decoded without the times that cannot, and the plain value of that."""
    plain = None
    problem = error
    while found := _TIME.fullmatch(str(problem)):
        plain = _exact(data) if plain is None else plain
        kind = _TIMES[found[1]]
        if not _drop(plain, re.findall(r"\.([^.\[]+)|\[", found[2]), kind):
            break
        try:
            return decode(_text(plain)), plain
        except ValueError as another:
            pass_on(another)
            problem = another
    raise error


def _drop(plain: Any, path: list[str], kind: type) -> int:
    """Remove what is no such time from all that a path leads to; the number of what was removed."""
    if not path:
        return 0
    name, *rest = path
    if not name:
        return sum(_drop(part, rest, kind) for part in (plain.values() if isinstance(plain, dict) else plain))
    if not isinstance(plain, dict) or name not in plain:
        return 0
    if rest:
        return _drop(plain[name], rest, kind)
    try:
        msgspec.convert(plain[name], kind)
    except msgspec.ValidationError:
        del plain[name]
        return 1
    return 0


def _mark(kind: Any) -> OneOf | None:
    return next((mark for mark in getattr(kind, "__metadata__", ()) if isinstance(mark, OneOf)), None)


def _is_model(kind: Any) -> TypeGuard[type[Model]]:
    return isinstance(kind, type) and issubclass(kind, Model)


def _needs_more(kind: Any, seen: set[Any]) -> bool:
    """Whether a value of the type may hold what msgspec does not decode."""
    if _is_model(kind):
        if kind in seen:
            return False
        seen.add(kind)
        parts: Iterable[Any] = get_type_hints(kind, include_extras=True).values()
        return issubclass(kind, Extensible) or any(_needs_more(part, seen) for part in parts)
    return _mark(kind) is not None or any(_needs_more(part, seen) for part in get_args(kind))


def _fill(kind: Any) -> _Fill | None:
    mark = _mark(kind)
    if mark:
        return lambda _, plain: mark.choose(plain)
    if not _needs_more(kind, set()):
        return None
    if _is_model(kind):
        return _fill_model
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _fill(parts[0])
    fills = [_fill(part) or _as_it_is for part in parts]
    if origin is list:
        return lambda values, plain: list(map(fills[0], values, plain))
    if origin is dict:
        return lambda values, plain: {name: fills[1](value, plain[name]) for name, value in values.items()}
    if origin is tuple:
        return lambda values, plain: tuple(fill(*pair) for fill, *pair in zip(fills, values, plain, strict=True))
    return lambda value, plain: next(
        (
            fill(value, plain)
            for fill, part in zip(fills, parts, strict=True)
            if fill is not _as_it_is and (_mark(part) or isinstance(value, get_origin(part) or part))
        ),
        value,
    )


def _as_it_is(value: Any, _plain: Any) -> Any:
    return value


def _fill_model(value: Model, plain: Mapping[str, Any]) -> Model:
    fills, further = _plan(type(value))
    for name, wire_name, fill in fills:
        if plain.get(wire_name) is not None:
            force_setattr(value, name, fill(getattr(value, name), plain[wire_name]))
    if further:
        name, read, known = further
        force_setattr(value, name, {key: read(item) for key, item in plain.items() if key not in known})
    return value


@cache
def _plan(kind: type[Model]) -> tuple[list[tuple[str, str, _Fill]], Any]:
    """What fills the fields of a model, and what reads its further properties."""
    hints = get_type_hints(kind, include_extras=True)
    fields = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
    further = None
    if issubclass(kind, Extensible):
        name = extra_field(kind)
        del fields[name]
        mark = OneOf(lambda: (get_args(hints[name])[1],))
        further = (name, mark.choose, frozenset(fields.values()))
    found = ((name, wire_name, _fill(hints[name])) for name, wire_name in fields.items())
    return [(name, wire_name, fill) for name, wire_name, fill in found if fill], further


def _natural(plain: Any) -> Any:
    return msgspec.json.decode(_text(plain))


NULL: Any = type("Null", (), {"__repr__": lambda _: "NULL"})()
"""Sent as null, where `None` is left out."""


def encode(value: Any) -> bytes:
    """A value as JSON, its decimals as digits."""
    return model.encode(_plain(value))


def _plain(value: Any) -> Any:
    """The value with its models as mappings."""
    if isinstance(value, Model):
        return {found.name: _plain(found.value) for found in value._properties()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if value is NULL else str(value) if isinstance(value, str) else value
