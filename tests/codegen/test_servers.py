"""Calls go where the document says, and its servers are addresses that a client can call."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codegen import cli
from tests.documents.folder import Source
from tests.documents.package import Package, generate, imported
from tests.documents.server import Answering, serve

DOCUMENT = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: %s
paths:
  /x: {get: {operationId: getX, responses: {'204': {description: ok}}}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Answering]:
    with serve() as running:
        running.answer(204, None, b"")
        yield running


@contextmanager
def package_of(folder: Path, text: str) -> Iterator[tuple[Package, list[str]]]:
    """The package of a document, and the warnings."""
    (folder / "spec.yaml").write_text(text)
    source = Source("served", folder / "spec.yaml")
    warnings = generate(source, folder / "out")
    with imported(source.package, folder / "out") as package:
        yield package, warnings


@pytest.mark.parametrize("url", ["/api/v1", "api/v1/", "./api/v1"])
def test_a_relative_server_keeps_its_path(tmp_path: Path, server: Answering, url: str) -> None:
    with package_of(tmp_path, DOCUMENT % f"[{{url: {url}}}]") as (package, warnings):
        for base_url in (server.url, f"{server.url}/", f"{server.url}/other"):
            with package.client_class(base_url=base_url) as client:
                client.get_x()
        assert [arrival.target for arrival in server.arrivals[-3:]] == ["/api/v1/x", "/api/v1/x", "/other/x"]
        assert (package.part("client").SERVERS, warnings) == ((), [])
        with pytest.raises(package.module.ArgumentError, match="base_url is missing"):
            package.client_class()


ODD = """
  - {url: 'https://{host}', variables: {host: {default: 'a.example.com/x?y=1'}}}
  - {url: 'ws://c.example.com'}
  - {url: 'https://{nobody}.example.com'}
  - {url: '//d.example.com/v1/'}
  - url: 'https://{region}.example.com:{port}'
    variables: {region: {default: eu, enum: [us, eu]}, port: {default: '1'}}
  - {url: /v2}
"""


def test_what_no_client_can_call_is_passed_over(tmp_path: Path) -> None:
    with package_of(tmp_path, DOCUMENT % ODD) as (package, warnings):
        assert package.part("client").SERVERS == (
            "https://d.example.com/v1",
            "https://eu.example.com:1",
            "https://us.example.com:1",
        )
        package.client_class().close()
    assert [warning[warning.index("#") :] for warning in warnings] == [
        "#/servers/0/url: the server 'https://a.example.com/x?y=1' is passed over: it has more than a path",
        "#/servers/1/url: the server 'ws://c.example.com' is passed over: it is neither http nor https",
        "#/servers/2/url: the server 'https://{nobody}.example.com' is passed over: it names no host that there can be",
        "#/servers/5/url: is passed over; another server is the default, and base_url can name this one",
    ]


MANY = """
  - url: 'https://{a}.{b}.example.com'
    variables: {a: {default: a0, enum: [a0, a1, a2, a3, a4, a5]}, b: {default: b0, enum: [b0, b1, b2, b3, b4, b5]}}
"""
SEVERAL = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]
paths:
  /far: {get: {operationId: far, servers: [{url: 'https://c.example.com'}, {url: 'https://d.example.com'}],
    responses: {'204': {description: ok}}}}
  /near: {get: {operationId: near, servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'},
    {url: 'https://e.example.com'}], responses: {'204': {description: ok}}}}
"""


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (
            DOCUMENT % MANY,
            [
                "#/servers/0/variables: its variables stand for 36 addresses, of which the first 32 are known by name;"
                " base_url can name the others"
            ],
        ),
        (
            SEVERAL,
            [
                f"#/paths/~1{path}/get/servers/{index}/url: the operation goes to the first of its servers, and never"
                f" to 'https://{name}.example.com'"
                for path, index, name in (("far", 1, "d"), ("near", 2, "e"))
            ],
        ),
    ],
    ids=["variables", "an operation's own"],
)
def test_an_address_that_is_left_out_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: str, told: list[str]
) -> None:
    (tmp_path / "spec.yaml").write_text(document)
    assert cli.main(["lint", str(tmp_path / "spec.yaml")]) == cli.DONE
    said = capsys.readouterr()
    assert [line[line.index("#") :] for line in (said.out + said.err).splitlines() if "#/" in line] == told


def test_credentials_in_a_servers_url_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.yaml").write_text(DOCUMENT % "[{url: 'https://user:word@b.example.com'}]")
    assert cli.main(["lint", str(tmp_path / "spec.yaml")]) == cli.WRONG
    err = capsys.readouterr().err
    assert "spec.yaml:3:12: #/servers/0/url: a server's URL must not hold credentials" in err
    assert "word" not in err


OWN = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: '%(root)s/v1'}]
paths:
  /plain: {get: {operationId: plain, servers: [{url: '%(root)s/v1'}], responses: {'204': {description: ok}}}}
  /files:
    servers: [{url: '%(other)s/files'}]
    post: {operationId: upload, responses: {'204': {description: ok}}}
    get: {operationId: download, servers: [{url: /v2}], responses: {'204': {description: ok}}}
  /far: {get: {operationId: far, servers: [{url: 'http://far.example.com'}], responses: {'204': {description: ok}}}}
"""


@pytest.fixture(scope="module")
def other() -> Iterator[Answering]:
    with serve() as running:
        running.answer(204, None, b"")
        yield running


def test_an_operation_is_sent_to_its_own_server(tmp_path: Path, server: Answering, other: Answering) -> None:
    server.arrivals.clear()
    names = {"root": server.url, "other": other.url}
    with package_of(tmp_path, OWN % names) as (package, warnings):
        with package.client_class() as client:
            for call in (client.plain, client.upload, client.raw.upload, client.download, client.far):
                call()
            client.with_options(timeout=9.0).upload()
        with pytest.raises(package.module.NotSentError, match="closed"):
            client.upload()
        assert [arrival.target for arrival in server.arrivals] == ["/v1/plain", "/v2/files", "/v1/far"]
        assert [arrival.target for arrival in other.arrivals] == ["/files/files"] * 3

        async def call_all() -> None:
            async with package.module.AsyncDocumentServedClient() as client:
                await client.upload()
                await client.download()

        asyncio.run(call_all())
        assert (server.arrivals[-1].target, other.arrivals[-1].target) == ("/v2/files", "/files/files")
        assert len(other.arrivals) == 4
        with package.client_class(base_url=f"http://localhost:{server.url.rpartition(':')[2]}") as client:
            client.upload()
            client.download()
        assert [arrival.target for arrival in server.arrivals[-2:]] == ["/files", "/v2/files"]
    assert [warning[warning.index("#") :] for warning in warnings] == [
        "#/paths/~1far/get/servers: an operation's own server must be https://; the client's is called instead"
    ]


def test_a_document_may_name_servers_at_its_operations_only(tmp_path: Path, other: Answering) -> None:
    text = OWN.replace("servers: [{url: '%(root)s/v1'}]\n", "") % {"root": other.url, "other": other.url}
    with package_of(tmp_path, text) as (package, _):
        named = package.part("client").SERVERS
        assert named == (f"{other.url}/v1", f"{other.url}/files")


def test_a_server_of_its_own_is_refused_where_the_documents_server_is_asked_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://a.example.com'}]
x-sdk-clock: {operation: getTime, result: time}
security: [{key: []}]
paths:
  /time:
    get:
      operationId: getTime
      security: []
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {type: object, required: [time], properties: {time: {type: integer}}}}}
  /x: {get: {operationId: getX, servers: [{url: 'https://b.example.com'}], responses: {'204': {description: ok}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""
    (tmp_path / "spec.yaml").write_text(text)
    assert cli.main(["lint", str(tmp_path / "spec.yaml")]) == cli.WRONG
    assert "#/paths/~1x/get: x-sdk-clock asks the document's server first" in capsys.readouterr().err


SIGNED = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: '%(root)s/v1'}]
security: [{signed: []}]
paths:
  /plain: {get: {operationId: plain, responses: {'204': {description: ok}}}}
  /files: {post: {operationId: upload, servers: [{url: '%(other)s/files'}], responses: {'204': {description: ok}}}}
components:
  securitySchemes:
    signed: {type: apiKey, in: header, name: x-sign, x-sdk-signing: {algorithm: hmac-sha256, sign: [url]}}
"""


def test_a_signature_covers_the_server_that_the_call_goes_to(
    tmp_path: Path, server: Answering, other: Answering
) -> None:
    server.arrivals.clear()
    other.arrivals.clear()
    document = SIGNED % {"root": server.url, "other": other.url}
    with package_of(tmp_path, document) as (package, _), package.client_class(signer="s" * 32) as client:
        for call in (client.plain, client.upload, client.plain):
            call()
    for base, arrivals in ((server.url, server.arrivals), (other.url, other.arrivals)):
        for arrival in arrivals:
            expected = hmac.new(b"s" * 32, f"{base}{arrival.target}".encode(), "sha256").hexdigest()
            assert arrival.headers["x-sign"] == expected
    assert (len(server.arrivals), len(other.arrivals)) == (2, 1)
