"""A bulk run at a terminal, as a process."""

from __future__ import annotations

import csv
import json
import os
import re

import pytest


def test_bulk_runs(run, tmp_path, sandbox) -> None:
    (tmp_path / "rows.csv").write_text("token,amount,note\nUSDT,1,a\nUSDT,2,b\nNONE,3,c\n")
    planned = run("bulk", "create", "rows.csv", "--dry-run", "--json")
    assert json.loads(planned.stdout)["amounts"] == {"USDT": "3", "NONE": "3"}
    done = run("bulk", "create", "rows.csv", "--out", "out.csv", "--show-codes", "--yes")
    assert done.returncode == 1, done.stderr
    with (tmp_path / "out.csv").open(newline="") as lines:
        rows = {row["row"]: row for row in csv.DictReader(lines)}
    assert [rows[n]["state"] for n in "123"] == ["done", "done", "refused"]
    assert len(rows["1"]["code"]) == 16
    assert rows["3"]["error_code"] == "-18007"
    again = run("bulk", "create", "rows.csv", "--yes")
    assert again.returncode == 2
    assert "begun already" in again.stderr
    resumed = run("bulk", "create", "rows.csv", "--resume", "--yes", "--json")
    assert json.loads(resumed.stdout)["earlier"] == 3
    assert sandbox.balance("USDT") == 997
    assert run("bulk", "create", "none.csv", "--yes").returncode == 2


def test_rows_that_are_not_done_are_named_at_the_end(run, tmp_path) -> None:
    (tmp_path / "cards.csv").write_text("token;amount;note\nUSDT;1;a\nNONE;2;\x1b[31mred\nUSDT;3;b\n")
    done = run("bulk", "create", "cards.csv", "--yes")
    assert done.returncode == 1
    line, summary = done.stderr.splitlines()
    assert re.fullmatch(r"row 2 \(cards.csv, line 3\): refused: HTTP 400 code -18007 .* \(`show \d+`\)", line)
    assert summary == "1 refused: row 2; --out FILE names them all"
    line, summary = run("bulk", "create", "cards.csv", "--yes", "--resume", "--out", "out.csv").stderr.splitlines()
    assert re.fullmatch(r"row 2 \(cards.csv, line 3\): refused before: HTTP 400 code -18007 .* \(`show \d+`\)", line)
    assert summary == "1 refused: row 2; see out.csv"
    with (tmp_path / "out.csv").open(newline="") as lines:
        refused = next(row for row in csv.DictReader(lines) if row["row"] == "2")
    assert (refused["error"].split()[:2], refused["error_code"]) == (["HTTP", "400"], "-18007")
    again = run("bulk", "create", "cards.csv", "--yes", "--resume", "--json")
    [failed] = json.loads(again.stdout)["failed"]
    assert (failed["row"], failed["place"], failed["state"]) == (2, "cards.csv, line 3", "refused")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("dry_run", [True, False])
def test_every_bad_row_is_named_and_nothing_is_left_behind(run, tmp_path, sandbox, dry_run) -> None:
    (tmp_path / "cards.csv").write_text("token;amount\nUSDT;1,5\nUSDT;1\n;2\n")
    done = run("bulk", "create", "cards.csv", "--out", "out.csv", "--yes", *(["--dry-run"] if dry_run else []))
    assert done.returncode == 2
    assert [line in done.stderr for line in ("line 2", "line 3", "line 4")] == [True, False, True]
    assert not (tmp_path / "out.csv").exists()
    assert sandbox.balance("USDT") == 1000


@pytest.mark.only("sqlite")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_a_full_disk_at_the_results_is_told_in_our_words(run, tmp_path, sandbox) -> None:
    (tmp_path / "cards.csv").write_text("token,amount\nUSDT,1\n")
    (tmp_path / "out.csv").symlink_to("/dev/full")
    done = run("bulk", "create", "cards.csv", "--out", "out.csv", "--yes", "--resume")
    assert done.returncode == 2
    assert "out.csv cannot be written: No space left on device; make room" in done.stderr
    assert sandbox.balance("USDT") == 1000
