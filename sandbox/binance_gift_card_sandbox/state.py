"""What has to last: one SQLite database with the account, its cards, its keys, the clock and the rules.

Without a file it is a database that SQLite keeps for itself, in memory first and on disk when it grows, and
that is gone with the process: a hundred thousand cards need no more memory than ten.
"""

import contextlib
import os
import random
import secrets
import sqlite3
import stat
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from binance_gift_card_sandbox.keys import ApiKey
from binance_gift_card_sandbox.rules import Rules, from_plain, plain

FORMAT = 1
TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE balances (token TEXT PRIMARY KEY, amount TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    api_key TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, material TEXT NOT NULL,
    permissions TEXT NOT NULL
);
CREATE TABLE cards (
    serial INTEGER PRIMARY KEY, reference_no TEXT NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE,
    base_token TEXT NOT NULL, base_amount TEXT NOT NULL, fee TEXT NOT NULL, worth TEXT NOT NULL,
    token TEXT NOT NULL, amount TEXT, created_time INTEGER NOT NULL, expired_time INTEGER NOT NULL,
    redeemed_time INTEGER, external_uid TEXT, identity_no TEXT
);
CREATE INDEX unredeemed ON cards (expired_time) WHERE redeemed_time IS NULL;
CREATE TABLE windows (name TEXT PRIMARY KEY, first INTEGER NOT NULL, cards INTEGER NOT NULL, worth TEXT NOT NULL);
CREATE TABLE attempts (kind TEXT NOT NULL, time INTEGER NOT NULL);
CREATE TABLE locks (kind TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE day_keys (day INTEGER PRIMARY KEY, pem TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Start:
    """What a new state begins with."""

    balances: Mapping[str, Decimal]
    rules: Rules
    seed: str | None = None


class Snapshot:
    """A state as it was, to be restored to the sandbox that it came from, any number of times."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._end = weakref.finalize(self, connection.close)

    def __repr__(self) -> str:
        return "<Snapshot>"

    def close(self) -> None:
        """Let it go; what is dropped goes by itself."""
        self._end()


class State:
    """The database, and the lock that whoever reads or writes it holds."""

    def __init__(self, start: Start, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._start = start
        self.connection = _connect(path)
        try:
            self._check_format()
            _prepare(self.connection, path)
            if self._is_empty():
                self._fill()
            self.rules = self._saved_rules()
        except sqlite3.OperationalError as error:
            self.connection.close()
            if "locked" not in str(error):
                raise
            raise ValueError("another sandbox has it open") from None
        except BaseException:
            self.connection.close()
            raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is written in here, unless one is open already."""
        with self.lock:
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        row = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def put_fact(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def chance(self, purpose: str) -> random.Random:
        """Randomness that follows from the seed and from how often it was asked for."""
        count = int(self.fact("chances") or 0) + 1
        self.put_fact("chances", str(count))
        return random.Random(f"{self.fact('seed')}/{purpose}/{count}")  # noqa: S311  it must be repeatable

    def put_rules(self, rules: Rules) -> None:
        with self.transaction():
            self.put_fact("rules", msgspec.json.encode(plain(rules)).decode())
        self.rules = rules

    def api_keys(self) -> list[ApiKey]:
        with self.lock:
            rows = self.connection.execute("SELECT api_key, name, kind, material, permissions FROM keys ORDER BY rowid")
            return [
                ApiKey(api_key=key, name=name, kind=kind, material=material, permissions=frozenset(words.split()))
                for key, name, kind, material, words in rows
            ]

    def put_key(self, key: ApiKey) -> None:
        row = (key.api_key, key.name, key.kind, key.material, " ".join(sorted(key.permissions)))
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)", row)

    def remove_key(self, api_key: str) -> None:
        with self.transaction() as connection:
            connection.execute("DELETE FROM keys WHERE api_key = ?", (api_key,))

    def snapshot(self) -> Snapshot:
        with self.lock:
            copy = sqlite3.connect("", check_same_thread=False)
            self.connection.backup(copy)
        return Snapshot(copy)

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the snapshot, but for the keys, which stay as they are now."""
        with self.lock:
            keys = self.api_keys()
            snapshot._connection.backup(self.connection)
            self._keep_keys(keys)
            self.rules = self._saved_rules()

    def reset(self) -> None:
        """Back to the start, but for the keys. A seed that was made up is made up anew."""
        with self.transaction() as connection:
            keys = self.api_keys()
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  a name of our own
            self._begin()
            self._keep_keys(keys)
            self.rules = self._saved_rules()

    def close(self) -> None:
        with self.lock:
            self.connection.close()

    def _keep_keys(self, keys: list[ApiKey]) -> None:
        with self.transaction() as connection:
            connection.execute("DELETE FROM keys")
            for key in keys:
                self.put_key(key)

    def _is_empty(self) -> bool:
        return not self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    def _fill(self) -> None:
        with self.transaction() as connection:
            for statement in filter(str.strip, TABLES.split(";")):
                connection.execute(statement)
            self._begin()

    def _begin(self) -> None:
        self.put_fact("format", str(FORMAT))
        self.put_fact("seed", self._start.seed or secrets.token_hex(16))
        self.put_fact("rules", msgspec.json.encode(plain(self._start.rules)).decode())
        rows = ((token, format(amount, "f")) for token, amount in self._start.balances.items())
        self.connection.executemany("INSERT INTO balances VALUES (?, ?)", rows)

    def _check_format(self) -> None:
        """Before anything is written to the file."""
        try:
            known = self._is_empty() or self.fact("format") == str(FORMAT)
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            known = False
        except sqlite3.DatabaseError:
            known = False
        if not known:
            raise ValueError("is not a state of this sandbox, or of another version of it: name a new file")

    def _saved_rules(self) -> Rules:
        return from_plain(msgspec.json.decode(self.fact("rules") or "{}"))


def holds_account(path: Path | None) -> bool:
    """Whether there is something in that file already."""
    return path is not None and path.exists() and path.stat().st_size > 0


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return sqlite3.connect("", isolation_level=None, check_same_thread=False)
    _make_private(path)
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    if path is None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        return
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # two sandboxes on one file would each have its own mind
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # outlives the process, if not always the machine
    connection.execute("BEGIN IMMEDIATE")  # the lock is taken by the first write
    connection.execute("COMMIT")


def _make_private(path: Path) -> None:
    """Only its owner may read it: codes are in there, and secrets of keys."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR)
    os.close(descriptor)
