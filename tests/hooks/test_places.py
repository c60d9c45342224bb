"""A signature goes where the document says, or the document is refused."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from codegen.errors import InputError
from codegen.pipeline import generate, read
from codegen.settings import Options
from codegen.settings import read as settings_of

SCHEMES = "header query cookie form".split()
SECURITY = "\n".join(f'{scheme} = "signature"' for scheme in SCHEMES)
NOW = 1_700_000_000_123


def signature(payload: str) -> str:
    return hmac.new(b"secret", payload.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def client(package_of, recorder):
    package = package_of("places", SECURITY)
    signers = {scheme: package.HmacSigner("secret") for scheme in SCHEMES}
    with package.PlacesClient(**signers, key="mine", base_url=f"{recorder.url}/v1", clock=lambda: NOW) as made:
        yield made


def test_a_header(client, last) -> None:
    client.in_header(q="a b")
    assert last().target == "/v1/header?q=a%20b"
    assert (last().header("x-time"), last().header("x-sign")) == (str(NOW), signature("q=a%20b"))


def test_a_header_that_the_operation_declares_is_no_argument(client, last) -> None:
    client.as_declared(body={"a": 1})
    assert last().header("x-sign") == signature('{"a":1}')
    assert last().header("x-time") == str(NOW)


def test_the_query_of_an_operation_with_a_body(client, last) -> None:
    client.in_query(q="x")
    assert last().query == f"q=x&at={NOW}&sign={signature(f'q=x&at={NOW}')}"
    assert last().body == b""


def test_a_cookie_beside_another(client, last) -> None:
    client.in_cookie(q="x")
    assert last().header("x-time") == f"at {NOW}"
    assert last().header("cookie") == f"session=mine; sign={signature('q=x')}"


def test_the_form(client, last) -> None:
    client.in_form(q="x")
    assert last().query == "q=x"
    assert last().body.decode() == f"at={NOW}&sign={signature(f'q=xat={NOW}')}"
    assert last().header("content-type") == "application/x-www-form-urlencoded"


DOCUMENT = """
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths:
  /things:
    {method}: {{operationId: call, parameters: [{parameters}], {body}responses: {{'200': {{description: Done}}}}}}
security: [{{{security}}}]
components:
  securitySchemes:
    key: {{type: apiKey, in: header, name: X-Key}}
    other: {{type: apiKey, in: header, name: x-key}}
    query: {{type: apiKey, in: query, name: sign}}
    mine: {{type: apiKey, in: {place}, name: sign, x-sdk-signing: {{{signing}}}}}
"""
HMAC = "algorithm: hmac-sha256"
JSON = "requestBody: {content: {application/json: {schema: {type: object}}}}, "
PARAMETER = "{{name: {}, in: {}, schema: {{type: string}}}}".format


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"signing": "signature: {form: sign}"},
            "signing puts 'sign' into the form, and the operation cannot have one",
        ),
        (
            {"signing": "timestamp: {form: at}", "method": "post", "body": JSON},
            "signing puts 'at' into the form, and the operation cannot have one",
        ),
        ({"signing": "signature: {header: x-key}"}, "the header 'x-key' is sent by 'key' too"),
        (
            {"signing": "timestamp: {header: X-A}, signature: {header: x-a}"},
            "signing puts two things into the header 'x-a'",
        ),
        (
            {"parameters": PARAMETER("timestamp", "header")},
            "signing makes 'timestamp', and not in the header; say {header: timestamp} in x-sdk-signing",
        ),
        ({"signing": "signature: {header: A, query: B}"}, "is not"),
        ({"signing": "signature: {header: A, template: '{hash}'}"}, "{hash} is nothing that signing makes"),
        ({"signing": "signature: {header: A, template: '{'}"}, "is no template"),
        ({"signing": "timestamp: {header: 'A B'}"}, "is not"),
        ({"signing": "sign: [query]"}, "'sign' needs an 'algorithm' beside it"),
        ({"signing": "algorithm: hmac-md4"}, "is not"),
        ({"signing": "algorithm: hmac-sha256, sign: [weather]"}, "is not"),
        (
            {"signing": "algorithm: hmac-sha256, sign: [nonce]"},
            "'nonce' is signed, and x-sdk-signing says nothing of it",
        ),
        (
            {"signing": "algorithm: hmac-sha256, sign: [{digest: sha256, of: [passphrase]}]"},
            "'passphrase' is signed, and x-sdk-signing says nothing of it",
        ),
        (
            {"signing": "algorithm: sha256, sign: [body]"},
            "sha256 is a mere digest: the secret must be one of the parts",
        ),
        (
            {"signing": "algorithm: hmac-sha256, sign: [secret]"},
            "the secret is no part of what hmac-sha256 signs",
        ),
        (
            {"signing": "algorithm: hmac-sha256, send: [{header: x-key, value: '2'}]"},
            "the header 'x-key' is sent by 'key' too",
        ),
        ({"security": "key: [], other: []"}, "the header 'x-key' is sent by 'key' too"),
        ({"security": "query: [], mine: []"}, "the parameter 'sign' is sent by 'query' too"),
        ({"signing": "timestamp: {query: sign}"}, "signing puts two things into the parameter 'sign'"),
        ({"signing": "timestamp: {header: User-Agent}"}, "the header 'User-Agent' is written by the client itself"),
        ({"signing": "signature: {header: Cookie}"}, "the header 'Cookie' is written by the client itself"),
        ({"signing": f"{HMAC}, send: [{{value: x}}]"}, "is not valid"),
        ({"signing": f"{HMAC}, sign: [{{header: X-Nobody}}]"}, "the header 'x-nobody' cannot be signed: no operation"),
        ({"signing": f"{HMAC}, sign: [{{header: Host}}]"}, "the client writes it last; the part 'host' says the same"),
        (
            {"signing": f"{HMAC}, sign: [{{digest: md5, of: [{{header: X-Sign}}]}}], signature: {{header: X-Sign}}"},
            "the header 'x-sign' cannot be signed",
        ),
        (
            {"signing": f"{HMAC}, timestamp: at, window: {{default: 1, parameter: lasts}}"},
            "no operation has the parameter 'lasts'",
        ),
        ({"signing": f"{HMAC}, window: {{default: 1}}"}, "a window begins with a timestamp"),
        ({"signing": f"{HMAC}, passphrase: {{signed: true}}"}, "the passphrase goes nowhere"),
        ({"signing": f"{HMAC}, nonce: {{kind: uuid}}"}, "the nonce goes nowhere"),
        ({"signing": f"{HMAC}, nonce: {{header: N, kind: uuid, unit: milliseconds}}"}, "is counted in nothing"),
        ({"signing": "algorithm: ed25519, secret: base64"}, "'secret' is for HMAC"),
        ({"signing": "timestamp: {header: T, template: '{signature}'}"}, "{signature} is nothing that signing makes"),
        ({"signing": "signature: {header: T, template: '{signature!r}'}"}, "a brace holds a name, and nothing else"),
    ],
)
def test_a_place_that_cannot_be_honoured_is_refused(tmp_path, given, message) -> None:
    said = {"method": "get", "parameters": "", "body": "", "place": "query", "signing": "", **given}
    said.setdefault("security", "mine: [], key: []")
    spec, config = tmp_path / "spec.yaml", tmp_path / "settings.toml"
    spec.write_text(DOCUMENT.format(**said), encoding="utf-8")
    config.write_text('[tool.codegen.security]\nmine = "signature"\n', encoding="utf-8")
    settings = settings_of(Options(config=config, spec=spec, package="p"))
    with pytest.raises(InputError) as raised:
        generate(read(spec, [], "refuse")[0], settings)
    assert message in str(raised.value)
