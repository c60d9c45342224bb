"""`ccxt`, the client that waits for its answers: `unified` or `implicit`, by the argument."""

import json
import sys
from urllib.parse import urlsplit

import ccxt
from story import API_KEY, API_SECRET, BASE_URL, PRIVATE_KEY, Data, tell


class Implicit:
    """The methods that are named for the API's paths."""

    def __init__(self) -> None:
        self._exchange = ccxt.binance({"apiKey": API_KEY, "secret": PRIVATE_KEY or API_SECRET})
        urls = self._exchange.urls["api"]
        urls.update({name: BASE_URL + urlsplit(url).path for name, url in urls.items()})

    def create(self, token: str, amount: float) -> Data:
        return self._exchange.sapiPostGiftcardCreateCode({"token": token, "amount": amount})["data"]

    def buy(self, base_token: str, face_token: str, amount: float) -> Data:
        parameters = {"baseToken": base_token, "faceToken": face_token, "baseTokenAmount": amount}
        return self._exchange.sapiPostGiftcardBuyCode(parameters)["data"]

    def limits(self, base_token: str) -> list[Data]:
        return self._exchange.sapiGetGiftcardBuyCodeTokenLimit({"baseToken": base_token})["data"]

    def rsa_key(self) -> str:
        return self._exchange.sapiGetGiftcardCryptographyRsaPublicKey()["data"]

    def verify(self, reference_no: str) -> Data:
        return self._exchange.sapiGetGiftcardVerify({"referenceNo": reference_no})["data"]

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        return self._exchange.sapiPostGiftcardRedeemCode({"code": code, **uid(external_uid)})["data"]

    def refusal(self, error: Exception) -> int:
        assert isinstance(error, ccxt.BaseError)
        return json.loads(str(error).removeprefix("binance "))["code"]  # it has the code nowhere else


class Unified(Implicit):
    """The methods that ccxt has for every exchange that can do the same. They have it load all markets first."""

    def create(self, token: str, amount: float) -> Data:
        created = self._exchange.create_gift_code(token, amount)
        return {**created["info"]["data"], "referenceNo": created["id"], "code": created["code"]}

    def verify(self, reference_no: str) -> Data:
        return self._exchange.verify_gift_code(reference_no)["data"]

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        return self._exchange.redeem_gift_code(code, uid(external_uid))["data"]


def uid(external_uid: str | None) -> dict[str, str]:
    return {} if external_uid is None else {"externalUid": external_uid}


tell({"implicit": Implicit, "unified": Unified}[sys.argv[1]]())
