"""The sandbox, as the command: how soon it answers, how many signed requests one core serves, what memory it takes."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

COMMAND = [sys.executable, "-m", "binance_gift_card_sandbox", "--port", "0", "--no-limits", "--balance", "USDT=1000000"]
FORM = "application/x-www-form-urlencoded"


def measure(rounds: int, few: int = 5_000, many: int = 100_000) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, the bound that it is held against, the mark; memory with many cards, beside it with few."""
    starts = [_seconds_to_first_answer() for _ in range(rounds)]
    with _running() as server, _on_one_core(server.pid):
        seconds = statistics.median(_seconds_of_a_request(server) for _ in range(rounds))
        _issue(server, few)
        with_few = _memory(server.pid)
        _issue(server, many - few)
        with_many = _memory(server.pid)
    return {
        "sandbox, start to first answer": (statistics.median(starts), 0.5, 1.0),
        "sandbox, a signed request": (seconds, 1 / 1_000, 1.0),
        f"sandbox, {many:,} cards, memory": (with_many, with_few, 1.1),
    }


@dataclass(frozen=True)
class _Server:
    pid: int
    address: str
    api_key: str
    api_secret: bytes

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, timeout=30)

    def call(self, connection: http.client.HTTPConnection, method: str, path: str, parameters: str) -> dict[str, str]:
        payload = f"{parameters}&timestamp={time.time_ns() // 1_000_000}"
        signed = f"{payload}&signature={hmac.new(self.api_secret, payload.encode(), hashlib.sha256).hexdigest()}"
        headers = {"X-MBX-APIKEY": self.api_key, "Content-Type": FORM}
        target = f"/sapi/v1/giftcard/{path}"
        if method == "GET":
            connection.request(method, f"{target}?{signed}", headers=headers)
        else:
            connection.request(method, target, signed, headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body.decode()}")
        data: dict[str, str] = msgspec.json.decode(body)["data"]
        return data


@contextmanager
def _running() -> Iterator[_Server]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")}
    with subprocess.Popen(
        COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told: dict[str, str] = {}
        while "BINANCE_BASE_URL" not in told:
            name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
            told[name] = value
        address = urlsplit(told["BINANCE_BASE_URL"]).netloc
        try:
            yield _Server(process.pid, address, told["BINANCE_API_KEY"], told["BINANCE_API_SECRET"].encode())
        finally:
            process.terminate()


def _seconds_to_first_answer() -> float:
    began = time.perf_counter()
    with _running() as server:
        connection = server.connect()
        server.call(connection, "POST", "createCode", "token=USDT&amount=1")
        connection.close()
        return time.perf_counter() - began


@contextmanager
def _on_one_core(pid: int) -> Iterator[None]:
    """The server has one core to itself, and whoever calls it has the others."""
    cores = sorted(os.sched_getaffinity(0))
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), cores[:1])
    os.sched_setaffinity(0, cores[1:] or cores)
    yield
    os.sched_setaffinity(0, cores)


def _seconds_of_a_request(server: _Server) -> float:
    """One card after the other is created, verified and redeemed over one connection; the clients' share counts too."""
    connection = server.connect()
    began = time.perf_counter()
    for _ in range(500):
        card = server.call(connection, "POST", "createCode", "token=USDT&amount=1")
        server.call(connection, "GET", "verify", f"referenceNo={card['referenceNo']}")
        server.call(connection, "POST", "redeemCode", f"code={card['code']}")
    spent = time.perf_counter() - began
    connection.close()
    return spent / 1500


def _issue(server: _Server, cards: int) -> None:
    connection = server.connect()
    for _ in range(cards):
        server.call(connection, "POST", "createCode", "token=USDT&amount=1")
    connection.close()


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return 1024.0 * int(status.partition("VmRSS:")[2].split()[0])
