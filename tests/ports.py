"""Ports that nobody else is given, however long the server that is to listen there takes to start or to start anew."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """A port of loopback that is bound until the end, and not listened at.

    While a socket that admits others by SO_REUSEADDR is bound to it, Linux gives it out neither to who binds port 0 nor
    to who connects, and lets a server listen there that says the number and SO_REUSEADDR itself, as they all do.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
