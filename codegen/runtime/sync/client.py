"""The base of every client: what it was given, and the door that every call goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..core import checks
from ..core.classify import Response
from ..core.clock import Clock
from ..core.context import Core, Options
from ..core.deadline import Deadline
from ..core.errors import ArgumentError, ClientError
from ..core.flow import Call, sync_clock
from ..core.keeper import Keeper, Tag
from ..core.network import Network
from ..core.operation import Operation, Rates
from ..core.rates import RateLimits
from ..core.signers import Credential
from .driver import doing, drive
from .transport import Transport

if TYPE_CHECKING:
    from ..core.hooks import Hooks

T = TypeVar("T")
C = TypeVar("C", bound="Client")

CONNECT_TIMEOUT = 5.0
TIMEOUT = 30.0
ATTEMPTS = 4


class Client:
    """Holds the connections and the credentials; generated clients add the operations."""

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
        hooks: Hooks | None,
        pace: float | None,
        rates: Rates,
        user_agent: str,
        journal: Keeper | None = None,
        account: str | None = None,
        servers: tuple[str, ...] = (),
        time: tuple[Operation[Any], str] | None = None,
        sync_clock: bool = False,
    ) -> None:
        if base_url is None:
            raise ArgumentError("base_url is missing, and the document names no server")
        if pace is not None and not (_is_number(pace) and 0 < pace <= 1):
            raise ArgumentError(f"pace must be a share above 0 and at most 1, not {checks.shown(pace)}")
        if network is not None and not isinstance(network, Network):
            raise ArgumentError(f"network must be a Network(…), not {type(network).__name__}")
        for name in ("before_attempt", "after_attempt") if hooks is not None else ():
            if not callable(getattr(hooks, name, None)):
                raise ArgumentError(f"hooks must have a method {name}, and {type(hooks).__name__} has none")
        checks.function("clock", clock)
        self._options = _checked(Options(timeout, connect_timeout, attempts))
        transport = Transport(base_url, network=network or Network(), user_agent=user_agent)
        self._transport = transport
        self._do = doing(transport)
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
    ) -> C:
        """The same client with other options, for one call or some; both share connections, clock and limits.

        Args:
            timeout: Seconds for a whole call, with all its attempts and waits.
            connect_timeout: Seconds to wait for a connection, with its proxy and TLS.
            attempts: How many attempts a call may make; 1 tries nothing again.
            insist: Send what is refused here because one more wrong attempt would lock the account.

        Raises:
            ArgumentError: An option cannot be used.
        """
        mine = self._options
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._options = _checked(
            Options(
                timeout=mine.timeout if timeout is None else timeout,
                connect_timeout=mine.connect_timeout if connect_timeout is None else connect_timeout,
                attempts=mine.attempts if attempts is None else attempts,
                insist=mine.insist if insist is None else insist,
            )
        )
        return twin

    def _call(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> T:
        return self._respond(operation, arguments, timeout, tag).result

    def _respond(
        self, operation: Operation[T], arguments: Mapping[str, Any], timeout: float | None, tag: Tag | None = None
    ) -> Response[T]:
        options = (
            self._options if timeout is None else _checked(msgspec.structs.replace(self._options, timeout=timeout))
        )
        if tag is not None and self._core.journal is None:
            self._go_without_journal(operation, tag)
        call = Call(self._core, options, operation, Deadline(options.timeout))
        verdict = drive(call.flow(arguments, tag), self._do)
        if verdict.error is not None:
            raise verdict.error
        return verdict.response  # type: ignore[return-value]  # it is one of the two

    def _go_without_journal(self, operation: Operation[Any], tag: Tag) -> None:
        """For clients that may keep a journal: refuse what only that can do."""

    def _sync_clock(self) -> None:
        try:
            drive(sync_clock(self._core, self._options, Deadline(self._options.timeout)), self._do)
        except ClientError as error:
            problem = error
        else:
            return
        raise problem.bare()

    def close(self) -> None:
        """Close the connections. A closed client sends nothing; closing it twice does no harm."""
        self._transport.close()

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self._core.server}>"


def _checked(options: Options) -> Options:
    checks.seconds("timeout", options.timeout)
    checks.seconds("connect_timeout", options.connect_timeout)
    checks.whole("attempts", options.attempts)
    return options


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
