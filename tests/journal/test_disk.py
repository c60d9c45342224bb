"""Faults of the disk: nothing is sent when the intent cannot be written, and no code is printed."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from binance_gift_card import GiftCardClient, Journal, errors

pytestmark = pytest.mark.only("sqlite")


def create(client, **options):
    return client.create_gift_card(token="USDT", amount="1", **options)


def refuses(client, sandbox, words: str, caplog) -> None:
    """Nothing is sent, one error says why, and nothing is told that is secret."""
    before = sandbox.balance("USDT")
    with pytest.raises(errors.JournalError, match=words):
        create(client)
    assert sandbox.balance("USDT") == before
    assert not caplog.text


@pytest.fixture
def small(tmp_path):
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
        )
        if shutil.which("mount")
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("a file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(small, sandbox, client_of, key, caplog) -> None:
    client = client_of(sandbox, journal=Journal(small / "cards.db", key=key))
    card = create(client)
    filler = small / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    made = 0

    def until_it_is_full() -> None:
        nonlocal made
        while made < 2000:  # what SQLite still has room for
            create(client)
            made += 1

    with pytest.raises(errors.JournalError, match=r"full|I/O"):
        until_it_is_full()
    refuses(client, sandbox, "cannot be used", caplog)
    filler.unlink()
    create(client)
    entries = list(client.history(state="done"))
    assert sandbox.balance("USDT") == 1000 - 2 - made
    assert client.journal.result(entries[0]) == card
    assert len(entries) == made + 2


def test_an_answer_that_cannot_be_kept_is_still_handed_over(client, sandbox, monkeypatch, caplog) -> None:
    store = client.journal.store
    real, calls = store.write, []

    def failing(work, *, durable, seconds):
        calls.append(durable)
        if len(calls) > 2:  # after the intent, before the answer
            raise errors.JournalError("the journal cannot be used: database or disk is full")
        return real(work, durable=durable, seconds=seconds)

    monkeypatch.setattr(store, "write", failing)
    card = create(client)
    assert card.code
    assert "entry 1" in caplog.text
    assert card.code not in caplog.text
    monkeypatch.undo()
    assert [entry.state for entry in client.journal.history()] == ["sent"]


@contextlib.contextmanager
def somebody():
    """Without the rights of root, who may write anything."""
    if is_root := os.geteuid() == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_folder_that_cannot_be_written(key) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to anybody but root
        Path(folder).chmod(0o555)
        journal = Journal(Path(folder) / "cards.db", key=key)  # which imports what somebody may have no right to read
        with somebody(), pytest.raises(errors.JournalError, match="denied"):
            GiftCardClient(journal=journal)


def test_a_disk_that_is_read_only(small, sandbox, client_of, key, caplog) -> None:
    client = client_of(sandbox, journal=Journal(small / "cards.db", key=key))
    create(client)
    client.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    with pytest.raises(errors.JournalError):
        create(client_of(sandbox, journal=Journal(small / "cards.db", key=key)))
    assert sandbox.balance("USDT") == 999
    with pytest.raises(errors.JournalError):
        GiftCardClient(journal=Journal(small / "other.db", key=key))


@pytest.mark.parametrize("end", ["", "-wal"])
def test_a_file_that_is_deleted(client, sandbox, address, end, caplog) -> None:
    create(client)
    Path(address + end).unlink()
    refuses(client, sandbox, "deleted", caplog)


def test_a_file_that_is_replaced(client, sandbox, address, caplog, tmp_path) -> None:
    create(client)
    shutil.copy(address, tmp_path / "copy")
    (tmp_path / "copy").replace(address)
    refuses(client, sandbox, "replaced", caplog)


def test_a_file_that_another_program_holds(client_of, sandbox, address, caplog) -> None:
    client = client_of(sandbox)
    create(client)
    other = sqlite3.connect(address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refuses(client.with_options(timeout=1), sandbox, "locked", caplog)
    other.execute("ROLLBACK")
    other.close()
    create(client)


def test_a_file_that_is_held_for_a_moment_is_waited_for(client, address) -> None:
    other = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    moment = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    moment.start()
    assert create(client)
    moment.join()
    other.close()


def test_a_new_file_that_another_process_makes_a_journal_of_is_waited_for(journal, address) -> None:
    Path(address).touch(0o600)
    other = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # it has no write-ahead log yet
    moment = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    moment.start()
    journal.prepare()
    moment.join()
    other.close()
    assert journal.check() == []


def test_a_damaged_file(client, client_of, sandbox, address, journal_of, caplog) -> None:
    for _ in range(50):
        create(client, note="x" * 500)
    client.close()
    size = Path(address).stat().st_size
    with Path(address).open("r+b") as file:
        for page in range(1, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    with contextlib.suppress(errors.JournalError):  # told either way
        assert journal_of().check()
    before = sandbox.balance("USDT")
    with pytest.raises(errors.JournalError, match="damaged"):
        create(client_of(sandbox))
    assert sandbox.balance("USDT") == before


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 40, b"short"])
def test_a_file_of_something_else(tmp_path, key, content) -> None:
    file = tmp_path / "other.db"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(errors.JournalError):
        GiftCardClient(journal=Journal(file, key=key))
    assert file.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(tmp_path, key) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    file.chmod(0o600)
    with pytest.raises(errors.JournalError, match="something else"):
        GiftCardClient(journal=Journal(file, key=key))


@pytest.mark.parametrize("address", ["", "mysql://host/db", 5, "/proc/none/cards.db"])
def test_an_address_that_cannot_be_used(address, key) -> None:
    with pytest.raises((errors.ArgumentError, errors.JournalError)):
        GiftCardClient(journal=Journal(address, key=key))
