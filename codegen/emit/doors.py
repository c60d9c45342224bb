"""The two clients of a package, which one template prints."""

import re
from dataclasses import dataclass

_MAY_BE_ASYNC = re.compile(r": (Signer|Hooks) \|")


@dataclass(frozen=True, kw_only=True)
class Door:
    """A client of the package, by how it waits: what its template prints in its places."""

    client: str
    """The name of its class."""
    awaits: bool

    @property
    def prefix(self) -> str:
        """Of its classes."""
        return "Async" if self.awaits else ""

    @property
    def room(self) -> str:
        """Where in the runtime its base is."""
        return "aio" if self.awaits else "sync"

    @property
    def client_base(self) -> str:
        """The class of the runtime that it extends."""
        return f"{self.prefix}Client"

    @property
    def journalled_base(self) -> str:
        """That class, where an operation is journalled."""
        return f"{self.prefix}JournalledClient"

    @property
    def raw_module(self) -> str:
        """The module of the operations that are answered in full."""
        return "async_raw" if self.awaits else "raw"

    @property
    def bulk_module(self) -> str:
        """The module of the operations for many rows."""
        return "async_bulk" if self.awaits else "bulk"

    @property
    def define(self) -> str:
        """What a method that waits begins with."""
        return "async def" if self.awaits else "def"

    @property
    def wait(self) -> str:
        """What stands before a call that is waited for."""
        return "await " if self.awaits else ""

    @property
    def rows(self) -> str:
        """The type of a bulk run's rows."""
        return "Rows | AsyncIterable[Mapping[str, Any]]" if self.awaits else "Rows"

    @property
    def told(self) -> str:
        """What a function may give that is told of a bulk run."""
        return "object" if self.awaits else "None"

    def typed(self, parameters: str) -> str:
        """Parameters of the client; what an async one is given may be async."""
        return _MAY_BE_ASYNC.sub(r": \1 | Async\1 |", parameters) if self.awaits else parameters
