"""A reconciliation with all that a report can show."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from binance_gift_card._runtime.journal.report import page
from binance_gift_card.journal import Allowance, Entry, Reconciliation, Total

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=timezone.utc)
HOSTILE = "<script>document.title='owned'</script>\"'&" + "x" * 300 + "\u202eevil"


COMMANDS = {"create_gift_card": "create"}


def shown(title: str = "binance-gift-card", **more: object) -> str:
    return page(found(**more), title=title, noun=("card", "cards"), commands=COMMANDS)


def entry(number: int, **more: object) -> Entry:
    facts = {
        "operation": "create_gift_card",
        "state": "done",
        "time": NOW - timedelta(days=number),
        "changed": NOW,
        "arguments": {"token": "USDT", "amount": "25"},
        "token": "USDT",
        "amount": Decimal("25.00000001"),
        "reference": f"{number:016d}",
        "expires": NOW + timedelta(days=number),
    }
    return Entry(number=number, **{**facts, **more})


def found(**more: object) -> Reconciliation:
    days = [
        Total(period=(NOW - timedelta(days=back)).strftime("%Y-%m-%d"), token=token, count=back + 1, amount=amount)
        for back in (20, 7, 3, 0)
        for token, amount in (("BTC", Decimal("0.00000001") * (back + 1)), ("USDT", Decimal(1_234_567) / (back + 1)))
    ]
    facts = {
        "time": NOW,
        "journal": "cards.db",
        "account": "shop",
        "live": 103,
        "states": {"intended": 0, "sent": 1, "done": 1234, "refused": 5, "not sent": 2, "unknown": 2},
        "unknown": [
            entry(7, state="unknown", reason="lost", note=HOSTILE),
            entry(9, state="unknown", settled_after=NOW),
        ],
        "redeemed": [entry(3)],
        "expiring": [entry(2, note=HOSTILE), entry(4)],
        "checked": 100,
        "unchecked": 3,
        "others": 17,
        "stopped": "verify_gift_card: one more wrong attempt would lock the account",
        "days": days,
        "months": [Total(period="2026-11", token="USDT", count=40, amount=Decimal("0.0000000100"))],
        "allowance": Allowance(
            period="2026-11",
            count=5_400,
            count_limit=6_000,
            amount=Decimal("1234567.00000001"),
            amount_limit=Decimal(4_200_000),
            token="USDC",
            uncounted={"BTC": Decimal("0.00000033")},
        ),
    }
    return Reconciliation(**{**facts, **more})


EMPTY = {
    "states": dict.fromkeys(("intended", "sent", "done", "refused", "not sent", "unknown"), 0),
    **dict.fromkeys(("unknown", "redeemed", "expiring", "days", "months"), ()),
    "stopped": "",
}
