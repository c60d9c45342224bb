"""Operations that the document sends to servers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urljoin

import msgspec


class OwnServers:
    """Sends such operations there, if the client calls a server that the document names.

    A client of any other, a sandbox say, sends them to it as well; but where the document gives only the path of an
    operation's server, there.
    """

    _servers: ClassVar[tuple[str, ...]]
    _own_servers: ClassVar[Mapping[str, str]]
    """The operation's name → the URL, or the path."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        base = given["base_url"]
        self._homes = {
            name: urljoin(base, own)
            for name, own in self._own_servers.items()
            if own.startswith("/") or base.rstrip("/") in self._servers
        }
        self._elsewhere = {url: self._carriers(given, url) for url in {*self._homes.values()}}

    def _carriers(self, given: Mapping[str, Any], url: str) -> dict[str, Any]:
        """What carries the calls to that server."""
        there = object.__new__(type(self))
        super(OwnServers, there).__init__(**{**given, "base_url": url})
        return {name: value for name, value in vars(there).items() if name in ("_transport", "_do")}

    def _respond(self, operation: Any, *rest: Any) -> Any:
        url = self._homes.get(operation.name)
        there: Any = self
        if url is not None:
            there = object.__new__(type(self))
            there.__dict__.update(self.__dict__, **self._elsewhere[url])
            server = url if operation.journal is None else there._core.server  # for a journal all servers are one
            there._core = msgspec.structs.replace(there._core, transport=there._transport, server=server)
        base: Any = super(OwnServers, there)
        return base._respond(operation, *rest)

    def close(self) -> Any:
        for carriers in self._elsewhere.values():
            carriers["_transport"].close()
        base: Any = super()
        return base.close()
