"""What a method can be given, and how it goes on the wire: over a socket, one operation a construct."""

from __future__ import annotations

import asyncio
import email
import importlib
import inspect
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
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
    settings = (
        f'[tool.codegen]\nspec = {str(SPEC)!r}\npackage = "wire_sdk"\n[tool.codegen.security]\nmac = "signature"\n'
    )
    (folder / "codegen.toml").write_text(settings)
    config = folder / "codegen.toml"
    command = [sys.executable, "-m", "codegen", "generate", "--config", config, "--out", folder]
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
        ({"letter": "é", "endless": f"{'a' * 64}!"}, f"letter=%C3%A9&endless={'a' * 64}%21"),
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


def test_what_may_be_a_code_is_not_shown(send: Any, package: ModuleType) -> None:
    for given in ({"a": [{"b": "6H9EKF5ECCWFBHGE"}]}, {"a": {"b": b"6H9EKF5E"}}):
        with pytest.raises(package.ArgumentError) as refused:
            send("query", spread=given)
        assert "6H9EKF5E" not in str(refused.value)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(package.ArgumentError, match="spread is nested too deep"):
        send("query", spread={"a": endless})


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
    assert query(orders=[{"a": 1}]) == "orders=%5B%7B%22a%22%3A1%7D%5D"


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


def test_a_form_has_an_argument_for_each_field(send: Any, package: ModuleType) -> None:
    def form(**arguments: Any) -> str:
        arrived = send("form", **arguments)
        assert arrived.headers["content-type"] == "application/x-www-form-urlencoded"
        return arrived.body.decode().replace("%5B", "[").replace("%5D", "]")

    assert form(name="n ä", a="x", both=5) == "name=n%20%C3%A4&a=x&both=5"
    assert form(name="n", expand=["a"], tags=["b", "c"]) == "name=n&expand[0]=a&tags=b&tags=c"
    assert form(name="n", metadata={"k": "v"}, items=[{"price": 1}]) == "name=n&metadata[k]=v&items[0][price]=1"
    assert form(name="n", metadata="", js=[1]) == "name=n&metadata=&js=[1]"
    assert form(name="n", extra={"more": "x", "many": ["y", "z"]}) == "name=n&more=x&many=y&many=z"
    taken = inspect.signature(package.WireSdkClient.form).parameters
    assert [name for name, one in taken.items() if one.default is inspect.Parameter.empty] == ["self", "name"]
    assert "made" not in taken


def test_a_form_of_unknown_fields_is_one_argument(send: Any, package: ModuleType) -> None:
    assert send("form_map", body={"x y": "z"}).body == b"x%20y=z"
    assert send("form_list", body=[("a", 1), ("a", 2)]).body == b"a=1&a=2"
    with pytest.raises(package.ArgumentError, match="body must be str, not int"):
        send("form_map", body={"x": 1})
    for body in (b"a=1", "a=1", 5, [1], [("a", 1, 2)]):
        with pytest.raises(package.ArgumentError, match="body must be a mapping of names to values, or pairs of them"):
            send("form_list", body=body)


def _parts(arrived: Any) -> list[tuple[str | None, str | None, str | None, bytes]]:
    message = email.message_from_bytes(f"Content-Type: {arrived.headers['content-type']}\n\n".encode() + arrived.body)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part["content-type"],
            part.get_payload(decode=True),
        )
        for part in message.get_payload()
    ]


def test_a_body_of_parts_has_files_texts_and_json(send: Any, package: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(b"--x\r\nby path")
    with file.open("rb") as opened:
        arrived = send("upload", file=opened, files=[b"one", file, str(file)], icon=b"png", all=[1, 2], tags=["a", "b"])
    named = ("names.txt", "text/plain", b"--x\r\nby path")
    assert _parts(arrived) == [
        ("file", *named),
        ("files", "files", "application/octet-stream", b"one"),
        ("files", *named),
        ("files", *named),
        ("icon", "icon", "image/png", b"png"),
        ("all", None, "application/json", b"[1,2]"),
        ("tags", None, None, b"a"),
        ("tags", None, None, b"b"),
    ]
    arrived = send("upload", inner={"name": "ä"}, number=5, deep={"a": [1]}, either={"x": 1})
    assert _parts(arrived) == [
        ("inner", None, "application/json", '{"name":"ä"}'.encode()),
        ("number", None, None, b"5"),
        ("deep[a][0]", None, None, b"1"),
        ("either", None, "application/json", b'{"x":1}'),
    ]
    said = package.File(b"x", name='a"\r\nb.csv', type="text/csv", headers={"X-Part": "1"})
    arrived = send("upload", file=said)
    assert b'filename="a%22%0D%0Ab.csv"\r\nContent-Type: text/csv\r\nX-Part: 1\r\n' in arrived.body


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (5, "must be bytes, the path of a file, a file that is open, or a File, not int"),
        ("/nowhere/at/all", "cannot be read: No such file or directory"),
        (io.StringIO("text"), "must be a file that is open for reading bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    send: Any, server: Any, package: ModuleType, file: Any, message: str
) -> None:
    with pytest.raises(package.ArgumentError) as refused:
        send("upload", file=file)
    assert message in str(refused.value)
    with pytest.raises(package.ArgumentError, match="media type or header"):
        send("upload", file=package.File(b"x", type="text/x\r\nX-Evil: 1"))
    assert server.arrived == []


def test_a_call_says_the_media_type_of_its_body(send: Any, package: ModuleType) -> None:
    def several(body: Any, **said: Any) -> tuple[str, bytes]:
        arrived = send("several", body=body, **said)
        return arrived.headers["content-type"], arrived.body

    form = "application/x-www-form-urlencoded"
    thing = package.models.Thing(name="n", tags=["a", "b"], price=Decimal("1.50"), inner={"x": 1})
    assert several(thing) == ("application/json", b'{"name":"n","tags":["a","b"],"price":"1.50","inner":{"x":1}}')
    assert several(thing, content_type=form) == (form, b"name=n&tags=a&tags=b&price=1.50&inner%5Bx%5D=1")
    assert several({"name": "m"}, content_type=form) == (form, b"name=m")
    assert several("ä", content_type="text/plain") == ("text/plain", "ä".encode())
    assert several(b"\0", content_type="image/png") == ("image/png", b"\0")
    arrived = send("several", body={"name": "n", "file": b"x"}, content_type="multipart/form-data")
    assert [part[::3] for part in _parts(arrived)] == [("name", b"n"), ("file", b"x")]
    with pytest.raises(package.ArgumentError, match="content_type must be one of application/json, text/plain"):
        send("several", body="x", content_type="text/x")


def test_bodies_of_other_kinds(send: Any, package: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "x.gif").write_bytes(b"gif")
    arrived = send("octets", body=tmp_path / "x.gif", content_type="image/gif")
    assert (arrived.headers["content-type"], arrived.body) == ("image/gif", b"gif")
    arrived = send("octets")
    assert (arrived.headers["content-type"], arrived.body) == (None, b"")
    assert [send("nullable", body=body).body for body in (5, None)] == [b"5", b"null"]
    assert send("xml", body="<a/>").headers["content-type"] == "application/xml"
    assert [send("nested", body=body).body for body in ([1, None], {"a": None})] == [b"[1,null]", b'{"a":null}']
    annotation = inspect.signature(package.WireSdkClient.nested).parameters["body"].annotation
    assert annotation == "list[int | str | None] | dict[str, int | str | None]"
    with pytest.raises(package.ArgumentError, match="body is missing"):
        send("nested", body=None)


def test_a_credential_is_sent_once_and_when_it_is_given(
    send: Any, server: Any, package: ModuleType, generated: Any
) -> None:
    def headers(operation: str, given: dict[str, Any], **arguments: Any) -> list[tuple[str, str]]:
        with package.WireSdkClient(base_url=f"http://127.0.0.1:{server.server_port}", **given) as client:
            getattr(client, operation)(**arguments)
        ours = ("host", "user-agent", "accept", "accept-encoding")
        return [(name, value) for name, value in server.arrived[-1].headers.items() if name.lower() not in ours]

    assert headers("own_headers", {}) == []
    assert headers("own_headers", {"key": "k"}, x_a="1") == [("X-A", "1"), ("X-Key", "k")]
    assert headers("own_headers", {}, authorization="mine") == [("Authorization", "mine")]
    assert headers("alternatives", {"key": "k"}) == [("X-Key", "k")]
    both = headers("alternatives", {"key": "k", "token": "t", "sid": "s"}, other="o")
    assert sorted(both) == [("authorization", "Bearer t"), ("cookie", "other=o; sid=s")]
    with pytest.raises(package.ArgumentError, match="needs sid and token or key"):
        send("alternatives")
    assert headers("digest", {"key": "k"}) == []
    taken = inspect.signature(package.WireSdkClient.own_headers).parameters
    assert [*taken] == ["self", "x_a", "authorization", "timeout_", "self_", "uuid", "timeout"]
    for said in ("securitySchemes/digest: there is no hook", "'x-a' is no argument", "'Content-Length' is no argument"):
        assert said in generated.warnings


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("signed_upload", {"file": b"x", "tags": ["a,b", "c"]}),
        ("signed_form", {"tags": ["a", "b c"]}),
        ("signed_map", {"body": {"a": {"b": 1}}}),
    ],
)
def test_a_signature_is_over_what_arrives(
    server: Any, package: ModuleType, operation: str, arguments: dict[str, Any]
) -> None:
    signed: list[bytes] = []

    class Signer:
        def sign(self, payload: bytes) -> str:
            signed.append(payload)
            return "signature"

    with package.WireSdkClient(signer=Signer(), base_url=f"http://127.0.0.1:{server.server_port}") as client:
        getattr(client, operation)(**arguments)
    arrived = server.arrived[-1]
    query = arrived.target.partition("?")[2].encode()
    assert signed == [(query + arrived.body).replace(b"&mac=signature", b"")]
    assert (b"&mac=signature" in query) is (operation != "signed_form")


@pytest.mark.parametrize("name", ["X A", "X-B\r\nX-Evil: 1", "Имя", ""])
@pytest.mark.parametrize("scheme", [True, False])
def test_a_name_that_no_header_has_is_refused(codegen: Any, tmp_path: Path, name: str, scheme: bool) -> None:
    parameter = {"name": name, "in": "header", "schema": {"type": "string"}}
    operation = {"operationId": "a", "security": [{"k": []}], "responses": {"204": {"description": "Done"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": name if scheme else "X"}}},
        "paths": {"/a": {"get": {**operation, "parameters": [] if scheme else [parameter]}}},
    }
    (tmp_path / "spec.json").write_text(json.dumps(document))
    done = codegen("generate", "--spec", "spec.json", "--package", "p", "--out", "out", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "out").exists()) == (2, False)
    assert "name" in done.stderr
    assert "X-Evil: 1\n" not in done.stderr.removesuffix("only\n")


def test_the_async_client_writes_the_same(package: ModuleType, server: Any) -> None:
    async def call() -> None:
        async with package.AsyncWireSdkClient(base_url=f"http://127.0.0.1:{server.server_port}") as client:
            await client.query(spread={"a": [1, 2]}, js=["x"])
            await client.upload(file=b"x")

    asyncio.run(call())
    assert server.arrived[-2].target == "/query?a=1&a=2&js=%5B%22x%22%5D"
    assert _parts(server.arrived[-1]) == [("file", "file", "application/octet-stream", b"x")]


def test_what_is_not_checked_is_said(generated: Any) -> None:
    assert "the style form says nothing of lists and mappings in a list; it is written as JSON" in generated.warnings
    assert r"parameters/9/schema/pattern: the pattern '^\\p{L}$' is not checked before a call" in generated.warnings
