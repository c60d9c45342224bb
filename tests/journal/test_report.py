"""The page to look at, in a real browser."""

from __future__ import annotations

import html
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from binance_gift_card._runtime.journal.report import page
from binance_gift_card.journal import Allowance, Entry, Reconciliation, Total
from tests.needs import browser

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=timezone.utc)
HOSTILE = "<script>document.title='owned'</script>\"'&" + "x" * 300 + "\u202eevil"


def in_a_browser(test):
    return pytest.mark.proof(pytest.mark.needs("Chromium")(test))


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


def test_everything_is_told_and_amounts_are_exact() -> None:
    text = page(found(), title="binance-gift-card")
    for words in (
        "2 entries are of unknown outcome",
        "1,234",
        "1,234,567.00000001",
        "4,200,000",
        "0.00000033 BTC",
        "25.00000001",
        "0.0000000100",
        "2026-11-24 08:30 UTC",
        "resolve NUMBER",
        "one more wrong attempt",
        "600",
    ):
        assert words in text, words
    assert not re.search(r"\d[eE][+-]\d", text)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = page(found(), title="t")
    assert not re.search(r"https?:|//|<script|<link|<img|\bsrc=|\bhref=|url\(|@import", text.split("<body>")[1])
    assert "default-src 'none'" in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_an_empty_journal_is_told_in_sentences() -> None:
    text = page(found(**EMPTY), title="t")
    assert "Nothing is unknown." in text
    assert "Nothing was paid" in text
    assert "<table" not in text


def test_no_limit_is_no_limit() -> None:
    free = Allowance(
        period="2026-11", count=1, count_limit=None, amount=Decimal(1), amount_limit=None, token=None, uncounted={}
    )
    assert "no limit" in page(found(allowance=free), title="t")


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


# In a browser.


def _browse(file: Path, folder: Path, *options: str) -> str:
    command = [
        str(browser()),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}",
        *options,
        file.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _pixels(file: Path) -> tuple[int, int, bytes]:
    """Width, height and the first pixel of a PNG."""
    data = file.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    chunks, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            chunks += data[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, zlib.decompress(chunks)[1:4]


_MEASURE = """<script>
const wide = [...document.querySelectorAll('main > *')].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5);
document.title = JSON.stringify({
  page: document.documentElement.scrollWidth, room: innerWidth, wide: wide.length,
  ink: getComputedStyle(document.body).color, ground: getComputedStyle(document.body).backgroundColor,
  bars: document.querySelectorAll('svg rect').length, tables: document.querySelectorAll('table').length,
  scripts: document.scripts.length,
});
</script>"""


@pytest.fixture
def measured(tmp_path):
    """What the browser makes of the page: the page itself cannot be asked, because nothing runs in it."""

    def measure(width: int, *options: str) -> dict[str, object]:
        text = re.sub(r"<meta http-equiv[^>]*>", "", page(found(), title=HOSTILE))
        file = tmp_path / "report.html"
        file.write_text(text.replace("</body>", f"{_MEASURE}</body>"), encoding="utf-8")
        shown = _browse(file, tmp_path, f"--window-size={width},900", "--dump-dom", *options)
        title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
        assert title is not None
        return json.loads(html.unescape(title[1]))

    return measure


@in_a_browser
def test_it_fits_a_screen_and_says_all(measured) -> None:
    told = measured(1200)
    assert told["page"] <= told["room"]
    assert told["wide"] == 0
    assert told["bars"] == 8
    assert told["tables"] == 5
    assert told["scripts"] == 1  # the one that measures


@in_a_browser
def test_it_is_readable_on_a_phone(tmp_path) -> None:
    """A window cannot be as narrow as a phone, but a frame can."""
    text = re.sub(r"<meta http-equiv[^>]*>", "", page(found(), title="t"))
    (tmp_path / "inner.html").write_text(text, encoding="utf-8")
    outer = tmp_path / "outer.html"
    outer.write_text(
        '<title>?</title><iframe src="inner.html" style="width:360px;height:800px;border:0"></iframe><script>'
        "onload = () => { const d = document.querySelector('iframe').contentDocument.documentElement;"
        "document.title = d.scrollWidth + ' of ' + d.clientWidth; }</script>"
    )
    shown = _browse(outer, tmp_path, "--allow-file-access-from-files", "--dump-dom", "--virtual-time-budget=3000")
    title = re.search(r"<title>(\d+) of (\d+)</title>", shown)
    assert title is not None, shown[:300]
    assert int(title[1]) <= int(title[2]) <= 360


@in_a_browser
def test_it_has_a_light_and_a_dark_face(tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(found(), title="t"), encoding="utf-8")
    grounds = []
    for scheme in ("1", "0"):
        picture = tmp_path / f"{scheme}.png"
        _browse(file, tmp_path, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}")
        grounds.append(_pixels(picture)[2])
    light, dark = grounds
    assert min(light) > 200
    assert max(dark) < 60


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_its_text_can_be_read_in_both() -> None:
    """The contrast that WCAG 2 asks of text (AA): 4.5 to 1."""
    faces = re.findall(r":root \{([^}]*)\}", page(found(), title="t"))
    assert len(faces) == 2
    for face in faces:
        colors = dict(re.findall(r"--(\w+): (#\w{6})", face))
        for ink in ("ink", "soft", "good", "bad"):
            for ground in ("ground", "card"):
                light, dark = sorted((_luminance(colors[ink]), _luminance(colors[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
