"""What every client is given, however it waits: checked once, and shared by all of its calls."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec

from . import attempt_log, checks
from .clock import Clock
from .context import Core, Options
from .credentials import Credential
from .errors import ArgumentError, NoJournalWarning
from .keeper import Keeper, Tag
from .network import Network
from .operation import Operation, Rates, Reconciling
from .rates import RateLimits

if TYPE_CHECKING:
    from .app_info import AppInfo
    from .hooks import AsyncHooks, Hooks

C = TypeVar("C", bound="ClientBase")

CONNECT_TIMEOUT = 5.0
"""Seconds to wait for a connection, unless a client is told otherwise."""
TIMEOUT = 30.0
"""Seconds for a whole call, unless a client is told otherwise."""
ATTEMPTS = 4
"""How many attempts a call may make, unless a client is told otherwise."""
_DEEPEST = 10
_COROUTINE = 0x80  # as `inspect` has it, which is long to import


class ClientBase:
    """Holds what calls share; the clients add how they wait."""

    _transports: ClassVar[Callable[..., Any]]
    """Makes the connections."""
    _awaits: ClassVar[bool] = False
    """Whether hooks may be async functions."""

    def __init__(
        self,
        *,
        base_url: str | None,
        credentials: Mapping[str, Credential],
        timeout: float,
        connect_timeout: float,
        attempts: int,
        clock: Callable[[], int] | None,
        network: Network | None,
        hooks: Hooks | AsyncHooks | None,
        pace: float | None,
        app_info: AppInfo | None = None,
        rates: Rates,
        user_agent: str,
        environment: str | None = None,
        written: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
        journal: Keeper | None = None,
        account: str | None = None,
        servers: tuple[str, ...] = (),
        time: tuple[Operation[Any], str] | None = None,
        sync_clock: bool = False,
    ) -> None:
        if base_url is None:
            way_out = f", or set {environment}_BASE_URL and make it by from_env()" if environment else ""
            raise ArgumentError(f"base_url is missing, and the document names no server; give base_url=…{way_out}")
        if pace is not None and not (_is_number(pace) and 0 < pace <= 1):
            raise ArgumentError(f"pace must be a share above 0 and at most 1, not {checks.shown(pace)}")
        if network is not None and not isinstance(network, Network):
            raise ArgumentError(f"network must be a Network(…), not {type(network).__name__}")
        if hooks is not None:
            _check_hooks(hooks, awaits=self._awaits)
        checks.function("clock", clock)
        if environment is not None:
            attempt_log.follow(f"{environment}_LOG")
        self._options = _checked(Options(timeout, connect_timeout, attempts))
        if app_info is not None:
            from .app_info import user_agent as with_app

            user_agent = with_app(user_agent, app_info)
        self._written = written
        """The headers that credentials write."""
        self._transport = transport = self._transports(
            base_url, network=network or Network(), user_agent=user_agent, environment=environment
        )
        hands = Clock(clock, to_sync=sync_clock)
        self._core = Core(
            server=base_url,
            transport=transport,
            credentials=credentials,
            chosen={},
            clock=hands,
            time=time,
            limits=RateLimits(rates, hands, pace),
            guards={},
            keys={},
            hooks=hooks,
            journal=journal,
            account=account,
            servers=servers,
            variables=variables or {},
        )

    @property
    def limits(self) -> RateLimits:
        """What the server last said of its rate limits, and until when it wants to be left alone."""
        return self._core.limits

    def with_options(
        self: C,
        *,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        attempts: int | None = None,
        insist: bool | None = None,
        accept: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> C:
        """The same client with other options, for one call or some; both share connections, clock and limits.

        Args:
            timeout: Seconds for a whole call, with all its attempts and waits.
            connect_timeout: Seconds to wait for a connection, with its proxy and TLS.
            attempts: How many attempts a call may make; 1 tries nothing again.
            insist: Send what is refused here because one more wrong attempt would lock the account.
            accept: The media type to ask for, such as ``text/csv``, where the document offers several; the result is
                what it says of that one.
            headers: What each request has beside the headers of its own, such as a trace's; they add to those that the
                client has already. No signature covers them, and no repr, log or error shows their values.

        Raises:
            ArgumentError: An option cannot be used.
        """
        mine, extra = self._options, self._options.headers
        if headers is not None:
            from .extra_headers import joined

            extra = joined(extra, headers, self._written)
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._options = _checked(
            Options(
                timeout=mine.timeout if timeout is None else timeout,
                connect_timeout=mine.connect_timeout if connect_timeout is None else connect_timeout,
                attempts=mine.attempts if attempts is None else attempts,
                insist=mine.insist if insist is None else insist,
                accept=mine.accept if accept is None else accept,
                headers=extra,
            )
        )
        return twin

    def _within(self, timeout: float) -> Options:
        """The options of a call that has a timeout of its own."""
        return _checked(msgspec.structs.replace(self._options, timeout=timeout))

    def _go_without_journal(self, operation: Operation[Any], tag: Tag) -> None:
        """For clients that may keep a journal: refuse what only that can do, and say once what is at stake."""

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # none yet, in a traceback of its making
        return f"<{type(self).__name__}>" if core is None else f"<{type(self).__name__} for {core.server}>"


class JournalledBase(ClientBase):
    """Writes down what it is asked to do before it does it, and what came of it."""

    def __init__(self, *, warns: bool, reconciling: Reconciling | None, **rest: Any) -> None:
        super().__init__(**rest)
        self._counts = any(credential.nonces is not None for credential in self._core.credentials.values())
        """Whether even a call of which nothing is kept needs the journal."""
        self._reconciling = reconciling
        self._warned = not warns

    def _go_without_journal(self, operation: Operation[Any], tag: Tag) -> None:
        is_kept = tag.idempotency_key is not None and operation.idempotency is None
        if tag.note is not None or is_kept:
            raise ArgumentError(
                f"{operation.name}: a note or an idempotency_key needs a journal; give the client one: journal=…",
                operation=operation.name,
            )
        if not self._warned and operation.journal is not None and operation.journal.tells_once:
            self._warned = True
            warnings.warn(
                f"this client keeps no journal: if the program dies before it has stored what {operation.name} returns,"
                " that is lost; give the client one (journal=…), or say journal=False",
                NoJournalWarning,
                stacklevel=_callers_level(),
            )


def _check_hooks(hooks: Hooks | AsyncHooks, *, awaits: bool) -> None:
    for name in ("before_attempt", "after_attempt"):
        if not callable(getattr(hooks, name, None)):
            raise ArgumentError(f"hooks must have a method {name}, and {type(hooks).__name__} has none")
        code = getattr(getattr(hooks, name), "__code__", None)
        if code is not None and code.co_flags & _COROUTINE and not awaits:
            raise ArgumentError(
                f"hooks: {name} is an async function, which only the async client awaits; make it a plain one"
            )


def _checked(options: Options) -> Options:
    checks.seconds("timeout", options.timeout)
    checks.seconds("connect_timeout", options.connect_timeout)
    checks.whole("attempts", options.attempts)
    if options.accept is not None:
        checks.text("accept", options.accept, least=1)
        if not options.accept.isascii() or not options.accept.isprintable():
            raise ArgumentError("accept must be a media type, in printable ASCII, such as text/csv")
    return options


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _callers_level() -> int:
    """How many frames up from the one that asks the caller of the package is."""
    package, level = __name__.partition("._runtime")[0], 1
    while level < _DEEPEST and sys._getframe(level).f_globals.get("__name__", "").startswith(package):
        level += 1
    return level
