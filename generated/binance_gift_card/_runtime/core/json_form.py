# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Models as plain values that JSON has, and back; what stands for a secret is not read as one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

import msgspec

from .checks import MASK
from .errors import ArgumentError
from .interrupts import pass_on
from .wire import decimal, plain_decimals

M = TypeVar("M", bound="JsonForm")


class Property(NamedTuple):
    """A property that a model has a value for."""

    name: str
    """As the server spells it."""
    field: str
    value: Any
    is_secret: bool


class Unread:
    """A value of no known form. It may be a secret, so no repr shows it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Variants:
    """Marks what may be read as one of several types."""

    variants: Callable[[], tuple[Any, ...]]
    """Gives the types; they may be defined later than what is marked."""


def is_made_of(kind: Any, is_one: Callable[[Any], bool], seen: tuple[Any, ...] = ()) -> bool:
    """Whether a type is such a one, or has one among its parts, by way of no other model."""
    if is_one(kind):
        return True
    if isinstance(kind, Variants):
        return kind not in seen and any(is_made_of(part, is_one, (*seen, kind)) for part in kind.variants())
    parts = (*get_args(kind), *getattr(kind, "__metadata__", ()))
    return any(is_made_of(part, is_one, seen) for part in parts)


class JsonForm:
    """What every model can be written as, and read from."""

    __slots__ = ()

    def to_dict(self, *, secrets: bool = False) -> dict[str, Any]:
        """The model as a dict of plain values, which `json.dumps` takes and `from_dict` reads.

        Names are as the server spells them. Amounts are text, so that they stay exact, and so are times (RFC 3339).
        What the server left out is left out.

        Args:
            secrets: Whether secrets are written. Else ``********`` stands for each, and for each property or variant
                that the document does not describe, as in a repr.
        """
        plain: dict[str, Any] = json_value(self, secrets=secrets)
        return plain

    def to_json(self, *, secrets: bool = False) -> str:
        """The same as JSON, on one line.

        Args:
            secrets: Whether secrets are written, as in `to_dict`.
        """
        return msgspec.json.encode(self.to_dict(secrets=secrets)).decode()

    @classmethod
    def from_dict(cls: type[M], data: Mapping[str, Any]) -> M:
        """The model that a dict describes, as `to_dict(secrets=True)` gives it or the server's JSON has it.

        It is read as an answer is: properties that no model names are ignored, unless they are called as a field is,
        and null is nothing.

        Args:
            data: Properties by their names as the server spells them.

        Raises:
            ArgumentError: It does not describe one, or a value in it is masked (``********``). No value is shown.
        """
        value, problem = _read(cls, _written, data)
        del data  # no traceback shows what is in it
        if value is None:
            raise ArgumentError(problem)
        return value

    @classmethod
    def from_json(cls: type[M], text: str | bytes) -> M:
        """The model that JSON describes, as `to_json(secrets=True)` gives it or the server sends it.

        Args:
            text: An object of JSON.

        Raises:
            ArgumentError: As for `from_dict`.
        """
        value, problem = _read(cls, _utf8, text)
        del text
        if value is None:
            raise ArgumentError(problem)
        return value

    if TYPE_CHECKING:  # what each kind of models has of its own

        def _properties(self) -> Iterator[Property]:
            """What it has values for."""
            ...

        @classmethod
        def _reader(cls) -> Callable[[bytes], Any]:
            """What reads one from JSON; it raises `ValueError` with a message that shows no value."""
            ...

    @classmethod
    def _spelling(cls) -> Mapping[str, str]:
        """How the server spells the fields that are called otherwise, where they cannot be read by their own names."""
        return {}


def json_value(value: Any, *, secrets: bool, by_field: bool = False, hidden: bool = False) -> Any:
    """A value, and all that it holds, as JSON has it: amounts and times as text.

    Args:
        value: A model, or anything that stands in one.
        secrets: Whether secrets are written.
        by_field: Whether properties are called as the fields are, instead of as the server spells them.
        hidden: Whether the value is a secret.
    """
    hidden = hidden or isinstance(value, Unread)
    inner = partial(json_value, secrets=secrets, by_field=by_field)
    if isinstance(value, JsonForm):
        return {
            one.field if by_field else one.name: inner(one.value, hidden=hidden or one.is_secret)
            for one in value._properties()
        }
    if isinstance(value, dict):
        return {name: inner(item, hidden=hidden) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [inner(item, hidden=hidden) for item in value]
    if value is None or (hidden and not secrets):
        return value if value is None else MASK
    if isinstance(value, (str, float)):
        return str(value) if isinstance(value, str) else float(value)  # not what derives from them
    return decimal(value) if isinstance(value, Decimal) else msgspec.to_builtins(value)


def _written(data: Mapping[str, Any]) -> bytes:
    if not isinstance(data, Mapping):
        raise TypeError(f"must be a mapping, not {type(data).__name__}")
    return msgspec.json.encode(plain_decimals(dict(data)))


def _utf8(text: str | bytes) -> bytes:
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(f"must be text or bytes, not {type(text).__name__}")
    return text.encode() if isinstance(text, str) else bytes(text)


def _read(kind: type[M], write: Callable[[Any], bytes], given: Any) -> tuple[M | None, str]:
    """The value, or what is wrong with it."""
    try:
        data = write(given)
        problem = _wrong(kind, msgspec.json.decode(data))
        if not problem:
            return kind._reader()(data), ""
    except (msgspec.DecodeError, UnicodeError):
        problem = "is not JSON"
    except RecursionError:
        problem = "is nested too deep"
    except (TypeError, ValueError) as error:
        pass_on(error)
        problem = str(error)
    return None, f"{kind.__name__}: {problem}"


def _wrong(kind: type[JsonForm], given: Any) -> str:
    """What would be read as something else, or not at all."""
    for place in _masked(given, "$"):
        return f"{place} is masked, and the secret itself is not here; give what to_dict(secrets=True) wrote"
    spelling = kind._spelling()
    for name in sorted(spelling.keys() & given.keys()) if isinstance(given, dict) else ():
        return f"{name} is spelled {spelling[name]} by the server; give what to_dict(secrets=True) wrote"
    return ""


def _masked(value: Any, place: str) -> Iterator[str]:
    """Where a mask stands in the place of a value."""
    if value == MASK:
        yield place
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _masked(item, f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _masked(item, f"{place}[{index}]")
