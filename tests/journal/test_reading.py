"""Who only looks at a journal makes none, and leaves it as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from binance_gift_card import Journal, errors

pytestmark = pytest.mark.only("sqlite")
READING = [["history"], ["export", "--out", "all.csv"], ["report", "--out", "page.html"], ["journal", "check"]]
READING += [["reconcile", "--no-check"]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that other users may look into."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def reading_only(folder: Path) -> Iterator[None]:
    """As somebody who may write nothing there: root is another user, and others take the right from themselves."""
    is_root = os.geteuid() == 0
    modes = {path: path.stat().st_mode for path in (*folder.iterdir(), folder)}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


def states(path: Path, key: str) -> list[str]:
    with closing(Journal(path, key=key)) as journal:
        return [entry.state for entry in journal.history()]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "arguments", [*READING, ["reconcile"], ["journal", "upgrade"], ["journal", "rotate-key"]], ids=" ".join
)
def test_a_path_that_is_mistyped_makes_no_journal(run, tmp_path, arguments) -> None:
    told = run(*arguments, "--journal", "mistyped.db")
    assert told.returncode == 2, told.stderr
    assert "there is no journal mistyped.db" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_makes_no_journal(run, tmp_path, address) -> None:
    (tmp_path / "cards.csv").write_text("token,amount\nUSDT,1\n")
    assert run("bulk", "create", "cards.csv", "--dry-run").returncode == 0
    assert not Path(address).exists()


@pytest.mark.parametrize("arguments", READING)
def test_what_a_dead_program_left_is_shown_and_not_written(run, client, journal, address, arguments) -> None:
    for amount in ("1", "2", "3"):
        client.create_gift_card(token="USDT", amount=amount)
    left = "UPDATE entries SET state = :state, open = 1, ends = 1, answer = NULL WHERE number = :number"
    for number, state in ((1, "sent"), (2, "intended")):
        values = {"state": state, "number": number}
        journal.store.write(lambda session, values=values: session.run(left, values), durable=True, seconds=5)
    answered = "UPDATE entries SET state = 'sent', open = 1, ends = 1 WHERE number = 3"
    journal.store.write(lambda session: session.run(answered, {}), durable=True, seconds=5)
    client.close()
    journal.close()
    before = Path(address).read_bytes()
    told = run(*arguments)
    assert told.returncode in (0, 4), told.stderr
    assert Path(address).read_bytes() == before
    assert [entry.state for entry in journal.history()] == ["unknown", "not sent", "done"]
    for state, number in (("unknown", 1), ("not sent", 2), ("done", 3)):
        assert [entry.number for entry in journal.history(state=state)] == [number]
    assert list(journal.history(state="sent")) == []
    assert journal.store.rows("SELECT state FROM entries WHERE number = 1", {}) == [("sent",)]
    if arguments[0] == "reconcile":
        assert told.returncode == 4
        assert "unknown" in told.stdout


def test_a_reader_that_may_not_write_leaves_nothing_behind(client_of, sandbox, folder, key) -> None:
    path = folder / "cards.db"
    with closing(Journal(path, key=key)) as journal:
        client_of(sandbox, journal=journal).create_gift_card(token="USDT", amount="1")
    path.chmod(0o644)
    before = digests(folder)
    assert list(before) == ["cards.db"]
    with reading_only(folder), closing(Journal.to_read(path)) as reader:
        assert [entry.state for entry in reader.history()] == ["done"]
        assert [entry.number for entry in reader.history()] == [1]
    assert digests(folder) == before


def test_a_reader_that_may_not_write_sees_what_is_written_meanwhile(client_of, sandbox, folder, key) -> None:
    path = folder / "cards.db"
    with closing(Journal(path, key=key)) as journal:
        client = client_of(sandbox, journal=journal)
        client.create_gift_card(token="USDT", amount="1")
        for file in folder.iterdir():
            file.chmod(0o644)
        with reading_only(folder):
            assert states(path, key) == ["done"]
        client.create_gift_card(token="USDT", amount="2")
        with reading_only(folder):
            assert states(path, key) == ["done", "done"]


def test_what_is_missing_for_a_reader_is_named(client_of, sandbox, folder, key) -> None:
    path, copy = folder / "cards.db", folder / "copy.db"
    with closing(Journal(path, key=key)) as journal:
        client_of(sandbox, journal=journal).create_gift_card(token="USDT", amount="1")
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", f"{copy}{end}")
            Path(f"{copy}{end}").chmod(0o644)
    with reading_only(folder), pytest.raises(errors.JournalError, match=r"copy\.db-wal, and without .*copy\.db-shm"):
        states(copy, key)


def test_a_copy_without_its_log_is_told(client_of, sandbox, folder, key) -> None:
    path, copy = folder / "cards.db", folder / "copy.db"
    with closing(Journal(path, key=key)) as journal:
        client_of(sandbox, journal=journal).create_gift_card(token="USDT", amount="1")
        shutil.copyfile(path, copy)
    with pytest.raises(errors.JournalError, match="copied without its -wal"):
        states(copy, key)
