"""What a pickle holds: what was made, and nothing that makes it."""

from __future__ import annotations

import copy
import pickle

import pytest

from binance_gift_card import GiftCardClient, HmacSigner


def test_a_card_can_be_handed_on_and_no_client_or_signer(sandbox) -> None:
    signer = HmacSigner(sandbox.api_secret)
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=False) as client:
        response = client.raw.create_gift_card(token="USDT", amount="1")
        for thing in (response, response.result):
            assert pickle.loads(pickle.dumps(thing)) == copy.deepcopy(thing) == thing
        for thing in (client, signer):
            with pytest.raises(TypeError):
                pickle.dumps(thing)
