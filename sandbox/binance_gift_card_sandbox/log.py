"""The list of all requests: what came in and what went out, for tests and the page.

It holds what was sent, signatures and codes too, so it is kept where nobody else can look: in a database that
SQLite makes for this connection alone and that is gone with the process. Nothing of it is in the state file.
"""

import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

TABLE = """
CREATE TABLE requests (
    id INTEGER PRIMARY KEY, time INTEGER, method TEXT, path TEXT, operation TEXT, api_key TEXT, status INTEGER,
    code TEXT, message TEXT, duration_us INTEGER, fault TEXT, executed INTEGER, query BLOB, body BLOB,
    content_type TEXT, headers TEXT, answer BLOB
)
"""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came and what was answered. Query, body and answer are the bytes as they were."""

    id: int = 0
    """Its number, from 1."""
    time: int
    """When it came, in milliseconds of the sandbox's clock."""
    method: str
    """The HTTP method."""
    path: str
    """The path, without the query."""
    operation: str | None
    """The operation's name in the contract; None where there is none."""
    api_key: str = field(repr=False)
    """The key that it named; empty where it named none."""
    status: int | None
    """None when a fault dropped the connection without an answer."""
    code: int | str | None
    """The code in the answer's JSON: "000000" or a negative number."""
    message: str
    """The text of the answer's error."""
    duration_us: int
    """How long it took, in microseconds."""
    fault: str | None
    """The kind of fault that hit it."""
    executed: bool
    """Whether the operation was done: True for a success, even where its answer was dropped."""
    query: bytes = field(repr=False)
    """What stands behind the question mark."""
    body: bytes = field(repr=False)
    """Its body."""
    content_type: str
    """What it says its body is; empty where it says nothing."""
    headers: Mapping[str, str] = field(repr=False)
    """Its headers."""
    answer: bytes = field(repr=False)
    """The body of the answer."""


NAMES = [known.name for known in fields(Request)]
INSERT = f"INSERT INTO requests ({', '.join(NAMES[1:])}) VALUES ({', '.join('?' * (len(NAMES) - 1))})"  # noqa: S608
SELECT = f"SELECT {', '.join(NAMES)} FROM requests"  # noqa: S608


class RequestLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(TABLE)

    def add(self, request: Request) -> None:
        row = {name: getattr(request, name) for name in NAMES[1:]}
        row |= {"code": json.dumps(request.code), "headers": json.dumps(dict(request.headers))}
        with self._lock:
            self._connection.execute(INSERT, tuple(row.values()))

    def list(self, *, after: int | None = None, limit: int = 100) -> list[Request]:
        """From the oldest to the newest: those after the id, or the newest there are."""
        with self._lock:
            if after is None:
                rows = self._connection.execute(f"{SELECT} ORDER BY id DESC LIMIT ?", (limit,)).fetchall()[::-1]
            else:
                rows = self._connection.execute(f"{SELECT} WHERE id > ? ORDER BY id LIMIT ?", (after, limit)).fetchall()
        return [_request(row) for row in rows]

    def get(self, number: int) -> Request | None:
        with self._lock:
            row = self._connection.execute(f"{SELECT} WHERE id = ?", (number,)).fetchone()
        return None if row is None else _request(row)

    def last(self) -> int:
        with self._lock:
            return int(self._connection.execute("SELECT ifnull(max(id), 0) FROM requests").fetchone()[0])

    def clear(self) -> None:
        with self._lock:
            self._connection.execute("DELETE FROM requests")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _request(row: tuple[object, ...]) -> Request:
    facts = dict(zip(NAMES, row, strict=True))
    return Request(
        **{
            **facts,
            "code": json.loads(str(facts["code"])),
            "headers": json.loads(str(facts["headers"])),
            "executed": bool(facts["executed"]),
        }
    )
