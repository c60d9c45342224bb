"""A `Sandbox` in a process of its own: the command, told what to do and asked what it has over its control plane.

With `pytest --sandbox=process` it takes the place of the one in this process, so that all tests of the SDK run
against the command that users start.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import binance_gift_card_sandbox
from binance_gift_card_sandbox import Card, Fault, Rules
from binance_gift_card_sandbox.rules import plain
from tests.ports import held_port


class SandboxProcess:
    def __init__(
        self,
        *,
        balances: Any = None,
        rules: Rules | None = None,
        api_key: str | None = None,
        api_secret: str = "",
        port: int = 0,
    ) -> None:
        self._given = {"BINANCE_API_KEY": api_key or "", "BINANCE_API_SECRET": api_secret}
        self._balances, self._rules = balances or {}, rules
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-")  # its state: a restart finds it again
        self._process: subprocess.Popen[str] | None = None
        self._end = ExitStack()
        self._port = port or self._end.enter_context(held_port())  # a restart finds it again

    def __enter__(self) -> SandboxProcess:
        self.start()
        if self._rules is not None:
            self.control("POST", "rules", plain(self._rules))
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._end.close()
        self._folder.cleanup()

    def start(self) -> None:
        state = Path(self._folder.name) / "state.db"
        balances = [] if state.exists() else [f"--balance={token}={amount}" for token, amount in self._balances.items()]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")}
        packages = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "binance_gift_card_sandbox", f"--port={self._port}", f"--state={state}", *balances],
            env={**inherited, **self._given, "PYTHONPATH": packages},
            stdout=subprocess.PIPE,
            text=True,
        )
        told = dict(self._given)
        while "BINANCE_BASE_URL" not in told:
            line = self._process.stdout.readline()  # type: ignore[union-attr]
            assert line, self._process.communicate()
            name, _, value = line.removeprefix("export ").strip().partition("=")
            told[name] = value
        self.api_key, self.api_secret, self.url = (
            told[f"BINANCE_{name}"] for name in ("API_KEY", "API_SECRET", "BASE_URL")
        )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=60)
            self._process = None

    @property
    def clock(self) -> SandboxProcess:
        return self

    def set(self, now_ms: int) -> None:
        self.control("POST", "clock", {"now": now_ms})

    def advance(self, by: timedelta) -> None:
        self.control("POST", "clock", {"advance_ms": int(by / timedelta(milliseconds=1))})

    def fault(self, fault: Fault) -> None:
        self.control("POST", "faults", asdict(fault))

    def requests(self) -> list[SimpleNamespace]:
        """Without their bytes."""
        return [SimpleNamespace(**line) for line in self.control("GET", "requests?after=0&limit=1000")["requests"]]

    def balance(self, token: str) -> Decimal:
        return Decimal(self.control("GET", "state")["balances"].get(token, 0))

    def set_balance(self, token: str, amount: object) -> None:
        self.control("POST", "balances", {token: str(amount)})

    def cards(self) -> list[Card]:
        """Without their codes, which are told of one card at a time."""
        found: list[Card] = []
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            before = f"&before={page['next']}" if page["next"] else ""
            page = self.control("GET", f"cards?limit=1000{before}")
            found += [self.card(shown["reference_no"]) for shown in page["cards"]]
        return found[::-1]

    def card(self, reference_no: str) -> Card:
        shown = self.control("GET", f"cards/{reference_no}")
        return Card(
            serial=shown["serial"],
            reference_no=reference_no,
            code=shown["code"],
            base_token=shown["token"],
            base_amount=Decimal(shown["amount"]),
            fee=Decimal(0),
            token=shown["face_token"],
            amount=Decimal(shown["amount"]),
            created_time=shown["created_time"],
            expired_time=shown["expired_time"],
            redeemed_time=shown["redeemed_time"],
            external_uid=shown["external_uid"],
            identity_no=None,
        )

    def control(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/_sandbox/{path}", sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, told
        return told


def use_it() -> None:
    """Whoever asks the package for its `Sandbox` gets this one, so it must be called before tests are imported."""
    binance_gift_card_sandbox.Sandbox = SandboxProcess  # type: ignore[assignment,misc]
