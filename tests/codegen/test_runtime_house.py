"""The rooms of the runtime: nobody imports upward, no modules import each other, and a plain call needs few of them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "codegen" / "runtime"
FLOORS = {"core": 0, "journal": 1, "bulk": 2, "sync": 3, "aio": 3, "terminal": 4}

WAITING = frozenset({"asyncio", "http", "select", "selectors", "socket", "sqlite3", "ssl", "subprocess", "threading"})
"""What opens, waits or starts."""
ALLOWED = {
    "core.exchange": {"socket", "ssl"},  # their errors
    "core.verdicts": {"ssl"},  # its errors
    "core.nonces": {"threading"},  # a lock
    "core.fork": {"socket", "threading"},  # locks, and sockets that a child lets go of
    "core.lockout": {"threading"},  # a lock
    "core.network": {"ssl"},  # settings
    "core.rates": {"threading"},  # a lock
}

ONE_CALL = """
_about _operations _runtime _runtime.core _runtime.core.answer _runtime.core.attempt_log _runtime.core.checks
_runtime.core.classify _runtime.core.client_base _runtime.core.clock _runtime.core.context _runtime.core.credentials
_runtime.core.deadline _runtime.core.draft _runtime.core.effects _runtime.core.endpoint _runtime.core.epoch
_runtime.core.errors _runtime.core.exchange _runtime.core.flow _runtime.core.fork _runtime.core.interrupts
_runtime.core.json_form _runtime.core.keeper _runtime.core.lockout _runtime.core.log _runtime.core.model
_runtime.core.network _runtime.core.opaque _runtime.core.operation _runtime.core.rates _runtime.core.reader
_runtime.core.secret_files _runtime.core.signature _runtime.core.signers _runtime.core.verdicts _runtime.core.wire
_runtime.sync _runtime.sync.client _runtime.sync.connection _runtime.sync.driver _runtime.sync.journalled
_runtime.sync.pools _runtime.sync.transport client errors models
""".split()

CALL = """
import json, sys
from binance_gift_card import GiftCardClient, HmacSigner
with GiftCardClient(api_key="k" * 64, signer=HmacSigner("s" * 64), base_url=sys.argv[1], journal=False) as client:
    assert client.fetch_rsa_public_key() == "a key"
package = "binance_gift_card."
print(json.dumps(sorted(name.removeprefix(package) for name in sys.modules if name.startswith(package))))
"""


def imports(root: Path) -> dict[str, set[str]]:
    """Module → the modules of the same folder that it imports, at any place and for any reason."""
    names = {file.relative_to(root).with_suffix("").as_posix().replace("/", "."): file for file in root.rglob("*.py")}
    names = {name: file for name, file in names.items() if not name.endswith("__init__")}
    return {name: set(_imported(name, ast.parse(file.read_text("utf-8")), names)) for name, file in names.items()}


def _imported(name: str, tree: ast.Module, names: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = ".".join([*name.split(".")[: -node.level], *([node.module] if node.module else [])])
            yield from {base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)} & names.keys()


def upward(root: Path, floors: Mapping[str, int]) -> list[str]:
    """Imports of a floor above, or of another room on the same floor."""

    def forbidden(mine: str, other: str) -> bool:
        return mine != other and floors[mine] <= floors[other]

    return [
        f"{name} -> {other}"
        for name, others in imports(root).items()
        for other in sorted(others)
        if forbidden(name.split(".")[0], other.split(".")[0])
    ]


def circles(root: Path) -> list[str]:
    """Modules that import each other, directly or by way of others."""
    edges = imports(root)
    reached = {name: set(others) for name, others in edges.items()}
    for through in edges:
        for others in reached.values():
            if through in others:
                others |= reached[through]
    return sorted(name for name, others in reached.items() if name in others)


def outside(root: Path, room: str) -> dict[str, set[str]]:
    """Module of a room → what it imports of the standard library, by the first name."""
    found = {}
    for file in sorted((root / room).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
        found[f"{room}.{file.stem}"] = {name.partition(".")[0] for name in names}
    return found


def test_nobody_imports_upward() -> None:
    assert upward(RUNTIME, FLOORS) == []


def test_no_modules_import_each_other() -> None:
    assert circles(RUNTIME) == []


def test_the_core_waits_for_nothing() -> None:
    found = {name: names & WAITING for name, names in outside(RUNTIME, "core").items() if names & WAITING}
    assert found == ALLOWED


@pytest.mark.parametrize(("source", "said"), [("from ..b import two", ["a.one -> b.two"]), ("import b", [])])
def test_a_wrong_import_would_be_seen(tmp_path: Path, source: str, said: list[str]) -> None:
    for file, text in {
        "a/one.py": source,
        "b/two.py": "if True:\n    def late():\n        from ..a import one\n",
    }.items():
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text(text)
    assert upward(tmp_path, {"a": 0, "b": 1}) == said
    assert circles(tmp_path) == (["a.one", "b.two"] if said else [])


def test_one_plain_call_imports_what_it_needs() -> None:
    with answering({"code": "000000", "message": "success", "data": "a key", "success": True}) as url:
        command = [sys.executable, "-c", CALL, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ONE_CALL


READING = """
import sys
from binance_gift_card import Journal
with Journal(sys.argv[1], key="unsealed") as journal:
    journal.prepare()
    assert not list(journal.history())
found = {name.removeprefix("binance_gift_card._runtime.") for name in sys.modules}
print(*sorted(found & {"core.flow", "core.network", "core.signers", "cryptography", "httptools", "sync", "urllib3"}))
"""


def test_a_journal_is_read_without_what_calls_need(tmp_path: Path) -> None:
    command = [sys.executable, "-c", READING, str(tmp_path / "cards.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@contextmanager
def answering(answer: object) -> Iterator[str]:
    """A server on this machine that always says the same; its URL."""
    content = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
