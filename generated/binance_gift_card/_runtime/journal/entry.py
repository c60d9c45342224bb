# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One call, as the journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias, get_args

import msgspec

State: TypeAlias = Literal["intended", "sent", "done", "refused", "not sent", "unknown"]
"""How far a call came.

``intended``: it waits, and nothing has left yet. ``sent``: it may have left, and is waited for. ``done``, ``refused``
and ``not sent`` are certain. ``unknown``: it may have been done, and nobody waits any more.
"""

STATES: tuple[State, ...] = get_args(State)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One call in the journal. It holds no secret; ask the journal for its result.

    Attributes:
        number: Of the entry, in the order of the intents.
        operation: The name of the method.
        state: How far it came.
        time: When it was intended (UTC).
        changed: When the entry was last written to (UTC).
        arguments: As they are sent, by the method's names for them; secrets are masked.
        attempts: How many requests were begun.
        reference: What the server calls the thing that the call is about.
        token: The token that is paid or credited.
        amount: How much of it.
        expires: When the thing expires (UTC).
        status: The HTTP status of the last answer.
        code: The API's own code, of a refusal.
        reason: What went wrong, in a few words.
        settled_after: From this instant (UTC) on the server can no longer begin to execute the last request.
        live: What the server said when the thing was last checked; `None` if it never was.
        checked: When that was (UTC).
        note: The caller's own.
        idempotency_key: The caller's own; or the one that was made for the call, where the server takes one.
        server: The URL that was called.
        account: For whom: the client's ``account``, or a fingerprint of what identifies its credentials
            (``key:3f1c…``); `None` if nothing does, or if the entry is older than this fact.
        sdk: The version of the package that wrote the entry.
        spec: The version of the API's document that it was generated from.
    """

    number: int
    operation: str
    state: State
    time: datetime
    changed: datetime
    arguments: Mapping[str, Any]
    attempts: int = 0
    reference: str | None = None
    token: str | None = None
    amount: Decimal | None = None
    expires: datetime | None = None
    status: int | None = None
    code: int | str | None = None
    reason: str = ""
    settled_after: datetime | None = None
    live: bool | None = None
    checked: datetime | None = None
    note: str | None = None
    idempotency_key: str | None = None
    server: str = ""
    account: str | None = None
    sdk: str = ""
    spec: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person did to an entry, or to what entries count for.

    Attributes:
        entry: The number of the entry; 0 where an account or a server was adopted.
        time: When (UTC).
        before: The state that it had; or what was adopted, such as ``account key:3f1c…``.
        state: The state that it was given; or what that counts as, such as ``account shop``.
        reason: Why, in the person's words.
        who: The user and the machine; `None` if the event is older than this fact.
    """

    entry: int
    time: datetime
    before: str
    state: str
    reason: str
    who: str | None = None
