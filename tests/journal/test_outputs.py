"""Where a command writes: never over a journal or what it reads, and to no one else's eyes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import forked

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.skipif(os.name != "posix", reason="modes and pipes are POSIX's")]
ROWS = "token,amount\nUSDT,1\nUSDT,2\n"


@pytest.fixture
def environment(environment, key, tmp_path) -> dict[str, str]:
    file = tmp_path / "journal.key"
    file.write_text(key)
    file.chmod(0o600)
    given = {name: value for name, value in environment.items() if name != "BINANCE_JOURNAL_KEY"}
    return {**given, "COLUMNS": "400", "BINANCE_JOURNAL_KEY_FILE": str(file)}


@pytest.fixture
def run(environment, tmp_path):
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return forked.run("binance_gift_card.cli", arguments, tmp_path, environment)

    return command


@pytest.fixture
def shell(environment, tmp_path):
    """Runs the command in an interpreter of its own, whose standard output is a pipe, or goes where the shell says."""

    def command(*arguments: str, to: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {to}', "sh", sys.executable, "-m", "binance_gift_card.cli", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            cwd=tmp_path,
            text=True,
            timeout=60,
            check=False,
        )

    return command


def export(out, *more) -> list[str]:
    return ["export", "--format", "csv", "--out", str(out), *more]


def report(out, *more) -> list[str]:
    return ["report", "--out", str(out), *more]


def bulk(out, *more) -> list[str]:
    return ["bulk", "create", "rows.csv", "--yes", "--resume", "--show-codes", "--out", str(out), *more]


@pytest.fixture
def held(client, tmp_path) -> dict[str, bytes]:
    """What stands in the folder, with a journal in use and one of somebody else."""
    client.create_gift_card(token="USDT", amount="25")
    (tmp_path / "rows.csv").write_text(ROWS)
    names = [one.name for one in tmp_path.iterdir() if one.is_file()]
    shutil.copy(tmp_path / "cards.db", tmp_path / "theirs.csv")
    (tmp_path / "linked.csv").symlink_to("cards.db-wal")
    os.link(tmp_path / "rows.csv", tmp_path / "hard.csv")
    return {name: (tmp_path / name).read_bytes() for name in (*names, "theirs.csv")}


@pytest.mark.parametrize(
    ("command", "out"),
    [
        *((export, name) for name in ("cards.db", "cards.db-wal", "cards.db-shm", "cards.db-journal", "journal.key")),
        *((command, "theirs.csv") for command in (report, bulk)),
        *((command, "linked.csv") for command in (report, bulk)),
    ],
)
def test_no_journal_and_no_key_is_written_over(run, client, held, sandbox, tmp_path, command, out) -> None:
    done = run(*command(f"./{out}"))
    assert done.returncode == 2, done.stderr
    assert "write to another file" in done.stderr
    for name, content in held.items():
        assert name.startswith("cards.db") or (tmp_path / name).read_bytes() == content
    assert client.journal.check() == []
    assert [entry.state for entry in client.journal.history()] == ["done"]
    assert not (tmp_path / "cards.db-journal").exists()
    assert sandbox.balance("USDT") == 975


@pytest.mark.parametrize("out", ["rows.csv", "hard.csv", "../{folder}/rows.csv"])
def test_a_run_does_not_write_over_its_rows(run, held, sandbox, tmp_path, out) -> None:
    done = run(*bulk(out.format(folder=tmp_path.name)))
    assert done.returncode == 2, done.stderr
    assert "what this very command reads" in done.stderr
    assert (tmp_path / "rows.csv").read_text() == ROWS
    assert sandbox.balance("USDT") == 975


@pytest.mark.parametrize("command", [export, report], ids=lambda one: one.__name__)
def test_a_file_is_replaced_at_its_real_place_and_keeps_its_mode(run, client, tmp_path, command) -> None:
    (tmp_path / "real").mkdir()
    old = tmp_path / "real" / "old.csv"
    old.write_text("old")
    old.chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real/old.csv")
    (tmp_path / "dangling.csv").symlink_to("real/new.csv")
    for name in ("link.csv", "dangling.csv", "new.csv"):
        assert run(*command(name)).returncode == 0
        assert "<!doctype" in (text := (tmp_path / name).read_text().lower()) or text.startswith("number")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "dangling.csv").is_symlink()
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    for new in (tmp_path / "real" / "new.csv", tmp_path / "new.csv"):
        assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("command", [export, bulk], ids=lambda one: one.__name__)
def test_codes_go_into_no_file_that_others_may_read(run, client, sandbox, tmp_path, command) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "out.csv").write_text("old")
    (tmp_path / "out.csv").chmod(0o644)
    done = run(*command("out.csv"), *(["--show-codes"] if command is export else []))
    assert done.returncode == 2
    assert "open to other users (mode 0644)" in done.stderr
    assert (tmp_path / "out.csv").read_text() == "old"
    assert sandbox.balance("USDT") == 1000
    (tmp_path / "out.csv").chmod(0o600)
    assert run(*command("out.csv")).returncode == 0


@pytest.mark.parametrize("command", [export, report, bulk], ids=lambda one: one.__name__)
def test_a_pipe_is_written_through(run, client, tmp_path, command) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    os.mkfifo(tmp_path / "pipe.csv")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe.csv").read_text()), daemon=True)
    reader.start()
    assert run(*command("pipe.csv")).returncode == 0
    reader.join(10)
    assert len(got[0]) > 20
    assert stat.S_ISFIFO((tmp_path / "pipe.csv").stat().st_mode)


def test_a_device_and_standard_output_are_written_through(run, shell, client, tmp_path) -> None:
    (tmp_path / "null.csv").symlink_to("/dev/null")
    assert run(*export("null.csv")).returncode == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert shell(*export("/dev/stdout")).stdout.startswith("number,")
    (tmp_path / "all.csv").write_text("before\n")
    assert shell(*export("/dev/stdout"), to=">> all.csv").returncode == 0
    before, head, *_ = (tmp_path / "all.csv").read_text().splitlines()
    assert (before, head[:7]) == ("before", "number,")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_device_that_takes_nothing_is_told(run, client) -> None:
    done = run(*export("/dev/full"))
    assert done.returncode == 2
    assert "/dev/full cannot be written: No space left" in done.stderr


@pytest.mark.parametrize("command", [export, report, bulk], ids=lambda one: one.__name__)
def test_a_place_where_nothing_can_be_written_is_told_before_anything_is_sent(
    run, client, sandbox, tmp_path, command
) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "folder.csv").mkdir()
    for out, words in {"folder.csv": "is a folder", "none/out.csv": "there is no folder none"}.items():
        done = run(*command(out))
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
    assert not (tmp_path / "none").exists()
    assert sandbox.balance("USDT") == 1000
