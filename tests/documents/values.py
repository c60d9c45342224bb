"""JSON values as what an argument's annotation takes, and what of a value was lost on its way."""

from __future__ import annotations

import base64
import binascii
import datetime as dates
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from tests.documents.package import Package
from tests.documents.samples import UNDESCRIBED


class NoValueError(Exception):
    """An argument takes nothing that the schema allows."""


def for_argument(package: Package, value: Any, hint: Any) -> Any:
    """The value as the annotation takes it.

    Raises:
        NoValueError: It takes no such value.
    """
    if value is not None and _has_models(hint):
        others = [arm for arm in _arms(hint) if not _has_models(arm)]
        for arm in others:
            if not isinstance(value, (dict, list)) or typing.get_origin(arm) is not None:
                try:
                    return _plain(value, arm)
                except NoValueError:
                    continue
        models = [arm for arm in _arms(hint) if _has_models(arm)]
        for found in _read(package, value, models):
            return found
        raise NoValueError(f"{hint} does not take {_short(value)}")
    return _plain(value, hint)


def _read(package: Package, value: Any, models: list[Any]) -> Iterator[Any]:
    """The value as each of the models that takes all of it."""
    for model in models:
        try:
            found = package.codec.decoder(model)(json.dumps(value).encode())
        except ValueError:
            continue
        if not any(lost(value, json.loads(package.codec.encode(found)))):
            yield found


def _arms(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def _has_models(hint: Any) -> bool:
    if isinstance(hint, type) and hasattr(hint, "__rich_repr__"):
        return True
    return any(_has_models(part) for part in typing.get_args(hint) if not isinstance(part, str))


def _plain(value: Any, hint: Any) -> Any:
    for arm in _arms(hint):
        found = list(_fitting(value, arm))
        if found:
            return found[0]
    raise NoValueError(f"{hint} does not take {_short(value)}")


def _fitting(value: Any, hint: Any) -> Iterator[Any]:
    """The value in the annotation's own kind, if it has one."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        yield value
    elif origin is typing.Annotated:
        yield from _fitting(value, parts[0])
    elif origin is typing.Literal:
        yield from [part for part in parts if part == value and type(part) is type(value)]
    elif origin in (Sequence, list, tuple) or hint in (list, Sequence):
        if isinstance(value, list):
            yield [_plain(item, parts[0] if parts else Any) for item in value]
    elif origin in (Mapping, dict) or hint in (dict, Mapping):
        if isinstance(value, dict):
            yield {key: _plain(item, parts[1] if parts else Any) for key, item in value.items()}
    elif hint in _READERS and isinstance(value, str):
        try:
            yield _READERS[hint](value)
        except (ValueError, InvalidOperation, binascii.Error):
            return
    elif hint in _KINDS and type(value) in _KINDS[hint]:
        yield Decimal(str(value)) if hint is Decimal else hint(value)
    elif hint in (None, type(None)) and value is None:
        yield None


_READERS: Mapping[Any, Any] = {
    dates.datetime: lambda text: dates.datetime.fromisoformat(text.replace("Z", "+00:00")),
    dates.date: dates.date.fromisoformat,
    UUID: UUID,
    Decimal: Decimal,
    str: str,
    bytes: lambda text: text.encode(),
}
_KINDS: Mapping[Any, Any] = {int: (int,), float: (float, int), bool: (bool,), Decimal: (float, int)}


def lost(given: Any, kept: Any, pointer: str = "") -> Iterator[str]:
    """Where something of `given` is missing in, or other than, what was kept."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key not in kept:
                if value not in (None, UNDESCRIBED):
                    yield f"{pointer}/{key} is lost"
            else:
                yield from lost(value, kept[key], f"{pointer}/{key}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for index, pair in enumerate(zip(given, kept, strict=True)):
            yield from lost(*pair, f"{pointer}/{index}")
    elif not _same(given, kept):
        yield f"{pointer or '/'} was {_short(given)}, is {_short(kept)}"


def _same(one: Any, other: Any) -> bool:
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    for read in (_number, _moment, _encoded):
        pair = read(one), read(other)
        if None not in pair and pair[0] == pair[1]:
            return True
    return False


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if isinstance(value, (int, float, str)) else None
    except InvalidOperation:
        return None


def _moment(value: Any) -> Any:
    try:
        return dates.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None


def _encoded(value: Any) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (ValueError, binascii.Error):
        return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else f"{text[:77]}…"
