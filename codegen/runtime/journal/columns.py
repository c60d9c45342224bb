"""What becomes of a call, as the columns of its entry; and an entry, out of its columns. Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec

from ..core.checks import MASK
from ..core.classify import Verdict
from ..core.draft import body_property
from ..core.errors import ApiError, ClientError
from ..core.interrupts import pass_on
from ..core.operation import Journalled, Operation
from ..core.wire import exact
from .entry import Entry, State
from .store import SHOWN, Row

_ENCODER = msgspec.json.Encoder(order="sorted")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
Columns = dict[str, Any]

_WHOLE = re.compile(r"-?[0-9]{1,16}")
_MOST_CHARACTERS = 500
"""Of a server's text in a column; PostgreSQL's indexes take no row of more than some 2,700 bytes."""

EXACT = Context(prec=400)
"""For sums: none of the digits that an amount can have is lost."""


def now() -> int:
    """The wall clock, in microseconds since the epoch."""
    return time.time_ns() // 1000


def instant(microseconds: int | None) -> datetime | None:
    """A column as a moment in UTC; `None` for one that no calendar here has, after the year 9999."""
    try:
        return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def microseconds(moment: datetime | None) -> int | None:
    """A moment as a column."""
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def place(operation: str, at: int, column: str) -> str:
    """Where a sealed text stands."""
    return f"{column} of {operation} at {at}"


def place_of(found: Mapping[str, Any], column: str) -> str:
    """The same, of an entry that is there."""
    return place(found["operation"], found["at"], column)


def mask(operation: Operation[Any], texts: Mapping[str, Any]) -> tuple[str, str]:
    """Arguments as JSON, without the secrets; and the secrets as JSON, empty without any."""
    names = [parameter.name for parameter in operation.parameters if parameter.secret]
    if operation.body is not None and operation.body.holds_secret:
        names.append(operation.body.name)
    if not names:
        return _json(texts), ""
    clear = {name: MASK if name in names else text for name, text in texts.items()}
    secrets = {name: text for name, text in texts.items() if name in names}
    return _json(clear), _json(secrets) if secrets else ""


def told(operation: Operation[Any], texts: Mapping[str, Any]) -> Columns:
    """What a call is about, as far as the texts of its arguments say it."""
    found = meaning(operation, "argument", texts.get)
    if operation.body is not None:
        found |= meaning(operation, "body", lambda name: body_property(operation, texts, name))
    return found


def meaning(operation: Operation[Any], source: str, value_of: Callable[[str], Any]) -> Columns:
    """What a call is about, as far as its source says it: an ``argument``, the ``body``, or the ``result``."""
    found: Columns = {}
    for column, name in _places(operation.journal, source):
        value = value_of(name)
        if value is not None:
            found[column] = _microseconds_of(value) if column == "expires" else _text(value)
    return found


@lru_cache(maxsize=256)
def _places(facts: Journalled | None, source: str) -> list[tuple[str, str]]:
    places = [(column, getattr(facts, column)) for column in ("reference", "token", "amount", "expires")]
    return [(column, place[1]) for column, place in places if place is not None and place[0] == source]


def outcome(error: ClientError | None) -> State:
    """What a call came to."""
    if error is None or error.executed == "yes":
        return "done"
    if error.executed == "unknown":
        return "unknown"
    return "refused" if isinstance(error, ApiError) else "not sent"


def end_columns(operation: Operation[Any], verdict: Verdict) -> Columns:
    """The columns of a call that is over, besides those that are kept from its begin on."""
    error = verdict.error
    result = verdict.response.result if verdict.response is not None else None
    columns: Columns = {"state": outcome(error), "changed": now(), "reason": keepable(verdict.reason), "code": None}
    if error is not None:
        columns["code"] = None if error.code is None else _json(error.code)
        columns["reason"] = columns["reason"] or type(error).__name__
        columns["status"] = error.status
        if columns["state"] == "done" and error.status is None:  # nobody has its answer: what is kept is of an attempt
            columns["answer"] = None
    columns |= meaning(operation, "result", lambda name: getattr(result, name, None))
    if columns["state"] == "done" and result is not None and issues(operation.journal):
        columns["live"] = 1
    return columns


def issues(facts: Journalled | None) -> bool:
    """Whether a call makes something that lives on."""
    return facts is not None and facts.effect == "issues"


def entry(row: Row) -> Entry:
    """An entry out of the columns that are shown."""
    columns = dict(zip(SHOWN, row, strict=True))
    return Entry(
        number=columns["number"],
        operation=columns["operation"],
        state=columns["state"],
        time=_EPOCH + timedelta(microseconds=columns["at"]),
        changed=_EPOCH + timedelta(microseconds=columns["changed"]),
        arguments=msgspec.json.decode(columns["arguments"]),
        attempts=columns["attempts"],
        reference=columns["reference"],
        token=columns["token"],
        amount=amount(columns["amount"]),
        expires=instant(columns["expires"]),
        status=columns["status"],
        code=None if columns["code"] is None else msgspec.json.decode(columns["code"]),
        reason=columns["reason"],
        settled_after=instant(columns["settled"]),
        live=None if columns["live"] is None else bool(columns["live"]),
        checked=instant(columns["checked"] or None),
        note=columns["note"],
        idempotency_key=columns["key"],
        server=columns["server"],
        account=columns["account"],
        sdk=columns["sdk"],
        spec=columns["spec"],
    )


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal) and amount(str(value)) is not None:
        return format(value, "f")
    return keepable(str(value))


def keepable(text: str) -> str:
    """A server's text, as every journal can hold it: what it cannot is spelled out, and the end of a long one cut off.

    The answer itself is kept byte for byte.
    """
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def amount(text: str | None) -> Decimal | None:
    """A column as an amount; `None` if it is none that can be written in full."""
    try:
        return None if text is None else exact(Decimal(text))
    except (InvalidOperation, ValueError) as error:
        pass_on(error)
        return None


def _microseconds_of(milliseconds: Any) -> int | None:
    if isinstance(milliseconds, str) and _WHOLE.fullmatch(milliseconds):  # as an argument goes out
        milliseconds = int(milliseconds)
    return milliseconds * 1000 if isinstance(milliseconds, int) and abs(milliseconds) < 2**53 else None
