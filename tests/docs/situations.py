"""What some examples find when they begin, and what of their own stands for what a page prints as an example."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from binance_gift_card import GiftCardClient, HmacSigner, Journal
from binance_gift_card.errors import OutcomeUnknownError
from tests.docs.pages import ROOT, block

if TYPE_CHECKING:
    from binance_gift_card_sandbox import Sandbox

Situation = Callable[[Path, dict[str, str], "Sandbox"], dict[str, str]]


def _cards(folder: Path, environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """A journal with a card as entry 1, and a call of unknown outcome as entry 2, whose time is over."""
    from binance_gift_card_sandbox import Fault

    environment["BINANCE_JOURNAL"] = "cards.db"
    an_hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
    sandbox.clock.set(an_hour_ago)
    with (
        Journal(str(folder / "cards.db"), key=environment["BINANCE_JOURNAL_KEY"]) as journal,
        GiftCardClient(
            api_key=sandbox.api_key,
            signer=HmacSigner(sandbox.api_secret),
            base_url=sandbox.url,
            journal=journal,
            clock=lambda: int(an_hour_ago.timestamp() * 1000),
        ) as client,
    ):
        card = client.create_gift_card(token="USDT", amount="25")
        sandbox.fault(Fault(kind="drop-before", operation="createGiftCard"))
        with suppress(OutcomeUnknownError):
            client.create_gift_card(token="USDT", amount="25")
    sandbox.clock.set(datetime.now(timezone.utc))
    return {"0033002144060553": card.reference_no}


def _rows(folder: Path, environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """A file of cards to be made."""
    (folder / "cards.csv").write_text("token,amount\nUSDT,1\nUSDT,2\n", encoding="utf-8")
    return {}


def _first(folder: Path, environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """A folder of somebody who has nothing but the file that the first card's page shows."""
    for name in [name for name in environment if name.startswith("BINANCE_")]:
        del environment[name]
    (folder / "first.py").write_text(block(ROOT / "README.md", "python", "with GiftCardClient"), encoding="utf-8")
    return {}


SITUATIONS: dict[str, Situation] = {
    "cards": _cards,
    "rows": _rows,
    "cards and rows": lambda *where: _cards(*where) | _rows(*where),
    "first.py": _first,
}
