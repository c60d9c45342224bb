"""Loops, a sandbox, and async clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from binance_gift_card import AsyncGiftCardClient, HmacSigner, Journal
from binance_gift_card_sandbox import Sandbox
from tests.faults.conftest import authority  # noqa: F401 - a fixture

LOOPS = ["asyncio", "uvloop"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(balances={"USDT": "1000"}) as running:
        yield running


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Runs a coroutine, in the loop of the standard library and in uvloop."""
    if request.param == "asyncio":
        return asyncio.run
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")

    def run(main: Any) -> Any:
        loop = uvloop.new_event_loop()
        try:
            return loop.run_until_complete(main)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    return run


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "cards.db", key="unsealed") as made:
        yield made


@pytest.fixture
def of(sandbox: Sandbox) -> Callable[..., AsyncGiftCardClient]:
    """Makes a client of the sandbox, or of another server."""

    def make(server: Any = None, **given: Any) -> AsyncGiftCardClient:
        usual = {"api_key": sandbox.api_key, "signer": HmacSigner(sandbox.api_secret), "journal": False}
        url = sandbox.url if server is None else getattr(server, "url", server)
        return AsyncGiftCardClient(**{**usual, "base_url": url, "timeout": 5.0, **given})

    return make
