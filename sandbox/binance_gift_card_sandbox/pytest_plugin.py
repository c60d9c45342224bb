"""Fixtures for pytest, there as soon as the package is installed: a sandbox for each test, and a client of it.

    def test_buys_a_card(gift_card_client):
        card = gift_card_client.create_gift_card(token="USDT", amount="25")

Settings of `Sandbox` go into a mark: `@pytest.mark.gift_card_sandbox(balances={"USDT": "5"}, seed="1")`.
"""

from __future__ import annotations  # pytest before 7 has no names for the types below

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from binance_gift_card import AsyncGiftCardClient, GiftCardClient, Journal
    from binance_gift_card_sandbox import Sandbox

MARK = "gift_card_sandbox"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(**settings): settings of the sandbox in the fixture {MARK}")


@pytest.fixture
def gift_card_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A running sandbox of this test's own, on a free port."""
    with _one_line_if(ModuleNotFoundError):
        from binance_gift_card_sandbox import Sandbox
    mark = request.node.get_closest_marker(MARK)
    with Sandbox(**(mark.kwargs if mark else {})) as sandbox:
        yield sandbox


@pytest.fixture
def gift_card_client(gift_card_sandbox: Sandbox) -> Iterator[GiftCardClient]:
    """A client of `gift_card_sandbox` that keeps no journal; `gift_card_journal_client` keeps one."""
    with _client(gift_card_sandbox, False) as client:
        yield client


@pytest.fixture
def async_gift_card_client(gift_card_sandbox: Sandbox) -> AsyncGiftCardClient:
    """The same for asyncio: use it by ``async with``, which closes it in the loop of the test."""
    from binance_gift_card import AsyncGiftCardClient, HmacSigner

    signer = HmacSigner(gift_card_sandbox.api_secret)
    return AsyncGiftCardClient(
        api_key=gift_card_sandbox.api_key, signer=signer, base_url=gift_card_sandbox.url, journal=False
    )


@pytest.fixture
def gift_card_journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of this test's own, sealed under a key of its own. Clients of one test may share it."""
    from binance_gift_card import Journal
    from binance_gift_card.errors import ArgumentError
    from binance_gift_card.journal import new_key

    with _one_line_if(ArgumentError):  # as it is without cryptography
        journal = Journal(tmp_path / "gift-cards.db", key=new_key())
    with journal:
        yield journal


@pytest.fixture
def gift_card_journal_client(gift_card_sandbox: Sandbox, gift_card_journal: Journal) -> Iterator[GiftCardClient]:
    """A client of `gift_card_sandbox` that keeps `gift_card_journal`."""
    with _client(gift_card_sandbox, gift_card_journal) as client:
        yield client


@contextmanager
def _one_line_if(kind: type[Exception]) -> Iterator[None]:
    """What is not installed is told without a traceback."""
    try:
        yield
    except kind as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _client(sandbox: Sandbox, journal: Journal | Literal[False]) -> GiftCardClient:
    from binance_gift_card import GiftCardClient, HmacSigner

    signer = HmacSigner(sandbox.api_secret)
    return GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=journal)
