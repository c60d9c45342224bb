"""Checks the signature and the time of a request."""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import unquote_to_bytes

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.keys import ApiKey

SIGNATURE_AT_THE_END = re.compile(rb"(?:^|&)signature=([^&]*)\Z")
AHEAD_MS = 1000
DEFAULT_RECV_WINDOW_MS = "5000"
MAX_RECV_WINDOW_MS = 60_000


@dataclass(frozen=True)
class Written:
    """How a parameter of signing is written. It travels as text that the contract's JSON types do not describe."""

    pattern: str
    malformed: int  # the code that answers anything else


WRITTEN = {
    "recvWindow": Written(r"^[0-9]{1,5}(\.[0-9]{1,3})?$", -1131),
    "timestamp": Written(r"^[0-9]{1,20}$", -1102),
    "signature": Written(r"^[\s\S]*$", -1022),
}


def check_signature(key: ApiKey, query: bytes, body: bytes) -> None:
    """Over query and body as they came, less the signature, which must be last in whichever it stands in."""
    found = SIGNATURE_AT_THE_END.search(query) or SIGNATURE_AT_THE_END.search(body)
    if found is None:
        raise Refusal(-1022)
    payload = SIGNATURE_AT_THE_END.sub(b"", query) + SIGNATURE_AT_THE_END.sub(b"", body)
    if not key.accepts(payload, signature_text(found[1])):
        raise Refusal(-1022)


def signature_text(sent: bytes) -> str:
    """The signature, percent-decoded. A bare plus is a space, as everywhere in a query or a form."""
    return unquote_to_bytes(sent.replace(b"+", b" ")).decode("latin-1")


def check_time(timestamp: str, recv_window: str, now_ms: int) -> None:
    """Milliseconds, all of them; `recv_window` may have decimals."""
    window_ms = Decimal(recv_window)
    if window_ms > MAX_RECV_WINDOW_MS:
        raise Refusal(-1131)
    sent_ms = int(timestamp)
    if not (sent_ms < now_ms + AHEAD_MS and now_ms - sent_ms <= window_ms):
        raise Refusal(-1021)
