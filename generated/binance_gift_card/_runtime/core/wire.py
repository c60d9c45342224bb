# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Values as wire text. Each function refuses what it cannot write exactly, and says why."""

from __future__ import annotations

import datetime as dates
import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from .interrupts import pass_on

DIGITS = 64
"""The most digits that an amount has before its point, and behind it."""

_PLAIN_DECIMAL = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_TOO_LONG = f"must have at most {DIGITS} digits before the point, and as many behind it"
_TOO_LARGE = 10**DIGITS


def encode(text: str) -> str:
    """Percent-encoded: only ``A-Z a-z 0-9 - _ . ~`` stay bare, and a space is ``%20``."""
    return text if text.isascii() and text.encode().isalnum() else quote(text, safe="")


def text(value: object) -> str:
    """Text as it is."""
    if not isinstance(value, str):
        raise TypeError(f"must be str, not {_kind(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be text that UTF-8 can write, without lone surrogates") from None
    return value


def decimal(value: object) -> str:
    """An exact amount as digits: no exponent, no float."""
    if isinstance(value, str):
        found = _PLAIN_DECIMAL.fullmatch(value)
        if not found:
            raise ValueError("must be plain digits such as 12.50, without exponent, plus sign or spaces")
        if len(found[1]) > DIGITS or len(found[2] or "") > DIGITS:
            raise ValueError(_TOO_LONG)
        return value
    if isinstance(value, Decimal):
        return format(exact(value), "f")
    if isinstance(value, int) and not isinstance(value, bool):
        return integer(value)
    hint = "; a float is not exact" if isinstance(value, float) else ""
    raise TypeError(f"must be Decimal, int or decimal text, not {_kind(value)}{hint}")


def exact(value: Decimal) -> Decimal:
    """The number, unless it is none, or has more digits than an amount has: to write 1E+50000000 takes 50 MB."""
    if not value.is_finite():
        raise ValueError("must be a finite number")
    if not -DIGITS <= value.adjusted() < DIGITS or int(value.as_tuple().exponent) < -DIGITS:
        raise ValueError(_TOO_LONG)
    return value


def integer(value: object) -> str:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"must be int, not {_kind(value)}")
    if not -_TOO_LARGE < value < _TOO_LARGE:
        raise ValueError(_TOO_LONG)
    return str(value)


def number(value: object) -> str:
    """Any finite number, without an exponent."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("must be a finite number")
        return decimal(Decimal(repr(value)))
    if isinstance(value, (int, Decimal)):
        return decimal(value)
    raise TypeError(f"must be a number, not {_kind(value)}")


def boolean(value: object) -> str:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise TypeError(f"must be bool, not {_kind(value)}")
    return "true" if value else "false"


def date_time(value: object) -> str:
    """A moment with its offset from UTC (RFC 3339)."""
    if not isinstance(value, dates.datetime):
        raise TypeError(f"must be datetime, not {_kind(value)}")
    if value.tzinfo is None:
        raise ValueError("must say its time zone")
    return value.isoformat()


def date(value: object) -> str:
    """A day (RFC 3339)."""
    if not isinstance(value, dates.date) or isinstance(value, dates.datetime):
        raise TypeError(f"must be date, not {_kind(value)}")
    return value.isoformat()


def uuid(value: object) -> str:
    """A UUID, or its text."""
    from uuid import UUID  # seldom needed, and not free

    return str(value) if isinstance(value, UUID) else text(value)


def anything(value: object) -> str:
    """A value of any of the kinds above, by its own type."""
    for kind, write in _BY_TYPE:
        if isinstance(value, kind):
            return write(value)
    if type(value).__name__ == "UUID":
        return uuid(value)
    raise TypeError(f"cannot be written: {_kind(value)}")


def content(value: object) -> bytes:
    """Text in UTF-8, or bytes as they are."""
    return bytes(value) if isinstance(value, (bytes, bytearray)) else text(value).encode()


def nothing(body: bytes) -> None:
    """The result of an operation that has none."""


def utf8(body: bytes) -> str:
    """A result that is text."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None


def check_amounts(value: Any, fields: Callable[[Any], Iterable[tuple[str, Any]]], name: str = "") -> None:
    """See that each Decimal in a value can be written in full; `fields` gives the names and values of a model."""
    if isinstance(value, Decimal):
        try:
            exact(value)
        except ValueError as error:
            pass_on(error)
            raise ValueError(f"has a number that {error}{f' (in {name})' if name else ''}") from None
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            check_amounts(item, fields, name)
    else:
        for field, item in fields(value):
            if type(item) not in _NO_AMOUNTS:
                check_amounts(item, fields, field)


_NO_AMOUNTS = (str, int, bool, float, type(None))


def plain_decimals(value: Any) -> Any:
    """A JSON value in which each Decimal is digits: its own text may have an exponent.

    Raises:
        ValueError: A number is not finite, or has more digits than an amount has.
    """
    if isinstance(value, Decimal):
        return decimal(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must be a finite number")
    if isinstance(value, dict):
        return {key: plain_decimals(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_decimals(item) for item in value]
    return value


_BY_TYPE: tuple[tuple[type, Callable[[object], str]], ...] = (
    (str, text),
    (bool, boolean),
    (int, integer),
    (float, number),
    (Decimal, decimal),
    (dates.datetime, date_time),
    (dates.date, date),
)


def _kind(value: object) -> str:
    return type(value).__name__
