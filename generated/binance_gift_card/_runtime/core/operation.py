# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The facts of an operation, as the generated package states them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

import msgspec

from .answer import Answer
from .errors import ApiError
from .opaque import Opaque

T = TypeVar("T")

_compiled = lru_cache(1024)(re.compile)
"""`re` has a cache as well, and a slower one."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the document demands of a value before it is sent."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    hint: str | None = None
    """The pattern in words, or how to mend a text that does not match it."""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    choices: tuple[str, ...] | None = None

    def check(self, value: object, text: str) -> None:
        """Refuse a value, whose wire text is `text`, that breaks one of them.

        Raises:
            ValueError: It does; the message says which.
        """
        if self.min_length is not None and len(text) < self.min_length:
            raise ValueError(f"must have at least {self.min_length} characters, has {len(text)}")
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"must have at most {self.max_length} characters, has {len(text)}")
        if self.pattern is not None and not _compiled(self.pattern, re.ASCII).search(text):
            raise ValueError(
                f"is not as the API takes it: {self.hint}" if self.hint else f"must match the pattern {self.pattern}"
            )
        if self.choices is not None and text not in self.choices:
            raise ValueError(f"must be one of {', '.join(choice or repr(choice) for choice in self.choices)}")
        if not isinstance(value, str):
            self._check_bounds(value)

    def _check_bounds(self, number: Any) -> None:
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"must be at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"must be at most {self.maximum}")
        if self.above is not None and number <= self.above:
            raise ValueError(f"must be more than {self.above}")
        if self.below is not None and number >= self.below:
            raise ValueError(f"must be less than {self.below}")


NO_LIMITS = Limits()


class Layout(Protocol):
    """How a value of several parts goes out."""

    def add(self, draft: Any, parameter: Parameter, value: Any) -> list[tuple[str, str]]:
        """Write the value into the draft; its pairs, as they are before they are encoded."""
        ...


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter on the wire."""

    name: str
    """As Python spells it."""
    wire_name: str
    """As the server spells it."""
    place: Literal["path", "query", "header", "cookie", "form", "part"]
    write: Callable[[Any], str]
    required: bool = False
    secret: bool = False
    style: Layout | None = None
    """How a value is laid out that is no single text; then `write` and `limits` are not used."""
    limits: Limits = NO_LIMITS
    deprecated: str = ""
    """What is told to whoever passes it, where the API calls it deprecated and it may be left out."""


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
    cure: Literal["clock", "wait", "later"] | None = None
    """What helps: to correct the clock, to wait as long as the server says, or to come back a little later."""
    halts: bool = False
    """Whether calls after it would be refused as well, so that a bulk run ends."""


class Errors(msgspec.Struct, frozen=True, kw_only=True):
    """How a server says no."""

    code: str
    """The property that holds the error's code."""
    message: tuple[str, ...]
    """The properties that may hold its text."""
    codes: Mapping[int | str, Code]
    usual: Callable[..., tuple[int | str | None, str | None]] | None = None
    """Looks for code and text in the usual places, where only these are known."""
    read: Callable[[Any], Callable[[bytes], Any]] | None = None
    """What reads a body as a type."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A rate limit of the server, by weight."""

    name: str
    header: str
    """The header that says how much was used."""
    window: float
    """Seconds after which the count begins anew."""
    limit: int | None = None
    """The most weight in a window, where it is known."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP status that asks for a pause."""

    seconds: float
    """How long, where the answer does not say."""
    ban: bool = False
    """Whether it is the answer to having gone on all the same."""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """How a server limits rates."""

    limits: tuple[Limit, ...] = ()
    holds: Mapping[int, Hold] = msgspec.field(default_factory=lambda: {429: Hold(seconds=1.0)})
    """By HTTP status."""


class KeyRule(Protocol):
    """How a server takes idempotency keys; `idempotency` has the one there is."""

    @property
    def header(self) -> str:
        """The header in which a key goes out."""
        ...

    @property
    def repeats(self) -> bool:
        """Whether the document says that a call is safe to repeat with its key."""
        ...

    def new_key(self) -> str:
        """A key that nobody has used."""
        ...

    def written(self, key: str) -> str:
        """A key as it goes out."""
        ...

    def way(self, key: str) -> str:
        """A mark of how a key goes out."""
        ...

    def allows(self, age: float, left: float) -> bool:
        """Whether a request may go out again, so many seconds after its key first may have, within so many."""
        ...


class Question(Opaque):
    """What is known of a call whose outcome is unknown."""

    operation: Operation[Any]
    texts: Mapping[str, Any]
    """Its arguments, as they went out."""
    key: str | None
    """Its idempotency key, as it went out; `None` if none did, or in another way than it would now."""
    since: float
    """For how many seconds it has certainly made no request."""
    ends: int | None
    """From when on none of its requests can be executed, in milliseconds since the epoch; `None` for never."""


class SettleRule(Protocol):
    """How to find out what became of a call; `settling` has the one there is."""

    @property
    def by_key(self) -> bool:
        """Whether that takes the call's idempotency key."""
        ...

    def settle(self, core: Any, options: Any, deadline: Any, question: Question) -> Any:
        """The flow that asks until it is known, or the deadline is over; gives a verdict or `None`."""
        ...

    def look(self, core: Any, options: Any, deadline: Any, question: Question, seconds: float = ...) -> Any:
        """The flow that asks once; gives its verdict or `None`, and whether an answer came."""
        ...


class Lockout(msgspec.Struct, frozen=True, kw_only=True):
    """How wrong attempts lock an operation."""

    failures: int
    """So many of them lock it."""
    window: float
    """Seconds for which each counts, and for which it is locked."""
    wrong: tuple[int | str, ...] = ()
    """Codes of refusals that mean a wrong attempt. One that is not documented counts as well."""
    result: Mapping[str, Any] | None = None
    """What a result of a wrong attempt looks like: each of these fields has this value."""
    locked: int | str | None = None
    """The code that says that it is locked."""


class Encryption(msgspec.Struct, frozen=True, kw_only=True):
    """An argument that can be encrypted under a key of the server."""

    argument: str
    """The argument that asks for it."""
    parameter: str
    """The argument that is encrypted."""
    key: Callable[[], Operation[str]]
    """The operation that gives the key of the day."""


Place: TypeAlias = Literal["argument", "body", "result"]
"""Where something stands that is known of a call: an argument, a property of its JSON body, or one of its result."""


class Journalled(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal notes of an operation, each with where it stands and its name in Python."""

    effect: Literal["issues", "redeems", "other"] = "other"
    reference: tuple[Place, str] | None = None
    token: tuple[Place, str] | None = None
    amount: tuple[Place, str] | None = None
    expires: tuple[Place, str] | None = None
    """In milliseconds since the epoch."""
    tells_once: bool = False
    """Whether the result holds a secret, which nothing tells a second time."""


class Reconciling(msgspec.Struct, frozen=True, kw_only=True):
    """How a journal is held against the server, and what may be issued in a month."""

    check: Operation[Any]
    """The operation that tells of a thing whether it is live."""
    argument: str
    """Its argument that takes the reference."""
    live: Mapping[str, Any]
    """What its result looks like for a live one: each of these fields has this value."""
    count: int | None = None
    amount: str | None = None
    token: str | None = None
    """What `amount` is counted in."""
    noun: tuple[str, str] = ("entry", "entries")
    """What people call one of what is issued, and several."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A request body that is one argument."""

    name: str
    media_type: str
    write: Callable[[Any], bytes]
    required: bool = False
    nullable: bool = False
    """Whether `None` is sent as null."""
    holds_secret: bool = False
    """Whether a part of it is secret, so that all of it is kept as a secret."""
    choices: Mapping[str, Callable[[Any], bytes]] = {}
    """Other media types that a call may ask for → what writes them."""


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One operation of the API."""

    name: str
    method: str
    path: str
    decode: Callable[[bytes], T]
    """Reads the result out of its JSON."""
    answers: Mapping[int, Callable[[Answer], T]] | None = None
    """Reads it instead out of an answer of that status, be it a redirect."""
    errors: Errors
    problems: Mapping[int | str, Any] | None = None
    """The types of the bodies of refusals: by status, by range (``4XX``), or ``default``."""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    join: Callable[[list[Any]], Any] | None = None
    """Makes one body of the arguments that are its parts."""
    envelope: Envelope | None = None
    accept: str = "application/json"
    is_download: bool = False
    """Whether a body comes as it is, and may be large."""
    security: tuple[tuple[str, ...], ...] = ()
    """Alternatives; each names hooks, all of which are applied, in order."""
    signed_place: Literal["query", "form"] = "query"
    """Where what the hooks make goes."""
    repeatable: bool = False
    """Whether the operation may be sent again when its outcome is unknown."""
    weight: Mapping[str, int] = {}
    """What one call costs of each rate limit."""
    rates: Rates = Rates()
    lockout: Lockout | None = None
    encryption: Encryption | None = None
    journal: Journalled | None = None
    idempotency: KeyRule | None = None
    """The header that a call's idempotency key is sent in."""
    settle: SettleRule | None = None
    """How to find out what became of a call whose outcome is unknown."""
    command: str = ""
    """What it is called at a terminal."""
    deprecated: str = ""
    """What is told to whoever calls it, where the API calls it deprecated."""
    extensions: Mapping[str, Any] = {}
    """What the document says of it in extensions of its own, for signing hooks of a team's own."""
    fields: Mapping[str, bool] = {}
    """The fields of the result, and whether each is secret."""

    @property
    def finds_out(self) -> bool:
        """Whether another call with the same idempotency key can learn what became of one with an unknown outcome."""
        return self.settle is not None or (self.idempotency is not None and self.idempotency.repeats)

    @property
    def may_be_settled(self) -> bool:
        """Whether another process may go on with the entry of a call, or settle it."""
        return self.settle is not None or self.idempotency is not None

    def reader_of_refusal(self, status: int) -> Callable[[bytes], Any] | None:
        """What reads the body of a refusal as the document describes it, if it does."""
        kinds, read = self.problems, self.errors.read
        if kinds is None or read is None or status < 300:
            return None
        named = (status, f"{status // 100}XX", "default")
        return next((read(kinds[name]) for name in named if name in kinds), None)
