"""How much an address and a key may ask in a minute: weight headers, 429, and the ban that follows it, 418."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.rules import DAY_MS, Rules

IP_HEADER = "X-SAPI-USED-IP-WEIGHT-1M"
UID_HEADER = "X-SAPI-USED-UID-WEIGHT-1M"
MINUTE_MS = 60_000
FIRST_BAN_MS = 2 * MINUTE_MS
LONGEST_BAN_MS = 3 * DAY_MS
SECOND_MS = 1000


@dataclass
class _Bans:
    """An address that was banned, and how it came to that."""

    until_ms: int = 0
    times: int = 0
    ignored: int = 0  # 429s that it went on after, in this minute


@dataclass
class Traffic:
    """The weight used in the current minute of the server's clock."""

    _minute: int = -1
    _by_address: Counter[str] = field(default_factory=Counter)
    _by_key: Counter[str] = field(default_factory=Counter)
    _bans: dict[str, _Bans] = field(default_factory=dict)

    def add(self, address: str, api_key: str, weight: Mapping[str, int], now_ms: int) -> dict[str, str]:
        """Count a request; the headers that tell what is used."""
        if now_ms // MINUTE_MS != self._minute:
            self._begin(now_ms)
        self._by_address[address] += weight.get("ip", 0)
        self._by_key[api_key] += weight.get("uid", 0)
        return {IP_HEADER: str(self._by_address[address]), UID_HEADER: str(self._by_key[api_key])}

    def check(self, address: str, rules: Rules, now_ms: int) -> None:
        """429 above the limit; and 418 for an address that was told so and goes on all the same."""
        bans = self._bans.get(address)
        if bans is not None and now_ms < bans.until_ms:
            raise _refusal(418, bans.until_ms - now_ms, rules)
        if rules.weight_limit is None or self._by_address[address] <= rules.weight_limit:
            return
        bans = self._bans.setdefault(address, _Bans())
        bans.ignored += 1
        if bans.ignored <= rules.ban_after:
            raise _refusal(429, MINUTE_MS - now_ms % MINUTE_MS, rules)
        duration_ms = min(FIRST_BAN_MS * 2**bans.times, LONGEST_BAN_MS)
        bans.until_ms, bans.times, bans.ignored = now_ms + duration_ms, bans.times + 1, 0
        raise _refusal(418, duration_ms, rules)

    def reset(self) -> None:
        self._begin(-1)
        self._bans.clear()

    def _begin(self, now_ms: int) -> None:
        self._minute = now_ms // MINUTE_MS
        self._by_address.clear()
        self._by_key.clear()
        for bans in self._bans.values():
            bans.ignored = 0


def _refusal(status: int, wait_ms: int, rules: Rules) -> Refusal:
    retry_after_s = -(-wait_ms // SECOND_MS)
    return Refusal(-1003, status=status, retry_after_s=retry_after_s, limit=rules.weight_limit or 0)
