"""Schemathesis makes requests of the effective document: nothing ends in 5xx, and each answer fits the document.

Everything is tried twice: as it was made, which is refused before the account is looked at, and signed, which
reaches the account.
"""

import hashlib
import hmac
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.needs import need

if sys.version_info < (3, 11):
    need("Python 3.11 for Schemathesis", is_there=False)

import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from binance_gift_card_sandbox import Rules, Sandbox
from binance_gift_card_sandbox.contract import document_path

schema = schemathesis.openapi.from_path(document_path())
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MADE_BY_SIGNING = ("timestamp=", "signature=")
EACH = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def sandbox():
    free = Rules(weight_limit=None, redeem_attempts=10**9, verify_attempts=10**9)
    with Sandbox(rules=free) as running:
        yield running


class Signed(requests.auth.AuthBase):
    """Signs what is about to go out, whatever it is: timestamp and signature of its own, the latter last."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, request):
        request.headers["X-MBX-APIKEY"] = self._sandbox.api_key
        parts = urlsplit(request.url)
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        query, body = (self._without_signing(text) for text in (parts.query, body))
        query = "&".join(filter(None, [query, f"timestamp={time.time_ns() // 1_000_000}"]))
        signature = hmac.new(self._sandbox.api_secret.encode(), (query + body).encode(), hashlib.sha256).hexdigest()
        request.url = urlunsplit(parts._replace(query=f"{query}&signature={signature}"))
        if request.body is not None:
            request.body = body.encode()
            request.headers["Content-Length"] = str(len(request.body))  # of this body, be it empty now
        return request

    def _without_signing(self, text: str) -> str:
        return "&".join(field for field in text.split("&") if not field.startswith(MADE_BY_SIGNING))


@schema.parametrize()
@EACH
def test_as_made(case, sandbox):
    case.call_and_validate(base_url=sandbox.url, checks=CHECKS, headers={"X-MBX-APIKEY": sandbox.api_key})


@schema.parametrize()
@EACH
def test_signed(case, sandbox):
    case.call_and_validate(base_url=sandbox.url, checks=CHECKS, auth=Signed(sandbox))


def test_a_body_that_is_nothing_once_signed_anew_is_sent_as_nothing(sandbox):
    url = f"{sandbox.url}/sapi/v1/giftcard/createCode"
    answer = requests.post(url, data="timestamp=1&signature=0", auth=Signed(sandbox), timeout=30)
    assert answer.request.headers["Content-Length"] == "0"
    assert answer.json()["code"] == -1102  # the signature was right, and a parameter is missing


def test_the_account_was_reached(sandbox):
    """Or the tests above would prove little."""
    assert sandbox.cards()
    reached = {request.code for request in sandbox.requests()}
    assert {"000000", -18007, -3026, -1100, -1102, -1021} <= reached
