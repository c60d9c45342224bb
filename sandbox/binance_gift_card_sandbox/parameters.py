"""Reads the parameters of a request and checks how they are written.

The order of the checks: bytes and escapes (-1100), unknown names (-1103) and duplicates (-1101), also
across query and body; then parameter by parameter, in the order in which the operation lists them: missing
(-1102), empty (-1105), badly formed (a code of its own).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from binance_gift_card_sandbox.errors import Refusal

URL_BYTES = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")  # printable ASCII, and a percent sign only as an escape


@dataclass(frozen=True, kw_only=True)
class Parameter:
    name: str
    pattern: re.Pattern[str] = re.compile(r".*", re.DOTALL)
    malformed: int = -1100  # the code that answers a value that the pattern does not match
    required: bool = True

    def check(self, value: str | None) -> None:
        if value is None and self.required:
            raise Refusal(-1102, self.name)
        if value == "":
            raise Refusal(-1105, self.name)
        if value is not None and not self.pattern.fullmatch(value):
            raise Refusal(self.malformed, self.name)


def read_parameters(query: bytes, body: bytes, known: Sequence[Parameter]) -> Mapping[str, str]:
    """The parameters of query and form body, decoded and each as its `Parameter` wants it."""
    names = {parameter.name for parameter in known}
    values: dict[str, str] = {}
    for name, value in _fields(query) + _fields(body):
        if name not in names:
            raise Refusal(-1103)
        if name in values:
            raise Refusal(-1101, name)
        values[name] = value
    for parameter in known:
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
