"""Servers: where calls go by default, and what else the document offers."""

import itertools
import math
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codegen.errors import Fault, Pointer
from codegen.extensions.clock import CLOCK
from codegen.extensions.encryption import ENCRYPTION
from codegen.ir.operation import Operation
from codegen.lower.context import Context
from codegen.read.operations import DeclaredOperation, addresses
from codegen.runtime.core.network import host_of, is_this_machine

_MOST = 32
"""How many addresses one server's variables may stand for."""


@dataclass(frozen=True)
class Servers:
    """The addresses that a client may call, the default first."""

    addresses: tuple[str, ...] = ()
    path: str = ""
    """Without an address: the path at whatever host is called."""


def servers(context: Context, operations: Sequence[Operation]) -> Servers:
    """What the document's root says; where it says nothing, those that its operations have to themselves.

    Raises:
        Fault: A server's URL holds credentials.
    """
    if not context.tree.get("servers"):
        own = (operation.own_server for operation in operations if not operation.own_server.startswith("/"))
        return Servers(tuple(dict.fromkeys(filter(None, own))))
    found = [*_known(context, context.tree["servers"], ("servers",))]
    addresses = [address for address, _ in found if not address.startswith("/")]
    paths = [(address, pointer) for address, pointer in found if address.startswith("/")]
    for _, pointer in paths if addresses else paths[1:]:
        context.warn("is passed over; another server is the default, and base_url can name this one", pointer)
    return Servers(tuple(dict.fromkeys(addresses)), paths[0][0].rstrip("/") if paths and not addresses else "")


def own_server(context: Context, given: DeclaredOperation) -> str:
    """Where an operation goes that the document does not send to its own servers: a URL, or a path; or nothing.

    Raises:
        Fault: A server's URL holds credentials.
    """
    is_its_own = "servers" in given.said
    own = given.said["servers"] if is_its_own else given.item.get("servers")
    root = addresses(context.tree.get("servers"))
    if not own or addresses(own) == root:
        return ""
    pointer: Pointer = (*(given.pointer if is_its_own else given.pointer[:2]), "servers")
    known = [*_known(context, own, pointer)]
    first = known[0][0] if known else ""
    elsewhere = known[1:] if first not in root[:1] else [one for one in known if one[0] not in root]
    for address, there in elsewhere:
        context.warn(f"the operation goes to the first of its servers, and never to {address!r}", there)
    if first.startswith("http:") and not is_this_machine(str(urlsplit(first).hostname)):
        context.warn("an operation's own server must be https://; the client's is called instead", pointer)
        return ""
    return "" if first in root[:1] else first


def check_own_server(context: Context, given: DeclaredOperation, operation: Operation) -> None:
    """Refuse a server of an operation's own where a call needs another call first, at the document's server.

    Raises:
        Fault: It does.
    """
    needs_time = CLOCK.key in context.tree and operation.security
    if operation.own_server and (operation.encryption or needs_time):
        extension = (ENCRYPTION if operation.encryption else CLOCK).key
        raise Fault(f"{extension} asks the document's server first; this operation has one of its own", given.pointer)


def _known(context: Context, given: Any, here: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Each address, or path at an unknown host, with the server that gives it."""
    for index, server in enumerate(given if isinstance(given, list) else ()):
        for address in _filled(server):
            pointer = (*here, index, "url")
            if "@" in address.partition("//")[2].partition("/")[0]:
                raise Fault("a server's URL must not hold credentials; a client is given its own", pointer)
            problem = _problem(address)
            if problem:
                context.warn(f"the server {address!r} is passed over: {problem}", pointer)
            else:
                yield address if "://" in address else posixpath.normpath(f"/{address.lstrip('/')}"), pointer
        count = math.prod(map(len, _choices(server)))
        if count > _MOST:
            told = f"its variables stand for {count} addresses, of which the first {_MOST} are known by name"
            context.warn(f"{told}; base_url can name the others", (*here, index, "variables"))


def _filled(server: Mapping[str, Any]) -> Iterator[str]:
    """The URL with every choice of its variables, the defaults first."""
    variables = server.get("variables") or {}
    for values in itertools.islice(itertools.product(*_choices(server)), _MOST):
        address = str(server.get("url", ""))
        for name, value in zip(variables, values, strict=True):
            address = address.replace(f"{{{name}}}", value)
        yield f"https:{address}".rstrip("/") if address.startswith("//") else address.rstrip("/")


def _choices(server: Mapping[str, Any]) -> list[list[str]]:
    """What each of its variables may be."""
    return [
        list(dict.fromkeys(map(str, [variable.get("default", ""), *(variable.get("enum") or ())])))
        for variable in (server.get("variables") or {}).values()
    ]


def _problem(address: str) -> str:
    """Why no client can call it; empty if one can."""
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        return "it is no URL"
    if url.scheme not in ("http", "https", "") or port == 0:
        return "it is neither http nor https"
    if url.query or url.fragment:
        return "it has more than a path"
    if url.scheme and (not url.hostname or host_of(url.hostname) is None):
        return "it names no host that there can be"
    return "" if url.path.isascii() and url.path.isprintable() and " " not in url.path else "its path is not encoded"
