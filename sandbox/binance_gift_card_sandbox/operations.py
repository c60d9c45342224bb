"""The six signed operations: where they are, which parameters they take, what they answer as `data`."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from binance_gift_card_sandbox.day_key import DayKey
from binance_gift_card_sandbox.ledger import Card, Ledger
from binance_gift_card_sandbox.parameters import Parameter

AMOUNT_FORM = re.compile(r"([0-9]{1,20})(\.[0-9]{1,20})?")
CODE_FORM = re.compile(r"[A-Z0-9]{16}")

SIGNING_PARAMETERS = (
    Parameter(name="recvWindow", pattern=re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?"), malformed=-1131, required=False),
    Parameter(name="timestamp", pattern=re.compile(r"[0-9]{1,20}"), malformed=-1102),
    Parameter(name="signature"),
)


@dataclass(frozen=True)
class Account:
    """What the operations work on."""

    ledger: Ledger
    day_key: DayKey


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    run: Callable[[Account, Mapping[str, str], int], object]
    own_parameters: tuple[Parameter, ...] = ()
    weight: int = 1  # of the 12,000 an address may use in a minute

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.own_parameters + SIGNING_PARAMETERS


def create_code(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return _issued(account.ledger.create(arguments["token"], Decimal(arguments["amount"]), now_ms))


def buy_code(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    amount = Decimal(arguments["baseTokenAmount"])
    return _issued(account.ledger.buy(arguments["baseToken"], arguments["faceToken"], amount, now_ms))


def redeem_code(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    code = arguments["code"]
    plain = code if CODE_FORM.fullmatch(code) else account.day_key.decrypt(code, now_ms)
    card = account.ledger.redeem(plain, now_ms)
    identity_no = f"1{secrets.randbelow(10**19):019d}"  # beyond a signed 64-bit integer, as the published one is
    return {"referenceNo": card.reference_no, "identityNo": identity_no, **_worth(card)}


def verify(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    card = account.ledger.verify(arguments["referenceNo"], now_ms)
    return {"valid": card.is_valid(now_ms), **_worth(card)}


def rsa_public_key(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return account.day_key.public_key(now_ms)


def token_limit(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return [
        {"coin": name, "fromMin": _text(token.buy_min), "fromMax": _text(token.buy_max)}
        for name, token in account.ledger.buyable(arguments["baseToken"])
    ]


def _issued(card: Card) -> object:
    return {"referenceNo": card.reference_no, "code": card.code, "expiredTime": card.expired_time}


def _worth(card: Card) -> dict[str, str]:
    return {"token": card.token, "amount": _text(card.amount)}


def _text(amount: Decimal) -> str:
    return format(amount, "f")  # str() would write 1E-8


TOKEN = Parameter(name="token")
AMOUNT = Parameter(name="amount", pattern=AMOUNT_FORM)
BASE_TOKEN = Parameter(name="baseToken")
FACE_TOKEN = Parameter(name="faceToken")
BASE_TOKEN_AMOUNT = Parameter(name="baseTokenAmount", pattern=AMOUNT_FORM)
CODE = Parameter(name="code")
EXTERNAL_UID = Parameter(
    name="externalUid", pattern=re.compile(r".{1,400}", re.DOTALL), malformed=-1130, required=False
)
REFERENCE_NO = Parameter(name="referenceNo")

OPERATIONS = (
    Operation("POST", "/sapi/v1/giftcard/createCode", create_code, (TOKEN, AMOUNT)),
    Operation("POST", "/sapi/v1/giftcard/buyCode", buy_code, (BASE_TOKEN, FACE_TOKEN, BASE_TOKEN_AMOUNT)),
    Operation("POST", "/sapi/v1/giftcard/redeemCode", redeem_code, (CODE, EXTERNAL_UID)),
    Operation("GET", "/sapi/v1/giftcard/verify", verify, (REFERENCE_NO,)),
    Operation("GET", "/sapi/v1/giftcard/cryptography/rsa-public-key", rsa_public_key),
    Operation("GET", "/sapi/v1/giftcard/buyCode/token-limit", token_limit, (BASE_TOKEN,)),
)
