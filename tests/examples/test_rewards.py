"""The rewards service, served by Uvicorn: one card for an order, and an answer for each outcome."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import urllib3
import uvicorn

from binance_gift_card import ArgumentError, Journal
from binance_gift_card_sandbox import Fault, Sandbox

Ask = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def ask(sandbox: Sandbox, key: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Asks for the reward of an order, as a customer."""
    from examples.rewards.service import app

    told = {"API_KEY": sandbox.api_key, "API_SECRET": sandbox.api_secret, "BASE_URL": sandbox.url}
    for name, value in {**told, "JOURNAL": str(tmp_path / "rewards.db"), "JOURNAL_KEY": key}.items():
        monkeypatch.setenv(f"BINANCE_{name}", value)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with urllib3.PoolManager() as pool:

        def ask(order: str, customer: str = "ann") -> tuple[int, dict[str, object]]:
            url = f"{address}/orders/{order}/reward"
            answer = pool.request("POST", url, headers={"X-Customer": customer}, retries=False, timeout=30)
            return answer.status, json.loads(answer.data)

        yield ask
    server.should_exit = True
    thread.join()
    listener.close()


def test_an_order_earns_one_card_which_is_its_owners_alone(ask: Ask, sandbox: Sandbox) -> None:
    status, card = ask("1001")
    (issued,) = sandbox.cards()
    assert (status, card["reference"], card["code"]) == (201, issued.reference_no, issued.code)
    assert ask("1001") == (201, card)
    status, told = ask("1001", "bob")
    assert status == 404
    assert "code" not in told
    assert len(sandbox.cards()) == 1


def test_each_outcome_has_its_answer(ask: Ask, sandbox: Sandbox) -> None:
    assert ask("1003")[0] == 502  # more than the account has
    sandbox.fault(Fault(kind="drop-after", operation="createGiftCard"))
    status, told = ask("1002", "bob")
    assert status == 202
    assert ask("1002", "bob") == (202, told)  # and not a second card
    with Journal(os.environ["BINANCE_JOURNAL"]) as journal:  # as an operator settles it, who found the card
        journal.resolve(int(told["entry"]), "done", reason="it is in the account")
        with pytest.raises(ArgumentError, match="done, but its answer never came"):
            journal.result(int(told["entry"]))
    assert ask("1002", "bob")[0] == 500
    assert len(sandbox.cards()) == 1
    sandbox.stop()
    assert ask("1001")[0] == 503
