"""What the calls of a client share, and what may differ between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from .clock import Clock
from .credentials import Credential
from .deadline import Deadline
from .draft import Draft
from .exchange import Exchange
from .keeper import Keeper, Scope
from .lockout import Guard
from .opaque import Opaque
from .operation import Operation
from .rates import RateLimits

if TYPE_CHECKING:
    from .hooks import AsyncHooks, Hooks


class Transport(Protocol):
    """Connections to one server; nothing of it that the flow calls itself waits."""

    process: int
    """The process that the connections belong to."""
    download_bytes: int
    """The most that a body may have that is not decoded."""

    def exchange(self, method: str, draft: Draft, deadline: Deadline, *, repeatable: bool, process: int) -> Exchange:
        """A signed draft, ready to go out."""
        ...

    def reserve(self, exchange: Exchange) -> bool:
        """Take a connection for it; whether that is open already."""
        ...

    def release(self, exchange: Exchange) -> None:
        """Give its connection back, or close it, if it was not used to its end."""


class Options(Opaque):
    """What may differ from call to call."""

    timeout: float
    """Seconds for a whole call."""
    connect_timeout: float
    """Seconds for a connection."""
    attempts: int
    """How many a call may make."""
    insist: bool = False
    """Whether to send what might lock the account."""
    accept: str | None = None
    """The media type to ask for, where it is not the operation's own."""
    headers: Mapping[str, str] | None = None
    """What the caller adds to the requests' headers."""


class Core(Opaque):
    """What the calls of a client share."""

    server: str
    transport: Transport
    credentials: Mapping[str, Credential]
    chosen: dict[str, list[Credential]]
    """Operation → what its requests are signed with."""
    clock: Clock
    time: tuple[Operation[Any], str] | None
    """The operation that tells the server's time, and the field of its result."""
    limits: RateLimits
    guards: dict[str, Guard]
    keys: dict[str, tuple[int, str]]
    """Operation → the day, in UTC, and the key that it gave on it."""
    hooks: Hooks | AsyncHooks | None
    journal: Keeper | None
    account: str | None = None
    """What the caller calls the account; `None` where a fingerprint has to do."""
    servers: tuple[str, ...] = ()
    """Those that the document names: for the journal they are one."""
    variables: Mapping[str, str] = {}
    """Security scheme → the variables of the environment that give its credential."""
    scopes: dict[str, Scope] = msgspec.field(default_factory=dict)
    """Operation → what its idempotency keys are good for."""

    def scope(self, operation: Operation[Any]) -> Scope:
        """Where an operation is called, and for whom."""
        found = self.scopes.get(operation.name)
        if found is None:
            signed = self.alternative(operation) or ()
            identity = "+".join(credential.identity for credential in signed if credential.identity)
            found = self.scopes[operation.name] = Scope(self.server, self.account or identity or None, self.servers)
        return found

    def alternative(self, operation: Operation[Any]) -> list[Credential] | None:
        """The first alternative whose credentials are all there; `None` without any."""
        for names in operation.security:
            if all(self.credentials[name].ready for name in names):
                return [self.credentials[name] for name in names]
        return None

    def guard(self, operation: Operation[Any]) -> Guard | None:
        """What keeps the operation from locking the account, if anything might."""
        found = self.guards.get(operation.name)
        if found is None and operation.lockout is not None:
            found = self.guards.setdefault(operation.name, Guard(operation.lockout))
        return found
