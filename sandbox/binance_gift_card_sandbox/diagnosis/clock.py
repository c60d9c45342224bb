"""The time of a request beside the server's, in words."""

import re
from dataclasses import dataclass
from decimal import Decimal

from binance_gift_card_sandbox.diagnosis.difference import shown
from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.signing import AHEAD_MS, DEFAULT_RECV_WINDOW_MS, MAX_RECV_WINDOW_MS, WRITTEN, check_time

UNITS = {-3: "seconds", 3: "microseconds", 6: "nanoseconds"}  # by how many digits more than milliseconds have


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The time of a request beside the server's."""

    server_ms: int
    timestamp: str | None  # as sent
    recv_window: str | None  # as sent
    accepted: bool
    explanation: str


def clock_of(server_ms: int, timestamp: str | None, recv_window: str | None) -> Clock:
    told = _wrong_form(timestamp, recv_window) or _wrong_time(server_ms, timestamp or "", recv_window)
    return Clock(
        server_ms=server_ms,
        timestamp=timestamp,
        recv_window=recv_window,
        accepted=not told,
        explanation=(told or f"The timestamp is {_apart(server_ms - int(timestamp or 0))}, which is accepted") + ".",
    )


def _wrong_form(timestamp: str | None, recv_window: str | None) -> str:
    if timestamp is None:
        return "There is no timestamp"
    if not re.fullmatch(WRITTEN["timestamp"].pattern, timestamp):
        return f"The timestamp {shown(timestamp.encode())} is not a whole number of milliseconds since 1970"
    if recv_window is not None and not re.fullmatch(WRITTEN["recvWindow"].pattern, recv_window):
        return f"The recvWindow {shown(recv_window.encode())} is not a number of milliseconds with at most 3 decimals"
    if recv_window is not None and Decimal(recv_window) > MAX_RECV_WINDOW_MS:
        return f"The recvWindow of {_grouped(recv_window)} ms is above the greatest, {MAX_RECV_WINDOW_MS:,} ms"
    return ""


def _wrong_time(server_ms: int, timestamp: str, recv_window: str | None) -> str:
    window = DEFAULT_RECV_WINDOW_MS if recv_window is None else recv_window
    try:
        check_time(timestamp, window, server_ms)
    except Refusal:
        return _refused_time(server_ms, int(timestamp), window)
    return ""


def _refused_time(server_ms: int, sent: int, window: str) -> str:
    unit = UNITS.get(len(str(sent)) - len(str(server_ms)))
    if unit:
        return f"The timestamp {sent} is in {unit}, but must be in milliseconds"
    if sent >= server_ms + AHEAD_MS:
        return f"The timestamp is {_apart(server_ms - sent)}; the most allowed is {AHEAD_MS - 1:,} ms"
    return f"The timestamp is {_apart(server_ms - sent)}; the window is {_grouped(window)} ms"


def _apart(age_ms: int) -> str:
    return f"{abs(age_ms):,} ms {'older than' if age_ms >= 0 else 'ahead of'} the server's clock"


def _grouped(number: str) -> str:
    return f"{Decimal(number):,}"
