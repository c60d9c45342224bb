"""The page to look at. What a browser makes of it is tested in `tests/page`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal

from binance_gift_card.journal import Allowance
from tests.reports import EMPTY, HOSTILE, entry, shown


def test_everything_is_told_and_amounts_are_exact() -> None:
    text = shown()
    for words in (
        "2 cards need your attention",
        "cards.db, account shop",
        "2026-11-04 to 2026-11-24 08:30",
        "1,234",
        "1,234,567.00000001",
        "4,200,000",
        "0.00000033 BTC",
        "25.00000001",
        "308,641.75<",
        "2026-11-24 08:30",
        "resolve NUMBER",
        "one more wrong attempt",
        "600",
    ):
        assert words in text, words
    assert not re.search(r"\d[eE][+-]\d", text)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = shown("t")
    assert not re.search(r"https?:|//|<script|<link|<img|\bsrc=|\bhref=|url\(|@import", text.split("<body>")[1])
    assert "default-src 'none'" in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_an_empty_journal_is_told_in_sentences() -> None:
    text = shown("t", **EMPTY)
    assert "Nothing needs your attention." in text
    assert "Nothing was paid" in text
    assert "<table" not in text


def test_one_is_told_as_one_and_a_long_note_is_folded() -> None:
    text = shown(unknown=[entry(7, state="unknown", note="for Ann " + "and Bob " * 30)])
    assert "1 card needs your attention." in text
    assert "<details><summary>for Ann" in text


def test_where_nothing_is_issued_nothing_is_told_of_it() -> None:
    text = shown(**EMPTY, live=None)
    assert not re.search("Spent|Limits|Paid|expires|live", text.split("<body>")[1])


def test_no_limit_is_no_limit() -> None:
    free = Allowance(
        period="2026-11", count=1, count_limit=None, amount=Decimal(1), amount_limit=None, token=None, uncounted={}
    )
    assert "no limit" in shown("t", allowance=free)
    unused = Allowance(
        period="2026-11",
        count=0,
        count_limit=6_000,
        amount=Decimal(0),
        amount_limit=Decimal(9),
        token="USDC",
        uncounted={},
    )
    text = shown("t", allowance=unused)
    assert "no limit" not in text
    assert "of 6,000; 6,000 left" in text


def test_a_report_that_asked_nobody_says_so() -> None:
    assert "The server was asked about 100 this time, and not about 3 live ones." in shown()
    assert "The server was asked about 100 this time, and not about 1 live one." in shown(unchecked=1)
    assert "The server was asked about 100 this time." in shown(unchecked=0)
    assert "The server was not asked this time" in shown(checked=0)


def test_the_command_writes_the_page(client, sandbox, tmp_path, address, key) -> None:
    card = client.create_gift_card(token="USDT", amount="25", note="for Ann")
    command = [sys.executable, "-m", "binance_gift_card.cli", "report", "--out", "report.html", "--expiring", "400"]
    environment = {
        **os.environ,
        "BINANCE_JOURNAL": address,
        "BINANCE_JOURNAL_KEY": key,
        "BINANCE_BASE_URL": sandbox.url,
    }
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert card.reference_no in text
    assert "for Ann" in text
    assert card.code not in text
