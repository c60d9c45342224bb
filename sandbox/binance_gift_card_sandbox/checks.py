"""Decides whether a request may reach its operation.

The order: API key (-2014, -2015), parameters (see `parameters`), time (-1021), signature (-1022). What is
written wrongly is so named before the signature is looked at, since that is the answer that helps; a
request that is old and badly signed is told that it is old, which a client with a wrong clock can cure.
Nothing of the account is looked at before all of these have passed.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.operations import Operation
from binance_gift_card_sandbox.parameters import read_parameters
from binance_gift_card_sandbox.signing import DEFAULT_RECV_WINDOW_MS, check_signature, check_time

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Credentials:
    api_key: str
    api_secret: str = field(repr=False)


@dataclass(frozen=True, repr=False)
class Received:
    """A request as it came: query and body are the raw bytes, for those are what was signed."""

    api_key: str
    content_type: str
    query: bytes
    body: bytes


def check_request(credentials: Credentials, operation: Operation, received: Received, now_ms: int) -> Mapping[str, str]:
    """The parameters of a request that is allowed, its signing parameters among them."""
    _check_api_key(credentials.api_key, received.api_key)
    if received.body and not (operation.method == "POST" and _is_form(received.content_type)):
        raise Refusal(-1104)
    values = read_parameters(received.query, received.body, operation.parameters)
    check_time(values["timestamp"], values.get("recvWindow", DEFAULT_RECV_WINDOW_MS), now_ms)
    check_signature(credentials.api_secret.encode(), received.query, received.body)
    return values


def _check_api_key(expected: str, given: str) -> None:
    if not given:
        raise Refusal(-2014)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refusal(-2015)


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM
