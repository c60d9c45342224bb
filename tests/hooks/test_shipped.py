"""The hooks that are shipped, held against what others made: AWS's and botocore's signatures, and RFC 9421."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.runtime.core.aws_sigv4 import AwsSigV4
from codegen.runtime.core.deadline import Deadline
from codegen.runtime.core.draft import Draft
from codegen.runtime.core.errors import ArgumentError
from codegen.runtime.core.message_signatures import HttpMessageSignatures
from codegen.runtime.core.network import Network
from codegen.runtime.core.operation import Errors, Operation
from codegen.runtime.core.own_hook import HookError, SigningRequest
from codegen.runtime.sync.transport import Transport

MADE = json.loads((Path(__file__).parent / "botocore.json").read_text(encoding="utf-8"))
RFC = {
    "host": "example.com",
    "method": "POST",
    "path": "/foo",
    "query": "param=Value&Pet=dog",
    "headers": {"date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json"},
    "body": '{"hello": "world"}',
}
CREATED = 1618884473
ED25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""
SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="


def request(now: int, *, host: str, method: str, path: str, query: str, headers: dict[str, str], body: str):
    operation = Operation(
        name="call", method=method, path=path, decode=bytes, errors=Errors(code="", message=(), codes={})
    )
    draft = Draft(path=path, query=query, headers=dict(headers), body=body.encode() or None)
    endpoint = Transport(f"https://{host}", network=Network(), user_agent="test")
    return SigningRequest(draft, operation, endpoint, now, Deadline(5))


def test_the_vanilla_request_of_aws() -> None:
    """`get-vanilla` of the suite that AWS publishes."""
    asked = request(1440938160000, host="example.amazonaws.com", method="GET", path="/", query="", headers={}, body="")
    AwsSigV4("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service").sign(asked)
    assert asked.headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
    assert asked.expiry == 1440938160000 + 900_000


@pytest.mark.parametrize("case", MADE["cases"], ids=lambda case: case["name"])
def test_what_botocore_signs(case) -> None:
    asked = request(MADE["now"], **case["request"])
    AwsSigV4("AKIDEXAMPLE", "a secret", "eu-central-1", case["service"], session_token=case["token"]).sign(asked)
    assert {name: asked.headers[name] for name in case["headers"]} == case["headers"]


@pytest.mark.parametrize(
    ("label", "key_id", "algorithm", "key", "components", "signature"),
    [
        (
            "sig-b25",
            "test-shared-secret",
            "hmac-sha256",
            SHARED,
            "date @authority content-type",
            "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        ),
        (
            "sig-b26",
            "test-key-ed25519",
            "ed25519",
            ED25519,
            "date @method @path @authority content-type content-length",
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
        ),
    ],
)
def test_the_examples_of_rfc_9421(label, key_id, algorithm, key, components, signature) -> None:
    asked = request(CREATED * 1000, **RFC)
    HttpMessageSignatures(key_id, algorithm, key=key, components=components, label=label).sign(asked)
    named = " ".join(f'"{component}"' for component in components.split())
    assert asked.headers["signature-input"] == f'{label}=({named});created={CREATED};keyid="{key_id}"'
    assert asked.headers["signature"] == f"{label}=:{signature}:"


def test_the_digest_of_rfc_9421() -> None:
    asked = request(CREATED * 1000, **RFC)
    HttpMessageSignatures("k", "hmac-sha256", key=SHARED, digest="sha-512", seconds=60, tells_algorithm=True).sign(
        asked
    )
    told = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
    assert asked.headers["content-digest"] == f"sha-512=:{told}:"
    assert asked.headers["signature-input"].endswith(f';keyid="k";alg="hmac-sha256";expires={CREATED + 60}')
    assert asked.expiry == (CREATED + 60) * 1000


def test_a_component_that_is_not_there_is_refused() -> None:
    with pytest.raises(HookError, match="signs x-tenant, which the request does not have"):
        HttpMessageSignatures("k", "hmac-sha256", key=SHARED, components="x-tenant").sign(request(0, **RFC))


@pytest.mark.parametrize("given", [{"algorithm": "md5", "key": SHARED}, {"algorithm": "ed25519"}])
def test_a_key_or_an_algorithm_that_cannot_be_used_is_refused(given) -> None:
    with pytest.raises(ArgumentError):
        HttpMessageSignatures("k", **given)


def test_both_are_named_in_settings(package_of, recorder, last) -> None:
    package = package_of("hooks", 'mine = "aws-sigv4"', "shipped")
    given = {"access_key": "A", "secret_key": "S", "region": "eu", "service": "s3", "key": "k"}
    with package.ShippedClient(**given, base_url=recorder.url) as client:
        client.send_thing(id="1", body={})
    assert last().header("authorization").startswith("AWS4-HMAC-SHA256 Credential=A/")
    assert last().header("x-amz-content-sha256")
