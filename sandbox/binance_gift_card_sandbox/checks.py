"""Decides whether a request may reach its operation.

The order: API key (-2014, -2015), parameters (see `parameters`), time (-1021), signature (-1022), permission
(-2015). What is written wrongly is so named before the signature is looked at, since that is the answer that
helps; a request that is old and badly signed is told that it is old, which a client with a wrong clock can
cure. Nothing of the account is looked at before all of these have passed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from binance_gift_card_sandbox.contract import Operation
from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.keys import ApiKey, Permission
from binance_gift_card_sandbox.parameters import read_parameters
from binance_gift_card_sandbox.signing import DEFAULT_RECV_WINDOW_MS, check_signature, check_time

FORM = "application/x-www-form-urlencoded"
KEY_FORM = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Received:
    """A request as it came: query and body are the raw bytes, for those are what was signed."""

    method: str
    path: str
    address: str
    headers: Mapping[str, str] = field(repr=False)
    query: bytes = field(repr=False)
    body: bytes = field(repr=False)
    too_long: bool = False

    @property
    def api_key(self) -> str:
        return self.headers.get("x-mbx-apikey", "")

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


def check_request(
    find: Callable[[str], ApiKey | None], operation: Operation, permission: Permission, received: Received, now_ms: int
) -> Mapping[str, str]:
    """The parameters of a request that is allowed, its signing parameters among them."""
    key = _key(find, received.api_key)
    if received.body and not (operation.method == "POST" and _is_form(received.content_type)):
        raise Refusal(-1104)
    values = read_parameters(received.query, received.body, operation)
    check_time(values["timestamp"], values.get("recvWindow", DEFAULT_RECV_WINDOW_MS), now_ms)
    check_signature(key, received.query, received.body)
    if permission not in key.permissions:
        raise Refusal(-2015)
    return values


def _key(find: Callable[[str], ApiKey | None], given: str) -> ApiKey:
    if not KEY_FORM.fullmatch(given):
        raise Refusal(-2014)
    key = find(given)
    if key is None:
        raise Refusal(-2015)
    return key


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM
