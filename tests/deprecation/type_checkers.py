"""mypy and pyright take our decorator for that of PEP 702; `tox run -e completeness` asks them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

USE = """\
from old_payouts import AsyncOldPayoutsClient, OldPayoutsClient


def use(client: OldPayoutsClient) -> None:
    client.create_payout(amount="1")
    client.raw.create_payout(amount="1")
    client.bulk.create_payout([])
    client.create_transfer(amount="1", desk="d", text="t")
    client.create_transfer(amount="1", desk="d", memo="m")


async def use_async(client: AsyncOldPayoutsClient) -> None:
    await client.create_payout(amount="1")
    await client.raw.create_transfer(amount="1", desk="d", text="t")
    await client.create_transfer(amount="1", desk="d", memo="m")
"""
REPORTED = [5, 6, 7, 8, 13, 14]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_type_checker_reports_each_use(packages: Path, tmp_path: Path, checker: str) -> None:
    use = tmp_path / "use.py"
    use.write_text(USE)
    settings = {"extraPaths": [str(packages)], "typeCheckingMode": "strict", "reportDeprecated": "error"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    options = {
        "mypy": ["--strict", "--enable-error-code=deprecated", "--cache-dir", tmp_path / "cache"],
        "pyright": ["--pythonpath", sys.executable],
    }
    done = subprocess.run(
        [sys.executable, "-m", checker, *options[checker], use],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(packages)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = re.findall(r"use\.py:(\d+):.*deprecated", done.stdout)
    assert list(map(int, found)) == REPORTED, done.stdout + done.stderr
    assert done.stdout.count("error") >= len(REPORTED)
    assert "create_payout is deprecated since 2.1: use create_transfer instead." in done.stdout
