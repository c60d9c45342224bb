# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What an idempotency key is good for: one server, and one account on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

from ..core.errors import ArgumentError
from ..core.keeper import Scope
from .store import Row, Values

Kind = Literal["account", "server"]
UNNAMED = "(none)"
"""How an account is written that an entry does not name."""

ADOPTED = "SELECT before, state FROM events WHERE entry = 0"
"""What `Adoptions` are made of."""
_LABEL = re.compile(r"[A-Za-z0-9._:@/+-]{1,100}")
_URL = re.compile(r"https?://[!-~]{1,1000}")
_PORTS = {"http": 80, "https": 443}


class Adoptions:
    """Which accounts, and which servers, a person said to be the same.

    Args:
        pairs: What was adopted, and by what, as events keep it.
    """

    def __init__(self, pairs: Iterable[Row]) -> None:
        self._groups: dict[str, frozenset[str]] = {}
        for old, new in pairs:
            joined = self._group(old) | self._group(new)
            self._groups |= dict.fromkeys(joined, joined)

    def _group(self, name: str) -> frozenset[str]:
        return self._groups.get(name, frozenset((name,)))

    @property
    def knows_unnamed(self) -> bool:
        """Whether it was said whose the entries are that name no account."""
        return len(self._group(event_name("account", UNNAMED))) > 1

    def covers(self, scope: Scope, server: str, account: str | None) -> bool:
        """Whether an entry of that server and account is one of the scope's."""
        return self._same_server(scope, server) and self._same_account(scope, account)

    def _same_server(self, scope: Scope, server: str) -> bool:
        same = frozenset(map(normal, scope.servers))

        def alike(url: str) -> frozenset[str]:
            return same if url in same else frozenset((url,))

        mine, theirs = alike(normal(scope.server)), alike(normal(server))
        joined = {name for url in mine for name in self._group(event_name("server", url))}
        return any(event_name("server", url) in joined for url in theirs)

    def _same_account(self, scope: Scope, account: str | None) -> bool:
        if account == scope.account:
            return True
        if account is None and not self.knows_unnamed:
            return True  # as nobody knows better
        return event_name("account", account or UNNAMED) in self._group(event_name("account", scope.account or UNNAMED))


def event_name(kind: Kind, name: str) -> str:
    """How events write an account or a server."""
    return f"{kind} {name}"


def check_account(argument: str, name: object) -> None:
    """See that it can be the name of an account.

    Raises:
        ArgumentError: It cannot.
    """
    if not isinstance(name, str) or not _LABEL.fullmatch(name):
        given = repr(name[:100]) if isinstance(name, str) else type(name).__name__
        raise ArgumentError(f"{argument} must be 1 to 100 letters, digits and . _ : @ / + -, such as shop, not {given}")


def check_server(argument: str, url: object) -> None:
    """See that it can be a server.

    Raises:
        ArgumentError: It cannot.
    """
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise ArgumentError(f"{argument} must be http:// or https://, a host, and at most a port and a path")


def normal(url: str) -> str:
    """A URL, so written that two of the same server are equal."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.hostname or ''}:{port}{parts.path.rstrip('/')}"


def condition(pairs: Iterable[tuple[str, str | None]]) -> tuple[str, Values]:
    """What finds the entries of some servers and accounts, for a WHERE."""
    values = {f"scope{number}": f"{server} {account or ''}" for number, (server, account) in enumerate(pairs)}
    listed = ", ".join(f":{name}" for name in values) or "NULL"
    return f"server || ' ' || COALESCE(account, '') IN ({listed})", values
