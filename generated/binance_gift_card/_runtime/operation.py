# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""The facts of an operation, as the generated package states them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from .errors import ApiError

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the document demands of a value before it is sent."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    choices: tuple[str, ...] | None = None

    def breach(self, value: object, text: str) -> str | None:
        """What is wrong with `value`, whose wire text is `text`; `None` if nothing is."""
        if self.min_length is not None and len(text) < self.min_length:
            return f"must have at least {self.min_length} characters, has {len(text)}"
        if self.max_length is not None and len(text) > self.max_length:
            return f"must have at most {self.max_length} characters, has {len(text)}"
        if self.pattern is not None and not re.search(self.pattern, text, re.ASCII):
            return f"must match {self.pattern}"
        if self.choices is not None and text not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        return self._out_of_bounds(value) if isinstance(value, (int, float)) else None

    def _out_of_bounds(self, number: float) -> str | None:
        if self.minimum is not None and number < self.minimum:
            return f"must be at least {self.minimum}"
        if self.maximum is not None and number > self.maximum:
            return f"must be at most {self.maximum}"
        if self.above is not None and number <= self.above:
            return f"must be more than {self.above}"
        if self.below is not None and number >= self.below:
            return f"must be less than {self.below}"
        return None


NO_LIMITS = Limits()


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter on the wire."""

    name: str
    """As Python spells it."""
    wire_name: str
    """As the server spells it."""
    place: Literal["path", "query", "header", "cookie", "form"]
    write: Callable[[Any], str]
    required: bool = False
    secret: bool = False
    style: str | None = None
    limits: Limits = NO_LIMITS


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """How a server wraps its results."""

    result: str
    """The property that holds the result."""
    success: Mapping[str, Any]
    """A success has these marks: those that are present have these values, and one at least is present."""


class Code(msgspec.Struct, frozen=True):
    """A documented code of a refusal."""

    error: type[ApiError]
    meaning: str
    unknown: bool = False
    """Whether the outcome is unknown all the same."""


class Errors(msgspec.Struct, frozen=True, kw_only=True):
    """How a server says no."""

    code: str
    """The property that holds the error's code."""
    message: tuple[str, ...]
    """The properties that may hold its text."""
    codes: Mapping[int | str, Code]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A request body that is one argument."""

    name: str
    media_type: str
    write: Callable[[Any], bytes]
    required: bool = False


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One operation of the API."""

    name: str
    method: str
    path: str
    decode: Callable[[bytes], T]
    """Reads the result out of its JSON."""
    errors: Errors
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    envelope: Envelope | None = None
    accept: str = "application/json"
    security: tuple[tuple[str, ...], ...] = ()
    """Alternatives; each names hooks, all of which are applied, in order."""
    signed_place: Literal["query", "form"] = "query"
    """Where what the hooks make goes."""
    repeatable: bool = False
    """Whether the operation may be sent again when its outcome is unknown."""
    weight: Mapping[str, int] = {}
    """What one call costs of each rate limit."""
