"""What we use of other packages though they do not promise it: a release that changes it fails here."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import httptools
import psycopg
import pytest
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.connection import allowed_gai_family, create_connection
from urllib3.util.ssltransport import SSLTransport
from urllib3.util.wait import wait_for_read

import binance_gift_card._runtime.sync.connection as ours

RUNTIME = Path(ours.__file__).parents[1]

CONNECTION = {"_connect_tls_proxy", "_dns_host", "_new_conn", "_tunnel", "_tunnel_headers", "_tunnel_host"}
CONNECTION |= {"_tunnel_port", "sock", "socket_options"}
POOL = {"QueueCls", "_prepare_proxy", "pool"}
MANAGER = {"pool_classes_by_scheme", "proxy_headers"}
IMPORTED = {"allowed_gai_family", "create_connection", "wait_for_read"}
"""What urllib3 does not promise: underscored, or not among what its reference describes."""

PROMISED = {"ConnectionCls", "close", "connect", "connection_from_host", "host", "port", "proxy", "timeout"}
PROMISED |= {"HTTPConnection", "HTTPConnectionPool", "HTTPError", "HTTPSConnection", "HTTPSConnectionPool"}
CHANCE = {"request", "send"}
"""Names of ours, of other things, that urllib3's classes have too."""


def _trees(*modules: str) -> Iterator[ast.AST]:
    for module in modules:
        yield from ast.walk(ast.parse((RUNTIME / f"{module}.py").read_text(encoding="utf-8")))


def _names(*modules: str) -> set[str]:
    """Every attribute that is asked for, and every one that a class has."""
    found = set()
    for node in _trees(*modules):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        for part in node.body if isinstance(node, ast.ClassDef) else []:
            if isinstance(part, ast.FunctionDef):
                found.add(part.name)
            elif isinstance(part, ast.Assign | ast.AnnAssign):
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _imported(*modules: str) -> set[str]:
    nodes = [node for node in _trees(*modules) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in nodes if (node.module or "").startswith("urllib3") for alias in node.names}


def test_the_list_is_whole() -> None:
    """Also of names of ours that a class of urllib3 has come to have, and that would now replace its own."""
    made = (HTTPSConnection("127.0.0.1"), HTTPSConnectionPool("127.0.0.1"), ProxyManager("http://127.0.0.1:1"))
    theirs = set().union(*(dir(one) for one in made)) - set(dir(object()))
    modules = ("sync/connection", "sync/pools", "sync/transport")
    used = (_names(*modules) & theirs) | _imported(*modules)
    assert used == CONNECTION | POOL | MANAGER | IMPORTED | PROMISED | CHANCE


def test_no_other_module_knows_urllib3() -> None:
    knowing = {
        path.stem
        for path in RUNTIME.rglob("*.py")
        if re.search(r"^\s*(from|import) urllib3", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert knowing == {"connection", "pools"}


@pytest.mark.parametrize(
    ("function", "arguments", "options"),
    [
        (HTTPConnection._new_conn, ["self"], {}),
        (HTTPConnection._tunnel, ["self"], {}),
        (HTTPSConnection._connect_tls_proxy, ["self", "a host", "a socket"], {}),
        (HTTPConnectionPool._new_conn, ["self"], {}),
        (HTTPSConnectionPool._prepare_proxy, ["self", "a connection"], {}),
        (PoolManager.connection_from_host, ["self", "a host", 443, "https"], {}),
        (allowed_gai_family, [], {}),
        (create_connection, [("127.0.0.1", 1), 1.0, None, []], {}),
        (wait_for_read, ["a socket"], {"timeout": 0.0}),
        (psycopg.Connection.wait, ["self", "steps"], {}),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_a_function_takes_what_it_is_given(function, arguments, options) -> None:
    inspect.signature(function).bind(*arguments, **options)


def test_a_connection_has_what_is_read_from_it() -> None:
    made = HTTPSConnection("[::1]", 1, timeout=1.0)
    assert (made._dns_host.strip("[]"), made.port, made.timeout, made.sock) == ("::1", 1, 1.0, None)
    assert list(made.socket_options)
    made.set_tunnel("example.invalid", 443, headers={"Proxy-Authorization": "x"})
    assert (made._tunnel_host, made._tunnel_port) == ("example.invalid", 443)
    assert made._tunnel_headers["Proxy-Authorization"] == "x"


def test_a_pool_makes_what_it_is_told_to_of_what_it_is_told_to() -> None:
    manager = urllib3.PoolManager(maxsize=3)
    manager.pool_classes_by_scheme = {"http": ours.Pool, "https": ours.SecurePool}
    pool = manager.connection_from_host("127.0.0.1", 1, "https")
    assert type(pool) is ours.SecurePool
    assert type(pool.pool) is ours.IdleConnections
    assert pool.pool._most == 3
    assert type(pool._new_conn()) is ours.SecureConnection
    pool.close()
    assert pool.pool is None
    proxied = urllib3.ProxyManager("http://127.0.0.1:1", proxy_headers={"a": "b"}).connection_from_host("h", 80, "http")
    assert dict(proxied.proxy_headers) == {"a": "b"}
    assert proxied.proxy is not None


def test_tls_in_tls_tells_what_it_holds() -> None:
    assert "sslobj" in SSLTransport.__init__.__code__.co_names


def test_of_the_parser_only_what_is_public_is_used() -> None:
    source = (RUNTIME / "core/reader.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"self\._parser\.(\w+)", source))
    assert asked == {"feed_data"}
    assert asked <= set(dir(httptools.HttpResponseParser))


def test_of_msgspec_only_what_is_public_is_used() -> None:
    used = {name for path in RUNTIME.rglob("*.py") for name in re.findall(r"msgspec\.[\w.]+", path.read_text("utf-8"))}
    assert used
    assert [name for name in used if "._" in name] == []
