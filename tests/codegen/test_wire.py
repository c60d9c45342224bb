"""What a method can be given, and how it goes on the wire: over a socket, one operation a construct."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

ROOT = Path(__file__).parents[2]
SPEC = Path(__file__).with_name("wire.yaml")


class Echo(BaseHTTPRequestHandler):
    """Keeps what arrives, and answers nothing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.server.arrived.append(
            SimpleNamespace(target=self.path, headers=self.headers, body=self.rfile.read(length))
        )
        self.send_response(204)
        self.end_headers()

    do_POST = do_PUT = do_GET  # noqa: N815 - as the handler names them

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("wire")
    command = [sys.executable, "-m", "codegen", "generate", "--spec", SPEC, "--package", "wire_sdk", "--out", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(folder))
    yield SimpleNamespace(warnings=done.stderr, package=importlib.import_module("wire_sdk"), folder=folder)
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    running = HTTPServer(("127.0.0.1", 0), Echo)
    running.arrived = []
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="module")
def package(generated: Any) -> ModuleType:
    return generated.package


@pytest.fixture
def send(package: ModuleType, server: Any) -> Iterator[Callable[..., Any]]:
    """Makes a call, and gives what arrived of it."""
    server.arrived.clear()
    with package.WireSdkClient(base_url=f"http://127.0.0.1:{server.server_port}") as client:

        def call(operation: str, **arguments: Any) -> Any:
            getattr(client, operation)(**arguments)
            return server.arrived[-1]

        yield call


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ({"tag": ["a", "b c"]}, "tag=a&tag=b%20c"),
        ({"tags": ["a"], "one": "abc"}, "tags=a&one=abc"),
        ({"one": 9}, "one=9"),
        ({"one": ["abcd", "e"]}, "one=abcd&one=e"),
        ({"colour": "red"}, "colour=red"),
        ({"colour": 7, "level": 2}, "colour=7&level=2"),
        ({"created": {"gte": 5, "not": [1, {"a": True}]}}, "created[gte]=5&created[not][0]=1&created[not][1][a]=true"),
        ({"created": 5}, "created=5"),
        ({"item": UUID(int=5)}, "item=00000000-0000-0000-0000-000000000005"),
        ({"nested": [], "circle": "x"}, "circle=x"),
        ({"letter": "é"}, "letter=%C3%A9"),
    ],
)
def test_a_value_is_written_by_its_kind(send: Any, arguments: dict[str, Any], query: str) -> None:
    target = send("optional", **arguments).target
    assert target.replace("%5B", "[").replace("%5D", "]") == f"/optional?{query}"


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("optional", {"tag": "a"}, "tag must be a list, not str"),
        ("optional", {"tags": ["a"] * 4}, "tags must have at most 3 items, has 4"),
        ("optional", {"tags": ["abcdef"]}, "tags must have at most 5 characters"),
        ("optional", {"one": "abcd"}, "one must have at most 3 characters"),
        ("optional", {"one": 10}, "one must be at most 9"),
        ("optional", {"one": {}}, "one must be str, not dict, or must be int, not dict, or must be a list, not dict"),
        ("optional", {"colour": "blue"}, "colour must be one of red, green"),
        ("optional", {"level": 3}, "level must be one of 1, 2"),
        ("query", {"space": ["a b", "c"]}, "an item has ' ' in it, which divides items"),
        ("query", {"pipe": ["a|b", "c"]}, "an item has '|' in it, which divides items"),
        ("query", {"spread": {"a": {"b": 1}}}, "no place for a list or a mapping within another"),
        ("query", {"flat": {"a": [1]}}, "no place for a list or a mapping within another"),
        ("query", {"spread": {1: 1}}, "spread must be str, not int"),
        ("query", {"js": [float("nan")]}, "js must be a finite number"),
        ("headers", {"x_opts": {"a": "1,2"}}, "a part is empty, has blanks around it, or one of"),
        ("headers", {"x_opts": {"a": "é"}}, "x_opts must be printable ASCII"),
    ],
)
def test_what_no_style_can_write_is_refused(
    send: Any, server: Any, package: ModuleType, operation: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(package.ArgumentError) as refused:
        send(operation, **arguments)
    assert message in str(refused.value)
    assert server.arrived == []


def test_a_query_is_laid_out_as_its_style_says(send: Any) -> None:
    def query(**arguments: Any) -> str:
        return send("query", **arguments).target.partition("?")[2]

    assert query(spread={"a": 1, "b": ["x", "y"]}) == "a=1&b=x&b=y"
    assert query(flat={"a": 1, "b": "x,y"}) == "flat=a,1,b,x%2Cy"
    assert query(comma=["a,b", "c"]) == "comma=a%2Cb,c"
    assert query(space=["a", "b"], pipe=["c", "d"]) == "space=a%20b&pipe=c%7Cd"
    assert query(deep={"a": {"b": [True]}}) == "deep%5Ba%5D%5Bb%5D%5B0%5D=true"
    assert query(br=[1, 2]) == "br%5B%5D=1&br%5B%5D=2"
    assert query(res="a/b?c=d&e+f#g") == "res=a/b?c=d%26e%2Bf%23g"
    assert query(js=[1, 2.5]) == "js=%5B1%2C2.5%5D"


def test_a_path_is_laid_out_as_its_style_says(send: Any, package: ModuleType) -> None:
    given = {
        "simple": ["a", "b/c"],
        "exploded": {"r": 1, "g": 2},
        "whole": {"r": 1},
        "label": 5,
        "labels": [1, 2],
        "matrix": "",
        "list_": [1, 2],
        "each": [3, 4],
    }
    given["list"] = given.pop("list_")
    target = send("paths", **given).target
    assert target == "/paths/a,b%2Fc/r=1,g=2/r,1.5.1.2/x;matrix;list=1,2;each=3;each=4"
    with pytest.raises(package.ArgumentError, match="simple must not be empty"):
        send("paths", **{**given, "simple": []})


def test_headers_and_cookies_are_laid_out_as_their_styles_say(send: Any) -> None:
    arrived = send(
        "headers", x_ids=[1, 2], x_opts={"a": 1, "b": 2}, x_each={"a": 1, "b": 2}, plain="x y", many=["a", "b;"]
    )
    names = ("X-Ids", "X-Opts", "X-Each", "Cookie")
    assert [arrived.headers[name] for name in names] == ["1,2", "a,1,b,2", "a=1,b=2", "plain=x%20y; many=a; many=b%3B"]


def test_the_async_client_writes_the_same(package: ModuleType, server: Any) -> None:
    async def call() -> None:
        async with package.AsyncWireSdkClient(base_url=f"http://127.0.0.1:{server.server_port}") as client:
            await client.query(spread={"a": [1, 2]}, js=["x"])

    asyncio.run(call())
    assert server.arrived[-1].target == "/query?a=1&a=2&js=%5B%22x%22%5D"


def test_what_is_not_checked_is_said(generated: Any) -> None:
    assert r"parameters/9/schema/pattern: the pattern '^\\p{L}$' is not checked before a call" in generated.warnings
