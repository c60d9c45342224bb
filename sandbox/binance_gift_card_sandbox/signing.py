"""Checks the signature and the time of a request."""

import hashlib
import hmac
import re
from decimal import Decimal

from binance_gift_card_sandbox.errors import Refusal

SIGNATURE_AT_THE_END = re.compile(rb"(?:^|&)signature=([^&]*)\Z")
AHEAD_MS = 1000
DEFAULT_RECV_WINDOW_MS = "5000"
MAX_RECV_WINDOW_MS = 60_000


def sign(secret: bytes, payload: bytes) -> bytes:
    return hmac.new(secret, payload, hashlib.sha256).hexdigest().encode("ascii")


def check_signature(secret: bytes, query: bytes, body: bytes) -> None:
    """Over query and body as they came, less the signature, which must be last in whichever it stands in."""
    found = SIGNATURE_AT_THE_END.search(query) or SIGNATURE_AT_THE_END.search(body)
    if found is None:
        raise Refusal(-1022)
    payload = SIGNATURE_AT_THE_END.sub(b"", query) + SIGNATURE_AT_THE_END.sub(b"", body)
    if not hmac.compare_digest(sign(secret, payload), found[1].lower()):
        raise Refusal(-1022)


def check_time(timestamp: str, recv_window: str, now_ms: int) -> None:
    """Milliseconds, all of them; `recv_window` may have decimals."""
    window_ms = Decimal(recv_window)
    if window_ms > MAX_RECV_WINDOW_MS:
        raise Refusal(-1131)
    sent_ms = int(timestamp)
    if not (sent_ms < now_ms + AHEAD_MS and now_ms - sent_ms <= window_ms):
        raise Refusal(-1021)
