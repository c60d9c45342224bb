"""The vendor's own client, `binance-sdk-gift-card`."""

from typing import Any

from binance_common.configuration import ConfigurationRestAPI
from binance_common.errors import Error
from binance_sdk_gift_card.gift_card import GiftCard
from story import API_KEY, API_SECRET, BASE_URL, PRIVATE_KEY, Data, tell


class Cards:
    def __init__(self) -> None:
        configuration = ConfigurationRestAPI(
            api_key=API_KEY, api_secret=API_SECRET, private_key=PRIVATE_KEY, base_path=BASE_URL, timeout=10_000
        )
        self._api = GiftCard(config_rest_api=configuration).rest_api

    def create(self, token: str, amount: float) -> Data:
        return data_of(self._api.create_a_single_token_gift_card(token=token, amount=amount))

    def buy(self, base_token: str, face_token: str, amount: float) -> Data:
        answer = self._api.create_a_dual_token_gift_card(
            base_token=base_token, face_token=face_token, base_token_amount=amount
        )
        return data_of(answer)

    def limits(self, base_token: str) -> list[Data]:
        return data_of(self._api.fetch_token_limit(base_token=base_token))

    def rsa_key(self) -> str:
        return data_of(self._api.fetch_rsa_public_key())

    def verify(self, reference_no: str) -> Data:
        return data_of(self._api.verify_binance_gift_card_by_gift_card_number(reference_no=reference_no))

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        return data_of(self._api.redeem_a_binance_gift_card(code=code, external_uid=external_uid))

    def refusal(self, error: Exception) -> int:
        assert isinstance(error, Error)
        return error.status_code  # which is the API's code, not HTTP's


def data_of(answer: Any) -> Any:
    return answer.data().to_dict()["data"]  # as the client's models have read it


tell(Cards())
