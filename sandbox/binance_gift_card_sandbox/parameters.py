"""Reads the parameters of a request, from query and form body alike.

The order of the checks: bytes and escapes (-1100), unknown names (-1103) and duplicates (-1101), also
across query and body; then parameter by parameter, in the order in which the contract lists them: missing
(-1102), empty (-1105), badly written (see `contract`).
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from binance_gift_card_sandbox.contract import Operation
from binance_gift_card_sandbox.errors import Refusal

URL_BYTES = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")  # printable ASCII, and a percent sign only as an escape


def read_parameters(query: bytes, body: bytes, operation: Operation) -> Mapping[str, str]:
    """The parameters of query and form body, decoded and each as the contract wants it."""
    values: dict[str, str] = {}
    for name, value in _fields(query) + _fields(body):
        if name not in operation.names:
            raise Refusal(-1103)
        if name in values:
            raise Refusal(-1101, name)
        values[name] = value
    for parameter in operation.parameters:
        parameter.check(values.get(parameter.name))
    return values


def _fields(part: bytes) -> list[tuple[str, str]]:
    if not URL_BYTES.fullmatch(part):
        raise Refusal(-1100)
    pairs = (field.partition(b"=") for field in part.split(b"&")) if part else ()
    return [(_decode(name), _decode(value)) for name, _, value in pairs]


def _decode(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(-1100) from None
