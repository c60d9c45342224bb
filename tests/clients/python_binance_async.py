"""`python-binance`, the client that is awaited."""

import asyncio

from binance.async_client import AsyncClient
from binance.exceptions import BinanceAPIException
from story import API_KEY, API_SECRET, BASE_URL, PRIVATE_KEY, Data, tell


class SandboxClient(AsyncClient):
    API_URL = f"{BASE_URL}/api"  # on the class, for `create` sends a ping and asks for the time
    MARGIN_API_URL = f"{BASE_URL}/sapi"


class Cards:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._wait = loop.run_until_complete
        self._client = self._wait(SandboxClient.create(API_KEY, API_SECRET, private_key=PRIVATE_KEY))

    def create(self, token: str, amount: float) -> Data:
        return self._wait(self._client.gift_card_create(token=token, amount=amount))["data"]

    def buy(self, base_token: str, face_token: str, amount: float) -> Data:
        call = self._client.gift_card_create_dual_token(
            baseToken=base_token, faceToken=face_token, baseTokenAmount=amount
        )
        return self._wait(call)["data"]

    def limits(self, base_token: str) -> list[Data]:
        return self._wait(self._client.gift_card_fetch_token_limit(baseToken=base_token))["data"]

    def rsa_key(self) -> str:
        return self._wait(self._client.gift_card_fetch_rsa_public_key())["data"]

    def verify(self, reference_no: str) -> Data:
        return self._wait(self._client.gift_card_verify(referenceNo=reference_no))["data"]

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        return self._wait(self._client.gift_card_redeem(code=code, externalUid=external_uid))["data"]

    def refusal(self, error: Exception) -> int:
        assert isinstance(error, BinanceAPIException)
        return error.code

    def close(self) -> None:
        self._wait(self._client.close_connection())


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
cards = Cards(loop)
tell(cards, external_uid="user-42")  # it signs before it encodes, so a sign that needs escapes is refused
cards.close()
loop.close()
