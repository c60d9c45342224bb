"""Counts over a time: wrong attempts, and cards issued. Times in milliseconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.rules import DAY_MS, EXACT, Rules
from binance_gift_card_sandbox.state import State


@dataclass(frozen=True)
class Attempts:
    """Wrong attempts. With as many as the rules allow within `window_ms` everything is refused, right ones too."""

    state: State
    kind: str
    window_ms: int
    refusal: int

    def locked_until(self, now_ms: int) -> int | None:
        query = "SELECT until FROM locks WHERE kind = ? AND until > ?"
        row = self.state.connection.execute(query, (self.kind, now_ms)).fetchone()
        return None if row is None else int(row[0])

    def check(self, now_ms: int) -> None:
        if self.locked_until(now_ms) is not None:
            raise Refusal(self.refusal)

    def add(self, now_ms: int, limit: int) -> None:
        execute = self.state.connection.execute
        execute("DELETE FROM attempts WHERE kind = ? AND time <= ?", (self.kind, now_ms - self.window_ms))
        execute("INSERT INTO attempts VALUES (?, ?)", (self.kind, now_ms))
        count, first = execute("SELECT count(*), min(time) FROM attempts WHERE kind = ?", (self.kind,)).fetchone()
        if count >= limit:
            from_ms = first if self.state.rules.lock_from == "first" else now_ms
            execute("INSERT OR REPLACE INTO locks VALUES (?, ?)", (self.kind, from_ms + self.window_ms))


@dataclass(frozen=True)
class Issued:
    """Cards issued in the last month or day and their worth in USDC, against the limits of the account.

    A window's count goes along with it: a card is added once when it is issued and taken off once when it has
    left the window, so that neither takes longer with more cards.
    """

    state: State
    name: str
    days: int

    def check(self, worth: Decimal, now_ms: int, cards_limit: int | None, amount_limit: Decimal | None) -> None:
        if cards_limit is None and amount_limit is None:
            return
        cards, total = self._current(now_ms)
        if amount_limit is not None and EXACT.add(total, worth) > amount_limit:
            raise Refusal(-18002)
        if cards_limit is not None and cards >= cards_limit:
            raise Refusal(-18003)

    def add(self, worth: Decimal) -> None:
        first, cards, total = self._saved()
        self._save(first, cards + 1, EXACT.add(total, worth))

    def _current(self, now_ms: int) -> tuple[int, Decimal]:
        first, cards, total = self._saved()
        begins, left = self._begins(now_ms), 0
        rows = self.state.connection.execute(
            "SELECT created_time, worth FROM cards WHERE serial >= ? ORDER BY serial", (first,)
        )
        for created_time, worth in rows:
            if created_time >= begins:
                break
            left, total = left + 1, EXACT.subtract(total, Decimal(worth))
        rows.close()
        if left:
            self._save(first + left, cards - left, total)
        return cards - left, total

    def _begins(self, now_ms: int) -> int:
        if self.state.rules.limit_periods == "sliding":
            return now_ms - self.days * DAY_MS + 1
        day = datetime.fromtimestamp(now_ms // 1000, timezone.utc).replace(hour=0, minute=0, second=0)
        first = day.replace(day=1) if self.days > 1 else day
        return (first - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)

    def _saved(self) -> tuple[int, int, Decimal]:
        row = self.state.connection.execute(
            "SELECT first, cards, worth FROM windows WHERE name = ?", (self.name,)
        ).fetchone()
        return (int(row[0]), int(row[1]), Decimal(row[2])) if row else (1, 0, Decimal(0))

    def _save(self, first: int, cards: int, worth: Decimal) -> None:
        row = (self.name, first, cards, format(worth, "f"))
        self.state.connection.execute("INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?)", row)


def limits(rules: Rules) -> dict[str, tuple[int | None, Decimal | None]]:
    """Window → cards and worth that may be issued in it."""
    return {
        "month": (rules.monthly_cards, rules.monthly_amount),
        "day": (rules.daily_cards, rules.daily_amount),
    }
