"""The example of OpenTelemetry: what it prints for a collector is there, and holds no code."""

from __future__ import annotations

import os
from pathlib import Path

from binance_gift_card_sandbox import Sandbox
from tests import forked


def test_spans_and_metrics_of_each_attempt_are_printed(sandbox: Sandbox, key: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BINANCE_API_KEY": sandbox.api_key,
        "BINANCE_API_SECRET": sandbox.api_secret,
        "BINANCE_BASE_URL": sandbox.url,
        "BINANCE_JOURNAL": str(tmp_path / "watched.db"),
        "BINANCE_JOURNAL_KEY": key,
    }
    done = forked.run("examples.telemetry.watched", [], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    for words in (
        '"name": "create_gift_card"',
        '"name": "reward order 7"',
        "http.client.request.duration",
        "sdk.client.attempts",
    ):
        assert words in done.stdout, words
    (card,) = sandbox.cards()
    assert card.code not in done.stdout + done.stderr
