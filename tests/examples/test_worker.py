"""Two workers on one run, over PostgreSQL: each row is done once, by one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from binance_gift_card_sandbox import Sandbox

ROOT = Path(__file__).parents[2]
ROWS = 12


@pytest.mark.proof
@pytest.mark.only("postgres")
def test_each_row_is_done_once(sandbox: Sandbox, address: str, key: str, tmp_path: Path) -> None:
    rows = tmp_path / "cards.csv"
    rows.write_text("token,amount\n" + "USDT,1\n" * ROWS, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "BINANCE_API_KEY": sandbox.api_key,
        "BINANCE_API_SECRET": sandbox.api_secret,
        "BINANCE_BASE_URL": sandbox.url,
        "BINANCE_JOURNAL": address,
        "BINANCE_JOURNAL_KEY": key,
    }
    command = [sys.executable, "-m", "examples.worker.worker", str(rows), "--run", "christmas"]
    workers = [
        subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [worker.communicate(timeout=120) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], told
    done = sorted(line for out, _ in told for line in out.splitlines() if line.endswith(": done"))
    assert done == sorted(f"row {number}: done" for number in range(1, ROWS + 1))
    assert len(sandbox.cards()) == ROWS
