"""A signing hook that a team wrote itself: what it sees of a request, and what it may add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote_plus, urlsplit

from . import environment
from .clock import LATEST, Clock
from .credentials import fingerprint
from .deadline import Deadline
from .draft import Draft
from .endpoint import Endpoint
from .errors import ArgumentError, SigningError, bare
from .interrupts import pass_on
from .opaque import Arguments
from .operation import Operation

N = TypeVar("N", int, float)

_FORM = "application/x-www-form-urlencoded"
_OURS = frozenset("connection content-length content-type host transfer-encoding user-agent".split())
"""The headers that the client writes."""
_COROUTINE = 0x80  # as `inspect` has it, which is long to import


class HookError(ValueError):
    """A hook asked for what cannot be; its text holds no value."""


class SigningRequest:
    """A request that is about to go out, for the hook that signs it; what the hook adds is seen here at once.

    Its repr shows nothing of it.
    """

    def __init__(
        self, draft: Draft, operation: Operation[Any], endpoint: Endpoint, now: int, deadline: Deadline
    ) -> None:
        self._draft, self._endpoint, self._deadline = draft.fresh(), endpoint, deadline
        self.method: str = operation.method
        self.operation: str = operation.name
        self.extensions: Mapping[str, Any] = operation.extensions
        """What the document says of the operation beyond OpenAPI, by its key."""
        self.now: int = now
        """The server's time, as well as it is known: milliseconds since the epoch."""
        self.expiry: int | None = None

    @property
    def scheme(self) -> str:
        """Http or https."""
        return urlsplit(self._endpoint.origin).scheme

    @property
    def host(self) -> str:
        """As the header Host says it, with the port where one is given."""
        return self._endpoint.origin.partition("://")[2]

    @property
    def port(self) -> int:
        """The one that is given, or the scheme's own."""
        return urlsplit(self._endpoint.origin).port or {"http": 80, "https": 443}[self.scheme]

    @property
    def path(self) -> str:
        """The whole path, with that of the base URL, as it goes out."""
        return f"{self._endpoint.prefix}{self._draft.path}"

    @property
    def query(self) -> str:
        """The query as it goes out, without its question mark."""
        return self._draft.query

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self._endpoint.prefix}{self._draft.target()}"

    @property
    def url(self) -> str:
        """All of it."""
        return f"{self._endpoint.origin}{self.target}"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The query's names and values in their order, decoded."""
        pairs = (pair.partition("=") for pair in self._draft.query.split("&") if pair)
        return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers so far, by their names in small letters."""
        return {name.lower(): value for name, value in self._draft.headers.items()} | {"host": self.host}

    @property
    def body(self) -> bytes:
        """The bytes of the body; none where there is no body."""
        return self._draft.content() or b""

    @property
    def seconds_left(self) -> float:
        """Until the call's deadline."""
        return self._deadline.left()

    def add_header(self, name: str, value: str, *, secret: bool = True) -> None:
        """Add a header.

        Raises:
            HookError: There is one, the client writes it, or the text cannot stand in a header.
        """
        if name.lower() in _OURS or name.lower() in self.headers:
            raise HookError(f"it adds the header {name}, which is there already")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value != value.strip():
            raise HookError(f"it gives the header {name} what is no printable ASCII text")
        self._draft.headers[name] = value
        self._hide(value, secret)

    def add_query(self, name: str, value: str, *, secret: bool = True) -> None:
        """Add a pair to the query, which is percent-encoded here."""
        self._draft.add("query", _text(name), _text(value))
        self._hide(value, secret)

    def add_form(self, name: str, value: str, *, secret: bool = True) -> None:
        """Add a pair to the form.

        Raises:
            HookError: The request has a body that is no form, or can have none.
        """
        if self._draft.body is not None or self.method in ("GET", "HEAD"):
            raise HookError("it adds to the form of a request that cannot have one")
        self._draft.headers.setdefault("content-type", _FORM)
        self._draft.add("form", _text(name), _text(value))
        self._hide(value, secret)

    def mark_secret(self, value: str) -> None:
        """Let no message show a text, whoever wrote it."""
        self._hide(_text(value), True)

    def expires(self, milliseconds: int) -> None:
        """Tell when the server takes the request no more, in milliseconds since the epoch."""
        if isinstance(milliseconds, bool) or not isinstance(milliseconds, int) or not 0 <= milliseconds <= LATEST:
            raise HookError("it gives an end of its signature that is no time")
        self.expiry = milliseconds

    def _hide(self, value: str, secret: bool) -> None:
        if secret and value:
            self._draft.secrets.append(value)

    def __repr__(self) -> str:
        return f"<SigningRequest of {self.operation}>"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise HookError("it adds what is no text")
    return value


class OwnHook:
    """Has a team's own hook sign.

    Args:
        make: The hook's class.
        given: What its constructor is given: its parameter → the client's argument.
        needed: The parameters that it cannot do without.
        arguments: Parameter → what the client's argument is called.

    Raises:
        ArgumentError: The hook refuses what it is given.
    """

    nonces = None
    waits = True

    def __init__(
        self, make: Callable[..., Any], given: Mapping[str, Any], *, needed: tuple[str, ...], arguments: tuple[str, ...]
    ) -> None:
        known = Arguments({name: value for name, value in given.items() if value is not None})
        del given  # no traceback shows what is not there
        self._name = make.__name__
        self.argument = " and ".join(arguments) or f"the hook {self._name}"
        self._hook = self._made(make, known) if known.keys() >= set(needed) else None
        identity = getattr(self._hook, "identity", None)
        self.identity = f"hook:{fingerprint(identity)}" if isinstance(identity, str) else None
        sign = getattr(self._hook, "sign", None)
        is_async = getattr(getattr(sign, "__code__", None), "co_flags", 0) & _COROUTINE
        self.sign: Callable[[Any], object] = self._sign_async if is_async else self._sign

    def _made(self, make: Callable[..., Any], known: Mapping[str, Any]) -> Any:
        try:
            return make(**known)
        except Exception as error:
            pass_on(error)
            raise ArgumentError(f"{self.argument}: {self._name} refuses it: {type(error).__name__}") from bare(error)

    @property
    def ready(self) -> bool:
        return self._hook is not None

    def _sign(self, request: SigningRequest) -> object:
        given = self._hook.sign(request)  # type: ignore[union-attr]  # it is ready
        return request if given is None else given

    async def _sign_async(self, request: SigningRequest) -> object:
        given = await self._hook.sign(request)  # type: ignore[union-attr]  # it is ready
        return request if given is None else given

    def apply(self, draft: Draft, operation: Operation[Any], clock: Clock) -> None:
        raise AssertionError("it is awaited")

    def prepare(self, draft: Draft, operation: Operation[Any], clock: Clock, deadline: Deadline) -> SigningRequest:
        """What the hook is to see."""
        return SigningRequest(draft, operation, draft.endpoint, clock.now(), deadline)

    def complete(self, draft: Draft, operation: Operation[Any], signed: object, failure: Exception | None) -> None:
        """Take over what the hook added, or tell that it failed."""
        problem = None
        if failure is not None:
            pass_on(failure)
            problem = str(failure) if isinstance(failure, HookError) else f"failed: {type(failure).__name__}"
        elif not isinstance(signed, SigningRequest):
            problem = f"gave {type(signed).__name__}; a hook adds to the request, and gives nothing"
        if problem is not None or not isinstance(signed, SigningRequest):
            if hasattr(signed, "close"):
                signed.close()  # a coroutine that nobody awaits
            told = f"{operation.name}: the hook {self._name} {problem}; nothing was sent"
            raise SigningError(told, operation=operation.name) from (None if failure is None else bare(failure))
        done = signed._draft
        draft.query, draft.form, draft.headers, draft.secrets = done.query, done.form, done.headers, done.secrets
        if signed.expiry is not None:
            draft.made[f"{id(self)} expires"] = str(signed.expiry)

    def renew(self, draft: Draft) -> bool:
        return False

    def expires(self, draft: Draft) -> int | None:
        told = draft.made.get(f"{id(self)} expires")
        return None if told is None else int(told)

    def __repr__(self) -> str:
        return f"<OwnHook {self._name}>"


def flag_of(variable: str) -> bool | None:
    """Whether the variable says 1; `None` when it is not set or empty.

    Raises:
        ArgumentError: It says neither 1 nor 0.
    """
    return None if environment.text(variable) is None else environment.flag(variable)


def number_of(variable: str, kind: Callable[[str], N]) -> N | None:
    """The variable's number; `None` when it is not set or empty.

    Raises:
        ArgumentError: It says none.
    """
    value = environment.text(variable)
    try:
        return None if value is None else kind(value)
    except ValueError:
        raise ArgumentError(f"{variable} must be a number") from None
