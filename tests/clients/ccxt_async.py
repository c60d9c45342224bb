"""`ccxt`, the client that is awaited, in its own words where it has some, else in the API's."""

import asyncio
import json
from urllib.parse import urlsplit

import ccxt
import ccxt.async_support
from story import API_KEY, API_SECRET, BASE_URL, PRIVATE_KEY, Data, tell


class Cards:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._wait = loop.run_until_complete
        self._exchange = ccxt.async_support.binance(
            {"apiKey": API_KEY, "secret": PRIVATE_KEY or API_SECRET, "asyncio_loop": loop}
        )
        urls = self._exchange.urls["api"]
        urls.update({name: BASE_URL + urlsplit(url).path for name, url in urls.items()})

    def create(self, token: str, amount: float) -> Data:
        return self._wait(self._exchange.create_gift_code(token, amount))["info"]["data"]

    def buy(self, base_token: str, face_token: str, amount: float) -> Data:
        parameters = {"baseToken": base_token, "faceToken": face_token, "baseTokenAmount": amount}
        return self._wait(self._exchange.sapiPostGiftcardBuyCode(parameters))["data"]

    def limits(self, base_token: str) -> list[Data]:
        return self._wait(self._exchange.sapiGetGiftcardBuyCodeTokenLimit({"baseToken": base_token}))["data"]

    def rsa_key(self) -> str:
        return self._wait(self._exchange.sapiGetGiftcardCryptographyRsaPublicKey())["data"]

    def verify(self, reference_no: str) -> Data:
        return self._wait(self._exchange.verify_gift_code(reference_no))["data"]

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        more = {} if external_uid is None else {"externalUid": external_uid}
        return self._wait(self._exchange.redeem_gift_code(code, more))["data"]

    def refusal(self, error: Exception) -> int:
        assert isinstance(error, ccxt.BaseError)
        return json.loads(str(error).removeprefix("binance "))["code"]  # it has the code nowhere else

    def close(self) -> None:
        self._wait(self._exchange.close())


loop = asyncio.new_event_loop()
cards = Cards(loop)
tell(cards)
cards.close()
loop.close()
