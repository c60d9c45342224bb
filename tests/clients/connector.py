"""`binance-connector`, the vendor's client before the present one."""

from binance.error import ClientError
from binance.spot import Spot
from story import API_KEY, API_SECRET, BASE_URL, PRIVATE_KEY, Data, tell


class Cards:
    def __init__(self) -> None:
        self._spot = Spot(API_KEY, API_SECRET, private_key=PRIVATE_KEY, base_url=BASE_URL)

    def create(self, token: str, amount: float) -> Data:
        return self._spot.gift_card_create_code(token, amount)["data"]

    def buy(self, base_token: str, face_token: str, amount: float) -> Data:
        return self._spot.gift_card_buy_code(base_token, face_token, amount)["data"]

    def limits(self, base_token: str) -> list[Data]:
        return self._spot.gift_card_token_limit(base_token)["data"]

    def rsa_key(self) -> str:
        return self._spot.gift_card_rsa_public_key()["data"]

    def verify(self, reference_no: str) -> Data:
        return self._spot.gift_card_verify_code(reference_no)["data"]

    def redeem(self, code: str, external_uid: str | None = None) -> Data:
        return self._spot.gift_card_redeem_code(code, externalUid=external_uid)["data"]

    def refusal(self, error: Exception) -> int:
        assert isinstance(error, ClientError)
        return error.error_code


tell(Cards())
