# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a call says to a journal, whatever that is kept in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from . import checks
from .deadline import Deadline
from .effects import Flow
from .operation import Operation, Question

if TYPE_CHECKING:
    from .classify import Verdict

T_co = TypeVar("T_co", covariant=True)


class Tag(msgspec.Struct, frozen=True):
    """What a caller says of a call, for the journal."""

    note: str | None = None
    idempotency_key: str | None = None
    is_made: bool = False
    """Whether the key is a new one of ours, so that no earlier call can have it."""

    def check(self, operation: str) -> None:
        """Refuse what a journal cannot hold.

        Raises:
            ArgumentError: A text is none, or too long.
        """
        if self.note is not None:
            checks.text(f"{operation}: note", self.note, checks.NOTE_CHARACTERS)
        if self.idempotency_key is not None:
            checks.text(f"{operation}: idempotency_key", self.idempotency_key, checks.KEY_CHARACTERS, least=1)


class Scope(msgspec.Struct, frozen=True):
    """Where a client calls, and for whom.

    Attributes:
        server: The URL.
        account: The account, by its label or by a fingerprint; `None` if nothing tells.
        servers: The URLs that count as one with each other.
    """

    server: str
    account: str | None
    servers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.server} for {_account(self.account)}"


def _account(name: str | None) -> str:
    return "an account that nothing names" if name is None else f"the account {name}"


class Record(Protocol):
    """What is kept of a call, while it is made; each step of it is a part of the call's flow."""

    number: int | None
    """That of its own entry, once there is one."""
    entry: int | None
    """That of the entry which stands for the call: its own, or that of an earlier one with the same idempotency key."""
    unkept: str
    """Why the answer is not kept; empty when it is."""

    def begin(self) -> Flow[Verdict | None]:
        """Claim the idempotency key, if there is one; or find what it brought before."""
        ...

    def age(self) -> float:
        """Seconds since the earlier call with the same key was intended whose outcome is unknown."""
        ...

    def question(self) -> Question:
        """What may be asked about that call."""
        ...

    def is_anothers(self, verdict: Verdict) -> Flow[bool]:
        """Whether what was found out may be what another call came to."""
        ...

    def settle(self, verdict: Verdict) -> Flow[None]:
        """Write down what that call came to, as was found out."""
        ...

    def take_over(self) -> Flow[bool]:
        """Go on with the entry of that call, as the one who makes it; `False` if another was faster."""
        ...

    def asked(self) -> None:
        """Take what comes for something that was found by asking, which says nothing of an entry that was settled."""
        ...

    def intend(self) -> Flow[None]:
        """Write the intent down, because there is something to wait for before the request leaves."""
        ...

    def leaving(self, attempts: int, settled: int | None, *, doubt: bool) -> Flow[None]:
        """The request is about to leave."""
        ...

    def answered(self, status: int | None, body: bytes) -> Flow[None]:
        """An answer came. It is kept before anybody reads it; a journal that fails now stops nothing."""
        ...

    def find(self) -> Flow[None]:
        """Learn the number of an entry whose writing was interrupted."""
        ...

    def end(self, verdict: Verdict) -> Flow[None]:
        """The call is over."""
        ...


class Submission(Protocol[T_co]):
    """Work that was handed over to a thread of a journal's store."""

    def outcome(self) -> T_co:
        """What it gave, once it is over; what it raised is raised."""
        ...


class Keeper(Protocol):
    """Where calls are written down."""

    def record(
        self, operation: Operation[Any], texts: Mapping[str, Any], tag: Tag, scope: Scope, deadline: Deadline
    ) -> Record:
        """What is to be kept of a call."""
        ...

    def next_nonce(self, name: str, least: int, *, durable: bool, seconds: float) -> Flow[int]:
        """One of at least so much, and greater than all before, whichever process they went to.

        Args:
            name: Whose they are.
            least: What it is at least.
            durable: Whether it has to outlive a power cut by itself. What is kept durably after it takes it along.
            seconds: How long to wait for others.
        """
        ...
