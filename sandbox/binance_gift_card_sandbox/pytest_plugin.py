"""Fixtures for pytest, there as soon as the package is installed: a sandbox for each test, and a client of it.

    def test_buys_a_card(gift_card_client):
        card = gift_card_client.create_gift_card(token="USDT", amount="25")

Settings of `Sandbox` go into a mark: `@pytest.mark.gift_card_sandbox(balances={"USDT": "5"}, seed="1")`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from binance_gift_card import GiftCardClient
    from binance_gift_card_sandbox import Sandbox

MARK = "gift_card_sandbox"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(**settings): settings of the sandbox in the fixture {MARK}")


@pytest.fixture
def gift_card_sandbox(request: pytest.FixtureRequest) -> "Iterator[Sandbox]":
    """A running sandbox of this test's own, on a free port."""
    from binance_gift_card_sandbox import Sandbox

    mark = request.node.get_closest_marker(MARK)
    with Sandbox(**(mark.kwargs if mark else {})) as sandbox:
        yield sandbox


@pytest.fixture
def gift_card_client(gift_card_sandbox: "Sandbox") -> "Iterator[GiftCardClient]":
    """A client of `gift_card_sandbox`. It keeps no journal; make one of your own to test with it."""
    from binance_gift_card import GiftCardClient, HmacSigner

    signer = HmacSigner(gift_card_sandbox.api_secret)
    with GiftCardClient(
        api_key=gift_card_sandbox.api_key, signer=signer, base_url=gift_card_sandbox.url, journal=False
    ) as client:
        yield client
