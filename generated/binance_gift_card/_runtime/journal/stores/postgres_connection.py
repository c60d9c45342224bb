# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Connections to PostgreSQL that wait until a time only, and that a fork knows of from their first socket on."""

from __future__ import annotations

import math
import os
import time
import weakref
from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.errors import ArgumentError
from ...core.fork import IN_A_CALL, let_go
from ...core.opaque import Arguments

if TYPE_CHECKING:
    import psycopg

    class Connection(psycopg.Connection[Any]):
        """What `connection_class` gives."""

        ends: float


T = TypeVar("T")

open_connections: weakref.WeakSet[Any] = weakref.WeakSet()
"""This process's connections."""
_opening: dict[object, int] = {}
"""The sockets of those that are not connections yet."""
_abandoned: list[Any] = []
"""A parent's connections, in its child: to close them here would end them there."""


@lru_cache(maxsize=1)
def connection_class() -> type[Connection]:
    """The class of connections that can wait until a time only; made late, because psycopg is an extra."""
    import psycopg

    class Limited(psycopg.Connection[Any]):
        ends = math.inf

        @classmethod
        def _connect_gen(cls, *arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
            return _track(super()._connect_gen(*arguments, **options))

        def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
            return super().wait(_limit(gen, self), *arguments, **options)

    return Limited  # type: ignore[return-value]


def _track(steps: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
    """The steps that open a connection, whose socket is known to a fork from the first one on."""
    from psycopg import OperationalError

    process, mark, ready = os.getpid(), object(), None
    try:
        while True:
            try:
                wanted = steps.send(ready)
            except StopIteration as end:
                connection: T = end.value
                open_connections.add(connection)
                return connection
            _opening[mark] = wanted[0]
            ready = yield wanted
            if process != os.getpid():
                raise OperationalError(IN_A_CALL)
    finally:
        _opening.pop(mark, None)


def _limit(steps: Generator[Any, Any, T], connection: Any) -> Generator[Any, Any, T]:
    """The same steps; psycopg wakes up now and then, and takes the next without anything being ready."""
    from psycopg import OperationalError

    ready = None
    while True:
        try:
            wanted = steps.send(ready)
        except StopIteration as end:
            done: T = end.value
            return done
        ready = yield wanted
        if not ready and time.monotonic() > connection.ends:
            raise OperationalError("the server does not answer")


def abandon_all() -> None:
    """Let go of a parent's connections without a word to the server, and of their sockets: while one is open anywhere,
    the server does not see that the parent died, and keeps what it had locked.
    """
    for connection in list(open_connections):
        _abandoned.append(connection)
        if not connection.closed:
            let_go(connection.fileno())
    for descriptor in _opening.values():
        let_go(descriptor)
    open_connections.clear()
    _opening.clear()


def parameters(url: str) -> Arguments:
    """What an address holds; one that libpq reads in another way than was meant would show a password."""
    from psycopg import Error, conninfo

    try:
        given = Arguments(conninfo.conninfo_to_dict(url))
    except Error:
        given = Arguments(host="@")
    if any("@" in str(given.get(name, "")) for name in ("host", "port", "dbname")):
        raise ArgumentError(
            "the journal's address is not one that PostgreSQL understands: it is postgresql://user:password@host/name,"
            " where all but letters and digits in user and password is percent-encoded"
        )
    return given


def address(given: Arguments) -> str:
    """The address, as messages show it: without user and password."""
    port = f":{given['port']}" if "port" in given else ""
    return f"postgresql://{given.get('host', '')}{port}/{given.get('dbname', '')}"
